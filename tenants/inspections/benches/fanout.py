"""Eleven brands and sixty lots asked by one tap, against one request: from the tap until all are on their desks."""

from __future__ import annotations

import statistics
import threading
import time
from datetime import timedelta
from uuid import UUID

from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.db import connection, transaction

from accounts.models import Post, Unit, User
from appraisal.catalogue.models import Brand, Category, Product, Shot, ShotList
from appraisal.requests import services as requests
from divisions.services import load_divisions
from federation.contracts.appraisal import CommissionV1
from federation.letters import post as post_office
from federation.parties.models import Organisation
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from runtime.bench import Result, Stage, bench
from tenants.inspections import services
from tenants.inspections.models import Inspection

COUNTY = "450103"
BRANDS, LOTS, TAPS = 11, 60, 40


class Arrivals:
    """When each request had been committed on the desk, by thread id."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._news = threading.Condition()

    def note(self, thread: str) -> None:
        with self._news:
            self._at[thread] = time.perf_counter()
            self._news.notify_all()

    def last(self, threads: list[str], timeout_s: float = 30.0) -> float:
        """The moment the last of them was there. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: all(each in self._at for each in threads), timeout_s):
                raise TimeoutError(f"of {len(threads)} requests some did not arrive in {timeout_s:g} s")
            return max(self._at[each] for each in threads)


class World:
    """Two officers of p01 and eleven houses with one product each."""

    def __init__(self) -> None:
        self.products: list[UUID] = []
        with context.owner():
            load_divisions()
            category = Category.objects.create(code="bench", name="白酒")
            for number in range(BRANDS):
                organisation = Organisation.objects.create(
                    name=f"测速酒业{number}", short_name=f"测速{number}", uscc=f"BENCH{number:013}"
                )
                brand = Brand.objects.create(name=f"测速{number}", organisation=organisation, is_enrolled=True)
                product = Product.objects.create(
                    brand=brand, name="酒", category=category, nice_class=33, organisation=organisation,
                    shot_list_version=1,
                )  # fmt: skip
                shots = ShotList.objects.create(product=product, version=1, published_at=clock.now())
                Shot.objects.create(shot_list=shots, position=1, code="front_label", name="正标")
                self.products.append(product.pk)
        with context.province("p01"):
            unit = Unit.objects.create(code="1", name="局", kind=Unit.Kind.COUNTY_BUREAU, division_code=COUNTY)
            self.chen, self.li = (self._officer(unit, name, f"测-{name}") for name in ("chen", "li"))

    def _officer(self, unit: Unit, name: str, number: str) -> User:
        person = User.objects.create_user(
            name, name=name, unit=unit, officer_cert_no=number, officer_cert_until=clock.today() + timedelta(days=9)
        )
        Post.objects.create(user=person, unit=unit, role=Post.Role.OFFICER)
        return person

    def inspection(self, lots: int) -> Inspection:
        """An inspection with so many lots, brand after brand."""
        with context.province("p01"):
            inspection = services.open_inspection(by=self.chen, place=requests.Place(county_code=COUNTY))
            said = []
            for number in range(lots):
                lot, product = uuid7(), str(self.products[number % BRANDS])
                fields = {"product_id": product, "unit": "瓶", "stood_where": f"{number} 号货架"}
                for kind, value in (("lot", {"fields": fields}), ("add", {"delta": "7"})):
                    said.append(
                        services.Said(
                            id=uuid7(), lot_id=lot, kind=kind, value=value, turn=len(said) + 1, at=clock.now()
                        )
                    )
            services.append(by=self.chen, inspection_id=inspection.pk, device_id=uuid7(), operations=said)
        return inspection

    def ask_everyone(self, lots: int, arrivals: Arrivals) -> float:
        """Seconds from the tap until every right holder has it on the desk."""
        inspection = self.inspection(lots)
        began = time.perf_counter()
        with context.province("p01"):
            sent = services.ask_everyone(by=self.chen, inspection_id=inspection.pk)
        return arrivals.last([str(each.pk) for each in sent]) - began

    def one_request(self, arrivals: Arrivals) -> tuple[float, float]:
        """One product asked about without an inspection: seconds from choosing it, and from the tap on 发送."""
        chosen = time.perf_counter()
        with context.province("p01"):
            with transaction.atomic():
                site = requests.open_site(by=self.chen, place=requests.Place(county_code=COUNTY))
                item = requests.add_product(by=self.chen, site=site, product_id=self.products[0])
                requests.mark_absent(by=self.chen, item_id=item.pk, shot_code="front_label", reason="测速")
            tapped = time.perf_counter()
            requests.send(by=self.chen, request_id=item.request_id)
        there = arrivals.last([str(item.request_id)])
        return there - chosen, there - tapped


@bench("inspection_fanout")
def inspection_fanout(stage: Stage) -> Result:
    """From the tap that makes eleven requests of sixty lots and sends them until all are on their desks.

    The reference is one request with one item, put together before: from the tap on 发送 until it is on its desk. What
    the inspection's tap does beside, choosing whom to ask and making the requests, is not in the reference.
    """
    stage.prepare()
    stage.open_provinces(1)
    world, arrivals = World(), Arrivals()
    _watch(arrivals)
    many, one, sent, alone = [], [], [], []
    with start_worker(
        current_app._get_current_object(), pool="threads", concurrency=2, perform_ping_check=False, loglevel="ERROR"
    ):
        for number in range(TAPS + 3):
            figures = [world.ask_everyone(LOTS, arrivals)]
            _settle()
            figures += world.one_request(arrivals)
            _settle()
            figures.append(world.ask_everyone(1, arrivals))
            _settle()
            if number >= 3:  # the first ones open connections
                for kept, figure in zip((many, one, sent, alone), figures, strict=True):
                    kept.append(figure)
    connection.set_seat(None)
    many_s, one_s, sent_s, alone_s = (statistics.median(each) for each in (many, one, sent, alone))
    return Result(
        n=TAPS,
        ratio=many_s / sent_s,
        reference=f"one request that is ready, from the tap on 发送 to its desk: median {sent_s * 1000:.1f} ms",
        figures={
            "brands": BRANDS,
            "lots": LOTS,
            "all_on_desks_median_ms": many_s * 1000,
            "all_on_desks_p95_ms": statistics.quantiles(many, n=20)[18] * 1000,
            "one_made_and_sent_median_ms": one_s * 1000,
            "one_lot_asked_median_ms": alone_s * 1000,
        },
    )


def _settle() -> None:
    """Let the workers ring and report before the next tap: an officer does not tap twice in a tenth of a second."""
    time.sleep(0.2)


def _watch(arrivals: Arrivals) -> None:
    """Note the commit of each commission on a desk."""
    key = (CommissionV1, "organisation")
    receiver = post_office.RECEIVERS[key]

    def watched(body: object, envelope: post_office.Envelope) -> None:
        # Before the receiver's own hooks: whom they ring then has it on the desk already.
        transaction.on_commit(lambda: arrivals.note(str(envelope.thread)))
        receiver(body, envelope)

    post_office.RECEIVERS[key] = watched
