"""Official letters: terms, reminders (F-21), who answers how fast, what askers say of answers."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import Post
from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS, Message, contract
from federation.contracts.office import EnvelopeV1, RatingNumberV1
from federation.letters import receipts
from federation.letters.models import Delivery
from federation.letters.post import post, receives
from federation.office import services, tiles
from federation.office.models import Rating
from federation.office.selectors import flight, flows, pace, ratings, reminders
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7
from notify.models import Notice
from provinces import context
from provinces.seats import OFFICE, province_seat

from .conftest import CHEN, ZHAO
from .test_letter_pages import person, state_of

GX, GZ, GD = (province_seat(code) for code in ("gx", "gz", "gd"))
TO_GX, TO_GZ, TO_GD = (Address.province(code) for code in ("gx", "gz", "gd"))
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # ten o'clock in China


class NoteAnsweredV1(Message):
    """An answer to a note."""

    kind = "test.note_answered"
    settles = ("test.note",)

    text: str


@pytest.fixture
def answering(desk):
    """Answers are a kind of their own, which provinces take."""
    contract(NoteAnsweredV1)
    receives(NoteAnsweredV1, at="province")(lambda message, envelope: None)
    yield
    from federation.letters.post import RECEIVERS

    del KINDS[NoteAnsweredV1.kind, 1]
    RECEIVERS.pop((NoteAnsweredV1, "province"), None)


def answer(letter, seat, to) -> None:
    with context.seat(seat), transaction.atomic():
        post(NoteAnsweredV1(text="已查"), to=to, thread=letter.thread, by=CHEN, in_reply_to=letter.pk)


def delivered(desk, to, *, seat=GX):
    letter = desk.send("请查", to, seat=seat)
    desk.deliver(to.seat)
    return letter


def test_whoever_answers_a_letter_stops_its_clock_and_nobody_elses(desk, answering):
    both = desk.send("请查", [TO_GZ, TO_GD])
    desk.deliver(GZ)
    desk.deliver(GD)
    answer(both, GZ, TO_GX)
    with context.seat(OFFICE):
        states = dict(Delivery.objects.filter(letter_id=both.pk).values_list("addressee_seat", "state"))
        assert states == {"gz": "answered", "gd": "delivered"}
        assert [row.addressee_seat for row in flight.found(flight.Filter())] == ["gd"]


def test_the_office_chases_an_overdue_letter_once_a_working_day_and_the_addressee_sees_it(desk, client_for):
    zhao = person(OFFICE, "zhao", "赵处", Post.Role.OFFICE_ADMIN)
    lu = person(GZ, "lu", "陆处", Post.Role.DISPATCHER)
    stranger = person(GD, "su", "苏处", Post.Role.DISPATCHER)
    with clock.frozen(MONDAY) as tick:
        letter = delivered(desk, TO_GZ)
        row, client = state_of(letter), client_for("federation", user=zhao)
        assert "期限未到" in client.post(f"/letters/official/{row.pk}/remind/", follow=True).text
        tick(timedelta(days=11))  # the Friday of the week after: five working days are over
        page = client.get("/letters/official/", {"age": "overdue", "party": str(TO_GZ)})
        assert "接收或退回" in page.text and "请查" not in page.text
        assert "超期未办的函件" in client.get("/").text
        sent = client.post(f"/letters/official/{row.pk}/remind/", {"back": "age=overdue"})
        assert sent["Location"] == "/letters/official/?age=overdue"
        assert desk.deliver(GZ) == 1
        again = client.post(f"/letters/official/{row.pk}/remind/", follow=True)
        assert "已经催办过" in again.text and "2026-03-16" in again.text
        tick(timedelta(days=2))  # Sunday
        assert client.post(f"/api/v1/letters/official/{row.pk}/remind/").status_code == 409
        tick(timedelta(days=1))
        assert client.post(f"/api/v1/letters/official/{row.pk}/remind/").json()["chased"]["times"] == 2
        desk.deliver(GZ)
        with context.seat(GZ):
            assert Notice.objects.filter(user_id=lu.pk, code="letter_chased").count() == 2
        theirs = client_for("gz", user=lu)
        assert "已催 2 次" in theirs.get("/letters/reminders/").text
        assert len(theirs.get("/api/v1/letters/reminders/").json()) == 1
        assert "没有催办" in client_for("gd", user=stranger).get("/letters/reminders/").text
        with context.seat(GZ):
            receipts.answered(letter.pk)
            assert reminders.open_count() == 0
        with context.seat(OFFICE), pytest.raises(services.NothingToChase):
            services.remind(delivery_id=row.pk, by=ZHAO)


def test_a_letter_that_has_not_arrived_is_not_chased_and_an_unknown_one_is_not_found(desk):
    with clock.frozen(MONDAY) as tick:
        letter = desk.send("请查", TO_GZ)
        tick(timedelta(days=30))
        with context.seat(OFFICE):
            with pytest.raises(services.NotArrived):
                services.remind(delivery_id=state_of(letter).pk, by=ZHAO)
            with pytest.raises(NotFound404):
                services.remind(delivery_id=uuid7(), by=ZHAO)


def test_the_lists_are_the_same_as_files_and_open_letters_are_filtered_by_route_and_term(desk, client_for):
    zhao = person(OFFICE, "zhao", "赵处", Post.Role.OFFICE_ADMIN)
    delivered(desk, TO_GZ)
    delivered(desk, TO_GD)
    delivered(desk, TO_GX, seat=GZ)
    client = client_for("federation", user=zhao)
    rows = csv.reader(io.StringIO(client.get("/letters/official/?form=csv").content.decode("utf-8-sig")))
    assert len(list(rows)) == 4
    route = {"sender": str(TO_GX), "addressee": str(TO_GD)}
    assert len(client.get("/api/v1/letters/official/", route).json()["results"]) == 1
    assert client.get("/api/v1/letters/official/", {"age": "overdue"}).json()["results"] == []
    book = client.get("/letters/official/?form=xlsx")
    assert book.content[:2] == b"PK" and "attachment" in book["Content-Disposition"]
    assert client.get("/letters/official/?party=nobody&state=?&sender=organisation:x&page=no").status_code == 200
    for path in ("/letters/official/", "/letters/map/"):
        lu = person(GZ, f"lu{len(path)}", "陆处", Post.Role.DISPATCHER)
        assert client_for("gz", user=lu).get(path).status_code == 404


def test_shares_and_times_are_reckoned_from_receipts_and_few_letters_are_not_ranked(desk, answering, client_for):
    with clock.frozen(clock.now()) as tick:  # ids are by the machine's own clock, and months are found by them
        asked = [delivered(desk, TO_GZ) for _number in range(6)]
        few = delivered(desk, TO_GX, seat=GZ)
        unanswered = delivered(desk, TO_GX, seat=GD)
        for letter in asked[:4]:
            tick(timedelta(hours=1))
            answer(letter, GZ, TO_GX)
        with context.seat(GX):
            receipts.returned(few.pk, "不归我省管辖")
        tick(timedelta(days=14))
        answer(asked[4], GZ, TO_GX)
        period = pace.Period.parse("", "")
        with context.seat(OFFICE):
            found = {(row.one, row.other): row for row in pace.figures(period)}
            assert [row.letters for row in pace.figures(period, by="month")] == [8]
            assert pace.figures(pace.Period.parse("2025-01", "2025-02")) == []
        row = found[str(TO_GX), str(TO_GZ)]
        assert (row.letters, row.answered, row.on_time, row.on_time_of, row.in_term, row.in_term_of) == (
            6,
            5,
            4,
            6,
            4,
            6,
        )
        assert row.is_ranked and row.median_s == 3 * 3600 and row.p90_s > 5 * 3600
        assert found[str(TO_GZ), str(TO_GX)].returned == 1 and not found[str(TO_GZ), str(TO_GX)].is_ranked
        assert unanswered.pk and found[str(TO_GD), str(TO_GX)].on_time_share == 0
        # A province sees its own pairs, never others'.
        with context.seat(GZ):
            assert {(row.one, row.other) for row in pace.figures(period)} == {
                (str(TO_GX), str(TO_GZ)), (str(TO_GZ), str(TO_GX)),
            }  # fmt: skip
        lu = person(GZ, "lu", "陆处", Post.Role.DISPATCHER)
        page = client_for("gz", user=lu).get("/letters/pace/").text
        assert "广西" in page and "广东" not in page and "不排名" in page
        assert len(client_for("gz", user=lu).get("/api/v1/letters/pace/").json()) == 2


def test_an_answer_is_rated_once_by_its_asker_and_the_office_gets_the_number_alone(desk, answering, client_for):
    lu = person(GX, "lu", "陆处", Post.Role.DISPATCHER)
    su = person(GZ, "su", "苏处", Post.Role.DISPATCHER)
    letter, open_one = delivered(desk, TO_GZ), delivered(desk, TO_GZ)
    answer(letter, GZ, TO_GX)
    row, client = state_of(letter), client_for("gx", user=lu)
    assert str(row.pk) in client.get("/letters/pace/").text
    assert client.post(f"/letters/pace/{state_of(open_one).pk}/rate/", {"score": 3}).status_code == 404
    assert client_for("gz", user=su).get(f"/letters/pace/{row.pk}/rate/").status_code == 404
    assert client.post(f"/letters/pace/{row.pk}/rate/", {"score": 2, "remark": "少一页"}).status_code == 302
    assert client.post(f"/api/v1/letters/answered/{row.pk}/rate/", {"score": 3}, "application/json").status_code == 409
    for seat in (GX, GZ, OFFICE):
        desk.deliver(seat)
    with context.seat(GZ):
        assert Notice.objects.get(user_id=su.pk, code="answer_rated").body == "少一页"
        (own,) = pace.figures(pace.Period.parse("", ""))
        assert (own.rated, own.score) == (1, 2.0)
    with context.seat(OFFICE):
        assert [(kept.rated_by, kept.score) for kept in Rating.objects.all()] == [(str(TO_GX), 2)]
        (seen,) = pace.figures(pace.Period.parse("", ""))
        assert (seen.rated, seen.score) == (1, 2.0)
    with context.seat(GX):
        assert not ratings.to_rate().exists()


def test_a_number_from_one_who_did_not_ask_is_not_counted(desk, answering):
    letter = delivered(desk, TO_GZ)
    answer(letter, GZ, TO_GX)
    about = EnvelopeV1(letter_id=letter.pk, delivery_id=state_of(letter).pk, letter_kind="test.note", sender=str(TO_GX))
    with context.seat(GD), transaction.atomic():
        forged = RatingNumberV1(about=about, answered_by=str(TO_GZ), score=1, at=clock.now())
        post(forged, to=Address.office(), thread=uuid7(), by=CHEN)
    desk.deliver(OFFICE)
    with context.seat(OFFICE):
        assert not Rating.objects.exists()


def test_every_bureau_has_one_square_and_no_two_lie_on_each_other(desk, client_for):
    places = tiles.places()
    assert len(places) == 32 == len({place.prefix for place in places})
    assert len({(place.row, place.column) for place in places}) == 32
    assert all(place.row < tiles.ROWS and place.column < tiles.COLUMNS for place in places)
    delivered(desk, TO_GZ)
    zhao = person(OFFICE, "zhao", "赵处", Post.Role.OFFICE_ADMIN)
    with context.seat(OFFICE):
        drawn = tiles.draw(flows.between_provinces(clock.now() - timedelta(days=1)), "gx")
        assert drawn.chosen.sent == 1 and len(drawn.lines) == 1
        assert tiles.draw([], "zz").lines == []
    client = client_for("federation", user=zhao)
    page = client.get("/letters/map/?at=gx").text
    assert page.count('class="square') == 32 and "<path" in page
    assert client.get("/letters/map/?at=zz&days=x").status_code == 200
    assert client.get("/api/v1/letters/flows/").json()[0]["letters"] == 1
    assert isinstance(client.get("/api/v1/today/").json(), list)
