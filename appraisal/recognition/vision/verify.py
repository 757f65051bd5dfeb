"""Whether two pictures show the same print: one homography, and pixels that agree under it.

Points alone are no evidence: a shop's shelf matches the same shelf, and any barcode matches any barcode. What counts
is that the pixels between the points agree too, also where they agree least, and in colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from appraisal.recognition.vision import bands, scoring
from appraisal.recognition.vision.features import Features
from appraisal.recognition.vision.kinds import Floats, Image, Match

SCALE = 640.0
"""Distances are told in pixels of a picture this long."""
REACH = 6.0
CELL = 4.0
LEAST_POINTS = 8
LONG = 384
TILES = 16
LEAST_SPREAD = 4.0
"""Grey levels a tile must spread over to be compared: an even patch agrees with any other."""
NOTHING = Match(photo_id=None, entry_id=None, score=0.0, inliers=0, homography=None)

Pairs = NDArray[np.int64]
"""n x 2: row of the query's points, row of the library's."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """matrix: from pixels of the query to pixels of the library photo. mask: which pairs lie under it."""

    matrix: NDArray[np.float64]
    mask: NDArray[np.bool_]
    distinct: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the pixels of two pictures agree inside the matched area."""

    ncc: float = 0.0
    worst: float = 0.0
    colour: float = 0.0
    area: float = 0.0
    compared: int = 0
    tiles: tuple[tuple[float, ...], ...] = ()


def compare(
    query: Features,
    query_image: Image | None,
    library: Features,
    library_image: Image | None,
    *,
    group: str = "",
    pairs: Pairs | None = None,
) -> Match:
    """Compare a query with a photo of the library. Pictures left out: the thumbnails kept in the features stand in.

    pairs: points that belong together, if the caller has them; mutual nearest descriptors otherwise. `photo_id` and
    `entry_id` of the match are None: the caller fills them in (dataclasses.replace).
    """
    if query.kind != library.kind or min(len(query), len(library)) < LEAST_POINTS:
        return NOTHING
    together = nearest(query, library) if pairs is None else pairs
    found = geometry(query, library, together)
    if found is None:
        return NOTHING
    here, there = query.points[together[found.mask, 0]], library.points[together[found.mask, 1]]
    agreed = agreement(
        query.thumbnail if query_image is None else query_image,
        query.size,
        library.thumbnail if library_image is None else library_image,
        library.size,
        found.matrix,
        there,
    )
    score = scoring.score(found.distinct, agreed.ncc, agreed.worst, agreed.colour)
    return Match(
        photo_id=None,
        entry_id=None,
        score=score,
        inliers=found.distinct,
        homography=rows(found.matrix),
        hull_query=_hull(here),
        hull_library=_hull(there),
        ncc=agreed.ncc,
        worst_ncc=agreed.worst,
        tiles=agreed.tiles,
        colour_difference=agreed.colour,
        band=bands.band(score, group).name,
    )


def nearest(query: Features, library: Features, least: float = 0.5) -> Pairs:
    """Points whose descriptors choose each other."""
    likeness = query.descriptors @ library.descriptors.T
    there, back = likeness.argmax(axis=1), likeness.argmax(axis=0)
    here = np.arange(len(there))
    keep = (back[there] == here) & (likeness[here, there] > least)
    return np.stack([here[keep], there[keep]], axis=1)


def geometry(query: Features, library: Features, pairs: Pairs) -> Geometry | None:
    """The homography under which most pairs lie; None if there is none that a camera could make."""
    if len(pairs) < LEAST_POINTS:
        return None
    to_query, to_library = SCALE / max(query.size), SCALE / max(library.size)
    here, there = query.points[pairs[:, 0]] * to_query, library.points[pairs[:, 1]] * to_library
    cv2.setRNGSeed(7)
    matrix, mask = cv2.findHomography(here, there, cv2.USAC_MAGSAC, REACH, None, 3000, 0.999)
    if matrix is None or mask is None or not np.isfinite(matrix).all():
        return None
    kept = mask.ravel().astype(bool)
    distinct = min(_distinct(here[kept]), _distinct(there[kept]))
    if distinct < LEAST_POINTS or not _possible(matrix, here[kept]):
        return None
    full = np.diag([1 / to_library, 1 / to_library, 1.0]) @ matrix @ np.diag([to_query, to_query, 1.0])
    return Geometry(full / full[2, 2], kept, distinct)


def _distinct(points: Floats) -> int:
    return len(np.unique(np.floor(points / CELL).astype(np.int64), axis=0))


def _possible(matrix: NDArray[np.float64], points: Floats) -> bool:
    """No mirror, no fold, between a tenth and ten times as large."""
    corners = cv2.convexHull(points)
    if len(corners) < 3:
        return False
    moved = cv2.perspectiveTransform(corners.astype(np.float32), matrix)
    depth = np.concatenate([corners[:, 0], np.ones((len(corners), 1))], axis=1) @ matrix[2]
    before, after = cv2.contourArea(corners, True), cv2.contourArea(moved, True)
    if before * after <= 0 or (depth.min() < 0) != (depth.max() < 0):
        return False
    return 0.01 < abs(after / before) < 100


