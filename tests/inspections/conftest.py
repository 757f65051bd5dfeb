"""Two officers with certificates in one bureau, a house that answers, and letters that travel when told to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from harness import people

from accounts.models import Post, Unit, User
from appraisal.catalogue.models import Brand, Category, Product, Shot, ShotList
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS
from tenants.inspections import services
from tenants.inspections.models import Inspection
from tenants.inspections.services import Place


def certify(person: User, number: str, days: int = 300) -> User:
    """Give an officer a certificate that is good for so many days more."""
    person.officer_cert_no, person.officer_cert_until = number, clock.today() + timedelta(days=days)
    person.save(update_fields=["officer_cert_no", "officer_cert_until"])
    return person


def officer(name: str, title: str, unit: Unit, number: str = "", days: int = 300) -> User:
    """Make an officer of a unit, in the seat that is held."""
    person = User.objects.create_user(name, name=title[:1] + "某", title=title, unit=unit)
    Post.objects.create(user=person, unit=unit, role=Post.Role.OFFICER)
    return certify(person, number, days) if number else person


@pytest.fixture
def world(border) -> Any:
    """陈队长 and 李队 of one unit, 莫队 of another bureau, 韦处 above them; 岚壑春 answers, 云上坡 is not enrolled."""
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        certify(bureau.chen, "桂A-1001")
        li = officer("li", "李队", bureau.unit, "桂A-1002")
        elsewhere = Unit.objects.create(
            code="gx-2",
            name="兴宁区局",
            kind=Unit.Kind.COUNTY_BUREAU,
            parent=bureau.unit.parent,
            division_code=people.NANNING,
        )
        mo = officer("mo", "莫队", elsewhere, "桂A-2001")
    with context.owner():
        brand = Brand.objects.create(name="云上坡", owner_company="云上坡酒业")
        unserved = Product.objects.create(
            brand=brand,
            name="十年",
            spec="500ml",
            category=Category.objects.get(code="baijiu"),
            nice_class=33,
            shot_list_version=1,
        )
        shots = ShotList.objects.create(product=unserved, version=1, published_at=clock.now())
        Shot.objects.create(shot_list=shots, position=1, code="front_label", name="瓶身正标", in_quick_set=True)
    return SimpleNamespace(
        bureau=bureau, house=house, chen=bureau.chen, wei=bureau.wei, li=li, mo=mo, elsewhere=elsewhere,
        product=house.product, unserved=unserved,
    )  # fmt: skip


@pytest.fixture
def at_gx(world):
    """The test runs in 广西, committing for real."""
    with context.province("gx"):
        yield world


@pytest.fixture
def opened(world) -> Callable[..., Inspection]:
    """`opened()`: 陈队长 opens an inspection and 李队 joins; `opened(alone=True)` without 李队."""

    def make(*, alone: bool = False, by: User | None = None) -> Inspection:
        by = by or world.chen
        inspection = services.open_inspection(by=by, place=Place(county_code=people.NANNING, place="某市场 12 号"))
        if not alone:
            code, _until = services.make_join_code(by=by, inspection_id=inspection.pk)
            inspection = services.join(by=world.li, code=code)
        return inspection

    return make


class Phone:
    """One officer's phone as a program: it remembers its device and says what it is told to."""

    def __init__(self, by: User, inspection: Inspection) -> None:
        self.by, self.inspection, self.device_id, self.turn = by, inspection, uuid7(), 0

    def says(self, kind: str, lot_id: UUID, **value: Any) -> services.Said:
        """An operation, not sent."""
        self.turn += 1
        return services.Said(id=uuid7(), lot_id=lot_id, kind=kind, value=value, turn=self.turn, at=clock.now())

    def send(self, *operations: services.Said) -> services.Appended:
        """Send operations in one call."""
        return services.append(
            by=self.by, inspection_id=self.inspection.pk, device_id=self.device_id, operations=operations
        )


@pytest.fixture
def phone() -> Callable[..., Phone]:
    """`phone(person, inspection)`."""
    return Phone


@pytest.fixture
def lot(world) -> Callable[..., Any]:
    """`lot(inspection, quantity="6", **fields)`: 陈队长 writes a lot down and counts it."""

    def make(inspection: Inspection, quantity: str | None = "6", by: User | None = None, **fields: str) -> Any:
        by, device = by or world.chen, uuid7()
        defaults = {"unit": "瓶", "claimed_brand": "岚壑春"} | fields
        made = services.write_down(by=by, inspection_id=inspection.pk, device_id=device, **defaults)
        if quantity is not None:
            made = services.count(by=by, lot_id=made.pk, device_id=device, quantity=quantity)
        return made

    return make


@pytest.fixture
def complete(world) -> Callable[[Inspection], Inspection]:
    """`complete(inspection)`: everything that a record needs, but for its lots."""

    def make(inspection: Inspection) -> Inspection:
        for person in (world.chen, world.li):
            services.show_certificate(by=person, inspection_id=inspection.pk)
        services.set_entity(by=world.chen, inspection_id=inspection.pk, kind="stall", name="红棚摊主")
        services.add_person(by=world.chen, inspection_id=inspection.pk, role="party", refused=True)
        for code in ("identity", "avoidance", "duty"):
            services.give_notice(by=world.chen, inspection_id=inspection.pk, code=code)
        return inspection

    return make


@pytest.fixture
def post_goes() -> Callable[[], int]:
    """Deliver every letter that waits, everywhere. Call it holding no seat."""
    return deliver_everywhere


@pytest.fixture
def lin_answers(world, post_goes) -> Callable[..., None]:
    """`lin_answers(request, value)`: 林工 answers every item. Call it holding no seat."""
    desk = people.desk(world.house, world.house.lin)

    def answer(request: Any, value: VerdictValue = VerdictValue.COUNTERFEIT, only: UUID | None = None) -> None:
        post_goes()
        with context.seat(BRANDS):
            task = DeskTask.objects.get(request_id=request.pk)
            if task.claimed_by_id is None:
                desk_services.claim(desk=desk, task_id=task.pk)
            rows = [row for row in task.items.all() if only is None or row.item_id == only]
            answers = [ItemAnswer(item_id=row.pk, value=value, reasons="烫金边缘毛糙") for row in rows]
            desk_services.answer(desk=desk, task_id=task.pk, answers=answers)
        post_goes()

    return answer
