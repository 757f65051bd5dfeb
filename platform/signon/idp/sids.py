"""From a code that a system redeems to the session here in which it was given out."""

from __future__ import annotations

from django.core.cache import cache

KEPT_S = 120


def keep(client_id: str, code: str, sid: str) -> None:
    """Remember for as long as a code is good."""
    cache.set(_key(client_id, code), sid, KEPT_S)


def sid_of_code(client_id: str, code: str) -> str:
    """The session's name; "" when nobody knows."""
    return str(cache.get(_key(client_id, code)) or "") if code else ""


def _key(client_id: str, code: str) -> str:
    return f"signon.sid:{client_id}:{code}"
