"""Equal values of two provinces are told to both, without what and without who (F-17, blind matching)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from harness.matching_world import PHONE, World

from federation.letters.models import LetterBody
from federation.matching import keys
from federation.matching.errors import ProbesSpent
from federation.matching.exchange.models import Digest, Round
from federation.matching.models import Match, Pair, Probe, ProbeNote, Tally, TallyRelease, Value
from federation.matching.services import finding, relaying, values
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404
from notify.models import Notice
from provinces import context
from provinces.errors import NoSeat
from provinces.models import Province
from provinces.seats import OFFICE


def test_both_sides_learn_that_another_province_holds_something_and_nothing_else(world: World) -> None:
    """Planted in the letters: neither the value nor the other province's code stands in anything either side got."""
    world.record("gx", ("phone", "139-7710-0001"), ("plate", "桂A12345"))
    world.record("gd", ("phone", "+86 13977100001"), ("plate", "粤B12345"))
    assert world.compare() == 1
    got = {}
    for code, other in (("gx", "gd"), ("gd", "gx")):
        match = world.match(code)
        assert (match.kind, match.masked, match.provinces) == ("phone", match.masked, None)
        assert "••" in match.masked
        with context.province(code):
            assert Notice.objects.filter(code="match_news").count() == 1
            (body,) = LetterBody.objects.filter(letter__kind="matching.found")
            assert PHONE not in body.body and f'"{other}"' not in body.body
            got[code] = match.pk, match.kind, match.found_at, match.common, match.by_hand
            assert all(not step.told for step in match.steps.all())
    assert got["gx"] == got["gd"]


def test_the_office_cannot_tell_values(world: World) -> None:
    """Digests, random names and provinces: no value, no salt, and the key is refused at its seat."""
    world.record("gx", ("phone", PHONE))
    with context.seat(OFFICE):
        (row,) = Digest.objects.all()
        assert PHONE not in f"{row.handle} {bytes(row.digest)!r} {bytes(row.digest).hex()}"
        with pytest.raises(NoSeat):
            keys.round_key(row.round)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Round.objects.count()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Digest.objects.create(
                province="gd", handle=uuid4(), kind="phone", round=row.round, digest=bytes(row.digest)
            )


def test_a_province_reads_and_lays_down_only_its_own_digests(world: World) -> None:
    """Row-level security, not our code: another's digests are not there, and cannot be laid down or taken away."""
    world.record("gx", ("phone", PHONE))
    with context.province("gd"):
        assert Digest.objects.count() == 0
        assert Digest.objects.all().delete()[0] == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Digest.objects.create(province="gx", handle=uuid4(), kind="phone", round=202601, digest=b"x" * 32)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE public.matching_exchange_digest SET state = 'looked'")
    with context.province("gx"):
        assert Digest.objects.count() == 1


def test_the_same_value_twice_is_one_digest_and_one_match(world: World) -> None:
    for _each in range(2):
        world.record("gx", ("phone", PHONE))
    world.record("gd", ("phone", PHONE))
    assert world.compare() == 1
    world.record("gd", ("phone", "1397710 0001"))
    assert world.compare() == 0
    with context.province("gd"):
        assert Value.objects.count() == Digest.objects.count() == Match.objects.count() == 1


def test_a_value_that_no_record_holds_any_more_leaves_nothing_behind(world: World) -> None:
    """The digest goes from the table, the value from the province, and the other side is told that it is over."""
    here = world.record("gx", ("phone", PHONE))
    world.record("gd", ("phone", PHONE))
    world.compare()
    del world.rows["gx", here]
    world.look("gx", here)
    world.run_letters()
    with context.province("gx"):
        assert not Value.objects.exists() and not Digest.objects.exists()
    assert {world.match(code).state for code in ("gx", "gd")} == {"closed"}
    assert world.match("gd").why == "gone"


def test_merged_records_go_on_as_one_match(world: World) -> None:
    """Two records of one value: one of them goes, the other holds the match."""
    first = world.record("gx", ("phone", PHONE))
    second = world.record("gx", ("phone", PHONE), ("phone", "13977100002"))
    world.record("gd", ("phone", PHONE))
    world.compare()
    del world.rows["gx", first]
    world.look("gx", first)
    world.run_letters()
    assert world.match("gx").state == "open"
    with context.province("gx"):
        assert {row.record_id for row in Value.objects.get(value=PHONE).holdings.all()} == {second}


def test_service_numbers_and_stopped_values_are_never_laid_down(world: World) -> None:
    world.record("gx", ("phone", "95338"), ("phone", PHONE))
    world.record("gd", ("phone", "95338"), ("phone", PHONE))
    world.compare()
    with context.province("gx"):
        assert Digest.objects.count() == 1
        row = values.stop(by=world.wei("gx"), kind="phone", text="139 7710 0001", why="快递公司公用电话")
        assert Digest.objects.count() == 0
    world.run_letters()
    assert world.match("gd").state == "closed"
    with context.province("gx"):
        values.unstop(row, by=world.wei("gx"))
        assert Digest.objects.count() == 1


def test_a_value_of_many_provinces_is_told_as_common(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "COMMON_FROM", 2)
    world.record("gx", ("phone", PHONE))
    world.record("gd", ("phone", PHONE))
    world.compare()
    assert world.match("gx").common and world.match("gd").common
    with context.seat(OFFICE):
        pair = Pair.objects.get()
        assert finding.stop(pair_id=pair.pk, why="全国客服", by=world.zhao) == 1
    world.run_letters()
    assert world.match("gx").why == "stopped"


