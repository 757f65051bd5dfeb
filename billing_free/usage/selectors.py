"""The doors: what was used, and statements of whom a person may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Max, OuterRef, QuerySet, Subquery, Sum

from accounts.models import User
from billing_free.usage import rules
from billing_free.usage.meters import METERS
from billing_free.usage.models import Day, Statement
from federation.contracts.addresses import Address
from federation.parties.models import Membership
from kernel.errors import NotFound404
from provinces.context import required
from provinces.seats import Seat


def houses() -> dict[UUID, UUID]:
    """For whom each person of the brands host is counted: the first of several organisations."""
    rows = Membership.objects.order_by("-created_at").values_list("user_id", "organisation_id")
    return {user_id: organisation_id for user_id, organisation_id in rows}


def days_of(party: Address, month: date) -> QuerySet[Day]:
    """The counted days of a party in a month."""
    return _of_month(Day.objects.filter(seat=party.seat.name, organisation_id=_organisation_id(party)), month)


def month_of(party: Address, month: date) -> dict[str, int]:
    """What a party used in a month, by meter: sums of days; of a level what stood at the end."""
    found: dict[str, int] = {}
    rows = days_of(party, month)
    for code, total in rows.order_by().values_list("meter").annotate(Sum("amount")):
        if code not in METERS or not METERS[code].level:
            found[code] = int(total)
    levels = [code for code, meter in METERS.items() if meter.level]
    for row in rows.filter(meter__in=levels).order_by("meter", "-day").distinct("meter"):
        found[row.meter] = row.amount
    return found


def latest(party: Address, meter: str) -> int:
    """What a level stands at; 0 when it was never counted."""
    rows = Day.objects.filter(seat=party.seat.name, organisation_id=_organisation_id(party), meter=meter)
    return rows.order_by("-day").values_list("amount", flat=True).first() or 0


def counted_until(party: Address) -> date | None:
    """The last day that was counted."""
    rows = Day.objects.filter(seat=party.seat.name, organisation_id=_organisation_id(party))
    last: date | None = rows.aggregate(last=Max("day"))["last"]
    return last


def parties_counted(seat: Seat, month: date) -> list[Address]:
    """Whose statement a seat issues for a month: a province its own, the brands host those that used something."""
    if seat.kind == "province":
        return [Address.province(seat.name)]
    if seat.kind != "brands":
        return []
    rows = _of_month(Day.objects.filter(seat=seat.name), month).exclude(organisation_id=None)
    found = {pk for pk in rows.values_list("organisation_id", flat=True) if pk}
    return [Address.organisation(pk) for pk in sorted(found, key=str)]


def statements_for(user: User) -> QuerySet[Statement]:
    """The last versions that a person may read, newest month first. Raises NotAllowed."""
    newest = Statement.objects.filter(seat=OuterRef("seat"), party=OuterRef("party"), month=OuterRef("month"))
    last = newest.order_by("-version").values("version")[:1]
    return versions_for(user).annotate(newest=Subquery(last)).filter(version=F("newest"))


def versions_for(user: User) -> QuerySet[Statement]:
    """All versions that a person may read. Raises NotAllowed."""
    whose = rules.require_reader(user)
    rows = Statement.objects.order_by("-month", "party", "-version")
    if whose is None:
        return rows
    return rows.filter(seat=required().name, party__in=[str(each) for each in whose])


def statement_for(user: User, statement_id: UUID | str) -> Statement:
    """One of them. Raises NotFound404, NotAllowed."""
    try:
        found = versions_for(user).filter(pk=statement_id).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound404()
    return found


def versions_of(user: User, statement: Statement) -> QuerySet[Statement]:
    """All versions of the same month of the same party."""
    return versions_for(user).filter(party=statement.party, month=statement.month, seat=statement.seat)


def by_month(rows: Iterable[Statement]) -> dict[date, list[Statement]]:
    """The same, put together by month in their order."""
    found: dict[date, list[Statement]] = {}
    for row in rows:
        found.setdefault(row.month, []).append(row)
    return found


def _of_month(rows: QuerySet[Day], month: date) -> QuerySet[Day]:
    return rows.filter(day__gte=month, day__year=month.year, day__month=month.month)


def _organisation_id(party: Address) -> UUID | None:
    return party.organisation_id if party.kind == "organisation" else None
