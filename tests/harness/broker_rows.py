"""The broker's people and rows: two bureaux, the office, the superior; for the matrix one row of each kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from harness import people

from accounts.models import Post, Unit, User
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