def agreement(
    query: Image,
    query_size: tuple[int, int],
    library: Image,
    library_size: tuple[int, int],
    matrix: NDArray[np.float64],
    matched: Floats,
) -> Agreement:
    """Warp the query onto the library photo and compare inside the hull of the matched points."""
    flat, shrink = _small(library, library_size)
    height, width = flat.shape[:2]
    grow = np.diag([query_size[0] / query.shape[1], query_size[1] / query.shape[0], 1.0])
    onto = np.diag([shrink[0], shrink[1], 1.0]) @ matrix @ grow
    warped = cv2.warpPerspective(query, onto, (width, height), flags=cv2.INTER_AREA)
    covered = cv2.warpPerspective(np.full(query.shape[:2], 255, np.uint8), onto, (width, height))
    area = np.zeros((height, width), np.uint8)
    hull = cv2.convexHull((matched * np.array(shrink, np.float32)).astype(np.float32))
    cv2.fillConvexPoly(area, np.round(hull).astype(np.int32), 255)
    where = (area > 0) & (covered > 250)
    if where.sum() < 64:
        return Agreement()
    grey_q, grey_l = (cv2.GaussianBlur(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), (0, 0), 1.2) for one in (warped, flat))
    tiles = _tiles(grey_q.astype(np.float32), grey_l.astype(np.float32), where)
    values = tiles[np.isfinite(tiles)]
    return Agreement(
        ncc=_ncc(grey_q[where].astype(np.float32), grey_l[where].astype(np.float32)),
        worst=float(np.percentile(values, 20)) if len(values) else 0.0,
        colour=_colour(warped, flat, where),
        area=float(where.mean()),
        compared=len(values),
        tiles=tuple(tuple(round(float(value), 3) for value in row) for row in tiles),
    )


def _small(image: Image, size: tuple[int, int]) -> tuple[Image, tuple[float, float]]:
    factor = min(1.0, LONG / max(image.shape[:2]))
    flat = image if factor == 1.0 else cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(flat, np.uint8), (flat.shape[1] / size[0], flat.shape[0] / size[1])


def _ncc(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum() / length) if length > 1e-3 else 0.0


def _tiles(one: Floats, other: Floats, where: NDArray[np.bool_]) -> Floats:
    """Agreement by tile; NaN where less than half of it was matched or there is nothing to see."""
    height, width = one.shape
    side = max(height, width) / TILES
    rows, columns = max(1, round(height / side)), max(1, round(width / side))
    place = (np.arange(height) * rows // height)[:, None] * columns + (np.arange(width) * columns // width)[None, :]
    flat = place[where]
    a, b = one[where], other[where]

    def total(values: Any) -> NDArray[np.float64]:
        return np.bincount(flat, weights=values, minlength=rows * columns)

    count = total(np.ones(len(flat)))
    full = np.bincount(place.ravel(), minlength=rows * columns)
    enough = count > full * 0.5
    safe = np.maximum(count, 1)
    mean_a, mean_b = total(a) / safe, total(b) / safe
    var_a = np.maximum(total(a * a) / safe - mean_a**2, 0)
    var_b = np.maximum(total(b * b) / safe - mean_b**2, 0)
    both = total(a * b) / safe - mean_a * mean_b
    told = enough & (np.sqrt(var_b) > LEAST_SPREAD)
    value = np.where(told, both / np.sqrt(np.maximum(var_a, 1.0) * np.maximum(var_b, 1.0)), np.nan)
    return np.clip(value, -1, 1).astype(np.float32).reshape(rows, columns)


def _colour(one: Image, other: Image, where: NDArray[np.bool_]) -> float:
    """Mean distance in Lab after the light has been evened out (mean and spread of L, mean of a and b)."""
    labs = [cv2.cvtColor(cv2.GaussianBlur(each, (0, 0), 2), cv2.COLOR_BGR2LAB)[where] for each in (one, other)]
    a, b = (lab.astype(np.float32) for lab in labs)
    a[:, 0] = (a[:, 0] - a[:, 0].mean()) * (b[:, 0].std() / max(float(a[:, 0].std()), 1.0)) + b[:, 0].mean()
    a[:, 1:] += (b[:, 1:].mean(axis=0) - a[:, 1:].mean(axis=0)) * 0.5
    difference = (a - b) * np.array([100 / 255, 1, 1], np.float32)
    return float(np.sqrt((difference * difference).sum(axis=1)).mean())


def _hull(points: Floats) -> tuple[tuple[float, float], ...]:
    corners = cv2.convexHull(points.astype(np.float32))[:, 0]
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in corners)


def rows(matrix: NDArray[np.float64]) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(row[0]), float(row[1]), float(row[2])) for row in matrix)
