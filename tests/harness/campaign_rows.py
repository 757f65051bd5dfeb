"""A row of every kind of the campaigns' app, with what its addresses need, for the world of the doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import Post, Unit, User
from kernel import clock
from provinces import context
from tenants.campaigns.services import bundling, escorting, going, planning, roster, urgent
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, Source, register


def fill(code: str, *, organisation_id: Any) -> dict[str, Any]:
    """Commits, in one province: a turn, an urgent call, an announced action with a hidden target, a campaign."""
    with context.province(code):
        chen = User.objects.get(username="chen")
        unit = chen.unit
        assert unit is not None
        Unit.objects.filter(pk=unit.pk, agency_word="").update(agency_word=f"{code}动")
        unit.refresh_from_db()
        head = User.objects.create_user(f"{code}-joint", name="牵头某", title="牵头", unit=unit)
        Post.objects.create(user=head, unit=unit, role=Post.Role.LEADER)
        turn = roster.add_turn(
            by=head, unit_id=unit.pk, person_id=chen.pk, starts_at=clock.now() - timedelta(hours=1),
            ends_at=clock.now() + timedelta(hours=9),
        )  # fmt: skip
        clue = register(
            NewClue(
                desk=unit, source=Source(kind=Clue.SourceKind.OFFICER), content="有店卖假酒", subject_name="某酒行"
            ),
            by=head,
        )
        call = urgent.make_urgent(by=head, clue_id=clue.pk, reason="正在转移")
        campaign = bundling.open_campaign(by=head, name="某专项")
        bundling.add_clues(by=head, campaign_id=campaign.pk, clue_ids=[clue.pk])
        action = planning.plan(
            by=head, name="某行动", code_name="某代号", zero_hour=clock.now() + timedelta(days=2), opens_to="planners"
        )
        target = planning.add_target(
            by=head, action_id=action.pk, unit_id=unit.pk, officer_ids=[chen.pk], party_name="某酒行", address="某路",
            division_code="450103",
        )  # fmt: skip
        seat = planning.add_seat(by=head, action_id=action.pk, department="某局", name="某人")
        going.announce(by=head, action_id=action.pk)
        asked = escorting.ask(by=head, target_id=target.pk, organisation_id=organisation_id)
    return {
        "turn_id": turn.pk, "clue_id": clue.pk, "call_id": call.pk, "campaign_id": campaign.pk,
        "action_id": action.pk, "target_id": target.pk, "seat_id": seat.pk, "escort_id": asked.pk,
    }  # fmt: skip
