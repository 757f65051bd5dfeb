"""What a brand's own systems hear of its opinion letters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.issuing.models import OpinionLetter
from federation.parties.houses import houses_of
from webhooks import events


def _said(row: OpinionLetter) -> dict[str, Any]:
    links = {"api": f"/api/v1/opinion-letters/{row.pk}/", "page": f"/opinions/{row.pk}/"}
    return {"number": row.number, "links": links}


def _house(row: OpinionLetter) -> UUID:
    found: UUID = row.organisation_id
    return found


def _door(user: Any, ids: Any) -> Any:
    return OpinionLetter.objects.filter(pk__in=ids, organisation_id__in=houses_of(user)).values_list("pk", flat=True)


events.register_life(
    "issued_letter",
    _("出具的意见书"),
    model="issuing.OpinionLetter",
    door=_door,
    payload=_said,
    house=_house,
    hosts=("brands",),
    names={
        "made": ("make", _("已起草")),
        "submitted": ("submit", _("已送审")),
        "sent_back": ("send_back", _("已退回")),
        "approved": ("approve", _("已批准")),
        "formal": ("formalise", _("已出具")),
        "superseded": ("supersede", _("被更正或换发")),
        "withdrawn": ("withdraw", _("已撤回")),
        "dropped": ("drop", _("已作废")),
    },
)
