"""What the ledger of clues knows of campaigns: a filter, and a column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenants.campaigns.models import Campaign, CampaignClue
from tenants.clues.ledger import asked, columns

SHOWN = 50


def choices(person: User) -> list[tuple[str, str]]:
    """The newest campaigns, those that run first."""
    return [
        (str(pk), name) for pk, name in Campaign.objects.order_by("-state", "-id").values_list("pk", "name")[:SHOWN]
    ]


def clue_ids(person: User, value: str) -> Any:
    """The clues of a campaign; none for what is no campaign."""
    try:
        return CampaignClue.objects.filter(campaign_id=UUID(value)).values("clue_id")
    except ValueError:
        return []


def names(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The campaigns in which clues stand."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for clue_id, name in CampaignClue.objects.filter(clue_id__in=ids).values_list("clue_id", "campaign__name"):
        found[clue_id].append(name)
    return found


def register_all() -> None:
    asked.register_filter("campaign", asked.Filter(_("专项行动"), choices, clue_ids))
    columns.register_campaigns(names)
