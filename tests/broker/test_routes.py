"""Who should get a letter: proposed with reasons, asked of the office, answered; and what the office may read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from audit.models import Trail
from federation.broker import directory, hooks, routing, selectors
from federation.broker.models import Look, Route
from federation.broker.services import looks, routes
from federation.broker.services.looks import GrantNeeded
from federation.contracts.addresses import Address
from federation.contracts.broker import SupervisionV1
from federation.letters.models import Letter, LetterBody
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotFound404
from kernel.ids import uuid7
from provinces import context
from provinces.seats import OFFICE

BRAND = uuid7()
SECRET = "红棚酒行刘某"


def ask(side, **facts) -> Route:
    with context.province(side.code):
        return routes.ask(letter_kind="clue_transfer", by=side.meng, **facts)


def test_a_certain_division_needs_no_office_and_every_proposal_says_why(bureaux):
    """F-21: division, level above, enrolment; a county alone is certain, a city is not."""
    with context.province("gx"):
        found = routing.propose(division_code="520382", from_province="gx", kind="clue_transfer")
        assert [each.unit.ref for each in found] == ["520382", "520300", "520000"]
        first = found[0]
        assert first.certain and first.direct and first.score == 0.8
        assert first.explain() == ["地点在贵州省遵义市仁怀市，由当地县级市场监管部门管辖"]
        city = routing.propose(division_code="520300", from_province="gx", kind="clue_transfer")
        assert city[0].unit.ref == "520300" or not city[0].certain
        province = routing.propose(division_code="520000", from_province="gx", kind="clue_transfer")
        assert not province[0].certain and not province[0].direct
        assert routing.propose(from_province="gx", kind="clue_transfer") == []
        own = routing.propose(division_code="450103", from_province="gx", kind="clue_transfer")
        assert "own" in {each.code for each in own[0].reasons}
        assert routing.read([first.as_json()])[0].explain() == first.explain()


def test_where_a_brands_fakes_are_made_counts_as_published(bureaux):
    """The den of a brand's fakes, told by the app that knows it."""
    hooks.brand_places(place := lambda brand: [("520382", "互认凭证 3 件")] if brand == BRAND else [])
    try:
        with context.province("gx"):
            (found,) = routing.propose(brand_id=BRAND, from_province="gx", kind="clue_transfer")
            assert (found.unit.ref, found.certain) == ("520382", False)
            assert "互认凭证 3 件" in found.explain()[0]
    finally:
        hooks._places.remove(place)


def test_the_office_answers_from_the_envelope_and_the_province_hears(bureaux, deliver):
    """Claimed, answered once; another than the first needs a reason; what went where counts the next time."""
    heard: list[Route] = []
    hooks.on_routed(heard.append)
    try:
        asked = ask(
            bureaux.gx, division_code="520300", brand_id=BRAND, brand_name="岚壑春", product_group="白酒",
            subject_kind="clue", subject_id=uuid7(),
        )  # fmt: skip
        later = ask(bureaux.gx, brand_id=BRAND, brand_name="岚壑春")
        gone = ask(bureaux.gx, brand_name="岚壑春")
        with pytest.raises(BadInput):
            ask(bureaux.gx)
        deliver()
        with context.province("gx"):
            assert asked.due_at is not None
            told = [json.loads(each) for each in LetterBody.objects.values_list("body", flat=True)]
            assert set(told[0]) == {
                "route_id", "letter_kind", "division_code", "brand_id", "brand_name", "product_group", "at",
            }  # fmt: skip
            routes.withdraw(Route.objects.get(pk=gone.pk), by=bureaux.gx.meng)
        deliver()
        with context.seat(OFFICE):
            assert {each.pk for each in selectors.queue(bureaux.zhao)} == {asked.pk, later.pk}
            row = routes.claim(selectors.access_route(bureaux.zhao, asked.pk), by=bureaux.zhao)
            assert selectors.proposals_of(row)[0].unit.ref == "520300"
            with pytest.raises(MoveRefused):
                routes.claim(row, by=bureaux.zhao)
            with pytest.raises(BadInput):
                routes.answer(row, by=bureaux.zhao, unit_ref="520382")
            with pytest.raises(NotFound404):
                routes.answer(row, by=bureaux.zhao, unit_ref="999999")
            routes.answer(row, by=bureaux.zhao, unit_ref="520382", reason="该品牌窝点在仁怀")
            with pytest.raises(MoveRefused):
                routes.answer(row, by=bureaux.zhao, unit_ref="520300")
            again = routing.propose(brand_id=BRAND, from_province="gx", kind="clue_transfer")
            assert again[0].unit.ref == "520382" and "went_here" in {each.code for each in again[0].reasons}
        deliver()
        with context.province("gx"):
            row = Route.objects.get(pk=asked.pk)
            assert (row.state, row.unit_ref, row.changed) == (Route.State.ANSWERED, "520382", True)
            assert row.subject_kind == "clue" and [each.pk for each in heard] == [asked.pk]
    finally:
        hooks._on_routed.remove(heard.append)


