"""What it costs that a letter crosses, and what one province's trouble costs the others."""

from __future__ import annotations

import io
import re
import shutil
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg2
from celery import Task, current_app, shared_task
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import connection, transaction

from audit.models import Trail
from audit.trail import Actor
from evidence.store import make_key, store
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, Message, contract
from federation.letters import delivery, tasks
from federation.letters.models import Delivery
from federation.letters.post import Envelope, post, post_each, receives
from kernel.ids import uuid7
from provinces import context
from provinces.passwords import login_password
from provinces.seats import province_seat
from runtime.bench import Result, Stage, bench

PROVINCES = 34
CROSSINGS, WARM = 60, 8
FILE_BYTES = 5_000_000
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CLERK = Actor(uuid7(), "测速")


class Arrivals:
    """When the receipt of each letter was committed, by matter and addressee."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, str], float] = {}
        self._news = threading.Condition()

    def note(self, thread: str, addressee: str) -> None:
        with self._news:
            self.at[thread, addressee] = time.perf_counter()
            self._news.notify_all()

    def wait(self, ready: Callable[[dict[tuple[str, str], float]], bool], timeout_s: float = 50.0) -> None:
        with self._news:
            if not self._news.wait_for(lambda: ready(self.at), timeout_s):
                raise TimeoutError(f"after {timeout_s:g} s only {len(self.at)} had arrived")

    def wait_one(self, thread: UUID, addressee: str) -> float:
        key = (str(thread), addressee)
        self.wait(lambda at: key in at, 20.0)
        return self.at[key]


ARRIVED = Arrivals()
_SLOW: dict[str, float] = {}
"""Seconds that the receiver of an addressee takes; a negative number: and then it fails."""


def _set_up() -> None:
    """A kind of letter of the bench's own, and what takes it: one row, as little as a receiver can do."""

    class BenchNoteV1(Message):
        kind = "bench.note"

        text: str

    def take(message: Message, envelope: Envelope) -> None:
        addressee = str(envelope.addressee)
        if pause := _SLOW.get(addressee):
            time.sleep(abs(pause))
            if pause < 0:
                raise ConnectionError
        transaction.on_commit(lambda: ARRIVED.note(str(envelope.thread), addressee))
        Trail.objects.create(record_label="bench.note", record_id=envelope.letter_id, verb="arrive", by_name="")

    contract(BenchNoteV1)
    receives(BenchNoteV1, at="province")(take)
    globals()["Note"] = BenchNoteV1


def _party(code: str) -> str:
    return f"province:{code}"


def _send(sender: str, to: str, files: Sequence[Attachment] = ()) -> tuple[UUID, float]:
    """One letter; its matter and the moment of its commit."""
    thread, moments = uuid7(), []
    with context.province(sender), transaction.atomic():
        transaction.on_commit(lambda: moments.append(time.perf_counter()))
        post(
            globals()["Note"](text="x"), to=Address.province(to), thread=thread, by=CLERK, attachments=files
        )  # fmt: skip
    return thread, moments[0]


