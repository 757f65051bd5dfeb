"""Why a sign-in through a provider, or a step on the pages about it, does not go on."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict, NotAllowed, Unavailable

REASONS: dict[str, tuple[str | Promise, str | Promise]] = {
    "unknown": (
        _("统一登录里的您，在这里没有对应的人员"),
        _("对方系统确认了您的身份，但本省的人员名单里没有找到您。请联系下面的管理员，把您加入名单或关联到您的账号。"),
    ),
    "nameless": (
        _("统一登录没有说明您是谁"),
        _("对方系统没有给出用来核对的账号信息。请联系下面的管理员，请他核对“{provider}”的设置。"),
    ),
    "two": (
        _("您在这里对应了不止一个人员"),
        _(
            "同一个信息在本省的人员名单里属于不止一个人，不能确定是您。请联系下面的管理员核对名单，或由他关联到您的账号。"
        ),
    ),
    "suspended": (
        _("您的账号已停用"),
        _("本省的人员名单里您的账号已停用。如果停用有误，请联系下面的管理员恢复。"),
    ),
    "taken": (
        _("您的账号已关联到另一个统一登录身份"),
        _("这里的账号已属于“{provider}”的另一个身份。换过统一登录账号的，请联系下面的管理员重新关联。"),
    ),
    "off": (
        _("这种登录方式没有启用"),
        _("“{provider}”现在没有启用。请用其他方式登录，或联系下面的管理员。"),
    ),
    "differs": (
        _("统一登录前后说法不一致"),
        _("对方系统先后给出了两个不同的身份，为安全起见没有放行。请重新登录；仍不行，请联系下面的管理员。"),
    ),
    "only": (
        _("本单位只用统一登录"),
        _("请回到登录页，用“{provider}”登录。密码和验证码只供管理员应急使用。"),
    ),
    "left": (
        _("统一登录已退出"),
        _("您在“{provider}”的登录已结束，这里也随之退出。请重新登录。"),
    ),
    "broken": (
        _("统一登录没有完成"),
        _("“{provider}”没有给出可用的答复。请重新登录；仍不行，请联系下面的管理员，或改用其他方式登录。"),
    ),
}
"""Code to heading and what to do. `{provider}`: its name."""


class SignOnRefused(Exception):
    """Somebody is not let in. code: a key of REASONS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderSilent(Unavailable):
    """The provider gave no usable answer. Data: why."""

    code = "provider_silent"
    sentence = _("登录服务没有给出可用的答复（{why}）。请核对地址和网络，再试一次。")


class IsOn(Conflict):
    """What decides who gets in is not changed while people sign in by it."""

    code = "provider_is_on"
    sentence = _("“{name}”正在使用。地址、编号和核对方式要先停用、改好并试登录成功，再由安全管理员启用。")


class NotSecure(BadInput):
    """An address without https outside development."""

    code = "address_not_https"
    sentence = _("地址要以 https:// 开头：{url}。")


class NotKeeper(NotAllowed):
    """Setting up is the system administrator's."""

    code = "sign_on_not_keeper"
    sentence = _("登录方式由系统管理员设置。请联系本单位系统管理员。")


class NotSwitcher(NotAllowed):
    """Switching on is the security administrator's."""

    code = "sign_on_not_switcher"
    sentence = _("启用由安全管理员办理，设置的人自己不能启用。请通知本单位安全管理员。")


class AdministratorsLink(NotAllowed):
    """Whose identity opens an administrator's account is the security administrator's to say."""

    code = "administrators_link"
    sentence = _("{name}是管理员，关联由安全管理员办理。请通知本单位安全管理员。")
