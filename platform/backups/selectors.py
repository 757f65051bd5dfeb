"""The doors to backups: what a province sees of its own, and what the operator sees of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet, Subquery

from backups.models import ALL, Backup, Rehearsal, Restoration
from kernel import clock
from provinces import context
from provinces.context import required
from provinces.hosts import DIRECTORY
from provinces.models import Province

OVERDUE = timedelta(hours=26)
"""A nightly backup may start late and take its time; older than this, somebody must look."""


def _of(code: str) -> Q:
    """Of this province, alone or with all. What all had before it was opened is of none, or of a former one."""
    opened = Province.objects.filter(schema_name=code).values("created_at")
    return Q(scope=code) | Q(scope=ALL, began_at__gte=Subquery(opened))


def last_of(code: str) -> Backup | None:
    """The last finished backup that holds this province, of it alone or of all, by the moment its rows are of."""
    done = Backup.objects.filter(_of(code), state=Backup.State.DONE, taken_away_at=None)
    return done.exclude(snapshot_at=None).order_by("-snapshot_at").first()


def is_overdue(code: str, *, now: datetime | None = None) -> bool:
    """Whether the last backup of this province is older than a day and a bit, or there is none."""
    last = last_of(code)
    return last is None or last.snapshot_at is None or (now or clock.now()) - last.snapshot_at > OVERDUE


def last_failure(code: str) -> Backup | None:
    """The last try, where it failed."""
    last = Backup.objects.filter(_of(code)).exclude(state=Backup.State.RUNNING).first()
    return last if last is not None and last.state == Backup.State.FAILED else None


def last_rehearsal(code: str) -> Rehearsal | None:
    """The last rehearsal of this province's restoration that came to an end."""
    return Rehearsal.objects.filter(scope=code).exclude(state=Rehearsal.State.RUNNING).first()


def restorations(code: str) -> QuerySet[Restoration]:
    """What was restored of this province, alone or with all, newest first."""
    return Restoration.objects.filter(_of(code))


# For the page ---------------------------------------------------------------------------------------------------------

SHOWN_BACKUPS, SHOWN_REHEARSALS, SHOWN_RESTORATIONS = 30, 15, 10


@dataclass(frozen=True)
class Kept:
    """How one province is kept. late: its last backup is older than a day and a bit, or there is none."""

    title: str
    snapshot_at: datetime | None
    late: bool
    rehearsal: Rehearsal | None


def _mine() -> Q:
    """Of this seat: its own and those of all; at the office every one."""
    held = required()
    return Q() if held.kind == "office" else _of(held.name)


def shown_backups() -> list[Backup]:
    """Those that are there or failed lately, newest first."""
    rows = Backup.objects.filter(_mine(), taken_away_at=None)
    return list(rows[:SHOWN_BACKUPS])


def shown_rehearsals() -> list[Rehearsal]:
    """Newest first."""
    return list(Rehearsal.objects.filter(_mine())[:SHOWN_REHEARSALS])


def shown_restorations() -> list[Restoration]:
    """Newest first; of a whole restoration the row of all, and at a province its own part of it instead."""
    rows = Restoration.objects.filter(_mine())
    parts = {str(each.report["part_of"]) for each in rows if "part_of" in each.report}
    at_office = required().kind == "office"
    shown = (
        each for each in rows if ("part_of" not in each.report if at_office else str(each.pk) not in parts)
    )  # fmt: skip
    return list(shown)[:SHOWN_RESTORATIONS]


def kept_provinces() -> list[Kept]:
    """At the office every province, at a province itself: its last backup and its last rehearsal."""
    held, now = required(), clock.now()
    titles = {
        host.seat.name: host.title
        for host in DIRECTORY.provinces()
        if held.kind == "office" or host.seat.name == held.name
    }
    done = Backup.objects.filter(_mine(), state=Backup.State.DONE, taken_away_at=None).exclude(snapshot_at=None)
    last: dict[str, Any] = dict(done.order_by("scope").values_list("scope").annotate(at=Max("snapshot_at")))
    ended = Rehearsal.objects.filter(_mine()).exclude(state=Rehearsal.State.RUNNING)
    rehearsed = {each.scope: each for each in ended.order_by("scope", "-began_at").distinct("scope")}
    opened = dict(Province.objects.values_list("schema_name", "created_at"))
    found = []
    for code, title in titles.items():
        whole = last.get(ALL)
        of_both = (last.get(code), whole if whole and whole >= opened[code] else None)
        at = max((each for each in of_both if each), default=None)
        found.append(Kept(title, at, at is None or now - at > OVERDUE, rehearsed.get(code)))
    return sorted(found, key=lambda each: (not each.late, each.title))


def next_to_rehearse() -> str:
    """Code of the province that was rehearsed the longest ago, or never; empty where no province has a backup."""
    with context.owner():
        codes = Province.objects.exclude(kind=Province.Kind.SANDBOX).values_list("schema_name", flat=True)
        backed_up = [code for code in codes if last_of(code) is not None]
        last = dict(Rehearsal.objects.order_by("began_at").values_list("scope", "began_at"))
    return min(backed_up, key=lambda code: (last[code].timestamp() if code in last else 0.0, code), default="")
