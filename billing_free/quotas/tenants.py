"""Whose share a call is taken from: the province's, or at the brands host the organisation's. The office has none."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from federation.contracts.addresses import Address
from federation.parties.houses import houses_of
from provinces.context import required

_KEPT_S, _MOST_KEPT = 60.0, 10_000
_houses: dict[UUID, tuple[float, Address | None]] = {}


def tenant_of(user: Any) -> Address | None:
    """None where nobody is limited."""
    seat = required()
    if seat.kind == "province":
        return Address.province(seat.name)
    if seat.kind != "brands" or user is None or user.pk is None:
        return None
    held = _houses.get(user.pk)
    if held is None or held[0] < time.monotonic():
        # Of several the same one every time. Whoever changes houses is counted for the old one a minute longer.
        found = min(houses_of(user), key=str, default=None)
        if len(_houses) >= _MOST_KEPT:
            _houses.clear()
        held = (time.monotonic() + _KEPT_S, Address.organisation(found) if found else None)
        _houses[user.pk] = held
    return held[1]


def all_of(tenant: Address) -> str:
    """How a limit names all tenants of that kind."""
    return f"{tenant.kind}:*"


def forget() -> None:
    """Look up anew whose people are whose."""
    _houses.clear()
