"""What systems of others hear of official letters and of assistance asked by letter."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.correspondence import selectors, selectors_assist
from tenants.correspondence.models import Assistance, OfficialLetter
from webhooks import events


def _letter(row: OfficialLetter) -> dict[str, Any]:
    return {
        "number": row.document_no,
        "direction": row.direction,
        "links": {"api": f"/api/v1/official-letters/{row.pk}/", "page": f"/official/{row.pk}/"},
    }


def _letters(user: Any, ids: Any) -> Any:
    return selectors.letters_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _assistance(row: Assistance) -> dict[str, Any]:
    return {"letter_id": str(row.letter_id)}


def _assistances(user: Any, ids: Any) -> Any:
    return selectors_assist.assistances_of(user).filter(pk__in=ids).values_list("pk", flat=True)


events.register_life(
    "official_letter",
    _("公函"),
    model="correspondence.OfficialLetter",
    door=_letters,
    payload=_letter,
    names={
        "issued": ("issue", _("已签发")),
        "sent": ("send", _("已发出")),
        "arrived": ("arrive", _("已收到来函")),
        "delivered": ("deliver", _("已送达")),
        "received": ("receive", _("对方已收")),
        "accepted": ("accept", _("已受理")),
        "returned": ("return", _("已退回")),
        "answered": ("answer", _("已答复")),
        "closed": ("close", _("已办结")),
        "recalled": ("recall", _("已撤回")),
        "void": ("void", _("已作废")),
    },
)
events.register_life(
    "assistance",
    _("协查"),
    model="correspondence.Assistance",
    door=_assistances,
    payload=_assistance,
    names={
        "signed_for": ("sign_for", _("已签收")),
        "begun": ("name_officers", _("已指派")),
        "returned": ("return", _("已退回")),
        "partly_answered": ("answer_partly", _("部分答复")),
        "answered": ("answer", _("已答复")),
        "closed": ("close", _("已办结")),
        "extended": ("extend", _("已延期")),
    },
)
