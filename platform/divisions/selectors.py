"""The doors to the division tables. Codes in, rows or names out."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from divisions.models import Division, DivisionHistory, Township, Zone
from kernel.errors import BadInput
from provinces.kept import Kept

_TOWNSHIP_DIGITS = 9
_DIVISIONS = Kept(lambda codes: Division.objects.filter(code__in=codes))
_TOWNSHIPS = Kept(lambda codes: Township.objects.filter(code__in=codes))


class UnknownDivision(BadInput):
    """No such code now. Data: division_code; successors, if it is a former one and they are known."""

    code = "division_unknown"
    title = _("区划代码不存在")
    sentence = _("没有行政区划代码 {division_code}。请从列表中选择，或核对代码。")


def division(code: str) -> Division | Township:
    """The row of a code: six digits or nine (township), also one that was closed since.

    Raises UnknownDivision; with code `division_former` and the successors if it belongs to a former division.
    """
    row = _rows([code]).get(code)
    if row is not None:
        return row
    successors = sorted({successor for old in former(code) for successor in old.successor_codes})
    if successors:
        raise UnknownDivision(
            _("行政区划代码 {division_code} 已停用，现为 {successors}。请改用现行代码。"),
            code="division_former",
            division_code=code,
            successors=successors,
        )
    raise UnknownDivision(division_code=code)


def path(code: str) -> list[Division | Township]:
    """From the province down to the division of `code`. Raises UnknownDivision."""
    found = _ancestors([code])
    steps = [division(code) if code not in found else found[code]]
    while parent := found.get(steps[0].parent_code):
        steps.insert(0, parent)
    return steps


def path_name(code: str, separator: str = "") -> str:
    """The name in full: `广西壮族自治区南宁市青秀区`. Raises UnknownDivision."""
    return separator.join(step.name for step in path(code))


def path_names(codes: Iterable[str], separator: str = "") -> dict[str, str]:
    """Names in full for a whole list in at most five queries. Unknown codes are left out."""
    codes = set(codes)
    found = _ancestors(codes)
    names = {}
    for code in codes & found.keys():
        parts, step = [], found.get(code)
        while step is not None:
            parts.append(step.name)
            step = found.get(step.parent_code)
        names[code] = separator.join(reversed(parts))
    return names


def children(code: str = "") -> list[Division | Township]:
    """What lies directly below now, by code: divisions, or townships below a county. Of nothing: the provinces."""
    below: list[Division | Township] = list(Division.objects.filter(parent_code=code, valid_to=None))
    if not below and code:
        below = list(Township.objects.filter(parent_code=code, valid_to=None))
    return below


def counties_by_parent(province_code: str) -> dict[str, list[Division]]:
    """The counties in use of a province that have a prefecture above them, by its code, in order of codes."""
    cities = Division.objects.filter(parent_code=province_code, valid_to=None).values("code")
    found: dict[str, list[Division]] = {}
    for county in Division.objects.filter(parent_code__in=cities, valid_to=None):
        found.setdefault(county.parent_code, []).append(county)
    return found


def county_of(code: str) -> Division | None:
    """The county a township or county code lies in, or the prefecture where that has no counties.

    None if the code says no more than a province, or a prefecture that has counties. Raises UnknownDivision.
    """
    row = division(code)
    if isinstance(row, Township):
        row = division(row.parent_code)
    if not isinstance(row, Division) or row.level == Division.Level.PROVINCE:
        return None
    if row.level == Division.Level.COUNTY:
        return row
    has_counties = Division.objects.filter(parent_code=row.code, valid_to=None).exists()
    return None if has_counties else row


def province_of(code: str) -> Division:
    """The province a code lies in. Raises UnknownDivision."""
    top = path(code)[0]
    assert isinstance(top, Division)
    return top


def former(code: str) -> list[DivisionHistory]:
    """What a code meant before, newest first."""
    return list(DivisionHistory.objects.filter(old_code=code).order_by("-last_seen_year"))


def zones_in(code: str) -> list[Zone]:
    """Development zones that lie, wholly or in part, in a county."""
    return list(Zone.objects.filter(host_codes__contains=[code]))


def _rows(codes: Iterable[str]) -> dict[str, Division | Township]:
    codes = set(codes)
    long = {code for code in codes if len(code) == _TOWNSHIP_DIGITS}
    found: dict[str, Division | Township] = {}
    if short := codes - long:
        found.update((row.code, row) for row in _DIVISIONS.rows(short))
    if long:
        found.update((row.code, row) for row in _TOWNSHIPS.rows(long))
    return found


def _ancestors(codes: Iterable[str]) -> dict[str, Division | Township]:
    """The rows of `codes` and of all that lies above them, one query a level."""
    found: dict[str, Division | Township] = {}
    wanted = set(codes)
    while wanted:
        rows = _rows(wanted)
        found.update(rows)
        wanted = {row.parent_code for row in rows.values() if row.parent_code} - found.keys()
    return found


def state_of_tables() -> tuple[object, ...] | None:
    """Differs whenever a table was loaded with a change. None while no division is loaded."""
    counted = Division.objects.aggregate(Count("code"), Max("valid_from"), Max("valid_to"), Max("name"))
    if not counted["code__count"]:
        return None
    towns = Township.objects.aggregate(Count("code"), Max("valid_from"), Max("valid_to"))
    return (*counted.values(), *towns.values(), DivisionHistory.objects.count(), Zone.objects.count())
