"""The door of a web process: what it takes at once, who goes first, and what it says to the others."""

import json
import threading
import time

import pytest
from prometheus_client import REGISTRY

from gateway.admission import FIRST, FREE, LAST, ORDINARY, UPLOAD, Gate, Limits, lane_of
from provinces.hosts import DIRECTORY
from watching import hooks

SHOP, LIST, FIGURES = "/items/0190-a/", "/clues/", "/desk/figures/"


class Pages:
    """An application whose requests run until they are told to end."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.ended = threading.Semaphore(0)

    def __call__(self, environ, start_response):
        self.running.append(environ["PATH_INFO"])
        self.ended.acquire()
        start_response("200 OK", [])
        return [b"done"]


class Crowd:
    """People at one door, each in a thread of their own."""

    def __init__(self, watcher=None, seat_of=str, **limits) -> None:
        self.pages = Pages()
        asked = Limits(**{"slots": 4, "uploads": 1, "waiting": 4, "patience_s": 5.0} | limits)
        self.gate = Gate(self.pages, asked, seat_of=seat_of, route_of=hooks.route_of, watcher=watcher)
        self.answers: list[tuple[str, str]] = []
        self.threads: list[threading.Thread] = []

    def ask(self, path: str, host: str = "gx", method: str = "GET", **headers) -> None:
        def person() -> None:
            status, _headers, _body = self.hear(path, host, method, **headers)
            self.answers.append((path, status))

        thread = threading.Thread(target=person)
        thread.start()
        self.threads.append(thread)
        self.settle()

    def hear(self, path: str, host: str = "gx", method: str = "GET", **headers):
        said = {}
        body = self.gate(
            {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": host, **headers},
            lambda status, found: said.update(status=status[:3], headers=dict(found)),
        )
        return said["status"], said["headers"], b"".join(body)

    def end(self, count: int = 1) -> None:
        self.pages.ended.release(count)
        self.settle()

    def settle(self) -> None:
        """Until everybody works, waits, or has an answer, however busy the machine is."""
        until = time.monotonic() + 60
        while not self._is_settled() and time.monotonic() < until:
            time.sleep(0.002)

    def _is_settled(self) -> bool:
        now = {what: sum(each.values()) for what, each in self.gate.counts().items()}
        placed = len(self.threads) == now["running"] + now["waiting"] + len(self.answers)
        begun = len(self.pages.running) == now["running"] + now["served"]
        return placed and begun and (now["running"] == 0 or self.pages.ended._value == 0)

    def all_go_home(self) -> None:
        self.pages.ended.release(100)
        for each in self.threads:
            each.join(10)


@pytest.fixture
def crowd():
    made: list[Crowd] = []

    def make(**limits) -> Crowd:
        made.append(Crowd(**limits))
        return made[-1]

    yield make
    for each in made:
        each.all_go_home()


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("GET", "/static/webui/js/page.js", FREE), ("GET", "/healthz", FREE),
        ("PATCH", "/uploads/0190", UPLOAD), ("HEAD", "/uploads/0190", FIRST), ("POST", "/api/v1/uploads/", UPLOAD),
        ("POST", "/sites/0190/send/", FIRST), ("GET", "/items/0190/capture/", FIRST), ("POST", "/api/v1/sites/", FIRST),
        ("GET", "/desk/0190abcd-1111/", FIRST), ("GET", "/requests/0190abcd-1111/", FIRST),
        ("GET", "/desk/", ORDINARY), ("GET", "/requests/", ORDINARY), ("GET", "/clues/", ORDINARY),
        ("GET", "/", ORDINARY),
        ("GET", "/embedded/01a203de-5619-7055-a2bd-ab76e9f90163/items/0190/capture/", FIRST),
        ("PATCH", "/embedded/01a203de-5619-7055-a2bd-ab76e9f90163/uploads/0190", UPLOAD),
        ("GET", "/clues/exports/", LAST), ("GET", "/figures/", LAST), ("GET", "/leader/", LAST),
        ("GET", "/api/v1/figures/", LAST), ("GET", "/clues/assessments/export.xlsx", LAST),
    ],
)  # fmt: skip
def test_an_address_has_its_lane(method, path, lane):
    assert lane_of(method, path) == lane


def test_lists_and_exports_leave_slots_to_whoever_stands_in_a_shop(crowd):
    here = crowd()
    for _ in range(4):
        here.ask(LIST)
    assert len(here.pages.running) == 3, "the fourth list waits, though a slot is free"
    here.ask(SHOP)
    assert here.pages.running[-1] == SHOP
    here.ask(FIGURES)
    here.ask(SHOP)
    here.end()
    assert here.pages.running[-1] == SHOP, "who came last but stands in a shop goes first"
    here.end(2)
    assert here.pages.running.count(FIGURES) <= 1


def test_beyond_the_waiting_room_people_are_told_at_once_when_to_come_again(crowd):
    here = crowd(slots=1, waiting=2, patience_s=3600.0)
    for _ in range(3):
        here.ask(SHOP)
    status, headers, body = here.hear(LIST)
    assert status == "503", "and not after an hour"
    assert 1 <= int(headers["Retry-After"]) <= 60
    assert "现在人多" in body.decode() and "More people" in body.decode() and headers["Content-Security-Policy"]
    status, headers, body = here.hear("/api/v1/clues/")
    said = json.loads(body)
    assert (status, said["code"], said["status"]) == ("503", "busy", 503)
    assert headers["Content-Type"] == "application/problem+json" and "Retry-After" in headers
    assert here.gate.counts()["turned_away"][ORDINARY] == 2


def test_nobody_waits_for_ever_and_a_place_that_was_left_is_free(crowd):
    here = crowd(slots=1, waiting=4, patience_s=0.1)
    here.ask(SHOP)
    assert here.hear(SHOP)[0] == "503"
    assert here.gate.counts()["waiting"][FIRST] == 0
    here.end()
    here.ask(SHOP)
    assert len(here.pages.running) == 2


def test_who_is_less_urgent_leaves_the_waiting_room_for_the_shop(crowd):
    here = crowd(slots=1, waiting=4)
    here.ask(SHOP)
    for host in ("gx", "gd"):
        here.ask(LIST, host)
    for host in ("gz", "fj", "gd"):
        here.ask(SHOP, host)
    assert here.answers == [(LIST, "503")]
    assert here.gate.counts()["waiting"][FIRST] == 3


def test_one_provinces_crowd_waits_for_itself(crowd):
    here = crowd(slots=4, waiting=8)
    for _ in range(5):
        here.ask(SHOP, "gx")
    here.ask("/items/0190-b/", "gd")
    here.end()
    assert here.pages.running[-1] == "/items/0190-b/", "gd runs nothing, so it goes before gx's fifth"


def test_names_that_nobody_has_are_one_crowd(crowd, database):
    assert DIRECTORY.find("gx.testhost") is not None
    names = ("gx.testhost", "GX.testhost:8000", "brands.testhost", "nobody.testhost", "stranger.invalid", "")
    assert [hooks.seat_of(each) for each in names] == ["gx", "gx", "brands", "", "", ""]
    here = crowd(slots=2, waiting=4, seat_of=hooks.seat_of)
    for number in range(4):
        here.ask(SHOP, f"stranger-{number}.invalid")
    here.ask("/items/0190-b/", "gx.testhost")
    assert here.hear(SHOP, "stranger-4.invalid")[0] == "503", "half of the waiting room is all that strangers get"
    here.end()
    assert here.pages.running[-1] == "/items/0190-b/", "a bureau goes before them, whatever names they give"


def test_slow_uploads_hold_no_page_and_have_a_number_of_their_own(crowd):
    here = crowd(slots=1, uploads=1, patience_s=0.1)
    here.ask("/uploads/0190", method="PATCH")
    here.ask(SHOP)
    assert here.pages.running == ["/uploads/0190", SHOP]
    status, headers, _body = here.hear("/uploads/0191", method="PATCH", CONTENT_LENGTH="5")
    assert (status, headers["Connection"]) == ("503", "close")


def test_a_process_with_a_request_that_hangs_makes_room_once_and_names_no_address(crowd, database, caplog):
    called = []
    here = crowd(slots=1, waiting=4, patience_s=0.05, longest_s=0.02)
    here.gate._stuck = lambda: called.append(1)
    DIRECTORY.find("gx.testhost")
    item = "/items/0190abcd-1111-7000-8000-000000000001/"
    here.ask(f"/embedded/01a203de-5619-7055-a2bd-ab76e9f90163{item}capture/", "gx.testhost")
    time.sleep(0.05)
    with caplog.at_level("ERROR", "gateway.admission"):
        for _ in range(3):
            assert here.hear(SHOP)[0] == "503"
    assert called == [1]
    assert "a request to requests:capture runs" in caplog.text and "0190abcd" not in caplog.text
    assert hooks.route_of("gx.testhost", "/nothing/") == hooks.route_of("x.invalid", item) == "none"


def test_operators_are_told_by_lane_who_runs_waits_and_was_turned_away(crowd):
    def told(name: str, lane: str) -> float:
        return REGISTRY.get_sample_value(name, {"lane": lane}) or 0.0

    names = ("czj_door_running", "czj_door_waiting", "czj_door_served_total", "czj_door_turned_away_total")
    before = [told(name, FIRST) for name in names[2:]]
    here = crowd(slots=1, waiting=2, watcher=hooks.door)
    for _ in range(4):
        here.ask(SHOP)
    assert [told(name, FIRST) for name in names] == [1.0, 2.0, before[0], before[1] + 1]
    assert {what: each[FIRST] for what, each in here.gate.counts().items()} == {
        "running": 1, "waiting": 2, "served": 0, "turned_away": 1,
    }  # fmt: skip
    here.all_go_home()
    assert [told(name, FIRST) for name in names] == [0.0, 0.0, before[0] + 3, before[1] + 1]
