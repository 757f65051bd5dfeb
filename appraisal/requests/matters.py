"""Requests and inspections as matters that exhibits belong to (`evidence.matters`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.requests import selectors
from appraisal.requests.models import AppraisalRequest, ItemPhoto, LinePhoto, Site
from evidence.matters import Matter
from provinces.context import required

Ids = QuerySet[Any, UUID] | Iterable[UUID]


def _shot_names(photos: Iterable[ItemPhoto]) -> dict[UUID, str]:
    """What the item's own shot list calls each photo."""
    return {
        photo.exhibit_id: next(
            (shot["name"] for shot in photo.item.shot_list if shot["code"] == photo.shot_code), photo.shot_code
        )
        for photo in photos
    }


class Requests:
    """鉴定申请."""

    kind = "request"
    label = _("鉴定申请")

    def find(self, person: User, matter_id: UUID) -> Matter | None:
        """The request, when this person may see it."""
        if required().kind != "province":
            return None
        row = selectors.requests_of(person).filter(pk=matter_id).first()
        return _request(row) if row else None

    def may_write(self, person: User, matter: Matter) -> bool:
        """Officers of the request's unit."""
        return matter.unit_id is not None and selectors.may_write(person, matter.unit_id)

    def recent(self, person: User, limit: int) -> list[Matter]:
        """The person's own requests, newest first."""
        rows = selectors.requests_of(person).filter(officer=person)
        return [_request(row) for row in rows.exclude(state=AppraisalRequest.State.CANCELLED)[:limit]]

    def ids_open_to(self, person: User) -> QuerySet[Any, UUID]:
        """Of the units this person may see."""
        return selectors.requests_of(person).order_by().values_list("pk", flat=True)

    def own_exhibit_ids(self, matter_ids: Ids) -> list[QuerySet[Any, UUID]]:
        """Photos of shots, and of the talk."""
        return [
            ItemPhoto.objects.filter(item__request_id__in=matter_ids).values_list("exhibit_id", flat=True),
            LinePhoto.objects.filter(line__request_id__in=matter_ids).values_list("exhibit_id", flat=True),
        ]

    def own_uses(self, exhibit_id: UUID) -> list[tuple[UUID, str, datetime | None]]:
        """As which shot of which request, and in which talk."""
        photos = list(ItemPhoto.objects.filter(exhibit_id=exhibit_id).select_related("item"))
        names = _shot_names(photos)
        shots = [(photo.item.request_id, names[photo.exhibit_id], photo.added_at) for photo in photos]
        lines = LinePhoto.objects.filter(exhibit_id=exhibit_id).select_related("line")
        return [*shots, *((each.line.request_id, str(_("对话")), each.line.at) for each in lines)]

    def names(self, matter_id: UUID) -> dict[UUID, str]:
        """Names of the shots."""
        return _shot_names(ItemPhoto.objects.filter(item__request_id=matter_id).select_related("item"))

    def names_of(self, exhibit_ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names of the shots."""
        return _shot_names(ItemPhoto.objects.filter(exhibit_id__in=list(exhibit_ids)).select_related("item"))


class Sites:
    """现场: one visit, with everything of its requests."""

    kind = "site"
    label = _("现场")

    def find(self, person: User, matter_id: UUID) -> Matter | None:
        """The visit, when this person may see it."""
        if required().kind != "province":
            return None
        row = selectors.find_site(person, matter_id)
        return _site(row) if row else None

    def may_write(self, person: User, matter: Matter) -> bool:
        """Officers of the visit's unit."""
        return matter.unit_id is not None and selectors.may_write(person, matter.unit_id)

    def recent(self, person: User, limit: int) -> list[Matter]:
        """The person's own visits that have several requests; a single one is reached by its request."""
        return [_site(row) for row in selectors.sites_of(person).filter(opened_by=person)[:limit] if row.count > 1]

    def ids_open_to(self, person: User) -> QuerySet[Any, UUID]:
        """Of the units this person may see."""
        return selectors.sites_of(person).order_by().values_list("pk", flat=True)

    def own_exhibit_ids(self, matter_ids: Ids) -> list[QuerySet[Any, UUID]]:
        """Those of its requests."""
        return [
            ItemPhoto.objects.filter(item__request__site_id__in=matter_ids).values_list("exhibit_id", flat=True),
            LinePhoto.objects.filter(line__request__site_id__in=matter_ids).values_list("exhibit_id", flat=True),
        ]

    def own_uses(self, exhibit_id: UUID) -> list[tuple[UUID, str, datetime | None]]:
        """None of its own: what a request uses is told by the request."""
        return []

    def names(self, matter_id: UUID) -> dict[UUID, str]:
        """Names of the shots."""
        return _shot_names(ItemPhoto.objects.filter(item__request__site_id=matter_id).select_related("item"))

    def names_of(self, exhibit_ids: Iterable[UUID]) -> dict[UUID, str]:
        """None of its own: the requests tell them."""
        return {}


def _address(name: str, pk: UUID) -> str:
    return reverse(name, args=[pk], urlconf=settings.URLCONFS["province"])


def _request(row: AppraisalRequest) -> Matter:
    return Matter(
        kind=Requests.kind,
        id=row.pk,
        number=row.number,
        title=row.brand_name,
        url=_address("requests:detail", row.pk),
        unit_id=row.unit_id,
    )


def _site(row: Site) -> Matter:
    return Matter(
        kind=Sites.kind,
        id=row.pk,
        number=f"{row.opened_at:%Y%m%d-%H%M}",
        title=row.place or str(_("现场")),
        url=_address("requests:site", row.pk),
        unit_id=row.unit_id,
    )
