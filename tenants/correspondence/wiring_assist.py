"""What assistance and hand-overs lay into other apps. Called once when the app is ready."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from notify import words
from tenants.cases import hooks as cases
from tenants.correspondence import presenters_assist, receivers_assist, selectors_assist
from tenants.correspondence.kinds import assistance, case_transfer
from tenants.correspondence.services import handing_over
from webui import slots
from webui.nav import NavItem, register


def register_all() -> None:
    """Kinds of letters, hooks of cases, places on pages, sentences of notices, the bars."""
    assert receivers_assist
    assistance.register_all()
    case_transfer.register_all()
    cases.on_close(handing_over.keeps_case_open)
    cases.on_filed(handing_over.case_filed)
    slots.register("cases:now", presenters_assist.case_piece, css=("correspondence/assist.css",), order=60)
    css = ("correspondence/assist.css", "papers/papers.css")
    slots.register("official:letter", presenters_assist.kind_piece, css=css, order=20)
    slots.register("official:letter", presenters_assist.beside_piece, order=50)
    words.register("assistance_official", _("有一件协助调查的消息"))
    words.register("case_transfer", _("有一件移送案件的消息"))
    words.register("official_claim", _("有一件管辖主张的消息"))
    look: dict[str, Any] = {"prefix": "/official/assistance/", "allowed": selectors_assist.works}
    for area in ("bureau", "phone-more"):
        register(
            NavItem(
                area=area, url_name="correspondence:assistances", label=_("协助调查"), icon="people", order=34, **look
            )
        )
