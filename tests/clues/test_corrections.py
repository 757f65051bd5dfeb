"""A year of holidays is loaded, or corrected: open terms are reckoned anew and listed, ended ones stay.

11-operations edge cases 10 and 11.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from harness.holidays import WHOLE

from accounts.models import Post, User
from kernel import clock
from notify.models import Notice
from provinces import context
from provinces.seats import OFFICE
from tenants.clues.models import Clue, Dispatch, TermCorrection
from tenants.clues.services import alarms, correcting, dispatching
from workdays import reading, services, tables


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_held", clock.packaged_calendar())


def load(year: int, lines: str) -> None:
    with context.seat(OFFICE):
        zhao, new = User.objects.get_or_create(username="zhao", defaults={"name": "赵某"})
        if new:
            Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
        services.load(by=zhao, year=year, days=reading.read_lines(lines), basis="测发〔2026〕7号")


def with_christmas_off() -> str:
    packaged = clock.packaged_calendar().exceptions
    return "\n".join([f"{day} {kind}" for day, kind in packaged.items() if day.year == 2026] + ["2026-12-25 放假"])


def listed() -> list[tuple[str, date, date]]:
    return sorted(TermCorrection.objects.values_list("what", "before", "after"))


def test_a_provisional_term_is_certain_once_the_year_is_loaded_and_its_move_is_listed(
    committed: Any, client_for: Any
) -> None:
    clue, ended = committed.clue(), committed.clue()
    Clue.objects.filter(pk=ended.pk).update(
        state="ended", outcome=Clue.Outcome.FILED, ended_at=clock.now(), due_at=None
    )
    before = clue.verify_by
    assert clue.verify_by_provisional and before == date(2027, 1, 11)
    load(2027, WHOLE)
    assert alarms.round_of_alarms().reckoned == 1
    clue.refresh_from_db()
    assert (clue.verify_by, clue.verify_by_provisional) == (date(2027, 1, 12), False), "the first of January is off"
    assert clue.due_at == clock.at_end(date(2027, 1, 12))
    ended.refresh_from_db()
    assert ended.verify_by == before, "what has ended stays as it was"
    assert listed() == [("check", before, date(2027, 1, 12))]

    told = Notice.objects.filter(code="clue_terms_corrected")
    assert {each.user_id for each in told} == {committed.meng.pk, committed.huang.pk}
    assert alarms.round_of_alarms().reckoned == 0 and told.count() == 2, "once"
    desk = client_for("gx", user=committed.meng)
    page = desk.get("/clues/corrections/").content.decode()
    assert "2027-01-11 → 2027-01-12" in page and clue.number in page
    (row,) = desk.get("/api/v1/clue-terms/corrections/").json()["results"]
    assert (row["what"], row["before"], row["after"]) == ("check", "2027-01-11", "2027-01-12")
    assert client_for("gx", user=committed.lu).get("/api/v1/clue-terms/corrections/").json()["results"] == []
    assert "按新节假日表重算期限" in desk.get(f"/clues/{clue.pk}/").content.decode()


def test_a_day_taken_back_from_a_known_year_moves_steps_that_are_open_by_it(committed: Any) -> None:
    clue = committed.clue()
    dispatching.dispatch(by=committed.meng, clue_id=clue.pk, unit_id=committed.qx.pk)
    sent = Dispatch.objects.get()
    signed_by = clock.local_date(sent.sign_by)
    Dispatch.objects.filter(pk=sent.pk).update(sign_by=clock.at_end(date(2026, 12, 25)))
    load(2026, with_christmas_off())
    assert correcting.follow() == 2, signed_by
    sent.refresh_from_db()
    clue.refresh_from_db()
    assert clock.local_date(sent.sign_by) == date(2026, 12, 28), "the working day after, as long as the term was"
    assert clue.due_at == sent.sign_by
    assert listed() == [
        ("check", date(2027, 1, 11), date(2027, 1, 12)),
        ("sign", date(2026, 12, 25), date(2026, 12, 28)),
    ]


def test_a_term_before_the_day_that_changed_stays_and_nobody_is_told(committed: Any) -> None:
    clue = committed.clue()
    load(2027, WHOLE.replace("2027-01-01至2027-01-03 放假 元旦", "2027-01-18 放假 元旦"))
    assert correcting.follow() == 0 and listed() == []
    clue.refresh_from_db()
    assert (clue.verify_by, clue.verify_by_provisional) == (date(2027, 1, 11), False), "it is no longer provisional"
    assert not Notice.objects.filter(code="clue_terms_corrected").exists()


def test_a_run_that_broke_off_is_gone_on_with_and_moves_nothing_twice(
    committed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed.clue()
    committed.clue()
    load(2027, WHOLE)
    real, seen = correcting._go_over, []

    def broken(clue_id: Any, *args: Any) -> None:
        if seen:
            raise ConnectionError
        seen.append(clue_id)
        real(clue_id, *args)

    monkeypatch.setattr(correcting, "_go_over", broken)
    with pytest.raises(ConnectionError):
        correcting.follow()
    monkeypatch.setattr(correcting, "_go_over", real)
    assert correcting.follow() == 2
    assert listed() == [("check", date(2027, 1, 11), date(2027, 1, 12))] * 2
    assert "2 条" in Notice.objects.get(code="clue_terms_corrected", user_id=committed.huang.pk).body
