"""专项行动: clues of enterprises bundled; targets made of them, one a party; the campaign's office hears each end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Post, User
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from kernel.text import squeeze
from notify.services import tell
from tenants.campaigns import selectors
from tenants.campaigns.models import Campaign, CampaignClue, JointTarget
from tenants.campaigns.services import planning
from tenants.clues import selectors as clue_doors
from tenants.clues.models import Clue, Feedback

MOST_AT_ONCE = 500


@transaction.atomic
def open_campaign(
    *,
    by: User,
    name: str,
    office_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    words: str = "",
) -> Campaign:
    """Begin a campaign with its office."""
    if not selectors.may_run_campaigns(by):
        raise NotAllowed()
    if not name.strip():
        raise BadInput(_("请填写专项行动名称。"), code="campaign_name_missing")
    if office_id is None:
        office = next((post.unit for post in by.posts.select_related("unit") if post.unit is not None), by.unit)
        if office is None:
            raise NotFound404()
    else:
        if office_id not in people.visible_unit_ids(by):
            raise NotFound404()
        office = people.unit(office_id)
    if ends_on and starts_on and ends_on < starts_on:
        raise BadInput(_("结束日期不能早于开始日期。"), code="campaign_days")
    row = Campaign.objects.create(
        name=name.strip()[:120],
        office=office,
        starts_on=starts_on or clock.today(),
        ends_on=ends_on,
        words=words.strip(),
        opened_by=by,
    )
    trail.record(row, "open", by=by, to_state=row.state)
    return row


@transaction.atomic
def add_clues(*, by: User, campaign_id: UUID, clue_ids: Sequence[UUID]) -> int:
    """Put clues in; those that are in already stay. All or none: a clue that is not there is nobody's."""
    campaign = selectors.access_campaign(by, campaign_id, to_write=True)
    if campaign.state != Campaign.State.OPEN:
        raise Conflict(_("专项行动已结束，不能再加线索。"), code="campaign_over")
    wanted = list(dict.fromkeys(clue_ids))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise BadInput(_("请选 1 至 {most} 条线索。"), code="campaign_clues_count", most=MOST_AT_ONCE)
    found = set(clue_doors.clues_seen_by(by).filter(pk__in=wanted).order_by().values_list("pk", flat=True))
    if len(found) != len(wanted):
        raise NotFound404()
    before = campaign.clues.count()
    CampaignClue.objects.bulk_create(
        (CampaignClue(campaign=campaign, clue_id=each, added_by=by) for each in wanted), ignore_conflicts=True
    )
    added = campaign.clues.count() - before
    trail.record(campaign, "add_clues", by=by, data={"count": added})
    return added


@transaction.atomic
def remove_clue(*, by: User, campaign_id: UUID, clue_id: UUID) -> None:
    """Take one out again."""
    campaign = selectors.access_campaign(by, campaign_id, to_write=True)
    clue_doors.clue(by, clue_id)
    campaign.clues.filter(clue_id=clue_id).delete()
    trail.record(campaign, "remove_clue", by=by, data={"clue": str(clue_id)})


@transaction.atomic
def close_campaign(*, by: User, campaign_id: UUID) -> Campaign:
    """It is over; clues that are open go on as they are."""
    return move(selectors.access_campaign(by, campaign_id, to_write=True), "close", by=by)


def party_key(clue: Clue) -> str:
    """What makes two clues clues of one party: its code, else its name, else nothing."""
    return clue.subject_code or squeeze(clue.subject_name)


@transaction.atomic
def bundle(*, by: User, action_id: UUID, clue_ids: Sequence[UUID]) -> list[JointTarget]:
    """Targets of an action from clues, one a party: several clues of one enterprise are gone after once."""
    wanted = list(dict.fromkeys(clue_ids))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise BadInput(_("请选 1 至 {most} 条线索。"), code="campaign_clues_count", most=MOST_AT_ONCE)
    parties: dict[str, list[Clue]] = {}
    for clue_id in wanted:
        clue = clue_doors.clue(by, clue_id)
        if clue.state not in Clue.OPEN:
            raise Conflict(
                _("线索 {number} 已办结或已并入，不能列为目标。"), code="joint_clue_over", number=clue.number
            )
        parties.setdefault(party_key(clue) or str(clue.pk), []).append(clue)
    return [
        planning.add_target(by=by, action_id=action_id, clue_ids=[clue.pk for clue in clues])
        for clues in parties.values()
    ]


def on_clue(clue: Clue, verb: str) -> None:
    """A clue ended: the office of each campaign it is in hears how, once an end. Called by `clues`."""
    if verb != "end":
        return
    for row in CampaignClue.objects.filter(clue=clue).select_related("campaign__office"):
        Feedback.objects.create(
            clue=clue,
            target=Feedback.Target.CAMPAIGN,
            is_final=True,
            shown={
                "campaign": str(row.campaign_id),
                "result": clue.result,
                "outcome": clue.outcome,
                "ended_at": clue.ended_at,
            },
        )
        row.told_at = clock.now()
        row.save(update_fields=["told_at"])
        posts = Post.held.filter(unit=row.campaign.office, role__in=(Post.Role.DISPATCHER, Post.Role.LEADER))
        tell(
            to=set(posts.values_list("user_id", flat=True)),
            code="campaign_feedback",
            title=_("专项线索 {number} 已办结：{outcome}").format(
                number=clue.number, outcome=clue.get_outcome_display()
            ),
            url=f"/campaigns/{row.campaign_id}/",
        )
