"""What a resumable upload to the photos of a clue becomes: the same as a photo that was posted there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from evidence.hooks import Arrived, UploadTarget
from evidence.uploads import answer
from kernel.errors import NotAllowed
from tenants.clues import selectors
from tenants.clues.services import manual


def check(person: User, args: Mapping[str, Any], query: Mapping[str, str]) -> None:
    """Raises as the page does for whoever may not add photos to this clue."""
    if not manual.may_complete(person, selectors.clue(person, args["clue_id"])):
        raise NotAllowed()


def take(arrived: Arrived) -> dict[str, Any]:
    """Put the photo with its clue."""
    if arrived.exhibit is None:
        raise TypeError("a clue takes photos")
    manual.add_photo(by=arrived.person, clue_id=arrived.args["clue_id"], exhibit=arrived.exhibit)
    return answer(arrived.exhibit)[0]


PHOTOS = UploadTarget(check=check, take=take)
