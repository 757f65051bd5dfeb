"""A bureau with a county, two officers with certificates, a dispatcher, heads; and clues of one enterprise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from harness import people

from accounts.models import Post, Unit, User
from kernel import clock
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, Source, register

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def person(name: str, title: str, unit: Unit, role: str, number: str = "") -> User:
    """Somebody of a unit, in the seat that is held."""
    found = User.objects.create_user(name, name=title[:1] + "某", title=title, unit=unit)
    Post.objects.create(user=found, unit=unit, role=role)
    if number:
        found.officer_cert_no, found.officer_cert_until = number, clock.today() + timedelta(days=9000)
        found.save()
    return found


def people_of(bureau: people.Bureau) -> SimpleNamespace:
    """Those that every test here needs, in the seat that is held. 韦处 heads the province, 农局 the county."""
    top, county = bureau.wei.unit, bureau.unit
    assert top is not None
    Unit.objects.filter(pk=top.pk).update(agency_word=f"{bureau.code}市监")
    Unit.objects.filter(pk=county.pk).update(agency_word=f"{bureau.code}青市监")
    top.refresh_from_db()
    county.refresh_from_db()
    bureau.chen.officer_cert_no, bureau.chen.officer_cert_until = "桂A-1", clock.today() + timedelta(days=9000)
    bureau.chen.save()
    other = Unit.objects.create(
        code=f"{bureau.code}-9", name="兴宁区局", kind="county_bureau", parent=top, division_code=people.NANNING
    )
    return SimpleNamespace(
        top=top,
        county=county,
        other=other,
        chen=bureau.chen,
        wei=bureau.wei,
        li=person("li", "李队", county, "officer", "桂A-2"),
        nong=person("nong", "农局", county, "leader"),
        desk=person("desk", "线索员", top, "dispatcher"),
        mo=person("mo", "莫队", other, "officer", "桂A-9"),
    )


def rolled_back() -> SimpleNamespace:
    """The people in the seat that is held."""
    top = Unit.objects.create(
        code="gx-0", name="广西局", kind="provincial_bureau", division_code="450000", agency_word="桂市监"
    )
    county = Unit.objects.create(
        code="gx-1", name="青秀区局", kind="county_bureau", parent=top, division_code=people.NANNING
    )
    chen, wei = person("chen", "陈队长", county, "officer", "桂A-1"), person("wei", "韦处", top, "leader")
    return people_of(people.Bureau("gx", county, chen, wei, wei))


def a_clue(world: Any, ref: str = "A-1", **more: Any) -> Clue:
    """One clue at the county's desk."""
    facts: dict[str, Any] = {
        "desk": world.county,
        "source": Source(kind=Clue.SourceKind.HOTLINE_12315, name="12315", ref=ref),
        "content": "有店卖假酒",
        "subject_name": "红棚酒行",
        "address_raw": "南宁市青秀区某路 12 号",
    }
    return register(NewClue(**facts | more), by=world.desk)
