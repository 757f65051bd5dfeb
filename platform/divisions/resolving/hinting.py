"""What hints say for one candidate."""

from __future__ import annotations

from divisions.resolving.answers import Hints
from divisions.resolving.gazetteer import Gazetteer, Place


def points(place: Place, gazetteer: Gazetteer, hints: Hints) -> dict[str, float]:
    """By the name of the hint. Nothing a hint says makes a place certain."""
    chain = (*place.up, place)
    found: dict[str, float] = {}
    if hints.province and chain[0].code == hints.province:
        found["province"] = 2.0
    sender = gazetteer.places.get(hints.sender_division)
    if sender is not None:
        shared = sum(1 for step in (*sender.up, sender) if step in chain)
        if shared:
            found["sender_division"] = float(shared)
    if hints.gps is not None:
        near = nearness(place, hints.gps)
        if near:
            found["gps"] = near
    return found


def nearness(place: Place, gps: tuple[float, float]) -> float:
    """4 if the capital of the place's province is the nearest of all capitals, else nothing."""
    return 4.0 if nearest_province(gps) == (place.up[0] if place.up else place).code else 0.0


_CAPITALS = {
    "110000": (39.9, 116.4), "120000": (39.1, 117.2), "130000": (38.0, 114.5), "140000": (37.9, 112.5),
    "150000": (40.8, 111.7), "210000": (41.8, 123.4), "220000": (43.9, 125.3), "230000": (45.8, 126.5),
    "310000": (31.2, 121.5), "320000": (32.1, 118.8), "330000": (30.3, 120.2), "340000": (31.8, 117.2),
    "350000": (26.1, 119.3), "360000": (28.7, 115.9), "370000": (36.7, 117.0), "410000": (34.7, 113.6),
    "420000": (30.6, 114.3), "430000": (28.2, 112.9), "440000": (23.1, 113.3), "450000": (22.8, 108.3),
    "460000": (20.0, 110.3), "500000": (29.6, 106.5), "510000": (30.7, 104.1), "520000": (26.6, 106.6),
    "530000": (25.0, 102.7), "540000": (29.7, 91.1), "610000": (34.3, 108.9), "620000": (36.1, 103.8),
    "630000": (36.6, 101.8), "640000": (38.5, 106.2), "650000": (43.8, 87.6),
}  # fmt: skip


def nearest_province(gps: tuple[float, float]) -> str:
    """The province whose capital is nearest. Coarse on purpose: it only orders what the text leaves open."""
    latitude, longitude = gps
    return min(
        _CAPITALS,
        key=lambda code: (_CAPITALS[code][0] - latitude) ** 2 + (0.82 * (_CAPITALS[code][1] - longitude)) ** 2,
    )
