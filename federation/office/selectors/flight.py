"""Letters that matter as letters: numbered (函), or with a term to answer in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from federation.letters.models import Delivery
from kernel import clock
from kernel.errors import NotFound404

State = Delivery.State
OPEN: tuple[str, ...] = (State.WAITING, State.DEAD, State.DELIVERED, State.OPENED, State.ACCEPTED)
"""States in which somebody still has to do something about a letter with a term."""
SOON = timedelta(days=3)
NOT_OFFICIAL = ("office.", "letters.", "log.")
"""Kinds that are about letters, or between machines."""


@dataclass(frozen=True)
class Filter:
    """What is asked for. sender, addressee, party: as letters write them. number: part of it.

    age: "", "overdue", "soon".
    """

    sender: str = ""
    addressee: str = ""
    party: str = ""
    kind: str = ""
    state: str = ""
    age: str = ""
    number: str = ""


def official() -> QuerySet[Delivery]:
    """Every delivery of a numbered letter or one with a term, with its letter."""
    rows = Delivery.objects.filter(Q(due_at__isnull=False) | ~Q(letter__document_no="")).select_related("letter")
    for prefix in NOT_OFFICIAL:
        rows = rows.exclude(letter__kind__startswith=prefix)
    return rows


def overdue(moment: datetime | None = None) -> QuerySet[Delivery]:
    """Official letters whose term is over and that are neither answered nor returned, the longest overdue first."""
    return official().filter(state__in=OPEN, due_at__lt=moment or clock.now()).order_by("due_at", "id")


def found(wanted: Filter) -> QuerySet[Delivery]:
    """Official letters by filter: those that are open unless a state is asked for; the earliest term first."""
    rows = official()
    if wanted.state in State.values:
        rows = rows.filter(state=wanted.state)
    elif wanted.state != "all":
        rows = rows.filter(state__in=OPEN)
    if wanted.sender:
        rows = rows.filter(sender=wanted.sender)
    if wanted.addressee:
        rows = rows.filter(addressee=wanted.addressee)
    if wanted.party:
        rows = rows.filter(Q(sender=wanted.party) | Q(addressee=wanted.party))
    if wanted.kind:
        rows = rows.filter(letter__kind=wanted.kind)
    if wanted.number:
        rows = rows.filter(letter__document_no__icontains=wanted.number.strip())
    moment = clock.now()
    if wanted.age == "overdue":
        rows = rows.filter(state__in=OPEN, due_at__lt=moment)
    elif wanted.age == "soon":
        rows = rows.filter(state__in=OPEN, due_at__gte=moment, due_at__lt=moment + SOON)
    return rows.order_by("due_at", "id")


def access(delivery_id: UUID) -> Delivery:
    """One official letter on its way to one addressee. Raises NotFound404."""
    row = official().filter(pk=delivery_id).first()
    if row is None:
        raise NotFound404(delivery_id=delivery_id)
    return row


def overdue_count() -> int:
    """How many wait longer than they may."""
    return overdue().count()


def overdue_since() -> datetime | None:
    """When the first of them ran out."""
    return overdue().order_by().aggregate(at=Min("due_at"))["at"]


def choices() -> tuple[list[str], list[str]]:
    """Parties and kinds that occur among open official letters."""
    rows = official().filter(state__in=OPEN).order_by()
    parties = {party for pair in rows.values_list("sender", "addressee").distinct() for party in pair}
    return sorted(parties), sorted(rows.values_list("letter__kind", flat=True).distinct())
