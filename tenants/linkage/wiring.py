"""What the linkage lays into other apps. Called once when the app is ready."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from connections import panels, traffic
from notify import words
from tenants.cases import hooks as cases
from tenants.linkage import papers, presenters, records, selectors
from tenants.linkage.services import referring
from webui import slots
from webui.nav import NavItem, register


def register_all() -> None:
    """Papers, kinds of record, hooks of cases, places on pages, sentences of notices, the bars."""
    papers.register_all()
    records.register_all()
    cases.on_close(referring.keeps_case_open)
    cases.on_referral_decided(referring.decided)
    cases.on_reopened(referring.reopened)
    slots.register("cases:now", presenters.case_piece, css=("papers/papers.css",), order=40)
    panels.register(
        panels.Panel(
            title=_("字段对照和报送"),
            url_name="linkage:mapping",
            kinds=frozenset({"linkage"}),
            text=_("我方哪些字段、以什么格式送给这个平台。"),
            count=selectors.waiting_messages,
            order=20,
        )
    )
    traffic.register_waiting(_("待送的移送和撤回"), selectors.waiting_messages)
    words.register("linkage_held", _("有一件两法衔接报送没有送出"))
    words.register("linkage_refused", _("对方退回了一件两法衔接报送"))
    words.register("linkage_escalated", _("有一件两法衔接报送请人工处理"))
    words.register("linkage_arrived", _("移送案件有新消息"))
    words.register("linkage_term", _("移送案件有期限提醒"))

    def works(request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.has_role(Post.Role.OFFICER, Post.Role.LEADER))

    look: dict[str, Any] = {"allowed": works, "label": _("两法衔接"), "icon": "letter", "order": 36}
    for area in ("bureau", "phone-more"):
        register(NavItem(area=area, url_name="linkage:list", **look))
