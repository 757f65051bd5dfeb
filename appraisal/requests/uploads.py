"""What a resumable upload to the capture page becomes: the same as a photo that was posted there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.models import User
from appraisal.requests import selectors, services
from evidence.hooks import Arrived, UploadTarget
from evidence.uploads import answer
from kernel.errors import NotAllowed


def check(person: User, args: Mapping[str, Any], query: Mapping[str, str]) -> None:
    """Raises as the page does for whoever may not add photos to this product."""
    item = selectors.access_item(person, args["item_id"])
    if not selectors.may_write(person, item.request.unit_id):
        raise NotAllowed()


def take(arrived: Arrived) -> dict[str, Any]:
    """Hang the photo on its shot."""
    exhibit, fields = arrived.exhibit, arrived.fields
    if exhibit is None:
        raise TypeError("the capture page takes photos")
    photo = services.add_photo(
        by=arrived.person,
        item_id=arrived.args["item_id"],
        exhibit=exhibit,
        shot_code=fields.get("shot_code", ""),
        source="album" if fields.get("source") == "album" else "camera",
        kept_reason=fields.get("kept_reason", "").strip()[:200],
        supplement_id=_supplement(arrived.query),
    )
    return answer(exhibit, photo_id=photo.pk)[0]


def _supplement(query: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(query.get("supplement", ""))
    except ValueError:
        return None


def near(person: User, args: Mapping[str, Any]) -> tuple[float, float] | None:
    """Where the first photo of the same visit that has a position was taken: latitude, longitude."""
    return selectors.place_of_visit(selectors.access_item(person, args["item_id"]))


PHOTOS = UploadTarget(check=check, take=take, near=near)
