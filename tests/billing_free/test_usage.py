"""What was used is counted once, whatever is counted how often, and stated at ¥0.00 (X-06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from harness import people

from accounts.models import Post, User
from audit.models import Trail
from audit.trail import Actor
from billing_free.prices.models import Price
from billing_free.prices.services import next_month, set_price
from billing_free.usage import selectors, services
from billing_free.usage.meters import METERS, Meter, Reading, register
from billing_free.usage.models import Day, Statement
from billing_free.usage.services import counting, statements
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.letters.models import Letter, LetterBody
from federation.parties.models import Membership
from kernel import clock
from kernel.errors import BadInput, NotAllowed, NotFound404
from kernel.ids import uuid7
from notify.models import Notice, Outbound
from provinces import context
from provinces.seats import BRANDS, OFFICE

ME = Actor(None, "测试")
GX = Address.province("gx")
NOON = datetime(2026, 9, 14, 4, tzinfo=UTC)  # noon of 14 September in China
MONTH = date(2026, 9, 1)


def sent(at: datetime) -> None:
    Trail.objects.create(
        at=at, record_label="requests.appraisalrequest", record_id=uuid7(), verb="send", by_name="测试"
    )


def kept(at: datetime, owner: str, size: int, words: str) -> None:
    Exhibit.objects.create(
        owner=owner, source="album", sha256=words.encode().hex().ljust(64, "0")[:64], sm3="0" * 64, size_bytes=size,
        media_type="image/jpeg", original_key=f"{owner}/original/{words}", received_at=at,
    )  # fmt: skip


def messaged(user: User, channel: str, at: datetime) -> None:
    notice = Notice.objects.create(user_id=user.pk, code="x", title="x")
    Outbound.objects.create(notice=notice, channel=channel, sent_at=at)


def office_person() -> User:
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
        return zhao


def test_a_day_counted_twice_says_the_same_and_what_came_late_is_taken_up(gx):
    chen = people.bureau("gx").chen
    with clock.frozen(NOON):
        sent(NOON)
        sent(NOON - timedelta(hours=11, minutes=50))  # ten past midnight in China, still yesterday in UTC
        sent(NOON - timedelta(days=1))
        kept(NOON - timedelta(days=2), "gx", 900, "a")
        kept(NOON, "gx", 100, "b")
        kept(NOON, "gz", 5000, "c")
        messaged(chen, "sms", NOON)
        messaged(chen, "email", NOON)
        assert services.nightly() > 0
        read = dict(Day.objects.values_list("meter").annotate(Sum("amount")).filter(day=date(2026, 9, 14)))
        assert (read["appraisal_requests"], read["messages_sms"], read["messages_email"]) == (2, 1, 1)
        assert read["storage_bytes"] == 1000 and read.get("letters", 0) == 0
        before = list(Day.objects.order_by("pk").values())
        assert services.nightly() == 0 and list(Day.objects.order_by("pk").values()) == before
        sent(NOON - timedelta(days=9))  # a phone was without a signal for nine days
        sent(NOON - timedelta(days=counting.AGAIN_DAYS + 1))
        assert services.nightly() == 1, "of the days within reach one has one more"
        assert selectors.month_of(GX, MONTH)["appraisal_requests"] == 4
        assert selectors.month_of(GX, MONTH)["storage_bytes"] == 1000, "a level is not summed over days"


@pytest.mark.parametrize("away", [20, 200])
def test_a_day_that_a_long_break_cut_off_is_counted_whole_before_its_month_is_stated(gx, away):
    """The last count was at ten past two in the morning; then nothing ran for so many days."""
    people.bureau("gx")
    october = date(2026, 10, 1)
    with clock.frozen(datetime(2026, 9, 30, 18, 10, tzinfo=UTC)) as pass_time:  # 2:10 on 1 October in China
        sent(clock.now() - timedelta(hours=1))
        services.nightly()
        sent(clock.now() + timedelta(hours=9))
        for days in (away, 20):
            pass_time(timedelta(days=days))
            services.nightly()
            assert selectors.month_of(GX, october)["appraisal_requests"] == 2
        row = next(each for each in services.issue_due() if each.month == october)
        assert row.lines[0] | {"meter": "appraisal_requests", "amount": 2} == row.lines[0]


def test_a_count_that_breaks_off_leaves_no_day_half_counted(gx, monkeypatch):
    def broken(since: datetime, until: datetime) -> list[Reading]:
        raise DatabaseError

    with clock.frozen(NOON) as pass_time:
        sent(NOON)
        services.nightly()
        sent(NOON + timedelta(hours=1))
        kept(NOON + timedelta(hours=1), "gx", 100, "b")
        with monkeypatch.context() as now:
            now.setitem(METERS, "storage_bytes", replace(METERS["storage_bytes"], read=broken))
            pass_time(timedelta(days=12))
            sent(clock.now())
            with pytest.raises(DatabaseError):
                services.nightly()
        pass_time(timedelta(days=1))
        services.nightly()
        read = dict(Day.objects.filter(day=date(2026, 9, 14)).values_list("meter", "amount"))
        assert (read["appraisal_requests"], read["storage_bytes"]) == (2, 100)


def test_the_first_count_of_a_seat_begins_with_a_whole_month(gx):
    people.bureau("gx")
    with clock.frozen(NOON):
        first = NOON - timedelta(days=counting.FIRST_DAYS)  # 14 June
        sent(first - timedelta(days=10))
        sent(first)
        services.nightly()
        june = next(each for each in services.issue_due() if each.month == date(2026, 6, 1))
        assert june.lines[0] | {"meter": "appraisal_requests", "amount": 2} == june.lines[0]


def test_what_is_gone_from_a_day_within_reach_goes_from_its_count_too(gx):
    with clock.frozen(NOON):
        kept(NOON, "gx", 100, "b")
        services.nightly()
        Exhibit.objects.update(state=Exhibit.State.WITHDRAWN)
        services.nightly()
        assert selectors.latest(GX, "storage_bytes") == 0


def test_money_is_whole_fen_and_half_a_fen_goes_up():
    assert statements.home_fen(1, 5, 10) == 1 and statements.home_fen(1, 4, 10) == 0
    assert statements.home_fen(10**15, 99_999_999, 3) == (2 * 10**15 * 99_999_999 + 3) // 6
    assert statements.home_fen(7, None, 1) == 0
    assert not [each for each in METERS.values() if not isinstance(each.fen, int) and each.fen is not None]
    with pytest.raises(ValueError, match="already"):
        register(Meter(code="letters", title="x", unit="x", read=lambda _since, _until: []))


def test_a_statement_is_due_on_the_third_and_says_nothing_twice(gx):
    people.bureau("gx")
    with clock.frozen(NOON) as pass_time:
        sent(NOON)
        services.nightly()
        pass_time(timedelta(days=18))  # 2 October
        assert services.issue_due() == []
        pass_time(timedelta(days=1))
        (row,) = services.issue_due()
        assert services.issue_due() == []
        assert (row.month, row.version, row.party) == (MONTH, 1, "province:gx")
        line = next(each for each in row.lines if each["meter"] == "appraisal_requests")
        assert line == {"meter": "appraisal_requests", "amount": 1, "fen": 30, "per": 1, "home_fen": 30}
        assert row.home_fen == 30 and len(row.lines) > 8, "a meter that read nothing stands there with 0"


def test_a_later_price_changes_no_earlier_statement_and_no_month_that_has_begun(border):
    zhao = office_person()
    with clock.frozen(NOON) as pass_time:
        with context.seat(OFFICE):
            for late in (date(2026, 9, 1), date(2026, 8, 1), date(2026, 11, 15)):
                with pytest.raises(BadInput):
                    set_price(meter="appraisal_requests", fen=1, valid_from=late, by=zhao)
            set_price(meter="appraisal_requests", fen=70, valid_from=date(2026, 10, 1), by=zhao)
            set_price(meter="appraisal_requests", fen=75, valid_from=date(2026, 10, 1), note="更正", by=zhao)
            with pytest.raises(DatabaseError), transaction.atomic():
                Price.objects.update(fen=1)
        bureau = people.bureau("gx")
        with context.province("gx"):
            with pytest.raises(DatabaseError), transaction.atomic():
                Price.objects.create(meter="letters", fen=1, valid_from=date(2026, 12, 1), set_by_name="x")
            with pytest.raises(NotAllowed):
                set_price(meter="letters", fen=1, valid_from=date(2026, 12, 1), by=bureau.huang)
            sent(NOON)
            services.nightly()
            pass_time(timedelta(days=32))  # 16 October
            sent(clock.now())
            services.nightly()
            september = services.issue_due()[0]
            pass_time(timedelta(days=20))
            october = next(each for each in services.issue_due() if each.month == date(2026, 10, 1))
            assert (september.home_fen, october.lines[0]["home_fen"]) == (30, 75)
            with pytest.raises(DatabaseError), transaction.atomic():
                Statement.objects.filter(pk=september.pk).update(home_fen=0)
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)


def test_an_amendment_is_a_new_version_by_the_administrator_with_a_reason(gx):
    bureau = people.bureau("gx")
    with clock.frozen(NOON) as pass_time:
        sent(NOON)
        services.nightly()
        pass_time(timedelta(days=20))
        (first,) = services.issue_due()
        with pytest.raises(BadInput):
            services.amend(first, why="重算", by=bureau.huang)
        sent(NOON)
        with pytest.raises(NotAllowed):
            services.amend(first, why="重算", by=bureau.wei)
        with pytest.raises(BadInput):
            services.amend(first, why=" ", by=bureau.huang)
        second = services.amend(first, why="断网十几天的手机补传", by=bureau.huang)
        first.refresh_from_db()
        assert (first.lines[0]["amount"], second.lines[0]["amount"], second.version) == (1, 2, 2)
        assert [row.pk for row in selectors.statements_for(bureau.wei)] == [second.pk]
        assert selectors.versions_of(bureau.wei, second).count() == 2
        with pytest.raises(NotAllowed):
            selectors.statements_for(bureau.chen)


def test_a_province_tells_the_office_its_sums_by_letter_and_nobody_else_anything(border, run_letters):
    zhao, house, other = office_person(), people.brand_house(), people.brand_house("别家", suffix="2")
    with clock.frozen(NOON) as pass_time:
        for code in ("gx", "gz"):
            bureau = people.bureau(code)
            with context.province(code):
                for _each in range(3 if code == "gx" else 1):
                    sent(NOON)
                services.nightly()
        with context.seat(BRANDS):
            kept(NOON, f"org-{house.organisation.pk}", 4_000_000_000, "d")
            messaged(house.lin, "sms", NOON)
            services.nightly()
        pass_time(timedelta(days=20))
        for seat in ("gx", "gz"):
            with context.province(seat):
                services.issue_due()
        with context.seat(BRANDS):
            services.issue_due()
        assert run_letters() >= 2 and run_letters() == 0
        with context.seat(OFFICE):
            rows = {row.party: row for row in selectors.statements_for(zhao)}
            assert set(rows) == {"province:gx", "province:gz", f"organisation:{house.organisation.pk}"}
            assert rows["province:gx"].lines[0] == {
                "meter": "appraisal_requests", "amount": 3, "fen": 30, "per": 1, "home_fen": 90,
            }  # fmt: skip
            assert statements.totals([rows["province:gx"], rows["province:gz"]])["appraisal_requests"] == 4
            (letter,) = Letter.objects.filter(kind="usage.statement", sender="province:gx")
            with pytest.raises(NotAllowed):
                services.amend(rows["province:gx"], why="x", by=zhao)
        with context.province("gz"):
            assert {row.party for row in selectors.statements_for(bureau.wei)} == {"province:gz"}
            assert not LetterBody.objects.filter(letter_id=letter.pk).exists()
            with pytest.raises(NotFound404):
                selectors.statement_for(bureau.wei, rows["province:gx"].pk)
        with context.seat(BRANDS):
            Membership.objects.filter(user__in=[house.lin, other.lin]).update(role=Membership.Role.BRAND_ADMIN)
            (mine,) = selectors.statements_for(house.lin)
            lines = {line["meter"]: line for line in mine.lines}
            assert lines["storage_bytes"]["home_fen"] == 4 * 18 and lines["messages_sms"]["amount"] == 1
            assert list(selectors.statements_for(other.lin)) == []
            assert Statement.objects.filter(seat="office").count() == 0, "the office's rows are not the brands'"
            with pytest.raises(NotAllowed):
                selectors.statements_for(house.wang)
