"""The product as `up` starts it, while its parts are killed one after another: work goes on and no letter is lost."""

from __future__ import annotations

import hashlib
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
import requests
from harness.caller import Caller, patiently
from harness.house import House

from runtime.sample import pictures, story

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
NANNING = "450103"
PARTS = ("web", "events", "worker", "intake", "beat", "valkey", "postgres")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recovers")


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[House]:
    with House(folder) as running:
        yield running


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A phone's photograph of a fake."""
    return pictures.photo("lanhe-53", "front_label", False, story.shot_seed("lanhe-53", "front_label"))


class Job:
    """One request of 陈队长 to 林工. Every step may be said again: ids and keys are chosen here."""

    def __init__(self, chen: Caller, lin: Caller, photo: bytes) -> None:
        self.chen, self.lin, self.photo = chen, lin, photo
        self.site, self.item, self.key = str(uuid4()), str(uuid4()), str(uuid4())
        self.product = patiently(lambda: chen.get("/api/v1/products/?q=lhc")["results"])[0]["product_id"]

    def sent(self) -> dict[str, Any]:
        """The request, once it has been accepted. Each refusal on the way is a plain one."""
        patiently(lambda: self._took(self.chen.post("sites/", {"id": self.site, "county_code": NANNING})))
        body = {"id": self.item, "product_id": self.product}
        patiently(lambda: self._took(self.chen.post(f"sites/{self.site}/items/", body)))
        patiently(lambda: self._took(self._upload()))
        return patiently(lambda: self._took(self.chen.post(f"sites/{self.site}/send/", key=self.key)))[0]

    def _upload(self) -> requests.Response:
        said = {
            "sha256": hashlib.sha256(self.photo).hexdigest(), "shot_code": "front_label", "source": "album",
            "captured_at": "2026-01-01T08:00:00+08:00",
        }  # fmt: skip
        files = {"file": ("photo.jpg", self.photo, "image/jpeg")}
        return self.chen.post(f"items/{self.item}/photos/", key=self.key + "p", data=said, files=files)

    @staticmethod
    def _took(answer: requests.Response) -> Any:
        assert answer.status_code < 400 or answer.status_code in (409, 425, 429, 502, 503, 504), (
            answer.status_code, answer.text[:500],
        )  # fmt: skip
        return answer.json() if answer.ok else None

    def answered(self, number: str) -> None:
        """It is on the desk, is claimed and answered, and the verdict is with the officer, once."""

        def task() -> Any:
            rows = self.lin.get("/api/v1/queue/")["results"]
            return next((row for row in rows if row["request_no"] == number), None)

        row = patiently(task)
        claimed = patiently(lambda: self._took(self.lin.post(f"tasks/{row['id']}/claim/", key=self.key + "c")))
        said = {"answers": [{"item_id": claimed["items"][0]["id"], "value": "counterfeit", "reasons": "喷码位置不对"}]}
        patiently(lambda: self._took(self.lin.post(f"tasks/{row['id']}/answer/", said, key=self.key + "a")))

    def verdicts(self, request_id: str) -> list[Any]:
        """What the officer has, once something is there."""
        return patiently(lambda: self.chen.get(f"/api/v1/requests/{request_id}/")["items"][0]["verdicts"])


@pytest.fixture
def job(house: House, photo: bytes) -> Callable[[], Job]:
    return lambda: Job(Caller(house, "officer"), Caller(house, "appraiser"), photo)


@pytest.mark.parametrize("name", PARTS)
def test_the_main_job_goes_on_after_the_death_of(name: str, house: House, job: Callable[[], Job]) -> None:
    one = job()
    before = house.part(name).pid
    request = one.sent()
    house.part(name).kill()
    one.answered(request["number"])
    assert len(one.verdicts(request["id"])) == 1
    patiently(lambda: house.part(name).pid != before)


def test_a_request_is_refused_plainly_while_the_database_is_away_and_nothing_is_half_written(house, job) -> None:
    one = job()
    house.part("postgres").kill()
    seen = set()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        answer = one.chen.post("sites/", {"id": one.site, "county_code": NANNING})
        seen.add(answer.status_code)
        if answer.ok:
            break
    assert answer.ok and seen <= {200, 201, 503}
    assert one.sent()["number"]


def test_a_request_is_accepted_while_the_broker_is_down_and_goes_out_later(house, job) -> None:
    one = job()
    for _ in range(3):  # each death makes the supervisor wait longer
        patiently(lambda: house.part("valkey").is_running() and house.part("valkey").kill() is None)
        time.sleep(0.3)
    request = one.sent()
    one.answered(request["number"])
    assert len(one.verdicts(request["id"])) == 1


def test_everything_killed_at_once_starts_again_with_what_was_there(house: House, job: Callable[[], Job]) -> None:
    one = job()
    request = one.sent()
    top = house.process
    assert top is not None
    everyone = [psutil.Process(top.pid), *psutil.Process(top.pid).children(recursive=True)]
    for process in everyone:
        if process.is_running():
            process.send_signal(signal.SIGKILL)
    top.wait()
    house.start()
    one.chen, one.lin = Caller(house, "officer"), Caller(house, "appraiser")
    one.answered(request["number"])
    assert len(one.verdicts(request["id"])) == 1
