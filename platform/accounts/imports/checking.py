"""One row of a file, checked by itself: what it says of a person, what it says of a unit, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation

from accounts.models import Post, SectionType, Unit
from accounts.phones import normal_phone
from accounts.rules import EVERYDAY_ROLES
from kernel.tables import LostDigits
from kernel.text import squeeze

_DIVISION = re.compile(r"^\d{6}(\d{3})?$")
_SEPARATORS = re.compile(r"[、，,;；/|\s]+")
_LONGEST = {"name": 40, "username": 60, "officer_cert_no": 40, "unit_code": 40, "unit_name": 80, "parent_code": 40}


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with a row. column: the field. other: what it collides with."""

    row_number: int
    column: str
    value: str
    code: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What a row says of a unit. Empty text: the row does not say."""

    row_number: int
    code: str
    name: str
    kind: str
    parent_code: str
    division_code: str
    section_type: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What a row says of a person. Empty text or None: the row does not say, and what is kept stays.

    roles: None when the row does not say. username: falls back to the certificate number.
    """

    row_number: int
    name: str
    username: str
    phone: str
    officer_cert_no: str
    officer_cert_until: date | None
    unit_code: str
    roles: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Line:
    """A row: a unit, a person in it, or both."""

    unit: UnitLine | None
    person: PersonLine | None


class _Refused(Exception):
    def __init__(self, column: str, value: str, code: str, other: str = "") -> None:
        super().__init__(code)
        self.column, self.value, self.code, self.other = column, value, code, other


def _names(choices: list[tuple[str, object]]) -> dict[str, str]:
    """Everything a cell may say for each choice: the value, its Chinese name, its English name."""
    known = {}
    for value, label in choices:
        known[value] = value
        for language in ("zh-hans", "en"):
            with translation.override(language):
                known[str(label).lower()] = value
    return known


def _lazy_choices(enum: type[Unit.Kind] | type[SectionType] | type[Post.Role]) -> dict[str, str]:
    return _names([(member.value, member.label) for member in enum])


class Checker:
    """Checks rows of one file. columns: field to position."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self.columns = columns
        self.kinds = _lazy_choices(Unit.Kind) | {"县局": "county_bureau", "管委会": "zone_committee"}
        self.sections = _lazy_choices(SectionType)
        self.roles = _lazy_choices(Post.Role)

    def check(self, row_number: int, cells: Sequence[str]) -> Line | Bad:
        """The row as a Line, or what is wrong with it."""
        try:
            return Line(self._unit(row_number, cells), self._person(row_number, cells))
        except _Refused as why:
            return Bad(row_number, why.column, why.value[:200], why.code, why.other)

    def unit(self, row_number: int, cells: Sequence[str]) -> UnitLine | None:
        """What the row says of a unit, if that much of it is right."""
        try:
            return self._unit(row_number, cells)
        except _Refused:
            return None

    def cell(self, cells: Sequence[str], field: str) -> str:
        """One cell without stray spaces; empty where the row or the column ends earlier."""
        position = self.columns.get(field)
        if position is None or position >= len(cells):
            return ""
        raw = cells[position]
        if isinstance(raw, LostDigits):
            raise _Refused(field, str(raw), "lost_digits")
        text = raw.strip()
        if len(text) > _LONGEST.get(field, 200):
            raise _Refused(field, text, "too_long", str(_LONGEST.get(field, 200)))
        return text

    def _unit(self, row_number: int, cells: Sequence[str]) -> UnitLine | None:
        code = squeeze(self.cell(cells, "unit_code"))
        if not code:
            raise _Refused("unit_code", "", "missing")
        name = self.cell(cells, "unit_name")
        if not name:
            return None
        kind_text = self.cell(cells, "unit_kind")
        kind = self.kinds.get(kind_text.lower(), "") if kind_text else ""
        if kind_text and not kind:
            raise _Refused("unit_kind", kind_text, "unit_kind")
        section_text = self.cell(cells, "section_type")
        section = self.sections.get(section_text.lower(), "") if section_text else ""
        if section_text and not section:
            raise _Refused("section_type", section_text, "section")
        division = squeeze(self.cell(cells, "division_code"))
        if division and not _DIVISION.match(division):
            raise _Refused("division_code", division, "division")
        parent = squeeze(self.cell(cells, "parent_code"))
        return UnitLine(row_number, code, name, kind, parent, division, section)

    def _person(self, row_number: int, cells: Sequence[str]) -> PersonLine | None:
        name = self.cell(cells, "name")
        cert = squeeze(self.cell(cells, "officer_cert_no")).upper()
        username = squeeze(self.cell(cells, "username"))
        if not (name or cert or username):
            if not self.cell(cells, "unit_name"):
                raise _Refused("name", "", "missing")
            return None
        if not name:
            raise _Refused("name", "", "missing")
        if not (cert or username):
            raise _Refused("officer_cert_no", "", "missing")
        phone_text = self.cell(cells, "phone")
        phone = normal_phone(phone_text) if phone_text else ""
        if phone is None:
            raise _Refused("phone", phone_text, "phone")
        return PersonLine(
            row_number=row_number,
            name=name,
            username=username,
            phone=phone,
            officer_cert_no=cert,
            officer_cert_until=self._date(cells),
            unit_code=squeeze(self.cell(cells, "unit_code")),
            roles=self._roles(cells),
        )

    def _date(self, cells: Sequence[str]) -> date | None:
        text = squeeze(self.cell(cells, "officer_cert_until"))
        if not text:
            return None
        for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
            try:
                return datetime.strptime(text, form).date()
            except ValueError:
                continue
        raise _Refused("officer_cert_until", text, "date")

    def _roles(self, cells: Sequence[str]) -> frozenset[str] | None:
        text = self.cell(cells, "roles")
        if not text:
            return None
        found = set()
        for word in filter(None, _SEPARATORS.split(text)):
            role = self.roles.get(word.lower())
            if role is None:
                raise _Refused("roles", word, "role_unknown")
            if role not in EVERYDAY_ROLES:
                raise _Refused("roles", word, "role_administrator")
            found.add(role)
        return frozenset(found)
