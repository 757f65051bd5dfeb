"""What parcels lay into other apps. Called once when the app is ready."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from connections import panels, traffic
from connections import selectors as connections
from notify import words
from tenants.parcels import selectors
from tenants.parcels.records import clues, events, matters, receipts, requests
from webui.nav import NavItem, register


def register_all() -> None:
    """The kinds of record, the panel of a connection, what waits, the bar, sentences of notices."""
    clues.register_all()
    events.register_all()
    matters.register_all()
    requests.register_all()
    receipts.register_all()
    panels.register(
        panels.Panel(
            title=_("文件交换"),
            url_name="parcels:connection",
            text=_("不能联网时，用签名数据包发出和收入同样的记录。"),
            count=selectors.waiting_reports,
            order=40,
        )
    )
    traffic.register_waiting(_("等待收入的数据包"), selectors.waiting_reports)
    words.register("parcel_ready", _("有一个数据包做好了"))
    words.register("parcel_taken", _("有一个数据包收入完成"))
    words.register("parcel_rejected", _("对方退回了数据包里的记录"))
    words.register("parcel_requests", _("文件送来的鉴定申请等您核对发出"))

    def carries(request: HttpRequest) -> bool:
        return selectors.may_carry(request.user) and connections.living().exists()

    register(
        NavItem(
            area="bureau",
            url_name="parcels:list",
            label=_("文件交换"),
            icon="document",
            order=86,
            allowed=carries,
            count=lambda request: selectors.waiting_for(request.user),
        )
    )
