"""Why a program's call is refused at the door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Problem


class Refused(Problem):
    """Nobody is known to be asking."""

    code = "token_refused"
    status = 401
    title = _("尚未登录")


class TokenRefused(Refused):
    """A token that is not good: unknown, over, revoked."""

    code = "token_refused"
    sentence = _("访问令牌无效或已过期。请用接入账号和密钥重新获取令牌。")


class TokenOfAnotherHost(Refused):
    """A token, key or client that names another host. Data: host."""

    code = "token_of_another_host"
    sentence = _("这把密钥属于“{host}”，不能在这个网址使用。已记录并通知两边的管理员。请核对对方系统里填的网址。")


class ConnectionOff(Refused):
    """The connection is switched off, or not yet on."""

    code = "connection_off"
    sentence = _("这个对接没有启用。请联系对方单位的管理员。")


class ClientWrong(Refused):
    """The id is none of this host's, or the secret is not one of its two."""

    code = "client_wrong"
    sentence = _("接入账号或密钥不对，或密钥已停用。请核对；忘记了密钥，请对接的管理员再加一把。")


class TooManyTries(Problem):
    """Wrong secrets came too often for one client. Data: wait_s."""

    code = "too_many_tries"
    status = 429
    title = _("请求过于频繁")
    sentence = _("密钥错得太多，请 {wait_s} 秒后再试。")
