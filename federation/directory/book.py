"""The directory as one list in the memory of a process, made anew when a division, a unit or a province changes."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from divisions.models import Division
from federation.directory import names
from federation.directory.models import Entry
from kernel.errors import NotFound404, Words
from kernel.text import full_pinyin, initials
from provinces.hosts import DIRECTORY

KIND_NAMES: dict[str, Words] = {
    "provincial_bureau": _("省局"),
    "municipal_bureau": _("市局"),
    "county_bureau": _("县（区）局"),
    "branch_bureau": _("分局"),
    "zone_committee": _("开发区管委会"),
    "market_supervision_station": _("市场监管所"),
    "enforcement_corps": _("执法总队"),
    "enforcement_detachment": _("执法支队"),
    "enforcement_brigade": _("执法大队"),
    "enforcement_squadron": _("执法中队"),
    "section_office": _("股室"),
}
_OF_A_DIVISION = {"province": "provincial_bureau", "prefecture": "municipal_bureau", "county": "county_bureau"}
_RANK = {"provincial_bureau": 0, "municipal_bureau": 1, "county_bureau": 2, "branch_bureau": 3, "zone_committee": 3}
_ENDINGS = re.compile(r"市场监督管理(局|委员会|委|厅)?|市场监管局|市监局|市监$")


@dataclass(frozen=True, slots=True)
class DirectoryUnit:
    """One bureau, branch or corps that can be written to.

    ref: names it for good. province_code: "gx" where the province is enrolled, else the first two digits of its code.
    place: the division in full. agency_word, postal: empty where nobody has said. removed: no longer there.
    line: codes of its division and of those above, the province's last.
    """

    ref: str
    province_code: str
    province_name: str
    name: str
    kind: str
    division_code: str
    enrolled: bool
    agency_word: str = ""
    postal: str = ""
    place: str = ""
    removed: bool = False
    line: tuple[str, ...] = ()

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return str(KIND_NAMES.get(self.kind, self.kind))

    @property
    def is_bureau(self) -> bool:
        """Whether it is the bureau of its division, and no branch or corps beside it."""
        return self.ref == self.division_code


@dataclass(frozen=True)
class ProvinceInBook:
    """One province of the directory. code: as in `DirectoryUnit.province_code`."""

    code: str
    prefix: str
    name: str
    title: str
    enrolled: bool


@dataclass
class _Book:
    units: dict[str, DirectoryUnit] = field(default_factory=dict)
    provinces: list[ProvinceInBook] = field(default_factory=list)
    spelt: dict[str, str] = field(default_factory=dict)


_lock = threading.Lock()
_kept: tuple[Any, _Book] | None = None


def units(province: str = "", *, query: str = "", division_code: str = "") -> list[DirectoryUnit]:
    """Units of a province ("gx", or "45" where it is not enrolled; empty for all), bureaux before what stands below.

    query: part of a name as people write it, or its pinyin or initials. division_code: in that division and below.
    """
    book = _book()
    found: Iterable[DirectoryUnit] = (each for each in book.units.values() if not each.removed)
    if province:
        codes = {each.code for each in book.provinces if province in (each.code, each.prefix)}
        found = (each for each in found if each.province_code in codes)
    if division_code:
        found = (each for each in found if division_code[:6] in each.line)
    listed = list(found)
    return _search(book, listed, query) if query.strip() else listed


def unit(ref: str) -> DirectoryUnit:
    """One unit, also one that is no longer there. Raises NotFound404."""
    found = _book().units.get(ref)
    if found is None:
        raise NotFound404(ref=ref)
    return found


def find(ref: str) -> DirectoryUnit | None:
    """The same, or None."""
    return _book().units.get(ref)


def bureau_of(division_code: str) -> DirectoryUnit | None:
    """The bureau of a division; of what lies above where it has none."""
    book = _book()
    found = book.units.get(division_code[:6])
    if found is not None and not found.removed:
        return found
    row = Division.objects.filter(code=division_code[:6]).values_list("parent_code", flat=True).first()
    return bureau_of(row) if row else None


def provinces() -> list[ProvinceInBook]:
    """All provinces and the 兵团, by code."""
    return _book().provinces


def province_named(code: str) -> ProvinceInBook | None:
    """One by its code or its first two digits."""
    return next((each for each in provinces() if code in (each.code, each.prefix)), None)


# Searching ------------------------------------------------------------------------------------------------------------


def _search(book: _Book, listed: list[DirectoryUnit], query: str) -> list[DirectoryUnit]:
    words = query.strip()
    if words.isdigit():
        return [each for each in listed if each.division_code.startswith(words)]
    if words.isascii():
        return _by_sound(book, listed, words.lower().replace(" ", ""))
    wanted = _ENDINGS.sub("", words).split() or [words]
    exact = [each for each in listed if each.name == words]
    near = [each for each in listed if all(word in each.name for word in wanted)]
    wide = [each for each in listed if all(word in each.place + each.name for word in wanted)]
    if not (exact or near or wide):
        # 南宁青秀: the syllables in their order, with whatever stands between.
        order = re.compile(".*?".join(re.escape(letter) for letter in "".join(wanted)))
        wide = [each for each in listed if order.search(each.place + each.name)]
    return list(dict.fromkeys([*exact, *near, *wide]))


def _by_sound(book: _Book, listed: list[DirectoryUnit], wanted: str) -> list[DirectoryUnit]:
    if not book.spelt:
        for each in book.units.values():
            name = _ENDINGS.sub("", each.name)
            book.spelt[each.ref] = f"{full_pinyin(name)} {initials(name)}"
    return [each for each in listed if wanted in book.spelt[each.ref]]


# Making it ------------------------------------------------------------------------------------------------------------


def _book() -> _Book:
    global _kept
    state = (
        *Division.objects.aggregate(Count("code"), Max("valid_from"), Max("valid_to"), Max("name")).values(),
        *Entry.objects.aggregate(Count("id"), Max("told_at")).values(),
        tuple(sorted((host.seat.name, host.division_code, host.title) for host in DIRECTORY.ordinary())),
    )
    if _kept is not None and _kept[0] == state:
        return _kept[1]
    with _lock:
        if _kept is None or _kept[0] != state:
            _kept = (state, _made())
        return _kept[1]


def _made() -> _Book:
    rows = {row.code: row for row in Division.objects.filter(valid_to=None) if not row.code.startswith(names.WITHOUT)}
    enrolled = {names.prefix_of(host.division_code): host for host in DIRECTORY.ordinary()}
    book, known = _Book(), {}
    for code, row in rows.items():
        if row.level == Division.Level.PROVINCE:
            host = enrolled.get(code[:2])
            title = host.title if host else names.bureau_name(code, row.name, "province", "", "")
            known[code[:2]] = ProvinceInBook(
                host.seat.name if host else code[:2], code[:2], row.short_name, title, host is not None
            )
    if "65" in known:
        host = enrolled.get(names.CORPS)
        title = host.title if host else names.CORPS_NAME + names.ENDING
        code = host.seat.name if host else names.CORPS
        known[names.CORPS] = ProvinceInBook(code, names.CORPS, "兵团", title, host is not None)
        corps = DirectoryUnit(
            names.CORPS_REF, code, "兵团", title, "provincial_bureau", names.CORPS_REF, host is not None,
            names.agency_word(names.CORPS_REF, "province"), place=names.CORPS_NAME, line=(names.CORPS_REF,),
        )  # fmt: skip
        book.units[corps.ref] = corps
    for code, row in rows.items():
        province = known.get(names.prefix_of(code))
        if province is None:
            continue
        above = rows.get(row.parent_code)
        line = _line(rows, code)
        name = names.bureau_name(code, row.name, row.level, row.parent_code, above.name if above else "")
        book.units[code] = DirectoryUnit(
            code, province.code, province.name, province.title if row.level == "province" else name,
            _OF_A_DIVISION[row.level], code, province.enrolled, names.agency_word(code, row.level),
            place="".join(rows[each].name for each in reversed(line)), line=line,
        )  # fmt: skip
    by_code = {each.code: each for each in known.values()}
    for entry in Entry.objects.order_by("ref"):
        province = by_code.get(entry.province)
        if province is not None:
            book.units[entry.ref] = _corrected(book.units.get(entry.ref), entry, province, rows)
    book.provinces = sorted(known.values(), key=lambda each: each.prefix)
    book.units = {each.ref: each for each in sorted(book.units.values(), key=_place_in_list)}
    return book


def _place_in_list(each: DirectoryUnit) -> tuple[str, int, str, str]:
    return each.line[-1] if each.line else "", _RANK.get(each.kind, 9), each.division_code, each.ref


def _corrected(held: DirectoryUnit | None, entry: Entry, province: ProvinceInBook, rows: Any) -> DirectoryUnit:
    if held is not None:
        # At home a district's bureau goes without its city; to others the full name tells it from its namesakes.
        name = held.name if held.name.endswith(entry.name) else entry.name
        word = entry.agency_word or held.agency_word
        return replace(held, name=name, agency_word=word, postal=entry.postal, removed=entry.is_removed)
    line = _line(rows, entry.division_code[:6])
    return DirectoryUnit(
        entry.ref, province.code, province.name, entry.name, entry.kind, entry.division_code[:6], True,
        entry.agency_word, entry.postal, "".join(rows[each].name for each in reversed(line)), entry.is_removed, line,
    )  # fmt: skip


def _line(rows: Any, code: str) -> tuple[str, ...]:
    found: list[str] = []
    while code in rows:
        found.append(code)
        code = rows[code].parent_code
    return tuple(found)
