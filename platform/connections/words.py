"""What codes and steps are called on the pages of connections."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Trail
from connections.models import Connection

_VERBS = {
    "create": gettext_lazy("建立"),
    "edit": gettext_lazy("修改"),
    "agree": gettext_lazy("同意放宽"),
    "decline": gettext_lazy("退回放宽"),
    "switch_on": gettext_lazy("启用"),
    "switch_off": gettext_lazy("停用"),
    "narrow": gettext_lazy("减少权限"),
    "revoke": gettext_lazy("吊销"),
    "add_secret": gettext_lazy("加密钥"),
    "end_secret": gettext_lazy("停用密钥"),
}
_REASONS = {
    "scope_missing": gettext_lazy("权限范围不够"),
    "connection_off": gettext_lazy("对接没有启用"),
    "token_refused": gettext_lazy("令牌无效或已过期"),
    "client_wrong": gettext_lazy("接入账号或密钥不对"),
    "too_many_requests": gettext_lazy("调用太快"),
    "bad_input": gettext_lazy("内容填写不对"),
    "unreadable": gettext_lazy("内容读不出来"),
    "not_found": gettext_lazy("没有这一项，或无权查看"),
    "not_allowed": gettext_lazy("岗位不能做这一步"),
    "conflict": gettext_lazy("已有变动"),
    "move_refused": gettext_lazy("现在的状态不能这样做"),
    "unavailable": gettext_lazy("暂时不可用"),
    "problem": gettext_lazy("本系统出错"),
    "invalid_scope": gettext_lazy("要了没有的权限范围"),
    "too_large": gettext_lazy("内容太大"),
    "address_refused": gettext_lazy("对方地址不允许"),
    "timeout": gettext_lazy("对方没有及时答复"),
    "name_unknown": gettext_lazy("域名查不到"),
    "no_connection": gettext_lazy("连不上对方服务器"),
    "certificate": gettext_lazy("对方证书不可信"),
    "broken_off": gettext_lazy("对方中途断开"),
    "redirected": gettext_lazy("对方要求跳转"),
    "refused": gettext_lazy("对方没有接受"),
}
_ABOUT = {
    "connections.client": gettext_lazy("接入账号"),
    "connections.connection": gettext_lazy("对接"),
}


def reason(code: str) -> str:
    """A code of the log in words; the code itself where nobody gave it any."""
    return str(_REASONS.get(code, code))


def did(line: Trail) -> str:
    """A line of the trail in words."""
    about = _ABOUT.get(line.record_label, "")
    return f"{_VERBS.get(line.verb, line.verb)} · {about}" if about else str(_VERBS.get(line.verb, line.verb))


def trouble(row: Connection) -> str:
    """Whether the last call failed, in words; "" when all is well or nothing went yet."""
    if row.last_failed_at and (row.last_ok_at is None or row.last_failed_at > row.last_ok_at):
        return str(_("最近一次没有成功"))
    return ""


def asked(row: Connection) -> list[tuple[str, str]]:
    """What waits for the second person: (what, what it would become)."""
    lines = []
    if "allowed_origins" in row.asked:
        more = [each for each in row.asked["allowed_origins"] if each not in row.allowed_origins]
        lines.append((_("可以嵌入本系统的网址"), "、".join(more)))
    if "clock_window_s" in row.asked:
        lines.append((_("时钟误差（秒）"), f"{row.clock_window_s} → {row.asked['clock_window_s']}"))
    return lines
