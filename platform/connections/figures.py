"""What the traffic page shows: calls and failures by hour and by day, and the last failures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDay, TruncHour

from connections.models import Call, Connection, Hour
from kernel import clock

HOURS, DAYS = 24, 30


@dataclass(frozen=True)
class Bar:
    """One hour or day. good, bad: heights of 100 in proportion to the fullest; left: its place, for the drawing."""

    at: datetime
    calls: int
    failures: int
    good: int
    bad: int
    place: int

    @property
    def bad_top(self) -> int:
        return 100 - self.bad

    @property
    def good_top(self) -> int:
        return 100 - self.bad - self.good


@dataclass(frozen=True)
class Totals:
    """Of a span: calls, failures, and the share that failed in per cent."""

    calls: int
    failures: int

    @property
    def share(self) -> float:
        return round(100 * self.failures / self.calls, 1) if self.calls else 0.0


def by_hour(connection: Connection) -> list[Bar]:
    """The last 24 hours, this one last."""
    last = clock.now().replace(minute=0, second=0, microsecond=0)
    spans = [last - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]
    return _bars(_summed(connection, spans[0], TruncHour("hour")), spans)


def by_day(connection: Connection) -> list[Bar]:
    """The last 30 days of Shanghai, today last."""
    today = clock.now().astimezone(clock.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    spans = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return _bars(_summed(connection, spans[0], TruncDay("hour", tzinfo=clock.SHANGHAI)), spans)


def totals(bars: Iterable[Bar]) -> Totals:
    """Of all bars together."""
    kept = list(bars)
    return Totals(sum(bar.calls for bar in kept), sum(bar.failures for bar in kept))


def calls_of(
    connection: Connection, *, direction: str = "", failed: bool | None = None, code: str = ""
) -> QuerySet[Call]:
    """Lines of the log, newest first."""
    found = Call.objects.filter(connection_id=connection.pk)
    if direction:
        found = found.filter(direction=direction)
    if failed is not None:
        found = found.filter(ok=not failed)
    return found.filter(code=code) if code else found


def reasons(connection: Connection) -> list[tuple[str, int]]:
    """Codes of the failures of the last seven days with how often, commonest first."""
    since = clock.now() - timedelta(days=7)
    codes: dict[str, int] = {}
    for code in calls_of(connection, failed=True).filter(at__gt=since).values_list("code", flat=True)[:2000]:
        codes[code] = codes.get(code, 0) + 1
    return sorted(codes.items(), key=lambda item: (-item[1], item[0]))[:12]


def _summed(connection: Connection, since: datetime, span: Any) -> dict[datetime, tuple[int, int]]:
    rows = (
        Hour.objects.filter(connection_id=connection.pk, hour__gte=since)
        .annotate(span=span)
        .values("span")
        .annotate(all_calls=Sum("calls"), all_failures=Sum("failures"))
    )
    return {row["span"]: (row["all_calls"], row["all_failures"]) for row in rows}


def _bars(summed: dict[datetime, tuple[int, int]], spans: list[datetime]) -> list[Bar]:
    fullest = max((calls for calls, _failures in summed.values()), default=0) or 1
    bars = []
    for place, at in enumerate(spans):
        calls, failures = summed.get(at, (0, 0))
        bad = round(96 * failures / fullest)
        bad = max(bad, 3) if failures else 0
        good = round(96 * (calls - failures) / fullest)
        bars.append(Bar(at, calls, failures, max(good, 2) if calls > failures else 0, bad, place * 10))
    return bars
