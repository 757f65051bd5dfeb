"""What systems of others hear of opinion letters, notices asking for them, and objections."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from appraisal.opinions import selectors
from appraisal.opinions.models import HeldLetter, Notice, Objection
from webhooks import events


def _letter(row: HeldLetter) -> dict[str, Any]:
    return {
        "number": row.opinion_no,
        "request_id": str(row.request_id),
        "links": {"api": f"/api/v1/opinions/letters/{row.pk}/", "page": f"/opinions/letters/{row.pk}/"},
    }


def letter_came(row: HeldLetter) -> None:
    """A letter has arrived."""
    said = {"object_id": str(row.pk), "state": row.state, "verb": "receive", **_letter(row)}
    events.emit("opinion_letter.received", about=row.pk, payload=said)


def _letters(user: Any, ids: Any) -> Any:
    return selectors.letters_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _notice(row: Notice) -> dict[str, Any]:
    links = {"api": f"/api/v1/opinions/notices/{row.pk}/", "page": f"/opinions/notices/{row.pk}/"}
    return {"request_id": str(row.request_id), "links": links}


def _notices(user: Any, ids: Any) -> Any:
    return selectors.notices_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _objection(row: Objection) -> dict[str, Any]:
    return {"links": {"api": f"/api/v1/opinions/objections/{row.pk}/", "page": f"/opinions/objections/{row.pk}/"}}


def _objections(user: Any, ids: Any) -> Any:
    return selectors.objections_of(user).filter(pk__in=ids).values_list("pk", flat=True)


events.register(events.EventKind(name="opinion_letter.received", words=_("收到"), door=_letters))
events.register_life(
    "opinion_letter",
    _("辨认意见书"),
    model="opinions.HeldLetter",
    door=_letters,
    payload=_letter,
    names={
        "formal": ("formalise", _("转为正式")),
        "superseded": ("supersede", _("被更正或换发")),
        "withdrawn": ("withdraw", _("已撤回")),
    },
)
events.register_life(
    "opinion_notice",
    _("协助辨认通知书"),
    model="opinions.Notice",
    door=_notices,
    payload=_notice,
    names={
        "drafted": ("draft", _("已起草")),
        "submitted": ("submit", _("已送审")),
        "issued": ("issue", _("已签发")),
        "answered": ("answer", _("已答复")),
        "withdrawn": ("withdraw", _("已撤回")),
    },
)
events.register_life(
    "objection",
    _("当事人异议"),
    model="opinions.Objection",
    door=_objections,
    payload=_objection,
    names={
        "lodged": ("lodge", _("已提出")),
        "forwarded": ("forward", _("已转权利人")),
        "answered": ("answer", _("权利人已答复")),
        "decided": ("uphold", _("已处理"), ("dismiss",)),
    },
)
