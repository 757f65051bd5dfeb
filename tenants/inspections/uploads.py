"""What a resumable upload to the page of a lot's photos becomes: the same as a photo that was posted there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from evidence.hooks import Arrived, UploadTarget
from evidence.uploads import answer
from kernel.errors import NotAllowed
from tenants.inspections import selectors, services


def check(person: User, args: Mapping[str, Any], query: Mapping[str, str]) -> None:
    """Raises as the page does for whoever may not add photos to this lot."""
    lot = selectors.access_lot(person, args["lot_id"])
    if not selectors.is_officer_of(person, lot.inspection_id):
        raise NotAllowed()


def take(arrived: Arrived) -> dict[str, Any]:
    """Hang the photo on its lot."""
    exhibit, fields = arrived.exhibit, arrived.fields
    if exhibit is None:
        raise TypeError("a lot takes photos")
    photo = services.add_photo(
        by=arrived.person,
        lot_id=arrived.args["lot_id"],
        exhibit=exhibit,
        shows=arrived.query.get("shows", "lot"),
        shot_code="" if arrived.query.get("shows") == "shelf" else fields.get("shot_code", "")[:40],
        kept_reason=fields.get("kept_reason", "").strip()[:200],
    )
    return answer(exhibit, photo_id=photo.pk)[0]


def near(person: User, args: Mapping[str, Any]) -> tuple[float, float] | None:
    """Where the inspection is, as the phone said when it was opened: latitude, longitude."""
    site = selectors.access_lot(person, args["lot_id"]).inspection.site
    if site.latitude is None or site.longitude is None:
        return None
    return float(site.latitude), float(site.longitude)


PHOTOS = UploadTarget(check=check, take=take, near=near)
