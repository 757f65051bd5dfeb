"""Units, officers, brand staff and the office's people of the sample story. Found by name, see `runtime.seed`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import Post, SectionType, Unit, User

WORDS = ("单位和人员", "units and people")
VALID = timedelta(days=700)
"""How long the certificates of the sample's officers are good for."""
_KINDS = {"ip_section": "section_office", "online_ad_section": "section_office", "food_section": "section_office"}
_MORE_KINDS = {"enforcement_bureau": "enforcement_corps"}


def fill(stage: Any) -> None:
    """Make units, people and posts where they are missing. Leaves `stage.made["people"]`: code to (seat, id)."""
    people: dict[str, tuple[str, Any]] = {}
    for code in stage.cast.PROVINCES:
        with stage.enter(code):
            units = _units(stage, code)
            known = dict(User.objects.values_list("username", "pk"))
            for row in stage.cast.OFFICERS.values():
                if row.province != code:
                    continue
                if row.code not in known:
                    known[row.code] = _officer(row, units[row.unit], (stage.now + VALID).date())
                people[row.code] = (code, known[row.code])
    for seat, wanted in (("brands", False), ("office", True)):
        with stage.owner():
            known = dict(User.objects.values_list("username", "pk"))
            for row in stage.cast.STAFF.values():
                if (row.party == stage.cast.OFFICE) is not wanted:
                    continue
                if row.code not in known:
                    known[row.code] = _staff(row, admin=wanted)
                people[row.code] = (seat, known[row.code])
    stage.made["people"] = people


def renew(later: Any) -> None:
    """At a later start: whoever is new in the story comes, and certificates without a last day get one."""
    for code in later.provinces:
        with later.enter(code):
            units = {unit.code: unit for unit in Unit.objects.all()}
            known = set(User.objects.values_list("username", flat=True))
            for row in later.cast.OFFICERS.values():
                if row.province == code and row.code not in known and row.unit in units:
                    _officer(row, units[row.unit], (later.now + VALID).date())
            names = [row.code for row in later.cast.OFFICERS.values() if row.province == code]
            without = User.objects.filter(username__in=names, officer_cert_until=None).exclude(officer_cert_no=None)
            without.update(officer_cert_until=(later.now + VALID).date())


def _units(stage: Any, province: str) -> dict[str, Unit]:
    known = {unit.code: unit for unit in Unit.objects.all()}
    for row in stage.cast.UNITS.values():
        if row.province != province or row.code in known:
            continue
        kind = _MORE_KINDS.get(row.kind) or _KINDS.get(row.kind, row.kind)
        known[row.code] = Unit.objects.create(
            code=row.code,
            name=row.title,
            kind=kind,
            section_type=row.kind if row.kind in SectionType.values else "",
            parent=known.get(row.parent),
            division_code=row.division_code,
            agency_word=stage.cast.PROVINCES[province].document_prefix if not row.parent else "",
        )
    return known


def _officer(row: Any, unit: Unit, until: date) -> Any:
    person = User.objects.create_user(
        row.code,
        name=row.name,
        title=row.called,
        phone=f"+86{row.phone}",
        phone_verified=True,
        officer_cert_no=row.officer_cert_no,
        officer_cert_until=until,
        unit=unit,
    )
    for role in row.roles:
        if role in Post.Role.values:
            Post.objects.create(user=person, unit=unit, role=role)
    return person.pk


def _staff(row: Any, *, admin: bool) -> Any:
    person = User.objects.create_user(
        row.code,
        name=row.name,
        title=row.called,
        phone=f"+86{row.phone}",
        phone_verified=True,
        email=row.email,
    )
    if admin:
        Post.objects.create(user=person, role=Post.Role.OFFICE_ADMIN)
    return person.pk
