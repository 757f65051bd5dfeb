"""Heads between provinces: each is compared with the last one held, countersigned or refused with a reason."""

from uuid import uuid4

import pytest
from django.db import connection, transaction

from audit import heads, log, merkle
from audit.models import HeadWitness, LogHead, WitnessedHead
from federation.heads import services
from provinces import context
from provinces.context import province
from provinces.seats import OFFICE

WITNESSES = ["office", "province:fj", "province:gz"]


def seal(count):
    for number in range(count):
        log.append("test", uuid4(), {"number": number})


@pytest.fixture
def next_head(run_letters):
    """`next_head(3)`: three more entries in 广西's log, a head over all, every letter delivered."""

    def make(count, *, letters=True):
        with province("gx"):
            seal(count)
            head = heads.make()
        if letters:
            run_letters()
        return head

    return make


def held_by(seat):
    with context.seat(seat):
        return list(WitnessedHead.objects.filter(log="gx").order_by("received_at"))


def answers(head):
    with province("gx"):
        return {row.witness: (str(row.state), row.reason) for row in HeadWitness.objects.filter(head=head)}


def signed_by_all():
    return {witness: ("signed", "") for witness in WITNESSES}


def test_a_head_is_countersigned_by_two_other_provinces_and_the_office(next_head):
    head = next_head(5)
    assert answers(head) == signed_by_all()
    for seat in (context.province_seat("gz"), OFFICE):
        (row,) = held_by(seat)
        assert (row.outcome, row.size, bytes(row.root)) == ("signed", 5, bytes(head.root))
        assert len(services.hashes_in(row.grown)) == 5, "it was shown every entry's hash"
    with province("gd"):
        assert not WitnessedHead.objects.exists()


def test_later_heads_prove_that_they_only_add_to_the_last_one_held(next_head):
    made = [next_head(count) for count in (3, 1, 7, 20)]
    for head in made:
        assert answers(head) == signed_by_all()
    rows = held_by(context.province_seat("gz"))
    assert [(row.from_size, row.size) for row in rows] == [(0, 3), (3, 4), (4, 11), (11, 31)]
    assert merkle.fold(services.hashes_in(rows[-1].peaks)) == bytes(made[-1].root)


def test_heads_whose_answers_are_still_on_their_way_do_not_break_the_chain(next_head):
    made = [next_head(count, letters=count == 4) for count in (2, 3, 4)]
    assert [answers(head) for head in made] == [signed_by_all()] * 3


def test_a_day_of_many_entries_is_shown_in_larger_pieces(next_head, monkeypatch):
    monkeypatch.setattr(services, "MOST_HASHES", 8)
    next_head(5)
    head = next_head(60)
    assert answers(head) == signed_by_all()
    row = held_by(OFFICE)[-1]
    assert row.grain > 0 and len(services.hashes_in(row.grown)) <= 8


def test_nothing_new_makes_no_head(next_head):
    assert next_head(2) is not None
    assert next_head(0) is None


def rewrite(statement, *params):
    """As the database's superuser, whom no right stops."""
    with context.owner("gx"), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_a_rewritten_past_is_refused_with_a_reason_and_both_sides_are_told(next_head):
    next_head(4)
    rewrite("UPDATE audit_logentry SET leaf_hash = %s WHERE position = 1", bytes(32))
    rewrite("UPDATE audit_lognode SET hash = %s WHERE level = 1 AND place = 0", merkle.node_hash(bytes(32), bytes(32)))
    rewrite("UPDATE audit_lognode SET hash = %s WHERE level = 2 AND place = 0", bytes(32))
    head = next_head(4)
    assert answers(head) == {witness: ("refused", "not_consistent") for witness in WITNESSES}
    assert [row.outcome for row in held_by(OFFICE)] == ["signed", "refused"]


def forget_heads():
    for table in ("audit_headstamp", "audit_headwitness", "audit_loghead"):
        rewrite(f"DELETE FROM {table}")


def test_a_shortened_log_is_refused(next_head):
    next_head(4)
    rewrite("DELETE FROM audit_logentry WHERE position > 1")
    rewrite("DELETE FROM audit_lognode WHERE place > 0 OR level > 1")
    forget_heads()
    head = next_head(1)
    assert head.size == 3
    assert answers(head) == {witness: ("refused", "went_back") for witness in WITNESSES}


def test_a_head_signed_with_another_key_is_refused(next_head, settings):
    next_head(4)
    forget_heads()
    settings.LOG_KEYS = {"gx": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="}
    assert answers(next_head(1)) == {witness: ("refused", "key_changed") for witness in WITNESSES}


def test_nobody_sends_a_head_of_somebody_elses_log(next_head, run_letters):
    with province("gd"):
        seal(2)
        head = heads.make()
    run_letters()
    with province("gd"):
        letter = services._letter(LogHead.objects.get(pk=head.pk), services.Address.province("fj"))
        with transaction.atomic():
            services.post(
                letter.model_copy(update={"log": "gx"}),
                services.Address.province("fj"),
                thread=uuid4(),
                by=services.MACHINE,
            )
    run_letters()
    with province("fj"):
        assert WitnessedHead.objects.get(party="province:gd", log="gx").reason == "wrong_party"


def test_the_offices_own_log_is_countersigned_by_two_provinces(run_letters):
    with context.seat(OFFICE):
        seal(3)
        head = heads.make()
    run_letters()
    with context.seat(OFFICE):
        rows = HeadWitness.objects.filter(head=head).values_list("witness", "state")
        assert sorted(rows) == [("province:fj", "signed"), ("province:gd", "signed")]
