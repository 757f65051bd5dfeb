"""Queries of the doors that are asked at every call, each worked out once. Only `selectors` asks them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from appraisal.requests.models import (
    AbsentShot,
    Appointment,
    AppraisalRequest,
    ItemPhoto,
    Line,
    LinePhoto,
    RequestItem,
    Site,
    Supplement,
    Verdict,
)
from provinces.kept import Kept, Pages

PARTS = {
    "photos": Kept(lambda items: ItemPhoto.objects.filter(item_id__in=items).select_related("exhibit")),
    "absent_shots": Kept(lambda items: AbsentShot.objects.filter(item_id__in=items)),
    "supplements": Kept(lambda items: Supplement.objects.filter(item_id__in=items)),
    "verdicts": Kept(
        lambda items: Verdict.objects.filter(item_id__in=items).select_related("opinion", "withdrawal"),
    ),
}
"""What belongs to an item, of many items at once."""
ITEMS = Kept(lambda requests: RequestItem.objects.filter(request_id__in=requests), along=PARTS)
LINES = Kept(
    lambda requests: Line.objects.filter(request_id__in=requests),
    along={"photos": Kept(lambda lines: LinePhoto.objects.filter(line_id__in=lines).select_related("exhibit"))},
)
APPOINTMENTS = Kept(lambda requests: Appointment.objects.filter(request_id__in=requests))


def _one_request(pk: UUID, units: Collection[UUID]) -> QuerySet[AppraisalRequest]:
    return AppraisalRequest.objects.filter(pk=pk, unit_id__in=units).select_related("site", "officer", "unit")


NEWEST = Pages(
    lambda units: (
        AppraisalRequest.objects.filter(unit_id__in=units)
        .select_related("officer", "unit")
        .defer("question", "search_text")
    ),
    order=["-id"],
)
"""What a list says of requests; no site, and none of the long texts."""
REQUEST = Kept(_one_request)
WITH_ITEMS = Kept(_one_request, along={"items": ITEMS, "appointments": APPOINTMENTS})
WITH_LINES = Kept(_one_request, along={"items": ITEMS, "lines": LINES, "appointments": APPOINTMENTS})
ANY_ITEM = Kept(
    lambda pk: RequestItem.objects.filter(pk=pk).select_related("request__site", "request__unit", "request__officer"),
    along=PARTS,
)


def _one_item(pk: UUID, units: Collection[UUID]) -> QuerySet[RequestItem]:
    return RequestItem.objects.filter(pk=pk, request__unit_id__in=units).select_related(
        "request__site", "request__unit", "request__officer"
    )


ITEM = Kept(_one_item)
WITH_PARTS = Kept(_one_item, along=PARTS)
SITE = Kept(lambda pk, units: Site.objects.filter(pk=pk, unit_id__in=units))
REQUESTS_OF_SITES = Kept(
    lambda sites: AppraisalRequest.objects.filter(site_id__in=sites).select_related("officer", "unit")
)
