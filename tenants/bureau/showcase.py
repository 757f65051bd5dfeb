"""What a province of a demonstration publishes to the front door: conclusions as they arrive, and today's figures.

Only in demonstration mode, where every person, shop and brand is invented. Of a province the door reads this alone.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.db import transaction

from appraisal.requests.models import AppraisalRequest, Opinion, Verdict, VerdictChoice
from kernel import clock
from notify import live
from provinces.context import province_code
from provinces.hosts import DIRECTORY
from runtime.sample.cast import PROVINCES
from runtime.sample.catalogue import PRODUCTS

TOPIC = "door"
LAST = 3


def opinion_arrived(sender: object, *, instance: Opinion, created: bool, **more: object) -> None:
    """Signal: an opinion was kept. Its verdicts are published once the transaction holds them all."""
    if shows() and created and not instance.late:
        transaction.on_commit(lambda: publish(instance.pk))


def shows() -> bool:
    """Whether this province is told of at the door: in a demonstration, but for the sandbox."""
    return bool(settings.DEMO) and not DIRECTORY.is_sandbox(province_code())


def publish(opinion_id: Any) -> None:
    """Publish the verdicts of one opinion, and the day's figures with them."""
    for verdict in Verdict.objects.filter(opinion_id=opinion_id).select_related("opinion__request", "item"):
        _publish(verdict)
    figures()


def publish_last() -> None:
    """Publish the last conclusions and the day's figures: when a story was told, or a new day has begun."""
    if not shows():
        return
    rows = Verdict.objects.filter(opinion__late=False, withdrawal__isnull=True).select_related(
        "opinion__request", "item"
    )
    for verdict in reversed(rows.order_by("-opinion__given_at")[:LAST]):
        _publish(verdict)
    figures()


def _publish(verdict: Verdict) -> None:
    code, request = province_code(), verdict.opinion.request
    said = {
        "bureau": PROVINCES[code].short if code in PROVINCES else code,
        "product": verdict.item.product_name,
        "product_code": next(
            (each for each, row in PRODUCTS.items() if verdict.item.product_name.startswith(row.name_zh)), ""
        ),
        "value": verdict.value,
        "label": str(VerdictChoice(verdict.value).label),
        "minutes": request.wall_minutes,
        "at": verdict.opinion.given_at.isoformat(),
    }
    live.publish([TOPIC], "verdict", said, party=live.DOOR)


def figures() -> None:
    """Publish how many were asked today, and how many answers took how many minutes."""
    now = clock.now()
    start = clock.start_of_day(now)
    answers = AppraisalRequest.objects.filter(answered_at__gte=start, wall_minutes__isnull=False)
    said = {
        "province": province_code(),
        "day": clock.local_date(now).isoformat(),
        "asked": AppraisalRequest.objects.filter(sent_at__gte=start, sent_at__lte=now).count(),
        "minutes": dict(
            Counter(str(spent) for spent in answers.values_list("wall_minutes", flat=True)).most_common(120)
        ),
    }
    live.publish([TOPIC], "figures", said, party=live.DOOR)
