"""What a brand's own systems hear of the clues it reported: how each province goes on with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.reverse_clues.models import Addressee, ReverseClue
from federation.parties.houses import houses_of
from webhooks import events


def _links(pk: UUID) -> dict[str, str]:
    return {"api": f"/api/v1/reverse-clues/{pk}/", "page": f"/reverse-clues/{pk}/"}


def _said(row: ReverseClue) -> dict[str, Any]:
    return {"number": row.ref, "links": _links(row.pk)}


def _at_province(row: Addressee) -> dict[str, Any]:
    return {"number": row.clue.ref, "province": row.province_code, "links": _links(row.clue_id)}


def _door(user: Any, ids: Any) -> Any:
    return ReverseClue.objects.filter(pk__in=ids, organisation_id__in=houses_of(user)).values_list("pk", flat=True)


def _house(row: ReverseClue) -> UUID:
    found: UUID = row.organisation_id
    return found


def _house_of_clue(row: Addressee) -> UUID:
    found: UUID = row.clue.organisation_id
    return found


def _clue(row: Addressee) -> UUID:
    found: UUID = row.clue_id
    return found


events.register_life(
    "reverse_clue",
    _("反向线索"),
    model="reverse_clues.ReverseClue",
    door=_door,
    payload=_said,
    house=_house,
    hosts=("brands",),
    names={
        "sent": ("send", _("已发送")),
        "dropped": ("drop", _("已作废")),
        "supplemented": ("supplement", _("已补充")),
    },
)
events.register(
    events.EventKind(
        name="reverse_clue.moved",
        words=_("某省有进展"),
        model="reverse_clues.Addressee",
        verbs=tuple(verb for verb in Addressee.MOVES if verb != "send"),
        payload=_at_province,
        about=_clue,
        house=_house_of_clue,
        door=_door,
        hosts=("brands",),
    )
)
