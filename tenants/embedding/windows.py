"""The second way in: where a frame's browser keeps no cookie, one tap opens the same case in a window of its own.

A ticket is made with each framed launch, works once, for two minutes, on this host only, and not at all once the
frame's cookie has come back.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

from tenants.embedding.errors import LaunchRefused

GOOD_FOR_S = 120


@dataclass(frozen=True)
class Window:
    """What a ticket opens."""

    launch_id: UUID
    user_id: UUID
    matter_id: UUID
    target: str


def _key(ticket: str) -> str:
    return f"embedding-window:{hashlib.sha256(ticket.encode()).hexdigest()}"


def issue(window: Window) -> str:
    """A ticket for it. The key carries the seat, as all keys of the cache do."""
    ticket = secrets.token_urlsafe(24)
    said = [str(window.launch_id), str(window.user_id), str(window.matter_id), window.target]
    cache.set(_key(ticket), said, timeout=GOOD_FOR_S)
    return ticket


def redeem(ticket: str) -> Window:
    """Take it, once. Raises LaunchRefused."""
    key = _key(ticket)
    said = cache.get(key)
    # `delete` is one command of Valkey: of two at the same moment one gets in.
    if said is None or not cache.delete(key):
        raise LaunchRefused("launch_other_browser")
    return Window(UUID(said[0]), UUID(said[1]), UUID(said[2]), said[3])


def is_good(ticket: str) -> bool:
    """Whether it would open something here and now. Takes nothing."""
    return cache.get(_key(ticket)) is not None


def forget(ticket: str) -> None:
    """It is not needed any more."""
    cache.delete(_key(ticket[:80]))
