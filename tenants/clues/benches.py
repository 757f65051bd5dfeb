"""From the arrival of a clue by letter to the proposal on the desk, against a bare task with the same SQL."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

import psycopg2
from celery import Task, current_app, shared_task
from celery.contrib.testing.worker import start_worker
from django.db import connection, transaction
from pydantic import Field

from accounts.models import Post, Unit, User
from audit.trail import Actor
from divisions.models import Division
from divisions.resolving import Hints, resolve
from divisions.services import load_divisions
from federation.contracts.addresses import Address
from federation.contracts.messages import Message, contract
from federation.letters import delivery as letter_delivery
from federation.letters import post as post_office
from federation.letters import tasks as letter_tasks
from federation.letters.models import Delivery
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.passwords import login_password
from provinces.seats import province_seat
from runtime.bench import Result, Stage, bench
from tenants.clues.models import Clue
from tenants.clues.services.arriving import arrived
from tenants.clues.services.registering import NewClue, Source

CROSSINGS = 60
WARM = 10
HERE, THERE = "p01", "p02"
PROVINCE, HINTS = "450000", Hints(province="450000")
STREET = "人民路{number}号"
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Kind = Unit.Kind


class MeasuredClueV1(Message):
    """A clue as another party reports it, as short as one can be. Known to a measuring process only."""

    kind: ClassVar[str] = "bench.clue"

    ref: UUID
    address: str = Field(max_length=200)
    content: str = Field(max_length=2000)


class Arrivals:
    """When each clue's proposal had been committed, by its thread."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._news = threading.Condition()

    def note(self, thread: str) -> None:
        with self._news:
            self._at[thread] = time.perf_counter()
            self._news.notify_all()

    def wait(self, thread: str, timeout_s: float = 20.0) -> float:
        with self._news:
            if not self._news.wait_for(lambda: thread in self._at, timeout_s):
                raise TimeoutError(f"{thread} did not arrive in {timeout_s:g} s")
            return self._at[thread]


ARRIVED, BARE = Arrivals(), Arrivals()
QUIET = threading.Lock()
"""Held while letters are delivered, and while a bare task does it in their stead: neither takes the other's letter."""


def receive(message: MeasuredClueV1, envelope: post_office.Envelope) -> None:
    """What any receiver of clues does: hand what is known to `arrived`."""
    transaction.on_commit(lambda: ARRIVED.note(str(envelope.thread)))
    clue = arrived(
        NewClue(
            desk=Unit.objects.get(parent=None),
            source=Source(kind=Clue.SourceKind.TRANSFER_IN, name=str(envelope.sender), ref=str(message.ref)),
            content=message.content,
            address_raw=message.address,
            hints=HINTS,
            violations=[Clue.Violation.COUNTERFEIT_TRADEMARK],
        ),
        by=Actor(None, "系统"),
    )
    if clue.proposed_unit_id is None:
        raise AssertionError("nothing was proposed")


class World:
    """A bureau of the size of a province: every county with its bureau, brigade and station."""

    def __init__(self) -> None:
        with context.owner():
            load_divisions()
        with context.province(HERE):
            top = Unit.objects.create(
                code="0", name="区局", kind=Kind.PROVINCIAL_BUREAU, division_code=PROVINCE, agency_word="测"
            )
            now = Division.objects.filter(valid_to=None)
            cities = {each.code: each for each in now.filter(parent_code=PROVINCE)}
            counties = list(now.filter(parent_code__in=cities))
            above = {
                each.code: _unit(each.code, f"{each.name}局", Kind.MUNICIPAL_BUREAU, top) for each in cities.values()
            }
            bureaux = [
                _unit(each.code, f"{each.name}局", Kind.COUNTY_BUREAU, above[each.parent_code]) for each in counties
            ]
            pairs = list(zip(counties, bureaux, strict=True))
            brigades = [_unit(each.code, f"{each.name}大队", Kind.BRIGADE, bureau, "b") for each, bureau in pairs]
            stations = [
                _unit(each.code, f"{each.name}城关所", Kind.SUPERVISION_STATION, bureau, "s") for each, bureau in pairs
            ]
            for level in ([*above.values()], bureaux, [*brigades, *stations]):
                Unit.objects.bulk_create(level)
            _people([(f"o{unit.code}{n}", unit) for unit in brigades for n in range(2)], Post.Role.OFFICER)
            _people([("desk", top)], Post.Role.DISPATCHER)
            self.addresses = [f"{cities[each.parent_code].name}{each.name}" for each in counties]
            self.standing = {str(pk) for pk in Unit.objects.values_list("pk", flat=True)}
            self.standing |= {str(pk) for pk in User.objects.values_list("pk", flat=True)}
            resolve(self.addresses[0], hints=HINTS)  # the first one builds the names
        self._numbers = count()

    def send(self) -> tuple[UUID, float]:
        """One letter; returns its thread and the moment of its commit."""
        thread, number = uuid7(), next(self._numbers)
        address = f"{self.addresses[number % len(self.addresses)]}{STREET.format(number=number)}"
        moments: list[float] = []
        with context.province(THERE), transaction.atomic():
            transaction.on_commit(lambda: moments.append(time.perf_counter()))
            post_office.post(
                MeasuredClueV1(ref=thread, address=address, content="有店卖假酒，请核查"),
                to=Address.province(HERE),
                thread=thread,
                by=Actor(None, "系统"),
            )
        return thread, moments[0]


