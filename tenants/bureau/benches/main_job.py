"""The main job against a bare task that runs the same SQL."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import psycopg2
from celery import Task, current_app, shared_task
from celery.contrib.testing.worker import start_worker
from django.db import connection, transaction

from accounts.models import Post, Unit, User
from appraisal.catalogue.models import Brand, Category, Product, Shot, ShotList
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services import ItemAnswer
from appraisal.requests import services
from appraisal.requests.models import AppraisalRequest, RequestItem
from divisions.services import load_divisions
from federation.contracts.appraisal import CommissionV1, OpinionV1, VerdictValue
from federation.letters import delivery as letter_delivery
from federation.letters import post as post_office
from federation.letters import tasks as letter_tasks
from federation.letters.models import Delivery
from federation.parties.models import Authorisation, Membership, Organisation, Trademark
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.passwords import login_password
from provinces.seats import BRANDS
from runtime.bench import Result, Stage, bench

COUNTY = "450103"
CROSSINGS = 120
LOAD_S = 8.0
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Arrivals:
    """When each matter's letter had been committed on the other side, by thread id."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._news = threading.Condition()

    def note(self, thread: str) -> None:
        with self._news:
            self._at[thread] = time.perf_counter()
            self._news.notify_all()

    def wait(self, thread: str, timeout_s: float = 20.0) -> float:
        """The moment it arrived. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: thread in self._at, timeout_s):
                raise TimeoutError(f"{thread} did not arrive in {timeout_s:g} s")
            return self._at[thread]


ASKED, ANSWERED, BARE = Arrivals(), Arrivals(), Arrivals()


class World:
    """One officer of p01 and one appraiser."""

    def __init__(self) -> None:
        day = clock.today()
        with context.owner():
            load_divisions()
            organisation = Organisation.objects.create(name="测速酒业", short_name="测速", uscc="91350100M000100Y43")
            mark = Trademark.objects.create(
                organisation=organisation,
                reg_no="1",
                name="测速",
                nice_classes=[33],
                valid_until=day + timedelta(days=9),
            )
            brand = Brand.objects.create(name="测速", organisation=organisation, is_enrolled=True)
            category = Category.objects.create(code="bench", name="白酒")
            self.product = Product.objects.create(
                brand=brand,
                name="酒",
                category=category,
                nice_class=33,
                organisation=organisation,
                shot_list_version=1,
            )
            shots = ShotList.objects.create(product=self.product, version=1, published_at=clock.now())
            Shot.objects.create(shot_list=shots, position=1, code="front_label", name="正标")
            lin = User.objects.create_user("lin", name="林")
            membership = Membership.objects.create(user=lin, organisation=organisation, role="appraiser")
            paper = Authorisation.objects.create(
                number="1",
                organisation=organisation,
                membership=membership,
                nice_classes=[33],
                territory=["*"],
                valid_from=day,
                valid_until=day + timedelta(days=9),
            )
            paper.trademarks.add(mark)
        with context.province("p01"):
            unit = Unit.objects.create(code="1", name="局", kind=Unit.Kind.COUNTY_BUREAU, division_code=COUNTY)
            self.chen = User.objects.create_user("chen", name="陈", unit=unit)
            Post.objects.create(user=self.chen, unit=unit, role=Post.Role.OFFICER)
        with context.seat(BRANDS):
            self.desk = Desk(User.objects.get(username="lin"), Organisation.objects.get())

    def draft(self) -> RequestItem:
        """One item with one shot that cannot be taken: no picture's bytes, so that both sides move the same rows."""
        site = services.open_site(by=self.chen, place=services.Place(county_code=COUNTY))
        item = services.add_product(by=self.chen, site=site, product_id=self.product.pk)
        services.mark_absent(by=self.chen, item_id=item.pk, shot_code="front_label", reason="测速")
        return item

    def send(self) -> tuple[AppraisalRequest, float]:
        """Ask; returns the request and the moment of its commit."""
        with context.province("p01"):
            request_id = self.draft().request_id
            with transaction.atomic():
                transaction.on_commit(lambda: moments.append(time.perf_counter()))
                moments: list[float] = []
                request = services.send(by=self.chen, request_id=request_id)
        return request, moments[0]

    def answer(self, request: AppraisalRequest) -> float:
        """Claim and answer; returns the moment of the commit."""
        with context.seat(BRANDS):
            task = DeskTask.objects.get(request_id=request.pk)
            desk_services.claim(desk=self.desk, task_id=task.pk)
            answers = [ItemAnswer(item_id=task.items.get().pk, value=VerdictValue.GENUINE, reasons="测速")]
            desk_services.answer(desk=self.desk, task_id=task.pk, answers=answers)
        return time.perf_counter()


