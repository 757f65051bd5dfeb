"""Somebody signed out here, or is out: what rested on the session is told."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from signon import ending, selectors
from signon.models import SsoSession


def on_logged_out(sender: object, *, request: HttpRequest | None, user: User | None, **more: object) -> None:
    """The session's key is still known: Django sends this before it is thrown away."""
    key = request.session.session_key if request is not None and hasattr(request, "session") else None
    if key is None or user is None or not selectors.here():
        return
    with transaction.atomic():
        SsoSession.objects.filter(session_key=key).delete()
        ending.tell_clients([key])


def on_suspended(sender: object, *, user_id: UUID, **more: object) -> None:
    """Their sessions here have ended; systems hear of it too."""
    if selectors.here():
        with transaction.atomic():
            ending.tell_clients_of(user_id)
