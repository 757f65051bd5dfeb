"""What of requests is counted. Found by name: `billing_free.usage`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem
from audit.models import Trail
from billing_free.usage.meters import Meter, Reading, by_day, register

_SENT = {"record_label": AppraisalRequest._meta.label_lower, "verb": "send"}


def requests(since: datetime, until: datetime) -> list[Reading]:
    """Requests sent, by the trail."""
    return by_day(Trail.objects.filter(**_SENT), "at", since, until)


def items(since: datetime, until: datetime) -> list[Reading]:
    """Things that requests asked about."""
    return by_day(RequestItem.objects.all(), "request__sent_at", since, until)


def photos(since: datetime, until: datetime) -> list[Reading]:
    """Photos that went to be compared."""
    return by_day(ItemPhoto.objects.all(), "posted_at", since, until)


register(
    Meter(
        code="appraisal_requests", title=_("鉴定申请"), unit=_("件"), read=requests, hosts=("province",), order=10,
        priced=_("每件"), fen=30,
    )
)  # fmt: skip
register(
    Meter(
        code="appraisal_items", title=_("鉴定物品"), unit=_("件"), read=items, hosts=("province",), order=11,
        priced=_("每件"), fen=10,
    )
)  # fmt: skip
register(
    Meter(
        code="recognition_photos", title=_("识假比对照片"), unit=_("张"), read=photos, hosts=("province",), order=20,
        priced_per=100, priced=_("每 100 张"), fen=80,
    )
)  # fmt: skip
