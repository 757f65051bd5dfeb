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
LONG = 348
"""Pixels are compared on pictures this long; the distances below are pixels of such a picture."""
TILES = 16
PATCH, STRIDE, SHIFT = 22, 11, 5
"""Patches are compared where they fit best within a few pixels: goods are not flat, and no plane lies on them

everywhere.
"""
CATCH = 5.0
LEAST_LIKENESS = 0.6
REFINED = 800
MOST_BARRED = 0.3
"""Share of matched points among parallel bars from which those no longer count: packages have a fifth at most."""
FIELD, BESIDE = 15, 33
"""Least size of a field of bars, and how wide it is taken."""
MOST_BESIDE = 0.62
"""Share of matched points in and beside fields of bars from which those no longer count: packages have less."""
LEAST_SPREAD = 4.0
LEAST_PATCH_SPREAD = 6.0
FEWEST_PATCHES = 4
"""Grey levels over which a tile must spread to be compared: an even patch agrees with any other."""
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
class Rough:
    """pairs: rows of the query's and of the library's points that lie under the matrix."""

    pairs: Pairs
    matrix: NDArray[np.float64]
    distinct: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the pixels of two pictures agree inside the matched area.

    ncc, worst, colour: under the plane as it is: all of it, its 20th percentile tile, mean distance of colour.
    worst_patch, worst_colour: with each patch where it fits best: the 20th percentile of the patches, and the 90th of
    their distance in hue after the light has been evened out. patches: how many.
    """

    ncc: float = 0.0
    worst: float = 0.0
    colour: float = 0.0
    worst_patch: float = 0.0
    worst_colour: float = 0.0
    patches: int = 0
    tiles: tuple[tuple[float, ...], ...] = ()


def compare(
    query: Features,
    query_image: Image | None,
    library: Features,
    library_image: Image | None,
    *,
    group: str = "",
    rough: Rough | None = None,
) -> Match:
    """Compare a query with a photo of the library. Pictures left out: the thumbnails kept in the features stand in.

    rough: what `roughly` found, if the caller has it. `photo_id` and `entry_id` of the match are None: the caller fills
    them in (dataclasses.replace).
    """
    rough = rough or roughly(query, library)
    if rough is None:
        return NOTHING
    matrix, here, there = refined(query, library, rough)
    telling = tells(library.thumbnail if library_image is None else library_image, library.size, there)
    inliers = min(
        _distinct(here[telling] * (SCALE / max(query.size))), _distinct(there[telling] * (SCALE / max(library.size)))
    )
    agreed = agreement(
        query.thumbnail if query_image is None else query_image,
        query.size,
        library.thumbnail if library_image is None else library_image,
        library.size,
        matrix,
        there,
    )
    share = np.sqrt(_area(here) / (query.size[0] * query.size[1]) * _area(there) / (library.size[0] * library.size[1]))
    score = scoring.score(inliers, agreed, float(share))
    return Match(
        photo_id=None,
        entry_id=None,
        score=score,
        inliers=inliers,
        homography=rows(matrix),
        hull_query=_hull(here),
        hull_library=_hull(there),
        ncc=agreed.ncc,
        worst_ncc=agreed.worst_patch,
        tiles=agreed.tiles,
        colour_difference=agreed.worst_colour,
        band=bands.band(score, group).name,
    )


def tells(image: Image, size: tuple[int, int], points: Floats) -> NDArray[np.bool_]:
    """Which points tell one print from another.

    Among parallel bars one bar looks like the next: on barcodes, grilles, ribs. Where many points lie among bars, those
    do not count; where most of them lie in or near fields of bars, as on the close-up of a barcode with its digits
    beneath, neither do those at the ends of the bars and beside them.
    """
    flat, shrink = _small(image, size)
    spread = cv2.cornerEigenValsAndVecs(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), 15, 3)[:, :, :2]
    most = spread.max(axis=2)
    bars = spread.min(axis=2) < 0.08 * most
    clear = (bars & (most > np.percentile(most, 60))).astype(np.uint8)
    field = cv2.morphologyEx(clear, cv2.MORPH_OPEN, np.ones((FIELD, FIELD), np.uint8))
    beside = cv2.dilate(field, np.ones((BESIDE, BESIDE), np.uint8)).astype(bool)
    at = np.clip(np.round(points * np.array(shrink)).astype(int), 0, [flat.shape[1] - 1, flat.shape[0] - 1])
    told = np.ones(len(points), bool)
    for place, share in ((bars, MOST_BARRED), (beside, MOST_BESIDE)):
        inside = place[at[:, 1], at[:, 0]]
        if inside.mean() >= share:
            told &= ~inside
    return told


def roughly(query: Features, library: Features) -> Rough | None:
    """The first, quick step of a comparison; None where nothing holds together."""
    if query.kind != library.kind or min(len(query), len(library)) < LEAST_POINTS:
        return None
    pairs = nearest(query, library)
    found = geometry(query, library, pairs)
    return None if found is None else Rough(pairs[found.mask], found.matrix, found.distinct)


def refined(query: Features, library: Features, rough: Rough) -> tuple[NDArray[np.float64], Floats, Floats]:
    """The homography made better by points that choose each other near where it says, and the points under it.

    Points of the query and of the library photo, in their pixels.
    """
    here, there = query.points[rough.pairs[:, 0]], library.points[rough.pairs[:, 1]]
    first, second = query.points[:REFINED], library.points[:REFINED]
    moved = cv2.perspectiveTransform(first[None].astype(np.float32), rough.matrix)[0]
    reach = np.float32(CATCH * max(library.size) / LONG)
    close = np.abs(moved[:, :1] - second[:, 0]) < reach
    close &= np.abs(moved[:, 1:] - second[:, 1]) < reach
    likeness = np.where(close, query.descriptors[:REFINED] @ library.descriptors[:REFINED].T, np.float32(-1))
    mate = likeness.argmax(axis=1)
    row = np.arange(len(mate))
    chosen = np.nonzero((likeness[row, mate] > LEAST_LIKENESS) & (likeness.argmax(axis=0)[mate] == row))[0]
    if len(chosen) < LEAST_POINTS:
        return rough.matrix, here, there
    near, far = query.points[chosen], library.points[mate[chosen]]
    to_query, to_library = SCALE / max(query.size), SCALE / max(library.size)
    cv2.setRNGSeed(7)
    matrix, mask = cv2.findHomography(near * to_query, far * to_library, cv2.USAC_MAGSAC, REACH, None, 2000, 0.999)
    if matrix is None or mask is None or mask.sum() < 0.8 * len(here):
        return rough.matrix, here, there
    kept = mask.ravel().astype(bool)
    if not _possible(matrix, (near * to_query)[kept]):
        return rough.matrix, here, there
    full = np.diag([1 / to_library, 1 / to_library, 1.0]) @ matrix @ np.diag([to_query, to_query, 1.0])
    return full / full[2, 2], near[kept], far[kept]


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


def _possible(matrix: NDArray[Any], points: Floats) -> bool:
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
    warped = np.asarray(cv2.warpPerspective(query, onto, (width, height), flags=cv2.INTER_AREA), np.uint8)
    covered = cv2.warpPerspective(np.full(query.shape[:2], 255, np.uint8), onto, (width, height))
    area = np.zeros((height, width), np.uint8)
    hull = cv2.convexHull((matched * np.array(shrink, np.float32)).astype(np.float32))
    cv2.fillConvexPoly(area, np.round(hull).astype(np.int32), 255)
    where = (area > 0) & (covered > 250)
    if where.sum() < 64:
        return Agreement()
    grey_q, grey_l = (
        cv2.GaussianBlur(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), (0, 0), 1.1).astype(np.float32)
        for one in (warped, flat)
    )
    values = _tiles(grey_q, grey_l, where)
    values = values[np.isfinite(values)]
    patches = _patches(warped, flat, grey_q, grey_l, where)
    likeness = np.array([patch.likeness for patch in patches if np.isfinite(patch.likeness)])
    hues = np.array([patch.hue for patch in patches])
    enough = len(patches) >= FEWEST_PATCHES
    return Agreement(
        ncc=_ncc(grey_q[where], grey_l[where]),
        worst=float(np.percentile(values, 20)) if len(values) else 0.0,
        colour=_colour(warped, flat, where),
        worst_patch=float(np.percentile(likeness, 20)) if enough and len(likeness) else 0.0,
        worst_colour=float(np.percentile(hues, 90)) if enough else 0.0,
        patches=len(patches) if enough else 0,
        tiles=_grid(patches, height, width),
    )


@dataclass(frozen=True, slots=True)
class _Patch:
    x: int
    y: int
    likeness: float
    hue: float


def _patches(one: Image, other: Image, grey_one: Floats, grey_other: Floats, where: NDArray[np.bool_]) -> list[_Patch]:
    """Each patch of the library photo where it fits the query best, and how far apart the two are in hue."""
    height, width = grey_one.shape
    hue_one, hue_other = _evened_hues(one, other, where)
    means_one, means_other = (
        cv2.boxFilter(hue, -1, (PATCH, PATCH), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
        for hue in (hue_one, hue_other)
    )
    inner = cv2.boxFilter(where.astype(np.float32), -1, (PATCH, PATCH), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    found: list[_Patch] = []
    for y in range(0, height - PATCH + 1, STRIDE):
        for x in range(0, width - PATCH + 1, STRIDE):
            if inner[y, x] < 0.8:
                continue
            patch = grey_other[y : y + PATCH, x : x + PATCH]
            likeness, at_x, at_y = float("nan"), x, y
            if patch.std() > LEAST_PATCH_SPREAD:
                top, left = max(0, y - SHIFT), max(0, x - SHIFT)
                around = grey_one[top : y + PATCH + SHIFT, left : x + PATCH + SHIFT]
                _, likeness, _, place = cv2.minMaxLoc(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED))
                at_x, at_y = left + place[0], top + place[1]
            hue = float(np.hypot(*(means_one[at_y, at_x] - means_other[y, x])))
            found.append(_Patch(x, y, float(likeness), hue))
    return found


def _evened_hues(one: Image, other: Image, where: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The a and b of Lab of both pictures; those of the first stretched and moved as the light of the second asks."""
    hues = [
        cv2.cvtColor(cv2.GaussianBlur(each, (0, 0), 2), cv2.COLOR_BGR2LAB)[:, :, 1:].astype(np.float32) - 128
        for each in (one, other)
    ]
    first, second = hues
    for channel in (0, 1):
        a, b = first[:, :, channel][where], second[:, :, channel][where]
        spread_a, spread_b = (np.percentile(each, 90) - np.percentile(each, 10) + 2 for each in (a, b))
        gain = float(np.clip(spread_b / spread_a, 0.6, 1.6))
        first[:, :, channel] = first[:, :, channel] * gain + float(np.median(b - a * gain))
    return first, second


def _grid(patches: list[_Patch], height: int, width: int) -> tuple[tuple[float, ...], ...]:
    """Agreement by tile over the library photo, colour included; NaN where nothing was compared."""
    side = max(height, width) / TILES
    count_y, count_x = max(1, round(height / side)), max(1, round(width / side))
    total, number = np.zeros((count_y, count_x)), np.zeros((count_y, count_x))
    for patch in patches:
        agreed = min(1.0 if np.isnan(patch.likeness) else patch.likeness, 1 - max(0.0, patch.hue - 5) / 10)
        row = min(count_y - 1, int((patch.y + PATCH / 2) / height * count_y))
        column = min(count_x - 1, int((patch.x + PATCH / 2) / width * count_x))
        total[row, column] += max(-1.0, agreed)
        number[row, column] += 1
    told = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    return tuple(tuple(round(float(value), 3) for value in row) for row in told)


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
        return np.asarray(np.bincount(flat, weights=values, minlength=rows * columns), np.float64)

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


def _area(points: Floats) -> float:
    return float(cv2.contourArea(cv2.convexHull(points.astype(np.float32))))


def rows(matrix: NDArray[np.float64]) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(row[0]), float(row[1]), float(row[2])) for row in matrix)
