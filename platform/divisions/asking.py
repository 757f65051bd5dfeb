"""Who asks is a hint to where a place may be: the bureau's own province, the unit of the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from divisions.resolving import Hints


def hints_of(request: HttpRequest | Any, gps: tuple[float, float] | None = None) -> Hints:
    """The hints that a request brings with it: host and unit. gps: latitude and longitude, WGS-84."""
    host = getattr(request, "host", None) or getattr(getattr(request, "_request", None), "host", None)
    unit = getattr(request.user, "unit", None)
    return Hints(
        province=getattr(host, "division_code", ""), sender_division=getattr(unit, "division_code", "") or "", gps=gps
    )
