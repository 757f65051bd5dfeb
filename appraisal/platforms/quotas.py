"""How much a platform may still ask, now. What is over is refused with the moment from which it may come again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.platforms.models import FastAsk, HolderTerms, PlatformLimit, PlatformTerms
from federation.parties.models import Organisation
from kernel import clock
from kernel.errors import NotAllowed, Problem

HOUR = timedelta(hours=1)
SOONEST = timedelta(minutes=10)


class QuotaSpent(Problem):
    """Over the quota. Data: limit, retry_at. The code says which: `quota_hour`, `_day`, `_open`, `_holder`."""

    code = "quota_spent"
    status = 429
    title = _("超出配额")
    sentence = _("这个时段的配额已用完。请在 {retry_at} 之后再提交。")


class PlatformClosed(NotAllowed):
    """The office lets this platform ask nothing at present."""

    code = "platform_closed"
    sentence = _("省际协作办公室目前没有开放贵平台的快速鉴定。请先与办公室联系。")


@dataclass(frozen=True)
class Offer:
    """What one right holder offers one platform: its terms, with what it said of this platform."""

    accepts: bool
    promise_minutes: int
    per_day: int
    hours: str
    every_day: bool


def offer(terms: HolderTerms | None, special: PlatformTerms | None) -> Offer:
    """Of a right holder that has said nothing: it accepts none."""
    terms = terms or HolderTerms()
    accepts, minutes, per_day = terms.accepts, terms.promise_minutes, terms.per_day
    if special is not None:
        accepts = accepts and special.accepts
        minutes = minutes if special.promise_minutes is None else special.promise_minutes
        per_day = per_day if special.per_day is None else special.per_day
    return Offer(accepts, minutes, per_day, terms.hours, terms.every_day)


def limit_of(platform_id: UUID) -> PlatformLimit:
    """The office's numbers for a platform; the usual ones where it set none."""
    return PlatformLimit.objects.filter(pk=platform_id).first() or PlatformLimit(platform_id=platform_id)


class Room:
    """What is left of all quotas of one platform. Reckoned once; `take` counts on.

    Of two calls at the same time the second waits: `services.asking` holds the platform's lock.
    """

    def __init__(self, platform: Organisation, now: datetime | None = None) -> None:
        self.now = now or clock.now()
        self.limit = limit_of(platform.pk)
        self._day = clock.start_of_day(self.now)
        self._hour = self.now.replace(minute=0, second=0, microsecond=0)
        rows = FastAsk.objects.filter(platform=platform)
        today = rows.filter(asked_at__gte=self._day).values_list("holder_id", "asked_at")
        self._by_holder: Counter[UUID] = Counter()
        self.in_hour = 0
        for holder_id, asked_at in today:
            self._by_holder[holder_id] += 1
            self.in_hour += asked_at >= self._hour
        self.in_day = self._by_holder.total()
        due = list(rows.filter(state__in=FastAsk.OPEN).values_list("due_at", flat=True))
        self.open_now, self._next_due = len(due), min(due, default=self.now)

    @property
    def next_hour(self) -> datetime:
        return self._hour + HOUR

    @property
    def next_day(self) -> datetime:
        return self._day + timedelta(days=1)

    @property
    def left_in_hour(self) -> int:
        return max(0, self.limit.per_hour - self.in_hour)

    @property
    def left_in_day(self) -> int:
        return max(0, self.limit.per_day - self.in_day)

    @property
    def left_open(self) -> int:
        return max(0, self.limit.open_at_once - self.open_now)

    def left_at(self, holder_id: UUID, terms: Offer) -> int:
        """How many more this right holder takes today."""
        return max(0, terms.per_day - self._by_holder[holder_id]) if terms.accepts else 0

    def take(self, holder: Organisation, terms: Offer) -> None:
        """Count one more ask. Raises PlatformClosed, QuotaSpent, counting nothing."""
        if not self.limit.is_open:
            raise PlatformClosed()
        if not self.left_in_day:
            raise self._spent(
                "quota_day", _("今天的配额（{limit} 件）已用完。请在 {retry_at} 之后再提交。"),
                self.limit.per_day, self.next_day,
            )  # fmt: skip
        if not self.left_in_hour:
            raise self._spent(
                "quota_hour", _("这一小时的配额（{limit} 件）已用完。请在 {retry_at} 之后再提交。"),
                self.limit.per_hour, self.next_hour,
            )  # fmt: skip
        if not self.left_open:
            raise self._spent(
                "quota_open",
                _("同时未答复的已到 {limit} 件。有答复之后即可再提交，最早大约在 {retry_at}。"),
                self.limit.open_at_once, max(self._next_due, self.now + SOONEST),
            )  # fmt: skip
        if not self.left_at(holder.pk, terms):
            raise self._spent(
                "quota_holder",
                _("“{holder}”每天接受贵平台 {limit} 件，今天已满。请在 {retry_at} 之后再提交。"),
                terms.per_day, self.next_day, holder=holder.name,
            )  # fmt: skip
        self._by_holder[holder.pk] += 1
        self.in_day += 1
        self.in_hour += 1
        self.open_now += 1

    def _spent(self, code: str, sentence: object, limit: int, retry_at: datetime, **data: object) -> QuotaSpent:
        moment = retry_at.astimezone(clock.SHANGHAI).replace(microsecond=0)
        return QuotaSpent(sentence, code=code, limit=limit, retry_at=moment.isoformat(), **data)  # type: ignore[arg-type]
