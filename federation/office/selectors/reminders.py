"""催办: which letters were chased, when, how often. A reminder is a letter whose thread is the delivery it chases."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from federation.contracts.addresses import Address
from federation.contracts.office import ReminderV1
from federation.letters.models import Delivery
from federation.office.selectors import flight
from kernel import clock
from provinces.context import required


@dataclass(frozen=True)
class Chased:
    """How often a delivery was chased, and when last."""

    times: int
    last_at: datetime

    @property
    def again_on(self) -> date:
        """The first day on which it may be chased again."""
        return clock.add_working_days(self.last_at, 1).date


@dataclass(frozen=True)
class Reminded:
    """A letter to this party that was chased. is_open: it is still neither answered nor returned."""

    delivery: Delivery
    chased: Chased

    @property
    def is_open(self) -> bool:
        """Whether something is still owed."""
        return self.delivery.state in flight.OPEN


def _reminders() -> QuerySet[Delivery]:
    return Delivery.objects.filter(sender=str(Address.office()), letter__kind=ReminderV1.kind)


def of(deliveries: Iterable[Delivery]) -> dict[UUID, Chased]:
    """How often each of these was chased; those that never were are missing."""
    keys = [row.pk for row in deliveries]
    rows = _reminders().filter(thread__in=keys).order_by().values_list("thread")
    return {key: Chased(times, last) for key, times, last in rows.annotate(Count("id"), Max("letter__written_at"))}


def received(parties: Collection[Address] | None = None) -> list[Reminded]:
    """Letters to this seat (to these parties) that the office chased: those still open first, then the youngest."""
    rows = _reminders().filter(addressee_seat=required().name).exclude(state__in=Delivery.UNSETTLED)
    if parties is not None:
        rows = rows.filter(addressee__in=[str(party) for party in parties])
    times = {
        key: Chased(count, last)
        for key, count, last in rows.order_by().values_list("thread").annotate(Count("id"), Max("letter__written_at"))
    }
    chased = Delivery.objects.filter(pk__in=list(times)).select_related("letter")
    found = [Reminded(row, times[row.pk]) for row in chased]
    return sorted(found, key=lambda each: (not each.is_open, -each.chased.last_at.timestamp()))


def open_count(parties: Collection[Address] | None = None) -> int:
    """How many chased letters are still owed an answer."""
    return sum(each.is_open for each in received(parties))
