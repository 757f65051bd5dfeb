"""What is disclosed climbs by consent: number of provinces; goods and weeks; unit; contents (F-02, F-17)."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from harness import people
from harness.matching_world import PHONE, World

from audit.models import Trail
from federation.grants.models import Grant
from federation.letters.delivery import deliver_waiting
from federation.matching import sources
from federation.matching.errors import MatchResting, OutOfOrder
from federation.matching.models import BrandAsk, BrandQuestion, MatchStep, Pair, PairStep
from federation.matching.services import asked, finding, ladder, relaying
from federation.parties.models import Organisation
from kernel.errors import BadInput, MoveRefused, NotAllowed, NotFound404
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE


@pytest.fixture
def met(world: World) -> World:
    """Both provinces were told of a match."""
    world.record("gx", ("phone", PHONE))
    world.record("gd", ("phone", PHONE))
    assert world.compare() == 1
    return world


def say(world: World, code: str, rung: int, **more: object) -> None:
    match = world.match(code)
    with context.province(code):
        ladder.say(match_id=match.pk, rung=rung, by=world.wei(code), **more)  # type: ignore[arg-type]
    world.run_letters()


def step(world: World, code: str, rung: int) -> MatchStep:
    match = world.match(code)
    with context.province(code):
        return match.steps.get(rung=rung)


def both(world: World, rung: int, **more: object) -> None:
    for code in ("gx", "gd"):
        say(world, code, rung, **more)


def test_nothing_is_told_until_both_agreed_and_then_the_same_to_both(met: World) -> None:
    say(met, "gx", 1)
    assert step(met, "gx", 1).state == "said" and not step(met, "gx", 1).told
    assert (step(met, "gd", 1).state, step(met, "gd", 1).other) == ("open", "said")
    say(met, "gd", 1)
    assert step(met, "gx", 1).told["provinces"] == step(met, "gd", 1).told["provinces"] == 2
    both(met, 2)
    for code in ("gx", "gd"):
        assert step(met, code, 2).told["facts"]["first_week"] == "2026-W40"
    both(met, 3, phone="0771-5500000")
    assert step(met, "gx", 3).told["liaison"]["province_code"] == "gd"
    assert step(met, "gd", 3).told["liaison"]["province_code"] == "gx"
    with context.province("gx"):
        verbs = list(Trail.objects.filter(record_label="matching.matchstep").values_list("verb", flat=True))
        assert verbs.count("say") == verbs.count("tell") == 3


def test_the_rungs_are_climbed_in_order_on_either_side_of_the_border(met: World) -> None:
    """Ladder order: our own pages refuse a rung too far, and so does the office whatever a province sends."""
    with pytest.raises(OutOfOrder):
        say(met, "gx", 2)
    say(met, "gx", 1)
    with pytest.raises(OutOfOrder):
        say(met, "gx", 3, phone="1")
    match = met.match("gx")
    with context.province("gx"):
        forged = match.steps.get(rung=3)
        with transaction.atomic():
            ladder._post(forged, "said", met.wei("gx"))
    met.run_letters()
    with context.seat(OFFICE):
        assert not PairStep.objects.filter(rung=3).exists()


def test_who_may_see_a_match_may_ask_how_many_and_only_deciders_may_say_more(met: World) -> None:
    match = met.match("gx")
    chen = met.bureaux["gx"].chen
    with context.province("gx"):
        with pytest.raises(NotFound404):
            ladder.say(match_id=match.pk, rung=1, by=chen)
        with pytest.raises(NotFound404):
            ladder.say(match_id=uuid4(), rung=1, by=met.wei("gx"))
        (source,) = sources.all_sources()
        held = match.value.holdings.values_list("record_id", flat=True)
        seen = sources.Source(source.name, source.label, source.rows, source.describe, open_to=lambda person: held)
        sources._registry.sources[source.name] = seen
        assert ladder.say(match_id=match.pk, rung=1, by=chen).state == "said"
        with pytest.raises(NotAllowed):
            ladder.say(match_id=match.pk, rung=2, by=chen)


def test_a_consent_that_is_withdrawn_before_both_agreed_tells_nothing(met: World) -> None:
    """Revoked consent: the other side agreeing afterwards gets nothing; agreeing again starts over."""
    say(met, "gx", 1)
    match = met.match("gx")
    with context.province("gx"):
        ladder.withdraw(match_id=match.pk, rung=1, by=met.wei("gx"))
    met.run_letters()
    assert step(met, "gd", 1).other == "withdrawn"
    say(met, "gd", 1)
    assert step(met, "gd", 1).state == "said" and not step(met, "gx", 1).told
    say(met, "gx", 1)
    assert step(met, "gx", 1).state == step(met, "gd", 1).state == "told"
    with context.province("gx"), pytest.raises(MoveRefused):
        ladder.withdraw(match_id=match.pk, rung=1, by=met.wei("gx"))


def test_a_withdrawal_that_crosses_the_telling_is_too_late_and_says_so(met: World) -> None:
    say(met, "gx", 1)
    match = met.match("gd")
    with context.province("gd"):
        ladder.say(match_id=match.pk, rung=1, by=met.wei("gd"))
    with context.seat(OFFICE):
        deliver_waiting(50)
    with context.province("gx"):
        ladder.withdraw(match_id=match.pk, rung=1, by=met.wei("gx"))
    met.run_letters()
    assert step(met, "gx", 1).state == step(met, "gd", 1).state == "told"
    with context.seat(OFFICE):
        assert set(PairStep.objects.values_list("state", flat=True)) == {"told"}


def test_a_refusal_is_passed_on_and_may_be_changed(met: World) -> None:
    match = met.match("gx")
    with context.province("gx"):
        ladder.decline(match_id=match.pk, rung=1, by=met.wei("gx"))
    met.run_letters()
    assert step(met, "gd", 1).other == "declined"
    both(met, 1)
    assert step(met, "gx", 1).state == "told"


@pytest.mark.parametrize("agreed", [True, False])
def test_the_owner_of_a_brand_decides_whether_it_is_named(met: World, agreed: bool) -> None:
    """Asked by the office, without which provinces; refused, the weeks and numbers go without brand and product."""
    met.house = people.brand_house()
    both(met, 1)
    both(met, 2)
    assert step(met, "gx", 2).state == "said"
    with context.seat(BRANDS):
        row = BrandQuestion.objects.get()
        assert (row.provinces, row.kind) == (2, "phone")
        asked.answer(organisation_id=met.house.organisation.pk, question_id=row.pk, agreed=agreed, by=met.house.lin)
        with pytest.raises(NotFound404):
            asked.answer(organisation_id=uuid4(), question_id=row.pk, agreed=agreed, by=met.house.lin)
    met.run_letters()
    told = step(met, "gx", 2).told
    assert told["without_brand"] is not agreed
    assert (told["facts"]["brand_names"] == ["岚壑春"]) is agreed
    assert told["facts"]["finds"] == 1


def test_an_owner_that_cannot_be_asked_is_not_named(met: World) -> None:
    met.house = people.brand_house()
    with context.owner():
        Organisation.objects.filter(pk=met.house.organisation.pk).update(state="suspended")
    both(met, 1)
    both(met, 2)
    assert step(met, "gx", 2).told["without_brand"]
    with context.seat(OFFICE):
        assert not BrandAsk.objects.exists()


def test_contents_go_by_a_grant_to_the_province_that_was_named(met: World) -> None:
    """The fourth rung gives a grant of the facts, which ends and can be ended, to whom the third rung named."""
    both(met, 1)
    both(met, 2)
    with context.province("gx"), pytest.raises(BadInput):
        ladder.say(match_id=met.match("gx").pk, rung=3, by=met.wei("gx"))
    both(met, 3, phone="0771-5500000")
    with context.province("gx"), pytest.raises(BadInput):
        ladder.say(match_id=met.match("gx").pk, rung=4, by=met.wei("gx"), grant_until=date(2020, 1, 1))
    both(met, 4)
    with context.province("gd"):
        held = Grant.objects.get(side=Grant.Side.HELD)
        assert (held.giver, held.contents) == ("province:gx", {"fact": "view"})
        assert str(held.grant_id) == step(met, "gd", 4).told["grant_id"]
        assert held.items.get().text == "某店 48 瓶"


def test_a_match_that_is_over_takes_no_more_steps(met: World) -> None:
    with context.seat(OFFICE):
        finding.stop(pair_id=Pair.objects.get().pk, why="全国客服", by=met.zhao)
    met.run_letters()
    with pytest.raises(MatchResting):
        say(met, "gx", 1)


def test_a_run_of_goods_that_a_brand_accepted_over_two_provinces_comes_the_same_way(world: World) -> None:
    """No value is compared: both sides get their own request; taken back, the match is over."""
    world.house = people.brand_house()
    owner = world.house.organisation.pk
    sides = [("gx", uuid7()), ("gd", uuid7())]
    with context.seat(BRANDS), transaction.atomic():
        for _each in range(2):
            asked.report_run(link_id=uuid7(), organisation_id=owner, sides=sides, stands=True, by=world.house.lin)
        assert not asked.report_run(
            link_id=uuid7(), organisation_id=owner, sides=[sides[0], ("gx", uuid7())], stands=True, by=world.house.lin
        )
    world.run_letters()
    for code, request_id in sides:
        match = world.match(code)
        assert (match.kind, match.source, match.record_id) == ("same_run", "request", request_id)
    with context.seat(OFFICE):
        assert Pair.objects.count() == 1
        relaying.settle(Pair.objects.get().pk)
    with context.seat(BRANDS), transaction.atomic():
        asked.report_run(link_id=uuid7(), organisation_id=owner, sides=sides, stands=False, by=world.house.lin)
    world.run_letters()
    assert world.match("gx").why == world.match("gd").why == "not_one_run"
