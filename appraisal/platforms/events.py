"""What a platform's own systems hear of what it asked. Each platform hears of its own asks alone.

The event names the conclusion that counts; the reasons are fetched from `links.api`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.platforms import telling
from appraisal.platforms.models import FastAsk
from federation.parties.houses import houses_of
from webhooks import events


def _said(row: FastAsk) -> dict[str, Any]:
    answer = telling.standing(row)
    links = {"api": f"/api/v1/fast-appraisals/{row.pk}/", "page": f"/platform/asks/{row.pk}/"}
    return {
        "reference": row.reference,
        "listing_id": row.listing_id,
        "answer_id": str(answer.pk) if answer else None,
        "value": answer.value if answer else None,
        "is_opinion_letter": False,
        "links": links,
    }


def _platform(row: FastAsk) -> UUID:
    found: UUID = row.platform_id
    return found


def _door(user: Any, ids: Any) -> Any:
    return FastAsk.objects.filter(pk__in=ids, platform_id__in=houses_of(user)).values_list("pk", flat=True)


events.register_life(
    "fast_appraisal",
    _("快速鉴定"),
    model="platforms.FastAsk",
    door=_door,
    payload=_said,
    house=_platform,
    hosts=("brands",),
    names={
        "sent": ("send", _("已发出")),
        "unsent": ("spoil", _("未能发出")),
        "answered": ("answer", _("已答复")),
        "changed": ("change", _("结论已更正")),
        "recalled": ("recall", _("结论已撤回")),
        "withdrawn": ("withdraw", _("已撤回申请")),
    },
)
