"""Two pictures on one another, as rows keep it and as pages draw it: both sides of the border write it alike.

In rows and on pages everything is in parts of the picture (0 to 1), so that it fits a picture of any size; in letters,
where numbers must have one spelling, in ten-thousandths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from federation.contracts.recognition import GeometryV1, TileV1

FINE = 10_000


def to_letter(geometry: Mapping[str, Any], *, with_library: bool) -> GeometryV1:
    """What travels. with_library: whether the earlier picture goes along; without it nothing of it is told."""
    hull = geometry.get("hull_query", ())
    if not with_library:
        return GeometryV1(hull_query=_points(hull), turned=geometry.get("turned", 0))
    rows = geometry.get("homography") or ()
    return GeometryV1(
        homography=tuple(f"{number:.9g}" for row in rows for number in row),
        hull_query=_points(hull),
        hull_library=_points(geometry.get("hull_library", ())),
        tiles=tuple(_tile(*tile) for tile in geometry.get("tiles", ())),
        turned=geometry.get("turned", 0),
    )


def from_letter(geometry: GeometryV1) -> dict[str, Any]:
    """The same as a row keeps it."""
    numbers = [float(number) for number in geometry.homography]
    return {
        "homography": [numbers[row : row + 3] for row in (0, 3, 6)] if len(numbers) == 9 else None,
        "hull_query": [[x / FINE, y / FINE] for x, y in geometry.hull_query],
        "hull_library": [[x / FINE, y / FINE] for x, y in geometry.hull_library],
        "tiles": [[t.x / FINE, t.y / FINE, t.w / FINE, t.h / FINE, t.agreement / 100] for t in geometry.tiles],
        "turned": geometry.turned,
    }


def comparison(
    geometry: Mapping[str, Any],
    *,
    band: str,
    score: float,
    inliers: int,
    query_url: str,
    library_url: str,
    codes: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What the comparison viewer takes. library_url: "" where the earlier picture may not be shown."""
    return {
        "band": band,
        "score": round(score, 1),
        "inliers": inliers,
        "homography": geometry.get("homography"),
        "hulls": {"query": geometry.get("hull_query", []), "library": geometry.get("hull_library", [])},
        "tiles": geometry.get("tiles", []),
        "turned": geometry.get("turned", 0),
        "photos": {"query": query_url, "library": library_url},
        "codes": [
            {**code, "same": {"same": True, "near": None, "unknown": None}.get(code["result"], False)} for code in codes
        ],
    }


def _points(points: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    # A matched area may reach over the edge of the picture; what is drawn does not.
    return tuple((_fine(x), _fine(y)) for x, y in list(points)[:200])


def _fine(part: float) -> int:
    return min(FINE, max(0, round(part * FINE)))


def _tile(x: float, y: float, w: float, h: float, agreement: float) -> TileV1:
    return TileV1(x=_fine(x), y=_fine(y), w=max(1, _fine(w)), h=max(1, _fine(h)), agreement=round(agreement * 100))
