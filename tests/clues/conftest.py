"""A bureau with a desk, counties, a brigade, a section, a station, a branch of a zone, and people in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Post, Unit, User
from divisions.resolving import Hints, current
from kernel import clock
from provinces import context
from tenants.clues.models import Clue
from tenants.clues.services.arriving import arrived
from tenants.clues.services.registering import NewClue, Source

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=clock.UTC)
"""A Monday at ten in China; no holiday falls into the five weeks after it."""
Kind = Unit.Kind
UNITS = (
    ("top", "广西局", Kind.PROVINCIAL_BUREAU, "", "", "450000", "桂测"),
    ("nn", "南宁市局", Kind.MUNICIPAL_BUREAU, "top", "", "450100", ""),
    ("qx", "青秀区局", Kind.COUNTY_BUREAU, "nn", "", "450103", ""),
    ("bri", "青秀大队", Kind.BRIGADE, "qx", "", "450103", ""),
    ("ip", "青秀知识产权股", Kind.SECTION, "qx", "ip_section", "450103", ""),
    ("xz", "新竹市场监管所", Kind.SUPERVISION_STATION, "qx", "", "450103", ""),
    ("xxt", "西乡塘区局", Kind.COUNTY_BUREAU, "nn", "", "450107", ""),
    ("hitech", "南宁高新技术产业开发区市场监督管理局", Kind.BRANCH_BUREAU, "nn", "", "450107", ""),
)
PEOPLE = (
    ("meng", "蒙某", "top", "top:dispatcher"),
    ("wei", "韦某", "top", "top:leader"),
    ("huang", "黄某", "top", "top:bureau_admin"),
    ("he", "何某", "qx", "qx:leader"),
    ("chen", "陈某", "bri", "bri:officer"),
    ("ning", "宁某", "bri", "bri:officer"),
    ("tan", "覃某", "xz", "xz:officer"),
    ("su", "苏某", "ip", "ip:officer"),
    ("lu", "陆某", "xxt", "xxt:officer"),
    ("mo", "莫某", "hitech", "hitech:officer"),
)


@dataclass
class Bureau:
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    count: int = 0

    def clue(self, address: str = "南宁市青秀区民族大道 1 号", **more: Any) -> Clue:
        self.count += 1
        facts: dict[str, Any] = {
            "desk": self.units["top"],
            "source": Source(kind=Clue.SourceKind.HOTLINE_12315, name="12315", ref=f"T-{self.count}"),
            "content": "有店卖假酒",
            "address_raw": address,
            "hints": Hints(province="450000"),
            "violations": [Clue.Violation.COUNTERFEIT_TRADEMARK],
        }
        return arrived(NewClue(**{**facts, **more}), by=self.people["meng"])

    def __getattr__(self, name: str) -> Any:
        if name in ("units", "people"):
            raise AttributeError(name)
        if name in self.people:
            return self.people[name]
        if name in self.units:
            return self.units[name]
        raise AttributeError(name)


def make_bureau() -> Bureau:
    made = Bureau()
    for key, name, kind, parent, section, division, word in UNITS:
        made.units[key] = Unit.objects.create(
            code=f"T-{key}", name=name, kind=kind, parent=made.units.get(parent), section_type=section,
            division_code=division, agency_word=word,
        )  # fmt: skip
    for number, (key, name, home, role) in enumerate(PEOPLE):
        person = User.objects.create_user(
            key, name=name, unit=made.units[home], officer_cert_no=f"桂A{number:03d}",
            officer_cert_until=date(2030, 1, 1),
        )  # fmt: skip
        unit, _colon, post = role.partition(":")
        Post.objects.create(user=person, unit=made.units[unit], role=post)
        made.people[key] = person
    return made


@pytest.fixture
def bureau(gx: object) -> Iterator[Bureau]:
    if "450302" not in current.gazetteer().places:
        current.forget()  # names of a test that had tables of its own
    with clock.frozen(MONDAY) as tick:
        made = make_bureau()
        made.tick = tick  # type: ignore[attr-defined]
        yield made


@pytest.fixture
def tick(bureau: Bureau) -> Any:
    """`tick(days=3)`: time goes on."""

    def go(**span: float) -> None:
        bureau.tick(timedelta(**span))

    return go


_EVERY_DIVISION = current.Held()


@pytest.fixture(autouse=True)
def every_division(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses are read by the tables that come with the product, whichever few rows a test has loaded."""
    monkeypatch.setattr(current, "_held", _EVERY_DIVISION)
    monkeypatch.setattr(current, "_mark", lambda: None)


@pytest.fixture
def committed(border: Any) -> Iterator[Bureau]:
    """The same on the Monday before Christmas 2026, committed: for what the office and the province both write."""
    with clock.frozen(datetime(2026, 12, 21, 2, tzinfo=clock.UTC)) as tick, context.province("gx"):
        made = make_bureau()
        made.tick = tick  # type: ignore[attr-defined]
        yield made
