"""What an inspection and a case tell of themselves to opinion letters, and what an objection does to closing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from appraisal.opinions import clocks, hooks, selectors
from appraisal.opinions.models import HeldLetter, Objection
from appraisal.requests.models import AppraisalRequest, RequestItem
from kernel import clock
from kernel.errors import Conflict
from kernel.ids import uuid7
from tenants.cases import opinions, services, terms
from tenants.cases.models import Case
from tenants.inspections.models import LotQuestion
from tenants.inspections.seizure_term import clock_of


@pytest.fixture
def request_of(inspection, world):
    """A request of the inspection about its first lot."""
    request = AppraisalRequest.objects.create(
        number="S1", site=inspection.site, unit=world.unit, officer=world.chen, brand_name="岚壑春",
        organisation_id=uuid7(), organisation_name="某酒业",
    )  # fmt: skip
    lot = inspection.lots.order_by("pk").first()
    item = RequestItem.objects.create(request=request, product_name=lot.product_name, claimed_brand="岚壑春")
    LotQuestion.objects.create(lot=lot, item=item, asked_by=world.chen)
    return request


@pytest.fixture
def case(world, inspection, request_of):
    proposal = services.propose(
        by=world.chen, cause_code="trademark_sale", summary="销售假冒白酒", inspection_id=inspection.pk
    )
    services.decide(by=world.wei, proposal_id=proposal.pk, approve=True)
    return Case.objects.get(proposal=proposal)


def objected(request, **more):
    held = HeldLetter.objects.create(
        letter_id=uuid7(), request=request, state="formal", organisation_id=request.organisation_id,
        organisation_name="某酒业", opinion_no="辨 1 号", exam_mode="photo",
    )  # fmt: skip
    return Objection.objects.create(letter=held, came="page", text="正品", grey_market=True, **more)


def test_edge_9_a_case_is_not_closed_while_grey_market_papers_are_not_handled(world, case, request_of):
    """Edge 9: the objection blocks closing until it is handled."""
    objection = objected(request_of)
    said = {"by": world.wei, "case_id": case.pk, "outcome": "no_penalty", "words": "不予处罚"}
    with pytest.raises(Conflict) as refusal:
        services.close(**said)
    assert refusal.value.code == "objection_open" and "辨 1 号" in refusal.value.detail
    Objection.objects.filter(pk=objection.pk).update(state="upheld")
    assert services.close(**said).state == Case.State.CLOSED


def test_an_inspection_gives_its_officers_party_and_goods_and_a_case_its_number(inspection, request_of, seizure):
    ground = hooks.ground_of(request_of)
    assert {each.name for each in ground.officers} == {"陈某", "李某"} and ground.party_name == "张某某"
    assert ground.matter_no == inspection.number and ground.verifying_from == inspection.started_at
    (goods,) = ground.goods
    assert (goods.quantity, goods.unit) == (Decimal(42), "瓶") and "财物清单" in goods.source


def test_a_case_and_its_inspection_are_the_matters_that_rest_on_a_request(world, case, inspection, request_of):
    found = {each.kind: each for each in hooks.matters_of([request_of.pk])}
    assert found["inspection"].id == inspection.pk and found["case"].id == case.pk
    assert {world.chen.pk, world.li.pk, world.wei.pk} <= set(found["case"].people)
    assert hooks.ground_of(request_of).matter_no == case.number
    assert opinions.requests_of(case) == [request_of.pk]


def test_items_of_one_lot_are_the_same_goods(inspection, request_of, world):
    other = AppraisalRequest.objects.create(
        number="S2", site=inspection.site, unit=world.unit, officer=world.chen, brand_name="岚壑春"
    )
    item = RequestItem.objects.create(request=other, product_name="x", claimed_brand="岚壑春")
    LotQuestion.objects.create(lot=request_of.items.get().lot_question.lot, item=item, asked_by=world.chen)
    assert hooks.same_as([item.pk]) == {item.pk, request_of.items.get().pk}


def test_the_terms_of_seizure_and_case_follow_the_table_of_clocks(world, case, seizure, request_of, monkeypatch):
    """Dated data: with a rule that pauses, waiting is taken out of the term; as the table is now it is not."""
    spell = clocks.Spell(uuid7(), "号", "某酒业", "identification", clock.now() - timedelta(days=1), None)
    monkeypatch.setattr(clocks, "spells_of", lambda ids: [spell])
    assert clock_of(seizure).pauses == () and terms.clock_of(case).pauses == ()
    changed = tuple(
        clocks.Rule(**{**vars(each), "pauses": True}) if each.clock != "verification" else each
        for each in clocks.rules()
    )
    monkeypatch.setattr(clocks, "rules", lambda: changed)
    assert len(clock_of(seizure).pauses) == 1 and len(terms.clock_of(case).pauses) == 1
    assert "权利人" in terms.term_of(case).words


def test_pages_of_inspection_and_case_say_what_is_open(world, case, inspection, request_of, client_for):
    objected(request_of)
    chen = client_for("gx", user=world.chen)
    for path in (f"/inspections/{inspection.pk}/", f"/cases/{case.pk}/"):
        page = chen.get(path).content.decode()
        assert "辨 1 号" in page and "不能结案" in page
    assert selectors.blocking([request_of.pk])
