"""What an administrator reads instead of codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CAUSES: dict[str, str | Promise] = {
    "address_refused": gettext_lazy("网址指向内部地址，没有发送。对方在专网内的，请联系运维登记网段。"),
    "timeout": gettext_lazy("对方没有及时答复。请对方先答复，再慢慢处理。"),
    "name_unknown": gettext_lazy("域名查不到。请核对网址。"),
    "no_connection": gettext_lazy("连不上对方服务器。请对方检查服务器和防火墙。"),
    "certificate": gettext_lazy("对方的 HTTPS 证书不可信。请对方更换证书。"),
    "broken_off": gettext_lazy("对方中途断开。请对方检查服务器。"),
    "redirected": gettext_lazy("对方要求跳转，我们不跟随。请填写最终的网址。"),
}
REFUSALS: dict[int, str | Promise] = {
    401: gettext_lazy("对方不认签名。请核对密钥指纹。"),
    403: gettext_lazy("对方拒绝。请核对密钥和对方的白名单。"),
    404: gettext_lazy("对方没有这个网址。请核对网址。"),
    410: gettext_lazy("对方已取消这个网址，已停止发送。"),
    429: gettext_lazy("对方太忙，会按对方要求的时间再发。"),
}
STEPS: dict[str, str | Promise] = {
    "create": gettext_lazy("建立"),
    "change": gettext_lazy("修改"),
    "switch_on": gettext_lazy("启用"),
    "switch_off": gettext_lazy("停用"),
    "gone": gettext_lazy("对方取消"),
    "rotate": gettext_lazy("更换密钥"),
    "end_old_keys": gettext_lazy("停用旧密钥"),
    "test": gettext_lazy("发送测试"),
    "replay": gettext_lazy("重发"),
}


def why(code: str, status: int | None) -> str:
    """Why the last try failed, and what to do; empty when it did not."""
    if status is not None and status < 300:
        return ""
    if code in CAUSES:
        return str(CAUSES[code])
    if status in REFUSALS:
        return str(REFUSALS[status])
    if status is not None and status >= 500:
        return _("对方服务器出错（{status}）。请对方查看日志。").format(status=status)
    if status is not None:
        return _("对方没有接受（{status}）。请对方查看原因。").format(status=status)
    return ""
