"""One tap makes a clue of what one looks at, with what is known filled in; a second tap finds the first."""

from __future__ import annotations

import hashlib
import io
from decimal import Decimal
from typing import Any

import pytest
from harness import people

from accounts.models import Post, Unit, User
from appraisal.requests.models import AppraisalRequest
from evidence import matters, sheets
from kernel.errors import BadInput, NotFound404
from provinces import context
from tenants.cases import services as cases
from tenants.cases.models import Case
from tenants.clues import selectors
from tenants.clues.models import Clue
from tenants.clues.services import tapping, working
from tenants.clues.services.addresses import differences
from tenants.clues.services.manual import hints_for
from tenants.inspections import services

WAYBILL = {
    "carrier": "某快递", "number": "YT001", "sender": "某某 浙江省金华市义乌市稠江街道 8 号",
    "sender_phone": {"value": "", "reason": "masked"}, "receiver": {"value": "", "reason": "masked"},
    "receiver_phone": {"value": "", "reason": "masked"}, "sent_on": "2026-01-05",
}  # fmt: skip


@pytest.fixture
def asked(world: Any, opened: Any, lot: Any, complete: Any, lin_answers: Any) -> Any:
    """An inspection with one lot of six fakes, its shop with a licence elsewhere, its answered request, a waybill."""
    with context.province("gx"):
        Unit.objects.update(agency_word="桂测")
        world.chen, world.li = User.objects.get(pk=world.chen.pk), User.objects.get(pk=world.li.pk)
        inspection = opened()
        made = lot(inspection, "6", product_id=str(world.product.pk), price_basis="labelled", price_labelled_yuan="50",
                   waybill_no="YT001")  # fmt: skip
        services.add_photo(by=world.chen, lot_id=made.pk, exhibit=people.sealed_photo(world.chen, "lot"), shows="lot")
        services.set_entity(
            by=world.chen,
            inspection_id=inspection.pk,
            kind="stall",
            name="红棚酒行",
            address="广西南宁市青秀区南湖路 3 号",
        )
        services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        request = AppraisalRequest.objects.get(organisation_id=world.house.organisation.pk)
    lin_answers(request)
    with context.province("gx"):
        matter = matters.access(world.chen, "request", request.pk)
        sheet = sheets.open_sheet(kind="waybill", matter=matter, by=world.chen, fields=WAYBILL)
        data = people.jpeg("waybill")
        told = {"sha256": hashlib.sha256(data).hexdigest(), "filename": "a.jpg", "source": "album"}
        sheets.add_file(sheet, io.BytesIO(data), by=world.chen, fields=told)
        waybill = sheets.seal(sheet, by=world.chen, matter=matter)
        yield world, inspection, request, waybill


def test_a_verdict_an_inspection_and_a_waybill_become_clues_in_one_tap_each(asked: Any, client_for: Any) -> None:
    world, inspection, request, waybill = asked
    chen = client_for("gx", user=world.chen)
    for page in (f"/requests/{request.pk}/", f"/inspections/{inspection.pk}/", f"/exhibits/{waybill.pk}/"):
        assert "登记" in chen.get(page).content.decode().split('id="tap-clue"')[1][:900], page
    answer = chen.post(f"/requests/{request.pk}/clue/")
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    clue = Clue.objects.get()
    assert answer["Location"] == f"/clues/{clue.pk}/"
    assert chen.post(f"/requests/{request.pk}/clue/")["Location"] == answer["Location"], "twice opens the same"
    assert clue.number in chen.get(f"/requests/{request.pk}/").content.decode()
    assert (clue.subject_name, clue.division_code, clue.place_role) == ("红棚酒行", people.NANNING, "shop")
    assert clue.violations == ["counterfeit_trademark"] and "辨认为假冒" in clue.title
    assert clue.products.get().product_id == world.product.pk and clue.products.get().brand_name == "岚壑春"
    assert {each.kind for each in clue.matters.all()} == {"request", "inspection"}
    assert clue.address_raw == "某市场 12 号"

    seen = tapping.from_inspection(by=world.chen, inspection_id=inspection.pk)
    assert seen.estimated_value == Decimal("300.00"), "six at fifty"
    assert seen.files.count() == 1 and tapping.from_inspection(by=world.li, inspection_id=inspection.pk) == seen
    sender = tapping.from_waybill(by=world.chen, exhibit_id=waybill.pk)
    assert (sender.place_role, sender.address_raw) == ("sender", WAYBILL["sender"])
    assert sender.out_of_province.get("division_code", "").startswith("33"), "C-21: sent from another province"
    assert sender.files.count() == 2 and sender.products.get().brand_name == "岚壑春"
    compared = differences(sender.places.all(), hints_for(sender.desk_unit))
    assert [each.result.nearness for each in compared] == ["other_province"], "E-11"
    beside = chen.get(f"/clues/{sender.pk}/").content.decode()
    assert "函告当地" in beside and "南湖路" in beside
    assert tapping.from_waybill(by=world.chen, exhibit_id=waybill.pk) == sender
    for tap, record in (
        (tapping.from_request, {"request_id": request.pk}),
        (tapping.from_inspection, {"inspection_id": inspection.pk}),
        (tapping.from_waybill, {"exhibit_id": waybill.pk}),
    ):
        with pytest.raises(NotFound404):
            tap(by=world.mo, **record)
    with pytest.raises(BadInput):
        tapping.from_waybill(by=world.chen, exhibit_id=sender.files.exclude(exhibit=waybill).get().exhibit_id)


def test_a_clue_ends_as_filed_with_the_case_that_grew_from_its_inspection_and_no_other(
    asked: Any, client_for: Any
) -> None:
    world, inspection, _request, _waybill = asked
    clue = tapping.from_inspection(by=world.chen, inspection_id=inspection.pk)
    Post.objects.create(user=world.chen, unit=world.chen.unit, role=Post.Role.DISPATCHER)
    world.chen = User.objects.get(pk=world.chen.pk)
    said = {"by": world.chen, "clue_id": clue.pk, "result": "true", "outcome": "filed", "words": "查获假酒"}
    with pytest.raises(BadInput) as unnamed:
        working.end(**said)
    assert unnamed.value.code == "case_missing"
    proposal = cases.propose(
        by=world.chen, inspection_id=inspection.pk, cause_code="trademark_sale", summary="销售假冒白酒"
    )
    cases.decide(by=world.wei, proposal_id=proposal.pk, approve=True)
    case = Case.objects.get()
    assert selectors.cases_grown_from(world.chen, clue) == [case]
    page = client_for("gx", user=world.chen).get(f"/clues/{clue.pk}/do/end/").content.decode()
    assert case.number in page and "办案系统" in page
    ended = working.end(**said)
    assert ended.matters.get(kind="case").record_id == case.pk and ended.outside_number == ""
    assert case.number in client_for("gx", user=world.chen).get(f"/clues/{clue.pk}/").content.decode()
