"""Read the meters of this seat and keep what they say, day by day. Done again it takes up what came late, no more."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Max

from accounts.models import User
from billing_free.usage import keys, rules
from billing_free.usage.meters import of_host
from billing_free.usage.models import Day
from gateway.problems import TooMany
from kernel import clock
from provinces.context import required

AGAIN_DAYS = 10
"""How many days back every count takes in: what came late of them is taken up."""
FIRST_DAYS = 92
EVERY_S = 30
"""A count looks at everything there is: not more often than that on demand."""
_ONE_DAY = timedelta(days=1)
_LOCK = 0x75736167


def nightly() -> int:
    """Count the last days and all since the last count. Returns how many rows changed.

    A seat that was never counted begins three months back, with the first of that month: each month that has days here
    has all that are over.
    """
    today = clock.today()
    last: date | None = Day.objects.filter(seat=required().name).aggregate(last=Max("day"))["last"]
    if last is None:
        return count((today - timedelta(days=FIRST_DAYS)).replace(day=1), today)
    # The last day may not have been over when it was counted.
    return count(min(last, today - timedelta(days=AGAIN_DAYS)), today)


def count_now(*, by: User) -> int:
    """The same, because a person who reads the figures here wants it now. Raises NotAllowed, TooMany."""
    rules.require_reader(by)
    if cache.add(f"usage:counted:{required().name}", 1, timeout=EVERY_S) is False:
        raise TooMany(wait_s=EVERY_S)
    return nightly()


def count(first: date, last: date) -> int:
    """Count the days from `first` to `last`, all meters of this seat or none. Returns how many rows changed.

    Safe to run twice, and beside another one: what is written follows from what is there, not from what was counted.
    """
    seat = required()
    keys.keep()
    since, until = _midnight(first), _midnight(last + _ONE_DAY)
    changed = 0
    with transaction.atomic():
        alone(seat.name, "days")
        for meter in of_host(seat.kind):
            read: dict[tuple[date, UUID | None], int] = {}
            for reading in meter.read(since, until):
                read[reading.day, reading.organisation_id] = reading.amount
            changed += _keep(seat.name, meter.code, first, last, read)
    return changed


def alone(whose: str, what: str) -> None:
    """One at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, f"{whose}:{what}"])


def _keep(seat: str, meter: str, first: date, last: date, read: dict[tuple[date, UUID | None], int]) -> int:
    """Make the rows of these days say what was read."""
    rows = {
        (row.day, row.organisation_id): row
        for row in Day.objects.filter(seat=seat, meter=meter, day__gte=first, day__lte=last)
    }
    now = clock.now()
    new = [
        Day(seat=seat, meter=meter, day=day, organisation_id=whose, amount=amount, counted_at=now)
        for (day, whose), amount in sorted(read.items(), key=str)
        if amount and (day, whose) not in rows
    ]
    other = [row for key, row in rows.items() if row.amount != read.get(key, 0)]
    for row in other:
        row.amount, row.counted_at = read.get((row.day, row.organisation_id), 0), now
    Day.objects.bulk_create(new)
    if other:
        Day.objects.bulk_update(other, ["amount", "counted_at"])
    return len(new) + len(other)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
