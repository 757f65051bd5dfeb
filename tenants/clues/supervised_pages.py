"""Orders from above on the pages of cases and of notices to right holders."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import person_of
from appraisal.opinions import selectors as opinions
from appraisal.opinions.models import Notice
from notify import words
from tenants.cases.models import Case
from tenants.clues import letters, listed, selectors, supervised
from tenants.clues.letters import LetterKind, Thing
from webui import slots
from webui.slots import Piece

NOTICE = "notice"
TEMPLATE = "clues/file/_orders.html"
SENTENCES = {
    "clue_supervised": _("有一件督办等您回复"),
    "clue_supervision_due": _("有一件督办临近或超过期限"),
    "clue_supervision_answered": _("您下达的督办有回复"),
}


def register_all() -> None:
    """Called once, when the app is ready."""
    letters.register_letters(
        LetterKind(
            code=NOTICE,
            name=_("协助辨认/鉴别通知书"),
            seen_by=opinions.notices_of,
            rows=lambda: Notice.objects.select_related("unit", "drafted_by"),
            read=of_notice,
        )
    )
    listed.register_all()
    slots.register("cases:now", on_case, order=20)
    slots.register("opinions:notice", on_notice, order=20)
    for code, sentence in SENTENCES.items():
        words.register(code, sentence)


def of_notice(notice: Notice) -> Thing:
    """A notice as what an order is on: only one that was issued and waits for its answer."""
    return Thing(
        kind=NOTICE,
        kind_name=_("协助辨认/鉴别通知书"),
        row=notice,
        number=notice.document_no,
        title=notice.organisation_name,
        unit=notice.unit,
        url=supervised.url("opinions:notice", notice.pk),
        open=notice.state in Notice.WAITING,
        holders=[notice.drafted_by],
        topics=[f"opinions:{notice.request_id}"],
        event="opinions",
    )


def on_case(request: HttpRequest, *, case: Case, **_more: object) -> Piece | None:
    """Orders that stand on a case, and the button for who may give one."""
    return _piece(request, supervised.of_case(case), reverse("clues:order_case", args=[case.pk]))


def on_notice(request: HttpRequest, *, notice: Notice, **_more: object) -> Piece | None:
    """The same on a notice."""
    return _piece(request, of_notice(notice), reverse("clues:order_notice", args=[notice.pk]))


def _piece(request: HttpRequest, thing: Thing, url: str) -> Piece | None:
    person = person_of(request)
    rows = selectors.supervisions_on(person, thing.row)
    orders = supervised.lines(person, list(rows))
    may = thing.open and supervised.may_order(person, thing)
    return Piece(TEMPLATE, {"orders": orders, "order_url": url if may else ""}) if orders or may else None