def _put(code: str, number: int) -> Attachment:
    data = number.to_bytes(8, "big") * (FILE_BYTES // 8)
    with context.province(code):
        key = make_key(code, "exhibit")
        found = store().put(key, io.BytesIO(data), "image/jpeg")
    return Attachment(
        object_key=key, media_type="image/jpeg", size_bytes=len(data), sha256=found.sha256, sm3=found.sm3, what="x"
    )


@contextmanager
def _worker(threads: int) -> Iterator[None]:
    app = current_app._get_current_object()
    with start_worker(app, pool="threads", concurrency=threads, perform_ping_check=False, loglevel="ERROR"):
        yield


@contextmanager
def _nobody_told() -> Iterator[None]:
    told, tasks.wake = tasks.wake, lambda name, **_more: None
    try:
        yield
    finally:
        tasks.wake = told


# One letter -----------------------------------------------------------------------------------------------------------


@bench("crossing")
def crossing(stage: Stage) -> Result:
    """Commit to receipt without and with a file, against a bare task with the same SQL and a bare copy; all to all."""
    _set_up()
    stage.prepare()
    codes = stage.open_provinces(PROVINCES)
    one, two = codes[:2]
    bare_script = _record(one, two)
    with _worker(4):
        took: dict[str, list[float]] = defaultdict(list)
        for number in range(-WARM, CROSSINGS):
            turn = {
                "plain": _ours(one, two),
                "bare": bare_script.run(),
                "filed": _ours(one, two, _put(one, number + WARM)),
                "bare_filed": bare_script.run(_put(one, 1000 + number)),
            }
            if number >= 0:  # the first ones open connections
                for name, seconds in turn.items():
                    took[name].append(seconds)
        took["digests"] = _digests(one)
        waits, spent = _all_to_all(codes)
    medians = {name: statistics.median(each) * 1000 for name, each in took.items()}
    plain, filed = medians["plain"] / medians["bare"], medians["filed"] / medians["bare_filed"]
    by_addressee = [statistics.median(each) for each in waits.values()]
    everybody = [wait for each in waits.values() for wait in each]
    return Result(
        n=CROSSINGS,
        ratio=max(plain, filed),
        reference="a bare Celery task with the same SQL; with the file, and a bare copy of it that nobody verifies",
        figures={
            **{f"{name}_median_ms": value for name, value in medians.items()},
            "plain_ratio": plain,
            "filed_ratio": filed,
            "all_to_all_letters": len(everybody),
            "all_to_all_letters_per_s": len(everybody) / spent,
            "all_to_all_median_ms": statistics.median(everybody) * 1000,
            "worst_addressee_ratio": max(by_addressee) / statistics.median(by_addressee),
        },
    )


def _digests(code: str, times: int = 10) -> list[float]:
    """What one reading for both digests takes, of what a letter with a file costs more than a bare copy."""
    file, took = _put(code, 0), []
    for _ in range(times):
        began = time.perf_counter()
        with context.province(code):
            store().digests(file.object_key)
        took.append(time.perf_counter() - began)
    return took


def _ours(sender: str, to: str, *files: Attachment) -> float:
    thread, committed = _send(sender, to, files)
    return ARRIVED.wait_one(thread, _party(to)) - committed


class Script:
    """The statements of one delivery as PostgreSQL got them; run again for another letter by a bare task."""

    def __init__(self, sender: str, to: str, statements: list[str], known: dict[str, str]) -> None:
        self.sender, self.to, self.statements, self.known = sender, to, statements, known

    def run(self, *files: Attachment) -> float:
        with _nobody_told():
            thread, _committed = _send(self.sender, self.to)
        with context.province(self.to):
            ids = _ids(Delivery.objects.get(thread=thread))
        fresh: dict[str, str] = {}

        def renamed(found: re.Match[str]) -> str:
            name = self.known.get(found[0])
            return ids[name] if name else fresh.setdefault(found[0], str(uuid7()))

        mine = [UUID_TEXT.sub(renamed, sql) for sql in self.statements]
        copies = [
            (str(Path(settings.OBJECTS_DIR, file.object_key)), str(Path(settings.OBJECTS_DIR, f"bare-{uuid7()}")))
            for file in files
        ]
        told = time.perf_counter()
        bare_delivery.apply_async((mine, copies, str(thread), self.to))
        return ARRIVED.wait_one(thread, f"bare:{self.to}") - told


def _ids(row: Delivery) -> dict[str, str]:
    return {"delivery": str(row.pk), "letter": str(row.letter_id), "thread": str(row.thread)}


def _record(sender: str, to: str) -> Script:
    with _nobody_told():
        thread, _committed = _send(sender, to)
    with context.province(to):
        known = {value: name for name, value in _ids(Delivery.objects.get(thread=thread)).items()}
        connection.force_debug_cursor = True
        connection.queries_log.clear()
        delivery.deliver_waiting(1)
        statements = [entry["sql"] for entry in connection.queries_log]
        connection.force_debug_cursor = False
    return Script(sender, to, statements, known)


_held = threading.local()


@shared_task(name="bench.bare_letter", base=Task)  # type: ignore[untyped-decorator]
def bare_delivery(statements: list[str], copies: list[tuple[str, str]], thread: str, to: str) -> None:
    """Copy the files, and run the statements on a plain connection with the addressee's login."""
    for source, target in copies:
        shutil.copyfile(source, target)
    if not hasattr(_held, "connection"):
        place, login = connection.settings_dict, province_seat(to).login
        _held.connection = psycopg2.connect(
            dbname=place["NAME"], host=place["HOST"], port=place["PORT"], user=login, password=login_password(login)
        )
        _held.connection.autocommit = True
    with _held.connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            if cursor.description:
                cursor.fetchall()
    ARRIVED.note(thread, f"bare:{to}")


# All to all -----------------------------------------------------------------------------------------------------------


def _all_to_all(codes: Sequence[str]) -> tuple[dict[str, list[float]], float]:
    """Everybody writes to everybody else, while the worker works. Returns waits by addressee, and how long it took."""
    sent: dict[tuple[str, str], float] = {}
    began = time.perf_counter()
    for shift in range(1, len(codes)):
        for place, sender in enumerate(codes):
            to = codes[(place + shift) % len(codes)]
            thread, committed = _send(sender, to)
            sent[str(thread), _party(to)] = committed
    ARRIVED.wait(lambda at: sent.keys() <= at.keys())
    waits: dict[str, list[float]] = defaultdict(list)
    for (matter, addressee), committed in sent.items():
        waits[addressee].append(ARRIVED.at[matter, addressee] - committed)
    return waits, time.perf_counter() - began


# A neighbour in trouble -----------------------------------------------------------------------------------------------

STEADY, EACH_S = 100, 0.06
FLOOD, SLOW_S = 600, 0.03


@bench("noisy_neighbour")
def noisy_neighbour(stage: Stage) -> Result:
    """The others' wait while one province is flooded and another's receivers hang and fail, against a quiet day."""
    _set_up()
    stage.prepare()
    sender, flooded, dead, *others = stage.open_provinces(7)
    with _worker(4):
        _steady(sender, others, 20)
        quiet = _steady(sender, others)
        _SLOW.update({_party(flooded): SLOW_S, _party(dead): -1.0})
        with context.province(sender), transaction.atomic(), _nobody_told():
            note, to = globals()["Note"](text="x"), Address.province(flooded)
            post_each([{"message": note, "to": to, "thread": uuid7(), "by": CLERK} for _ in range(FLOOD)])
        with context.province(sender):
            for _ in range(FLOOD):
                tasks.wake(flooded)
        for _ in range(8):
            _send(sender, dead)
        noisy = _steady(sender, others)
        with context.province(flooded):
            left = Delivery.objects.filter(addressee=_party(flooded), state=Delivery.State.WAITING).count()
        _SLOW.clear()
        tasks.deliver.app.control.purge()
    before, after = (statistics.quantiles(each, n=20)[18] * 1000 for each in (quiet, noisy))
    return Result(
        n=len(noisy),
        ratio=after / before,
        reference="the same letters on a quiet day, 95th percentile",
        figures={
            "quiet_p95_ms": before,
            "noisy_p95_ms": after,
            "quiet_median_ms": statistics.median(quiet) * 1000,
            "noisy_median_ms": statistics.median(noisy) * 1000,
            "flood_letters": FLOOD,
            "flood_left_at_the_end": left,
        },
    )


def _steady(sender: str, others: Sequence[str], count: int = STEADY) -> list[float]:
    """A letter every so often, to one after the other. Returns the waits."""
    sent: dict[tuple[str, str], float] = {}
    for number in range(count):
        to = others[number % len(others)]
        thread, committed = _send(sender, to)
        sent[str(thread), _party(to)] = committed
        time.sleep(EACH_S)
    ARRIVED.wait(lambda at: sent.keys() <= at.keys(), 20.0)
    return [ARRIVED.at[key] - committed for key, committed in sent.items()]