@bench("main_job")
def main_job(stage: Stage) -> Result:
    """Whole loops a second, and the time from commit to the other side, against the same SQL in a bare task."""
    stage.prepare()
    stage.open_provinces(1)
    world = World()
    _watch(CommissionV1, "organisation", ASKED)
    _watch(OpinionV1, "province", ANSWERED)
    app = current_app._get_current_object()
    with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, loglevel="ERROR"):
        statements, known = _record(world)
        ours, bare = [], []
        for number in range(CROSSINGS + 10):
            crossing, plain = _ours(world), _bare(world, statements, known)
            if number >= 10:  # the first ones open connections
                ours.append(crossing)
                bare.append(plain)
        top, _slow = _load(world, 0.0)
        _rate, crossings = _load(world, top / 2)
    median_s, bare_s = statistics.median(ours), statistics.median(bare)
    return Result(
        n=CROSSINGS,
        ratio=median_s / bare_s,
        reference=f"a bare Celery task with the same {len(statements)} statements: median {bare_s * 1000:.1f} ms",
        figures={
            "crossing_median_ms": median_s * 1000,
            "crossing_p99_ms": statistics.quantiles(ours, n=100)[98] * 1000,
            "bare_median_ms": bare_s * 1000,
            "loops_per_s": top,
            "half_rate_p99_ms": statistics.quantiles(crossings, n=100)[98] * 1000,
            "half_rate_n": len(crossings),
        },
    )


def _watch(message: Any, side: Any, arrivals: Arrivals) -> None:
    """Note the commit of each receipt of one kind."""
    receiver = post_office.RECEIVERS[message, side]

    def watched(body: Any, envelope: Any) -> None:
        # Before the receiver's own hooks: what those do happens after the letter has arrived.
        transaction.on_commit(lambda: arrivals.note(str(envelope.thread)))
        receiver(body, envelope)

    post_office.RECEIVERS[message, side] = watched


def _ours(world: World) -> float:
    request, committed = world.send()
    return ASKED.wait(str(request.pk)) - committed


# The reference --------------------------------------------------------------------------------------------------------


def _record(world: World) -> tuple[list[str], dict[str, str]]:
    """The statements of one delivery as PostgreSQL got them, and which of its ids are the letter's own."""
    with _nobody_told():
        request, _committed = world.send()
    with context.seat(BRANDS):
        delivery = Delivery.objects.select_related("letter").get(thread=request.pk)
        known = _ids(world, request, delivery)
        connection.force_debug_cursor = True
        connection.queries_log.clear()
        with _nobody_told():
            letter_delivery.deliver_waiting(1)
        statements = [entry["sql"] for entry in connection.queries_log]
        connection.force_debug_cursor = False
    return statements, {value: name for name, value in known.items()}


def _ids(world: World, request: AppraisalRequest, delivery: Delivery) -> dict[str, str]:
    with context.province("p01"):
        item = request.items.get()
        absent = item.absent_shots.get()
    ids = {"thread": request.pk, "item": item.pk, "absent": absent.pk, "delivery": delivery.pk}
    return {name: str(value) for name, value in (ids | {"letter": delivery.letter_id}).items()} | {
        "number": request.number
    }


def _bare(world: World, statements: list[str], known: dict[str, str]) -> float:
    """Send for real, but let a bare task with the recorded statements bring the letter over."""
    with _nobody_told():
        request, _committed = world.send()
    with context.seat(BRANDS):
        ids = _ids(world, request, Delivery.objects.get(thread=request.pk))
    fresh: dict[str, str] = {}

    def renamed(found: re.Match[str]) -> str:
        text = found[0]
        if text in known:
            return ids[known[text]]
        if text in world_ids:
            return text
        return fresh.setdefault(text, str(uuid7()))

    number = next(text for text, name in known.items() if name == "number")
    world_ids = _standing_ids(world)
    mine = [UUID_TEXT.sub(renamed, sql).replace(number, ids["number"]) for sql in statements]
    told = time.perf_counter()
    bare_delivery.apply_async((mine, ids["thread"]))
    return BARE.wait(ids["thread"]) - told


def _standing_ids(world: World) -> set[str]:
    """Ids of rows that stand there for every crossing."""
    with context.seat(BRANDS):
        memberships = {str(pk) for pk in Membership.objects.values_list("pk", flat=True)}
    rows = (world.product, world.product.brand, world.desk.organisation, world.desk.person, world.chen)
    return {str(row.pk) for row in rows} | memberships


_held = threading.local()


@shared_task(name="bench.bare_delivery", base=Task)
def bare_delivery(statements: list[str], thread: str) -> None:
    """Run the statements on a plain connection with the brands' login."""
    if not hasattr(_held, "connection"):
        settings = connection.settings_dict
        _held.connection = psycopg2.connect(
            dbname=settings["NAME"],
            host=settings["HOST"],
            port=settings["PORT"],
            user=BRANDS.login,
            password=login_password(BRANDS.login),
        )
        _held.connection.autocommit = True
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


# Load -----------------------------------------------------------------------------------------------------------------


def _load(world: World, rate: float) -> tuple[float, list[float]]:
    """Whole loops for some seconds: as fast as two people can (rate 0), or `rate` a second. Returns rate, crossings."""
    crossings: list[float] = []
    numbers, began = count(), time.perf_counter()
    until = began + LOAD_S

    def loop() -> None:
        try:
            while (now := time.perf_counter()) < until:
                if rate:
                    time.sleep(max(0.0, began + next(numbers) / rate - now))
                request, committed = world.send()
                crossings.append(ASKED.wait(str(request.pk)) - committed)
                answered = world.answer(request)
                crossings.append(ANSWERED.wait(str(request.pk)) - answered)
        finally:
            connection.set_seat(None)

    people = [threading.Thread(target=loop) for _ in range(4)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return len(crossings) / 2 / (time.perf_counter() - began), crossings
