"""The broker's people and rows: two bureaux, the office, the superior; for the matrix one row of each kind."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from harness import people

from accounts.models import Post, Unit, User
from audit.trail import Actor
from federation.broker.models import Dispute, ListedSupervision, Look, Route
from federation.broker.services import disputes
from federation.contracts.addresses import Address
from federation.contracts.broker import RouteWithdrawnV1
from federation.letters.post import post
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.models import Province
from provinces.provisioning import provision
from provinces.seats import OFFICE


def bureaux() -> SimpleNamespace:
    """gx, gz with 韦处 who leads and a dispatcher of the bureau, and 赵处 of the office. Enters their seats."""
    found: dict[str, Any] = {}
    for code, division in (("gx", people.NANNING), ("gz", "520382")):
        bureau = people.bureau(code, division)
        with context.province(code):
            top = bureau.wei.unit
            Unit.objects.filter(pk=top.pk).update(agency_word={"gx": "桂市监", "gz": "黔市监"}[code])
            desk = User.objects.create_user("meng", name="蒙某", title="蒙科", unit=top)
            Post.objects.create(user=desk, unit=top, role=Post.Role.DISPATCHER)
        found[code] = SimpleNamespace(
            code=code, top=top, county=bureau.unit, wei=bureau.wei, meng=desk, chen=bureau.chen
        )
    with context.owner():
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
    with context.seat(OFFICE):
        found["zhao"] = User.objects.get(pk=zhao.pk)
    return SimpleNamespace(**found)


def open_superior() -> None:
    """总局 gets its seat."""
    provision(
        "samr",
        name="总局",
        title="国家市场监督管理总局",
        agency_word="国市监",
        division_code="000000",
        kind=Province.Kind.SUPERIOR,
    )


def superior_people() -> SimpleNamespace:
    """Who works at 总局. Enters its seat."""
    with context.province("samr"):
        top = Unit.objects.create(
            code="samr", name="国家市场监督管理总局", kind="provincial_bureau", division_code="000000",
            agency_word="国市监",
        )  # fmt: skip
        guo = User.objects.create_user("guo", name="郭某", title="郭司长", unit=top)
        Post.objects.create(user=guo, unit=top, role=Post.Role.LEADER)
        ren = User.objects.create_user("ren", name="任某", title="任处", unit=top)
        Post.objects.create(user=ren, unit=top, role=Post.Role.DISPATCHER)
        return SimpleNamespace(top=top, guo=guo, ren=ren)


def fill(code: str, unit_id: Any) -> dict[str, Any]:
    """One row of each kind that has an address at a province, in its seat."""
    now = clock.now()
    with context.province(code):
        dispute = Dispute.objects.create(
            id=disputes.id_of(unit_id, code, "fj"), matter_id=unit_id, matter_kind="case", title="管辖争议",
            first=code, second="fj", opened_at=now, due_at=now + timedelta(days=9), unit_id=unit_id,
        )  # fmt: skip
        route = Route.objects.create(province=code, letter_kind="clue_transfer", asked_at=now, unit_id=unit_id)
        look = Look.objects.create(
            letter_id=uuid7(), province=code, purpose="核对", until=clock.today(), asked_at=now, asked_by="赵处"
        )
        listed = ListedSupervision.objects.create(
            document_no="国市监督办〔2026〕1号", province=code, subject_kind="case", subject_no="1", title="督办",
            demand="查清", due_on=clock.today(), listed_by="郭司长", listed_at=now, unit_id=unit_id,
        )  # fmt: skip
    return {"dispute_id": dispute.pk, "route_id": route.pk, "look_id": look.pk, "listed_id": listed.pk}


def fill_office() -> dict[str, Any]:
    """The same at the office, with an official letter's envelope."""
    now = clock.now()
    with context.province("gx"), transaction.atomic():
        letter = post(
            RouteWithdrawnV1(route_id=uuid7(), at=now), Address.office(), thread=uuid7(), by=Actor(None, "某")
        )
    with context.seat(OFFICE):
        dispute = Dispute.objects.create(
            matter_id=uuid7(), matter_kind="case", first="gx", second="gz", opened_at=now, due_at=now
        )
        route = Route.objects.create(province="gx", letter_kind="clue_transfer", asked_at=now)
    return {"dispute_id": dispute.pk, "route_id": route.pk, "letter_id": letter.pk}
