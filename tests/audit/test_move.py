"""A state changes in one place, once, and leaves a trail in the same transaction."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import trail
from audit.checks import faults_of
from audit.models import IssuedNumber, Trail
from audit.move import move, possible
from audit.trail import Actor
from kernel.errors import MoveRefused

pytestmark = pytest.mark.usefixtures("gx")

CHEN = Actor(uuid4(), "陈队长")
HUANG = Actor(uuid4(), "黄管理员")


@pytest.fixture
def number():
    return IssuedNumber.objects.create(
        document_no="桂市监协查〔2026〕1号", agency_word="桂市监", kind_word="协查", year=2026, serial=1
    )


def test_a_step_sets_state_and_fields_and_leaves_one_line(number):
    moved = move(number, "void", by=CHEN, why="文稿撤回", void_reason="文稿撤回", noted={"copies": 2})
    assert moved is number
    assert (number.state, number.void_reason) == ("void", "文稿撤回")
    line = trail.of(number).get()
    assert (line.verb, line.from_state, line.to_state) == ("void", "issued", "void")
    assert (line.by_id, line.by_name, line.why, line.data) == (CHEN.id, "陈队长", "文稿撤回", {"copies": 2})
    assert (line.record_label, line.record_id) == ("audit.issuednumber", number.pk)


def test_a_second_step_by_another_with_an_old_copy_is_refused_and_writes_nothing(number):
    old_copy = IssuedNumber.objects.get(pk=number.pk)
    move(number, "void", by=CHEN, void_reason="first")
    with pytest.raises(MoveRefused) as refused:
        move(old_copy, "void", by=HUANG, void_reason="second")
    told = refused.value.as_problem()
    assert told["status"] == 409
    assert told["data"]["state"] == "void"
    assert told["data"]["possible"] == []
    assert told["detail"] == "现在的状态是“已作废”，不能“作废”。可以做的是：无。请刷新页面后再操作。"
    assert IssuedNumber.objects.get(pk=number.pk).void_reason == "first"
    assert trail.of(number).count() == 1


def test_a_refusal_leaves_the_callers_transaction_usable(number):
    move(number, "void", by=CHEN)
    with transaction.atomic():
        with pytest.raises(MoveRefused):
            move(number, "void", by=CHEN)
        assert IssuedNumber.objects.count() == 1


def test_an_open_step_is_taken_even_from_an_old_copy(number):
    """What counts is the state in the database, not the one a page was drawn from."""
    number.state = "void"
    move(number, "void", by=CHEN)
    assert trail.of(number).get().from_state == "issued"


def test_trail_and_state_are_undone_together(number):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        move(number, "void", by=CHEN)
        raise ZeroDivisionError
    number.refresh_from_db()
    assert number.state == "issued"
    assert not Trail.objects.exists()


def test_a_step_of_a_row_that_is_not_there_is_refused():
    with pytest.raises(MoveRefused):
        move(IssuedNumber(document_no="x", serial=1), "void", by=CHEN)
    assert not Trail.objects.exists()


def test_the_usual_step_costs_three_queries(number):
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        move(number, "void", by=CHEN)
    assert [query["sql"].split()[0] for query in queries] == ["UPDATE", "SELECT", "INSERT"]
    assert "\"state\" = 'issued'" in queries[0]["sql"]


def test_what_is_open_follows_from_the_state(number):
    assert possible(number) == ["void"]
    assert possible(number, state="void") == []


def test_unknown_verbs_and_a_state_given_by_hand_are_faults_of_the_programme(number):
    with pytest.raises(ValueError, match="no step"):
        move(number, "burn", by=CHEN)
    with pytest.raises(ValueError, match="state"):
        move(number, "void", by=CHEN, state="issued")


def test_a_machine_acts_without_an_id(number):
    trail.record(number, "printed", by=Actor(None, "系统"))
    line = trail.of(number).get()
    assert (line.by_id, line.by_name, line.from_state) == (None, "系统", "")


def test_a_row_without_a_uuid_key_gets_no_trail():
    with pytest.raises(ValueError, match="UUID"):
        trail.record(IssuedNumber(pk=None), "printed", by=CHEN)


def test_the_trail_of_one_record_is_not_that_of_another(number):
    other = IssuedNumber.objects.create(document_no="x", agency_word="x", kind_word="x", year=2026, serial=2)
    trail.record(number, "printed", by=CHEN)
    assert trail.of(other).count() == 0


def test_a_misspelt_state_in_a_life_is_found_at_start_up():
    assert not list(faults_of(IssuedNumber))
    slip = SimpleNamespace(MOVES={"void": ({"isued"}, "void"), "none": (set(), "void")}, _meta=IssuedNumber._meta)
    assert [fault.id for fault in faults_of(slip)] == ["audit.E002", "audit.E003"]
    no_state = SimpleNamespace(MOVES={"go": ({"a"}, "b")}, _meta=Trail._meta)
    assert [fault.id for fault in faults_of(no_state)] == ["audit.E001"]