def test_a_province_tells_its_units_when_they_change_and_once_a_day(bureaux, deliver):
    """The directory is corrected by letter; nothing goes out when nothing changed."""
    now = clock.now()
    with clock.frozen(now) as tick:
        with context.province("gx"):
            assert routes.tell_units() and not routes.tell_units()
        deliver()
        with context.province("gz"):
            assert directory.unit("450103").name == "青秀区局"
        tick(timedelta(minutes=5))
        with context.province("gx"):
            bureaux.gx.county.name = "青秀区市场监督管理局"
            bureaux.gx.county.save()
            assert routes.tell_units()
        deliver()
        with context.province("gz"):
            assert directory.unit("450103").name == "南宁市青秀区市场监督管理局"
        tick(timedelta(days=1))
        with context.province("gx"):
            assert routes.tell_units()


def test_the_office_opens_a_letter_without_grant_is_refused_and_logged(bureaux, deliver):
    """Edge 12: the envelope is all it sees until the sender grants; then the grant's items are the contents."""
    with context.province("gx"), transaction.atomic():
        letter = post(
            SupervisionV1(
                supervision_id=uuid7(), subject_kind="case", subject_no="1", title=SECRET, demand=SECRET,
                due_on=clock.today(), by_name="某", at=clock.now(),
            ),
            Address.province("gz"), thread=uuid7(), by=bureaux.gx.wei, document_no="桂市监协查〔2026〕1号",
        )  # fmt: skip
    with context.seat(OFFICE):
        found = selectors.access_letter(bureaux.zhao, letter.pk)
        with pytest.raises(GrantNeeded):
            looks.refuse_to_open(found, by=bureaux.zhao)
        logged = Trail.objects.get(record_id=letter.pk, verb="open_refused")
        assert logged.by_id == bureaux.zhao.pk
        shown = selectors.envelope(found)
        assert not shown.is_open and shown.opened_refused == 1
        assert not any(SECRET in each for each in LetterBody.objects.values_list("body", flat=True))
        until = clock.today() + timedelta(days=10)
        looks.ask(letter_id=letter.pk, purpose="核对管辖", until=until, by=bureaux.zhao)
        with pytest.raises(Conflict):
            looks.ask(letter_id=letter.pk, purpose="再来一次", until=until, by=bureaux.zhao)
        with pytest.raises(BadInput):
            looks.ask(letter_id=letter.pk, purpose="核对", until=clock.today() - timedelta(days=1), by=bureaux.zhao)
    deliver()
    hooks.letter_lines(lines := lambda letter_id: [("fact", "事项", SECRET), ("person", "当事人", SECRET)])
    try:
        with context.province("gx"):
            looks.give(Look.objects.get(), by=bureaux.gx.wei, levels={"fact": "view", "person": "none"})
    finally:
        hooks._lines.remove(lines)
    deliver()
    with context.seat(OFFICE):
        shown = selectors.envelope(Letter.objects.get(pk=letter.pk))
        assert shown.is_open and shown.grant_id is not None and shown.looks[0].state == Look.State.GRANTED
    with context.province("gz"):
        assert Look.objects.count() == 0
