"""Guard `seizure`: whoever tries what at whatever hour, goods are held by a head's decision and in the law's time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from harness.guards import size

from accounts.models import Post, Unit
from kernel import clock
from kernel.errors import Problem
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_services as services
from tenants.inspections import seizure_term as term
from tenants.inspections.models import Lot, Seizure
from tenants.inspections.seizure_services import Taken

State = Seizure.State
HELD = {State.URGENT, State.IN_FORCE, State.MUST_RELEASE}
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WAITS = (timedelta(hours=3), timedelta(hours=25), timedelta(days=6), timedelta(days=14), timedelta(days=31))
WALKS, STEPS = size(8, 400), 8
NAMES = (
    *("propose", "approve", "refuse", "carry_out", "at_once", "report", "ask_extension"),
    *("extend", "pause", "release"),
)
BEGINNINGS = (
    (),
    ("propose", "approve", "carry_out", "ask_extension", "wait", "extend"),
    ("at_once",),
    ("at_once", "report", "refuse"),
)


def attempts(by, seizure_id, chance: random.Random) -> dict:
    """What anybody may try, by name."""
    said = {"by": by, "seizure_id": seizure_id}
    until = clock.today() + timedelta(days=10)
    return {
        "propose": lambda: services.propose(**said),
        "approve": lambda: services.decide(**said, approve=True),
        "refuse": lambda: services.decide(**said, approve=False, reason="证据不足"),
        "carry_out": lambda: services.carry_out(**said),
        "at_once": lambda: services.carry_out_at_once(**said, urgent_reason="正在转移"),
        "report": lambda: services.report(**said, words="已当场扣押", late_reason=chance.choice(("", "没有信号"))),
        "ask_extension": lambda: services.ask_extension(**said, days=chance.choice((1, 30, 30, 31)), reason="案情复杂"),
        "extend": lambda: services.decide_extension(**said, approve=True),
        "pause": lambda: services.pause(
            **said, kind="testing", institution="某检验所", told_at=clock.now(), until=until
        ),
        "release": lambda: services.release(**said, kind="other", reason="不再需要", returned_to="某商行"),
    }


def last_day(seizure: Seizure, now: datetime, *, longer: bool = True):
    """The last lawful day, counted from the rows alone. longer: with what was granted beyond the thirty days."""
    extended = [each.days for each in seizure.extensions.all() if each.state == "approved"]
    assert len(extended) <= 1 and sum(extended) <= 30
    tested = sum(((each.end or now) - each.begin for each in seizure.pauses.all()), timedelta())
    return clock.local_date(seizure.carried_out_at + timedelta(days=30 + sum(extended) * longer) + tested)


def holds_true(seizure: Seizure, heads: set, now: datetime) -> None:
    """What the law says of a seizure at this moment, against what the records and the clocks say."""
    decided = {each.kind: each.decided_by_id for each in seizure.decisions.all()}
    if seizure.state in (State.APPROVED, State.IN_FORCE):
        assert decided["seize"] in heads and decided["seize"] != seizure.proposed_by_id
    for extension in seizure.extensions.all():
        if extension.state == "approved":
            assert extension.decided_by_id in heads - {extension.asked_by_id}
            assert clock.local_date(extension.decided_at) <= last_day(seizure, extension.decided_at, longer=False)
    standing, urgent = term.standing_of(seizure, now=now), term.report_of(seizure, now=now)
    if seizure.carried_out_at is None:
        assert standing is None and seizure.state not in HELD
        return
    assert seizure.urgent or "seize" in decided
    if seizure.urgent:
        assert urgent.late == ((seizure.reported_at or now) > seizure.carried_out_at + timedelta(hours=24))
        assert not (urgent.late and seizure.reported_at) or seizure.late_reason
        assert "seize" not in decided or seizure.reported_at
    running = [each for each in seizure.pauses.all() if each.end is None]
    if seizure.state in HELD:
        assert not standing.released
        if not running:
            assert standing.unlawful == (clock.local_date(now) > last_day(seizure, now))
    if seizure.state == State.RELEASED:
        assert standing.released and not standing.unlawful and not running
        assert all(row.state != "seized" for row in seizure.property_list.rows.all())
        early = clock.local_date(seizure.released_at) <= last_day(seizure, seizure.released_at)
        overruled = seizure.urgent and "seize" not in decided and seizure.decided_at
        assert decided["release"] in heads or not early or overruled


@pytest.mark.guard("seizure")
def test_goods_are_held_by_a_heads_decision_and_no_longer_than_the_law_says(at_gx, opened, trials):
    Unit.objects.filter(pk=at_gx.bureau.unit.pk).update(agency_word="桂南青市监")
    Post.objects.create(user=at_gx.li, unit=at_gx.elsewhere, role=Post.Role.LEADER)  # leads, but not here
    everybody = (at_gx.chen, at_gx.li, at_gx.mo, at_gx.wei)
    heads, tried, done = {at_gx.wei.pk}, 0, 0
    with clock.frozen(MONDAY):
        inspection = opened()
    for walk in range(WALKS):
        chance = random.Random(walk)
        with clock.frozen(MONDAY) as tick:
            lot = Lot.objects.create(inspection=inspection, quantity=Decimal(6), unit="瓶", product_name="酒")
            seizure_id = services.draft_seizure(
                by=at_gx.chen, inspection_id=inspection.pk, taken=[Taken(lot_id=lot.pk)], facts="假冒"
            ).pk
            todo = list(BEGINNINGS[walk % len(BEGINNINGS)])
            released = None
            for _step in range(STEPS):
                # The beginning is tried by everybody until it is done by whoever may; then anybody tries anything.
                order = chance.sample(everybody, len(everybody)) if todo else [chance.choice(everybody)]
                name = todo.pop(0) if todo else chance.choice(NAMES)
                for person in () if name == "wait" else order:
                    tried += 1
                    try:
                        attempts(person, seizure_id, chance)[name]()
                    except Problem:
                        continue
                    done += 1
                    assert released is None, f"{name} after the release"
                    break
                tick(WAITS[-1] if name == "wait" else timedelta(minutes=20) if todo else chance.choice(WAITS))
                found = selectors.whole_seizure(at_gx.wei, seizure_id)
                holds_true(found, heads, clock.now())
                released = found.released_at
    assert done > WALKS
    trials(tried)