def _unit(code: str, name: str, kind: Kind, parent: Unit, suffix: str = "") -> Unit:
    return Unit(code=f"{code}{suffix}", name=name, kind=kind, parent=parent, division_code=code)


def _people(named: list[tuple[str, Unit]], role: Post.Role) -> None:
    people = User.objects.bulk_create(User(username=name, name=name, unit=unit) for name, unit in named)
    Post.objects.bulk_create(Post(user=person, unit=person.unit, role=role) for person in people)


@bench("dispatch")
def dispatch(stage: Stage) -> Result:
    """A letter with a clue: from its commit to the clue with number, place, unit, officer and reason, the desk told."""
    stage.prepare()
    stage.open_provinces(2)
    contract(MeasuredClueV1)
    post_office.receives(MeasuredClueV1, at="province")(receive)
    world = World()
    delivering = letter_delivery.deliver_waiting

    def one_at_a_time(*args: Any, **kwargs: Any) -> int:
        with QUIET:
            return delivering(*args, **kwargs)

    letter_delivery.deliver_waiting = one_at_a_time
    app = current_app._get_current_object()
    with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, loglevel="ERROR"):
        replay = Replay(world)
        ours, bare = [], []
        for number in range(CROSSINGS + WARM):
            thread, committed = world.send()
            crossing = ARRIVED.wait(str(thread)) - committed
            plain = replay.once()
            if number >= WARM:  # the first ones open connections
                ours.append(crossing)
                bare.append(plain)
    median_s, bare_s = statistics.median(ours), statistics.median(bare)
    return Result(
        n=CROSSINGS,
        ratio=median_s / bare_s,
        reference=(
            f"a bare Celery task with the same {len(replay.statements)} statements and one address resolution: "
            f"median {bare_s * 1000:.1f} ms"
        ),
        figures={
            "median_ms": median_s * 1000,
            "p95_ms": statistics.quantiles(ours, n=20)[18] * 1000,
            "bare_median_ms": bare_s * 1000,
            "statements": len(replay.statements),
            "units": len(world.addresses) * 3,
        },
    )


class Replay:
    """The statements of one delivery, sent again with the ids of another letter and with a number of their own."""

    def __init__(self, world: World) -> None:
        self.world, self.serials = world, count(1_000_000)
        with _nobody_told():
            thread, _committed = world.send()
        with context.province(HERE):
            self.known = {value: name for name, value in _ids(thread).items()}
            connection.force_debug_cursor = True
            connection.queries_log.clear()
            with _nobody_told():
                letter_delivery.deliver_waiting(1)
            self.statements = [entry["sql"] for entry in connection.queries_log]
            connection.force_debug_cursor = False
            number = Clue.objects.get().number
        self.serial = int(number.rpartition("〕")[2].removesuffix("号"))
        self.year = clock.today().year

    def once(self) -> float:
        """Send for real, but let the bare task bring the letter over."""
        with QUIET:
            return self._once()

    def _once(self) -> float:
        with _nobody_told():
            thread, _committed = self.world.send()
        with context.province(HERE):
            ids = _ids(thread)
        fresh: dict[str, str] = {}

        def renamed(found: re.Match[str]) -> str:
            text = found[0]
            if text in self.known:
                return ids[self.known[text]]
            return text if text in self.world.standing else fresh.setdefault(text, str(uuid7()))

        serial = next(self.serials)
        mine = [
            UUID_TEXT.sub(renamed, sql)
            .replace(f"〕{self.serial}号", f"〕{serial}号")
            .replace(f" {self.year}, {self.serial},", f" {self.year}, {serial},")
            .replace(STREET.format(number=0), STREET.format(number=serial))  # a place of its own, as each letter has
            for sql in self.statements
        ]
        told = time.perf_counter()
        bare_dispatch.apply_async((mine, str(thread), self.world.addresses[serial % len(self.world.addresses)]))
        return BARE.wait(str(thread)) - told


def _ids(thread: UUID) -> dict[str, str]:
    delivery = Delivery.objects.get(thread=thread)
    return {"thread": str(thread), "delivery": str(delivery.pk), "letter": str(delivery.letter_id)}


_held = threading.local()


@shared_task(name="bench.bare_dispatch", base=Task)
def bare_dispatch(statements: list[str], thread: str, address: str) -> None:
    """Read the address once and run the statements on a plain connection with the province's login."""
    if not hasattr(_held, "connection"):
        settings, login = connection.settings_dict, province_seat(HERE).login
        _held.connection = psycopg2.connect(
            dbname=settings["NAME"],
            host=settings["HOST"],
            port=settings["PORT"],
            user=login,
            password=login_password(login),
        )
        _held.connection.autocommit = True
    resolve(f"{address}人民路1号", hints=HINTS)
    with _held.connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            if cursor.description:
                cursor.fetchall()
    BARE.note(thread)


@contextmanager
def _nobody_told() -> Iterator[None]:
    """Letters are written, no worker hears of them."""
    told, letter_tasks.deliver.apply_async = letter_tasks.deliver.apply_async, lambda *args, **kwargs: None
    try:
        yield
    finally:
        letter_tasks.deliver.apply_async = told
