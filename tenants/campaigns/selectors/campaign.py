"""Who sees a campaign and the clues bundled in it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Post, User
from accounts.selectors import visible_unit_ids
from kernel.errors import NotAllowed, NotFound404
from tenants.campaigns.models import Campaign, CampaignClue
from tenants.clues import selectors as clues


def may_run_campaigns(person: User) -> bool:
    """Dispatchers and leaders open campaigns and put clues in."""
    return person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER)


def campaigns_of(person: User) -> QuerySet[Campaign]:
    """Campaigns whose office lies in the units of this dispatcher or leader, newest first."""
    if not may_run_campaigns(person):
        return Campaign.objects.none()
    return Campaign.objects.filter(office_id__in=visible_unit_ids(person)).select_related("office", "opened_by")


def access_campaign(person: User, campaign_id: UUID, *, to_write: bool = False) -> Campaign:
    """One campaign. Raises NotFound404; NotAllowed for one that is closed to writing."""
    found = campaigns_of(person).filter(pk=campaign_id).first()
    if found is None:
        raise NotFound404()
    if to_write and not may_run_campaigns(person):
        raise NotAllowed()
    return found


def clues_of(person: User, campaign: Campaign) -> QuerySet[CampaignClue]:
    """The bundled clues that this person may see, with what became of each."""
    seen = clues.clues_seen_by(person).order_by().values("pk")
    return CampaignClue.objects.filter(campaign=campaign, clue__in=seen).select_related(
        "clue", "clue__holder_unit", "clue__holder"
    )
