"""What a province says of its own units, taken over at the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from federation.contracts.broker import UnitV1
from federation.directory import names
from federation.directory.models import Entry
from provinces.hosts import DIRECTORY

_BUREAUX = {"provincial_bureau": "0000", "municipal_bureau": "00", "county_bureau": ""}
_CHANGED = ["code", "name", "kind", "division_code", "parent_code", "agency_word", "postal", "told_at", "is_removed"]


def ref_of(province: str, prefix: str, unit: UnitV1, taken: set[str]) -> str:
    """How a unit is known to everybody: by its division where it is that division's bureau, else by its own code."""
    ends = _BUREAUX.get(unit.kind)
    code = unit.division_code[:6]
    fits = ends is not None and code.endswith(ends) and (bool(ends) or not code.endswith("00"))
    if fits and names.prefix_of(code) == prefix and code not in taken:
        return code
    return f"{province}:{unit.code}"


@transaction.atomic
def take_units(province: str, units: Sequence[UnitV1], *, at: datetime) -> int:
    """Take over a province's list of `at`; what is in it no more is marked as gone. An older list changes nothing.

    Returns how many units it names. A province can only name units of its own: another's division gets an own code.
    """
    host = next((host for host in DIRECTORY.ordinary() if host.seat.name == province), None)
    if host is None:
        return 0
    rows = Entry.objects.filter(province=province)
    if rows.filter(told_at__gt=at).exists():
        return 0
    prefix, taken, entries = names.prefix_of(host.division_code), set[str](), []
    for unit in units:
        ref = ref_of(province, prefix, unit, taken)
        if ref in taken:
            continue
        taken.add(ref)
        entries.append(
            Entry(
                ref=ref,
                province=province,
                code=unit.code,
                name=unit.name,
                kind=unit.kind,
                division_code=unit.division_code,
                parent_code=unit.parent_code,
                agency_word=unit.agency_word,
                postal=unit.postal,
                told_at=at,
            )
        )
    Entry.objects.bulk_create(entries, update_conflicts=True, unique_fields=["ref"], update_fields=_CHANGED)
    rows.exclude(ref__in=taken).filter(is_removed=False).update(is_removed=True, told_at=at)
    return len(entries)
