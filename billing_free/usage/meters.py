"""What is counted. Each app says in a module `metering.py` what of its own it counts: data and one function a meter.

    register(Meter(
        code="appraisal_requests", title=_("鉴定申请"), unit=_("件"), hosts=("province",), fen=30,
        read=sent_requests,
    ))

    def sent_requests(since, until):
        return by_day(AppraisalRequest.objects, "sent_at", since, until)

What of the floors below is counted stands in `billing_free.usage.metering`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from kernel import clock
from kernel.errors import Words


class Reading(NamedTuple):
    """What a meter read on one day. organisation_id: whose, at the brands host; None for the seat itself."""

    day: date
    amount: int
    organisation_id: UUID | None = None


Read = Callable[[datetime, datetime], Iterable[Reading]]
"""Everything from `since` (a midnight of China) to before `until`, each day and party at most once."""


@dataclass(frozen=True, kw_only=True)
class Meter:
    """One thing that is counted.

    code: for ever, statements keep it. unit: the word behind an amount, which is shown divided by `shown_in`. level:
    the amount stands at the end of a day and a month takes its last, instead of the sum of its days. priced_per: of how
    many of its own units a price speaks, told by `priced`; never changed once released. fen: the price until the office
    writes one. hosts: kinds of host that count it.
    """

    code: str
    title: Words
    unit: Words
    read: Read
    hosts: tuple[str, ...] = ("province", "brands")
    shown_in: int = 1
    level: bool = False
    priced_per: int = 1
    priced: Words = ""
    fen: int | None = None
    order: int = 100


METERS: dict[str, Meter] = {}


def register(meter: Meter) -> None:
    """Count one thing more. Raises ValueError for a code that another one has."""
    held = METERS.get(meter.code)
    if held is not None and held.read is not meter.read:
        raise ValueError(f"there is a meter {meter.code!r} already")
    METERS[meter.code] = meter


def of_host(kind: str) -> list[Meter]:
    """What a kind of host counts, in its order."""
    return sorted((each for each in METERS.values() if kind in each.hosts), key=lambda each: (each.order, each.code))


def by_day(
    rows: QuerySet[Any],
    moment: str,
    since: datetime,
    until: datetime,
    *,
    amount: Any = None,
    organisation: str = "",
) -> list[Reading]:
    """Rows counted by the day of China of their field `moment`; or `amount`, an aggregate, of each day.

    organisation: the field that says whose a row is; rows without one are left out.
    """
    found = rows.filter(**{f"{moment}__gte": since, f"{moment}__lt": until}).order_by()
    names = [organisation] if organisation else []
    if organisation:
        found = found.exclude(**{organisation: None})
    counted = (
        found.annotate(metered_day=TruncDate(moment, tzinfo=clock.SHANGHAI))
        .values("metered_day", *names)
        .annotate(metered=amount or Count("pk"))
    )
    return [
        Reading(row["metered_day"], int(row["metered"] or 0), row[organisation] if organisation else None)
        for row in counted
    ]
