"""One answer to "may this person still act?", for pages, API tokens, streams and queued work."""

from __future__ import annotations

from uuid import UUID

from accounts.admission import admitted
from accounts.models import User


def in_good_standing(user_id: UUID | str | None) -> bool:
    """Whether the person exists here, is not suspended, and belongs on this host. Reads the row each time."""
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    return user is not None and admitted(user)
