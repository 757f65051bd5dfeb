"""What people read instead of codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CAUSES: dict[str, str | Promise] = {
    "peer_unreachable.address": gettext_lazy("对方地址不在允许的网络内。请在 PEER_NETWORKS 中登记对方网段。"),
    "peer_unreachable": gettext_lazy("连不上对方平台。系统会自动再试；请核对信使地址和网络。"),
    "peer_answer_wrong": gettext_lazy("对方回应没有可信签名。请打电话重新核对数字。"),
    "peer_signature_wrong": gettext_lazy("对方不认本平台的签名：对方尚未登记、已暂停，或公钥不符。请打电话核对。"),
    "peer_clock_skewed": gettext_lazy("双方时钟相差超过五分钟。请校准服务器时间。"),
    "peer_sender_wrong": gettext_lazy("对方的单位名单里没有本平台的发件单位。请对方更新名单。"),
    "kind_unknown": gettext_lazy("对方平台还不认识新的函件格式。请对方升级，再到“滞留件”重新投递。"),
}


def why(failure_code: str) -> str:
    """Why the last exchange failed, and what to do; empty when it did not."""
    parts = failure_code.split(".")
    for code in (failure_code, *reversed(parts)):
        if code in CAUSES:
            return str(CAUSES[code])
    return _("对方没有办理（{code}）。请双方技术人员核对。").format(code=failure_code) if failure_code else ""