def test_a_new_round_salts_anew_and_finds_nothing_twice(world: World) -> None:
    """Digests of the old round go; equal values keep their names, so the same two are not told again."""
    world.record("gx", ("phone", PHONE))
    world.record("gd", ("phone", PHONE))
    world.compare()
    with context.seat(OFFICE):
        before = {bytes(row.digest) for row in Digest.objects.all()}
    next_month = (clock.now().astimezone(clock.SHANGHAI).replace(day=28) + timedelta(days=7)).replace(day=3)
    with clock.frozen(next_month):
        for code in ("gx", "gd"):
            with context.province(code):
                values.sweep()
        assert world.compare() == 0
        with context.seat(OFFICE):
            after = {bytes(row.digest) for row in Digest.objects.all()}
            assert Digest.objects.count() == 2 and len(after) == 1 and not after & before
            row = Tally.objects.filter(day=clock.today()).first()
            assert finding.allowed("gx", "phone", clock.today(), row.round) == finding.FRESH_A_DAY + 1


def test_a_province_that_tries_telephones_one_by_one_is_held_up_and_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guess attack: more new values than the limit are not compared that day; the office sees them and decides."""
    monkeypatch.setattr(finding, "FRESH_A_DAY", 5)
    world.record("gd", ("phone", "13977100099"))
    world.compare()
    world.record("gx", *(("phone", f"139771000{n:02}") for n in range(90, 100)))
    assert world.compare() == 0
    with context.seat(OFFICE):
        tally = Tally.objects.get(province="gx")
        assert (tally.looked, tally.held) == (5, 5)
        assert Digest.objects.filter(state="held").count() == 5
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Tally.objects.all().delete()
    world.look("gx", next(pk for code, pk in world.rows if code == "gx"))
    assert world.compare() == 0, "trying again the same day changes nothing"
    with context.seat(OFFICE):
        with pytest.raises(BadInput):
            finding.release(province="gx", kind="phone", why="", by=world.zhao)
        assert finding.release(province="gx", kind="phone", why="新并入历史台账", by=world.zhao).count == 5
        with pytest.raises(NotFound404):
            finding.release(province="gx", kind="phone", why="新并入历史台账", by=world.zhao)
        assert TallyRelease.objects.count() == 1
    assert world.compare() == 1


def test_comparing_by_hand_needs_a_reason_is_counted_and_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many a day; the office hears kind, reason and who; the other side hears that no record stands behind it."""
    monkeypatch.setattr(values, "PROBES_A_DAY", 2)
    wei = world.wei("gx")
    world.record("gd", ("phone", PHONE))
    with context.province("gx"):
        for kind, text, reason, code in (
            ("code", "A1234567", "核对一下", "match_kind_unknown"),
            ("phone", "95338", "核对一下", "match_value_wrong"),
            ("phone", PHONE, " ", "match_reason_missing"),
        ):
            with pytest.raises(BadInput) as refused:
                values.probe(by=wei, kind=kind, text=text, reason=reason)
            assert refused.value.code == code
        probe = values.probe(by=wei, kind="phone", text="139-7710-0001", reason="群众来电反映")
        with pytest.raises(Conflict):
            values.probe(by=wei, kind="phone", text=PHONE, reason="群众来电反映")
        values.probe(by=wei, kind="plate", text="桂A12345", reason="群众来电反映")
        with pytest.raises(ProbesSpent):
            values.probe(by=wei, kind="plate", text="桂A12346", reason="群众来电反映")
        assert PHONE not in probe.masked
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Probe.objects.all().delete()
    world.compare()
    assert world.match("gd").by_hand and world.match("gx").by_hand
    with context.seat(OFFICE):
        assert {note.reason for note in ProbeNote.objects.all()} == {"群众来电反映"}
    with clock.frozen(clock.now() + values.PROBE_LASTS + timedelta(days=1)), context.province("gx"):
        values.sweep()
        assert not Value.objects.exists() and not Digest.objects.exists()


def test_a_province_suspended_in_between_hears_it_when_it_is_back(world: World) -> None:
    """The match rests, the other side is told so; nothing is lost and nothing told to one side alone."""
    world.record("gx", ("phone", PHONE))
    world.record("gd", ("phone", PHONE))
    _suspend("gd", "suspended")
    world.compare()
    with context.seat(OFFICE):
        assert Pair.objects.get().state == "paused"
    with context.province("gx"):
        assert not Match.objects.exists(), "neither side is told before both can be"
    _suspend("gd", "active")
    with context.seat(OFFICE):
        relaying.settle_waiting()
    world.run_letters()
    assert world.match("gx").state == world.match("gd").state == "open"
    _suspend("gd", "suspended")
    with context.seat(OFFICE):
        relaying.settle(Pair.objects.get().pk)
    world.run_letters()
    assert world.match("gx").state == "paused"
    _suspend("gd", "active")
    with context.seat(OFFICE):
        relaying.settle_waiting()
    world.run_letters()
    assert world.match("gx").state == "open"


def _suspend(code: str, state: str) -> None:
    from provinces.hosts import DIRECTORY
    from provinces.models import DirectoryVersion

    with context.owner():
        Province.objects.filter(schema_name=code).update(state=state)
        DirectoryVersion.objects.update(version=DirectoryVersion.objects.get().version + 1)
    DIRECTORY.clear()


def test_a_letter_on_a_value_that_went_meanwhile_is_answered(world: World) -> None:
    here = world.record("gx", ("phone", PHONE))
    world.record("gd", ("phone", PHONE))
    with context.seat(OFFICE):
        finding.find_all()
    del world.rows["gx", here]
    world.look("gx", here)
    world.run_letters()
    with context.province("gx"):
        assert not Match.objects.exists()
    assert world.match("gd").state == "closed"
