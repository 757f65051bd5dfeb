"""Counting on two phones: nothing lost, nothing twice, and one table whatever the order."""

from decimal import Decimal

import pytest
from harness import people

from kernel.errors import BadInput, Conflict, NotFound404
from kernel.ids import uuid7
from tenants.inspections import selectors, services
from tenants.inspections.models import CountOperation, Inspection, Lot, LotMove


def test_a_whole_shelf_is_one_photo_and_a_count_first_and_details_later(at_gx, opened, phone):
    inspection, shelf = opened(), uuid7()
    mine = phone(at_gx.chen, inspection)
    mine.send(mine.says("lot", shelf, fields={"stood_where": "二排货架"}), mine.says("set", shelf, quantity="60"))
    services.add_photo(by=at_gx.chen, lot_id=shelf, exhibit=people.sealed_photo(at_gx.chen, "shelf"), shows="shelf")
    mine.send(mine.says("detail", shelf, fields={"claimed_brand": "岚壑春", "unit": "瓶", "batch_no": "20260301"}))
    lot = selectors.lots_of(inspection).get()
    assert (lot.quantity, lot.unit, lot.stood_where, lot.batch_no) == (60, "瓶", "二排货架", "20260301")
    assert lot.photos.get().shows == "shelf"


@pytest.mark.parametrize("quantity", ["0", "10000", "2.5"])
def test_quantity_0_or_10000_or_2_5_kg_is_taken_as_it_comes(at_gx, opened, lot, quantity):
    made = lot(opened(), quantity, unit="公斤")
    assert (made.quantity, made.unit) == (Decimal(quantity), "公斤")


@pytest.mark.parametrize("quantity", ["-1", "1.2345", "abc", "1e3", "12345678901", ""])
def test_what_is_no_quantity_is_refused_by_itself_and_the_rest_stands(at_gx, opened, phone, quantity):
    inspection, one, other = opened(), uuid7(), uuid7()
    mine = phone(at_gx.chen, inspection)
    wrong = mine.says("set", one, quantity=quantity)
    done = mine.send(mine.says("lot", one, fields={}), wrong, mine.says("set", other, quantity="3"))
    assert list(done.refused) == [wrong.id]
    assert Lot.objects.get(pk=one).quantity is None
    assert Lot.objects.get(pk=other).quantity == 3


def test_the_same_operation_twice_is_once_and_its_id_is_not_used_for_another(at_gx, opened, phone):
    inspection, one = opened(), uuid7()
    mine = phone(at_gx.chen, inspection)
    said = mine.says("add", one, delta="12")
    assert mine.send(said, said).accepted == [said.id]
    again = mine.send(said)
    assert (again.known, again.accepted) == ([said.id], [])
    other = services.Said(id=said.id, lot_id=one, kind="add", value={"delta": "13"}, turn=said.turn, at=said.at)
    assert mine.send(other).refused[said.id].code == "operation_differs"
    assert Lot.objects.get(pk=one).quantity == 12


def test_additions_of_both_officers_are_summed(at_gx, opened, phone):
    inspection, one = opened(), uuid7()
    mine, hers = phone(at_gx.chen, inspection), phone(at_gx.li, inspection)
    for number in range(5):
        mine.send(mine.says("add", one, delta="12"))
        hers.send(hers.says("add", one, delta="1" if number else "-1"))
    assert Lot.objects.get(pk=one).quantity == 63


def test_both_officers_count_the_same_shelf_and_both_counts_are_kept_until_a_person_resolves(at_gx, opened, phone):
    inspection, one = opened(), uuid7()
    mine, hers = phone(at_gx.chen, inspection), phone(at_gx.li, inspection)
    mine.send(mine.says("lot", one, fields={"unit": "瓶"}), mine.says("set", one, quantity="60"))
    hers.send(hers.says("set", one, quantity="58"))
    lot = Lot.objects.get(pk=one)
    assert lot.quantity is None
    assert {(each["by_name"], each["quantity"]) for each in lot.candidates} == {("陈队长", "60"), ("李队", "58")}
    lot = services.resolve(by=at_gx.li, lot_id=one, device_id=uuid7(), quantity="59", why="一起重数")
    assert (lot.quantity, lot.candidates) == (59, [])
    assert CountOperation.objects.filter(lot_id=one, kind="set").count() == 2
    # Whoever counts again after that, knowing the decision, replaces it.
    assert services.count(by=at_gx.chen, lot_id=one, device_id=uuid7(), quantity="61").quantity == 61


def test_two_equal_counts_agree(at_gx, opened, phone):
    inspection, one = opened(), uuid7()
    mine, hers = phone(at_gx.chen, inspection), phone(at_gx.li, inspection)
    mine.send(mine.says("set", one, quantity="60"))
    hers.send(hers.says("set", one, quantity="60.0"))
    lot = Lot.objects.get(pk=one)
    assert (lot.quantity, lot.candidates, lot.counted_by) == (60, [], ["陈队长", "李队"])


