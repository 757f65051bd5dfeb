"""The doors of what recognition said: whoever may see a request sees its hints."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors import visible_unit_ids
from appraisal.comparison import comparison as comparison_json
from appraisal.hints.models import CodeAlert, Hint, ItemShare, LookBack, Looked, Offer, ReadCode
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest, RequestItem
from evidence.models import Exhibit
from evidence.store import photo_url
from kernel.errors import NotFound404
from provinces.context import required

BANDS_SHOWN = ("strong", "likely")
"""Bands shown as hits; "possible" is folded away."""


def hints_of(request: AppraisalRequest) -> QuerySet[Hint]:
    """Hints of a request that was fetched through its door; those that fell last."""
    return (
        Hint.objects.filter(request=request)
        .select_related("item", "photo__exhibit", "picture", "decided_by")
        .order_by("flagged", "-score")
    )


def all_hints(person: User) -> QuerySet[Hint]:
    """Hints of every request this person may see, newest first."""
    rows = Hint.objects.filter(request__in=requests.requests_of(person))
    return rows.select_related("request", "item", "photo__exhibit", "picture", "decided_by").order_by("-at", "-id")


def access_hint(person: User, hint_id: UUID, *, lock: bool = False) -> Hint:
    """One hint. Raises NotFound404: whoever may not see the request is told as of none."""
    rows = Hint.objects.filter(pk=hint_id, request__in=requests.requests_of(person))
    if lock:
        found = rows.select_for_update(of=("self",)).first()
    else:
        found = rows.select_related("request", "item", "photo__exhibit", "picture", "decided_by").first()
    if found is None:
        raise NotFound404()
    return found


def looked(request: AppraisalRequest) -> dict[UUID, Looked]:
    """Where recognition stands with each item of a request, by the item's id; items nobody looked at are left out."""
    return {row.item_id: row for row in Looked.objects.filter(item__request=request)}


def read_codes(request: AppraisalRequest) -> QuerySet[ReadCode]:
    """Codes read from a request's photos or typed."""
    return ReadCode.objects.filter(item__request=request).select_related("item", "said_by")


def access_read_code(person: User, code_id: UUID, *, lock: bool = False) -> ReadCode:
    """One code. Raises NotFound404."""
    rows = ReadCode.objects.filter(pk=code_id, item__request__in=requests.requests_of(person))
    found = rows.select_for_update(of=("self",)).first() if lock else rows.select_related("item__request").first()
    if found is None:
        raise NotFound404()
    return found


def alerts_of(request: AppraisalRequest) -> QuerySet[CodeAlert]:
    """Code alerts on a request's items, latest first."""
    return CodeAlert.objects.filter(item__request=request).select_related("item")


def look_backs_of(person: User, *, state: str = "") -> QuerySet[LookBack]:
    """What looking back found on requests this person may see, latest first."""
    rows = LookBack.objects.filter(item__request__in=requests.requests_of(person)).select_related(
        "item__request", "photo__exhibit", "picture", "read_by"
    )
    return rows.filter(state=state) if state else rows


def access_look_back(person: User, look_back_id: UUID, *, lock: bool = False) -> LookBack:
    """One of `look_backs_of`. Raises NotFound404."""
    rows = look_backs_of(person).filter(pk=look_back_id)
    found = rows.select_related(None).select_for_update(of=("self",)).first() if lock else rows.first()
    if found is None:
        raise NotFound404()
    return found


def offers_of(person: User, *, state: str = "") -> QuerySet[Offer]:
    """Goods offered to libraries by the units this person sees, newest first."""
    rows = Offer.objects.filter(unit_id__in=visible_unit_ids(person))
    rows = rows.select_related("unit", "offered_by").prefetch_related("photos__exhibit")
    return rows.filter(state=state) if state else rows


def access_offer(person: User, offer_id: UUID) -> Offer:
    """One of `offers_of`. Raises NotFound404."""
    found = offers_of(person).filter(pk=offer_id).first()
    if found is None:
        raise NotFound404()
    return found


def share_of(item: RequestItem) -> str:
    """What other provinces may be shown of an item's find: "broker" until this province said otherwise."""
    row = ItemShare.objects.filter(item=item).first()
    return row.share if row else "broker"


def comparison(hint: Hint | LookBack) -> dict[str, Any]:
    """A hint or a look back for the comparison viewer on the province's host."""
    return comparison_json(
        hint.geometry,
        band=hint.band,
        score=getattr(hint, "score", 0),
        inliers=getattr(hint, "inliers", 0),
        query_url=photo_url(hint.photo.exhibit_id) if hint.photo else "",
        library_url=photo_url(hint.picture_id) if hint.picture_id else "",
        codes=getattr(hint, "codes", []),
    )


def door_to_picture(person: User, exhibit: Exhibit) -> bool:
    """A door of `evidence`: the earlier picture of a hint is seen by whoever sees the request."""
    if required().kind != "province" or not exhibit.view_only:
        return False
    seen = requests.requests_of(person)
    return (
        Hint.objects.filter(picture=exhibit, request__in=seen).exists()
        or LookBack.objects.filter(picture=exhibit, item__request__in=seen).exists()
    )


def look_backs_of_request(request: AppraisalRequest) -> QuerySet[LookBack]:
    """What looking back found on a request that was fetched through its door."""
    return LookBack.objects.filter(item__request=request).select_related("item", "photo__exhibit", "picture")


def shares_of(request: AppraisalRequest) -> dict[UUID, str]:
    """What other provinces may be shown, by item, where this province said so."""
    return dict(ItemShare.objects.filter(item__request=request).values_list("item_id", "share"))
