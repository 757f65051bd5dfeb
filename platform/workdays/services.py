"""Loading a year, or a corrected one. What was loaded stays as it was; of two for a year the later counts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.trail import Person
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.locks import lock
from provinces.hosts import DIRECTORY
from provinces.models import DirectoryVersion
from workdays import reading, rules, selectors
from workdays.models import Arrangement
from workdays.reading import Day
from workdays.selectors import Change

LONGEST_BASIS = 200


def preview(year: int, days: Sequence[Day]) -> list[Change]:
    """What loading these days would change. Raises BadInput as `reading.check` does."""
    return list(selectors.changes(selectors.in_force(), year, _checked(year, days)))


def load(*, by: Person, year: int, days: Sequence[Day], basis: str) -> Arrangement:
    """Put a year in the table, whole. Every process reckons with it within a second; provinces go over their open terms
    when they next look (`tenants.clues`). basis: the notice it follows.

    Raises NotAllowed, BadInput, Conflict (`workdays_same`: the year is in the table already, just so).
    """
    if isinstance(by, User):
        rules.require_loader(by)
    if not basis.strip():
        raise BadInput(_("请写明依据，例如国务院办公厅通知的文号。"), code="workdays_basis_missing")
    checked = _checked(year, days)
    with transaction.atomic():
        lock("workdays")
        known = selectors.in_force()
        if year in known.years and not any(selectors.changes(known, year, checked)):
            raise Conflict(_("{year} 年的安排与现有的相同，没有要改的。"), code="workdays_same", year=year)
        row = Arrangement.objects.create(
            year=year,
            days=[{"day": each.day.isoformat(), "kind": str(each.kind), "name": each.name} for each in checked],
            basis=basis.strip()[:LONGEST_BASIS],
            loaded_by_id=by.pk,
            loaded_by_name=by.display_name,
        )
        trail.record(row, "load", by=by, data={"year": year, "days": len(checked)})
        DirectoryVersion.objects.update(version=F("version") + 1)
        transaction.on_commit(DIRECTORY.clear)
    return row


def _checked(year: int, days: Sequence[Day]) -> list[Day]:
    oldest = min(clock.packaged_calendar().years)
    return reading.check(year, days, this_year=clock.today().year, oldest=oldest)