def test_two_of_sixty_differ_and_are_split_off_with_history_and_photos(at_gx, opened, lot):
    inspection = opened()
    whole = lot(inspection, "60", batch_no="A")
    services.add_photo(by=at_gx.chen, lot_id=whole.pk, exhibit=people.sealed_photo(at_gx.chen, "sixty"))
    part = services.split(by=at_gx.li, lot_id=whole.pk, device_id=uuid7(), quantity="2", why="瓶盖不同", note="瓶盖")
    whole.refresh_from_db()
    assert (whole.quantity, part.quantity) == (58, 2)
    assert (part.split_from_id, part.batch_no, part.note, part.unit) == (whole.pk, "A", "瓶盖", "瓶")
    assert part.photos.get().exhibit_id == whole.photos.get().exhibit_id
    with pytest.raises(BadInput) as refused:
        services.split(by=at_gx.li, lot_id=whole.pk, device_id=uuid7(), quantity="58")
    assert refused.value.code == "split_too_many"


def test_a_lot_moved_between_inspections_takes_along_what_is_still_said_of_it(at_gx, opened, phone):
    first, second, one = opened(), opened(), uuid7()
    mine, hers = phone(at_gx.chen, first), phone(at_gx.li, first)
    mine.send(mine.says("lot", one, fields={"unit": "瓶"}), mine.says("add", one, delta="6"))
    moved = services.move_lot(by=at_gx.chen, lot_id=one, to_inspection_id=second.pk, why="记错了店")
    assert (moved.inspection_id, moved.arrived_version) == (second.pk, moved.version)
    hers.send(hers.says("add", one, delta="2"))  # her phone was offline meanwhile
    lot = Lot.objects.get(pk=one)
    assert (lot.inspection_id, lot.quantity) == (second.pk, 8)
    assert LotMove.objects.get(lot=lot).why == "记错了店"
    carried = selectors.operations_carried([one], second)
    assert len(carried) == 3
    with pytest.raises(BadInput):
        services.move_lot(by=at_gx.chen, lot_id=one, to_inspection_id=first.pk, why=" ")


def test_a_lot_of_another_inspection_cannot_be_counted_from_here(at_gx, opened, phone, lot):
    ours, theirs = opened(), opened(by=at_gx.chen, alone=True)
    foreign = lot(theirs)
    hers = phone(at_gx.li, ours)
    said = hers.says("add", foreign.pk, delta="1")
    assert isinstance(hers.send(said).refused[said.id], NotFound404)
    split = hers.says("split", uuid7(), lot=str(foreign.pk), quantity="1")
    assert isinstance(hers.send(split).refused[split.id], NotFound404)
    foreign.refresh_from_db()
    assert foreign.quantity == 6


def test_a_dead_phone_in_mid_count_loses_nothing_and_the_other_goes_on(at_gx, opened, phone, complete, lot):
    inspection = opened()
    one = lot(inspection, None, supplier_answer="refused", price_basis="unknown").pk
    mine, hers = phone(at_gx.chen, inspection), phone(at_gx.li, inspection)
    mine.send(mine.says("add", one, delta="12"))
    unsent = [mine.says("add", one, delta="12") for _each in range(3)]  # the battery is empty
    hers.send(hers.says("add", one, delta="6"))
    complete(inspection)
    services.close(by=at_gx.li, inspection_id=inspection.pk)
    assert Lot.objects.get(pk=one).quantity == 18
    mine.send(*unsent)  # charged again, after the record was closed: kept, shown, not counted behind its back
    assert Lot.objects.get(pk=one).quantity == 18
    inspection.refresh_from_db()
    assert len(services.late_operations(inspection)) == 3
    services.reopen(by=at_gx.chen, inspection_id=inspection.pk, why="第一部手机的清点补传")
    assert Lot.objects.get(pk=one).quantity == 54


def test_the_last_word_on_a_detail_is_the_one_that_knew_the_other(at_gx, opened, phone):
    inspection, one = opened(), uuid7()
    mine, hers = phone(at_gx.chen, inspection), phone(at_gx.li, inspection)
    first = mine.says("lot", one, fields={"batch_no": "A", "unit": "瓶"})
    hers.turn = 1
    later = hers.says("detail", one, fields={"batch_no": "B"})
    hers.send(later)  # arrives first
    mine.send(first)
    lot = Lot.objects.get(pk=one)
    assert (lot.batch_no, lot.unit) == ("B", "瓶")


def test_bottles_cases_and_kilograms_are_never_summed(at_gx, opened, lot):
    from tenants.inspections.value import valuation

    inspection = opened()
    lot(inspection, "12")
    lot(inspection, "3", unit="箱")
    lot(inspection, "2.5", unit="公斤")
    lot(inspection, "6")
    found = valuation(inspection, selectors.lots_of(inspection))
    assert found.quantities == {"瓶": Decimal(18), "箱": Decimal(3), "公斤": Decimal("2.5")}


def test_the_record_closes_only_when_the_supplier_was_asked_about(at_gx, opened, lot, complete):
    inspection = opened()
    made = lot(inspection, "0", price_basis="unknown")
    complete(inspection)
    with pytest.raises(Conflict) as refused:
        services.close(by=at_gx.chen, inspection_id=inspection.pk)
    assert [each["code"] for each in refused.value.data["missing"]] == ["supplier"]
    services.detail(by=at_gx.li, lot_id=made.pk, device_id=uuid7(), supplier_answer="refused")
    assert services.close(by=at_gx.chen, inspection_id=inspection.pk).state == Inspection.State.CLOSED
    assert services.sign(by=at_gx.li, inspection_id=inspection.pk).state == Inspection.State.SIGNED
