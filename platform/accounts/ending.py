"""A province is suspended: whoever is signed in is signed out. Found by name, see `operations.parts`."""

from __future__ import annotations

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession

from accounts.models import Session


def end_sessions(code: str) -> dict[str, int]:
    """End every session and every access token of this seat. Keys of people and programs stay, and open nothing now."""
    with_tokens = Token.objects.all().delete()[0]
    UserSession.objects.all().delete()
    return {"sessions": Session.objects.all().delete()[0], "tokens": with_tokens}
