"""What of recognition is counted. Found by name: `billing_free.usage`."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from appraisal.recognition.models import PhotoLook, ProvinceDay
from billing_free.usage.meters import Meter, Reading, by_day, register
from kernel import clock
from provinces.context import required

MINUTE_MS = 60_000


def runs(since: datetime, until: datetime) -> list[Reading]:
    """Milliseconds that the worker took for photos."""
    return by_day(
        PhotoLook.objects.all(), "done_at", since, until, amount=Sum("took_ms"), organisation="organisation_id"
    )


def own_runs(since: datetime, until: datetime) -> list[Reading]:
    """The same for the photos of this province, as the brands host sums them up every night."""
    rows = ProvinceDay.objects.filter(
        province_code=required().name, day__gte=clock.local_date(since), day__lt=clock.local_date(until)
    )
    return [Reading(row.day, row.took_ms) for row in rows]


register(
    Meter(
        code="recognition_ms", title=_("识假比对时长"), unit=_("分钟"), read=runs, hosts=("brands",), order=20,
        shown_in=MINUTE_MS, priced_per=MINUTE_MS, priced=_("每分钟"), fen=6,
    )
)  # fmt: skip
# The price of a photo compared has its minutes in it: these have none of their own unless the office writes one.
register(
    Meter(
        code="recognition_own_ms", title=_("识假比对用时"), unit=_("分钟"), read=own_runs, hosts=("province",),
        order=21, shown_in=MINUTE_MS, priced_per=MINUTE_MS, priced=_("每分钟"),
    )
)  # fmt: skip
