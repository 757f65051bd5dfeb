"""Where bars are on a picture, and the one grey line they make: for bars too blurred to be told edge by edge.

Bars are found by the direction of their edges. Their rows are then laid over each other, each moved and stretched until
it fits, and averaged: what is left is the bars and the blur, with little noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appraisal.recognition.vision.kinds import Floats, Image

LOOKED = 640
"""Longest side at which places are looked for."""
PLACES = 3
STRETCHES = 4
SAMPLES = 420
"""Samples of a line, with a margin on either side."""
MARGIN = 0.28
MOST_ROWS = 120
LEAST_ROWS = 4
SCALES = ((1.2, 9), (2.2, 17))
DIRECTIONS = 6
FITS = 0.9
"""Correlation from which a row belongs to the bars."""
Corners = tuple[tuple[float, float], ...]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A field of parallel edges: centre, direction across the bars, width across and height along them, in pixels."""

    x: float
    y: float
    angle: float
    wide: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """Grey across the bars. start, end: the samples where the light before and after the bars ends.

    white: grey at both. back: samples and rows to pixels of the picture, `rows` of them.
    """

    grey: Doubles
    start: int
    end: int
    white: tuple[float, float]
    back: NDArray[np.float64]
    rows: int

    def turned(self) -> Line:
        """The same line read from its other end."""
        last = len(self.grey) - 1
        flipped = self.back @ np.array([[-1.0, 0, last], [0, 1, 0], [0, 0, 1]])
        return Line(self.grey[::-1].copy(), last - self.end, last - self.start, self.white[::-1], flipped, self.rows)

    def corners(self, first: float, last: float) -> Corners:
        """The four corners, in pixels of the picture, of the bars between two samples."""
        ends = ((first, 0.0), (last, 0.0), (last, self.rows - 1.0), (first, self.rows - 1.0))
        points = (self.back @ (x, y, 1.0) for x, y in ends)
        return tuple((round(float(point[0]), 1), round(float(point[1]), 1)) for point in points)


def lines(grey: Image) -> Iterator[Line]:
    """Every stretch of a picture that may be the bars of one code."""
    for place in places(grey):
        patch, back = _patch(grey, place)
        middle = len(patch) // 2
        if not _stretches(np.asarray(patch[max(0, middle - 2) : middle + 3].mean(axis=0), np.float64)):
            continue
        rows = _laid_over(patch)
        if rows is None:
            continue
        line = np.asarray(np.median(rows, axis=0), np.float64)
        for start, end, white in _stretches(line):
            yield Line(line, start, end, white, back, len(patch))


def places(grey: Image) -> list[Place]:
    """Fields of parallel edges, the largest and strongest first."""
    factor = min(1.0, LOOKED / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
    found: list[tuple[float, Place]] = []
    for sigma, window in SCALES:
        energy, coherent, angle = _edges(np.asarray(small, np.float32), sigma, window)
        clear = (coherent > 0.8) & (energy > max(15.0, 0.03 * float(np.percentile(energy, 98))))
        for number in range(DIRECTIONS):
            middle = -np.pi / 2 + (number + 0.5) * np.pi / DIRECTIONS
            off = np.abs((angle - middle + np.pi / 2) % np.pi - np.pi / 2)
            mask = (clear & (off < np.deg2rad(24))).astype(np.uint8)
            mask = np.asarray(
                cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((window // 2 | 1,) * 2, np.uint8)), np.uint8
            )
            found += _fields(mask, energy, angle, factor)
    kept: list[Place] = []
    for _, place in sorted(found, key=lambda pair: -pair[0]):
        if not any(_alike(place, other) for other in kept):
            kept.append(place)
            if len(kept) == PLACES:
                break
    return kept


def _edges(grey: Floats, sigma: float, window: int) -> tuple[Floats, Floats, Floats]:
    """Strength of the edges around each pixel, how far they agree in direction, and that direction."""
    soft = cv2.GaussianBlur(grey, (0, 0), sigma)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3) * sigma
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3) * sigma
    xx, yy, xy = (
        np.asarray(cv2.GaussianBlur(one, (0, 0), window / 2), np.float32)
        for one in (across * across, down * down, across * down)
    )
    coherent = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (xx + yy + 20)
    return xx + yy, coherent, 0.5 * np.arctan2(2 * xy, xx - yy)


def _fields(mask: Image, energy: Floats, angle: Floats, factor: float) -> Iterator[tuple[float, Place]]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    for number in range(1, count):
        left, top, wide, high, size = (int(value) for value in stats[number])
        if size < 300 or max(wide, high) < 50:
            continue
        cut = (slice(top, top + high), slice(left, left + wide))
        down, along = np.nonzero(labels[cut] == number)
        strength, turn = energy[cut][down, along], angle[cut][down, along]
        mean = 0.5 * np.arctan2(np.sum(strength * np.sin(2 * turn)), np.sum(strength * np.cos(2 * turn)))
        cosine, sine = float(np.cos(mean)), float(np.sin(mean))
        u = (along + left) * cosine + (down + top) * sine
        v = (down + top) * cosine - (along + left) * sine
        u0, u1, v0, v1 = (float(value) for value in (*np.percentile(u, (1, 99)), *np.percentile(v, (4, 96))))
        if u1 - u0 < 50 or v1 - v0 < 6:
            continue
        filled = min(1.0, size / ((u1 - u0) * (v1 - v0) + 1))
        worth = filled * (u1 - u0) * min(v1 - v0, u1 - u0) * float(np.sqrt(strength.mean()))
        middle_u, middle_v = (u0 + u1) / 2, (v0 + v1) / 2
        x, y = middle_u * cosine - middle_v * sine, middle_u * sine + middle_v * cosine
        yield worth, Place(x / factor, y / factor, float(mean), (u1 - u0) / factor, (v1 - v0) / factor)


def _alike(one: Place, other: Place) -> bool:
    near = np.hypot(one.x - other.x, one.y - other.y) <= 0.35 * max(other.wide, other.high)
    turned = abs(np.sin(one.angle - other.angle)) > 0.5
    return bool(near and not turned and abs(np.log(one.wide / other.wide)) <= 0.35)


def _patch(grey: Image, place: Place) -> tuple[Floats, NDArray[np.float64]]:
    """The place cut out with its bars upright, and the matrix back to the picture."""
    step = place.wide * (1 + 2 * MARGIN) / SAMPLES
    row_step = max(1.0, place.high / MOST_ROWS)
    rows = int(max(7, min(MOST_ROWS, place.high / row_step)))
    cosine, sine = np.cos(place.angle), np.sin(place.angle)
    back = np.array([[cosine * step, -sine * row_step, 0], [sine * step, cosine * row_step, 0], [0, 0, 1]])
    back[:2, 2] = np.array([place.x, place.y]) - back[:2, :2] @ (SAMPLES / 2, rows / 2)
    plain = cv2.GaussianBlur(grey, (0, 0), 0.4 * step) if step > 1.5 else grey
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    size = (SAMPLES, rows)
    patch = cv2.warpAffine(plain.astype(np.float32), back[:2], size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.float32), back


def _laid_over(patch: Floats) -> Doubles | None:
    """The rows that belong to the bars, each moved onto the others; None if they are too few."""
    count, width = patch.shape
    x = np.arange(width, dtype=np.float64)
    along = (x - width / 2) / (width / 2)
    soft = np.asarray(cv2.GaussianBlur(patch, (0, 0), sigmaX=2.0, sigmaY=0.01), np.float64)
    middle = count // 2
    template = soft[max(0, middle - 2) : middle + 3].mean(axis=0)
    moves, fits = np.zeros((count, 3)), np.full(count, -1.0)
    for again in (False, True):
        for order in (range(middle, count), range(middle - 1, -1, -1)):
            last, lost = moves[middle].copy(), 0
            for row in order:
                move, fits[row] = _moved(soft[row], template, moves[row] if again else last, x, along)
                if fits[row] > FITS:
                    moves[row], last, lost = move, move, 0
                else:
                    moves[row], lost = (moves[row] if again else last), lost + 1
                if lost > 12 and not again:
                    break
        good = fits > FITS
        if good.sum() < LEAST_ROWS:
            return None
        numbers = np.arange(count)
        degree = [min(most, int(good.sum()) // 4) for most in (3, 2, 2)]
        even = np.stack(
            [np.polyval(np.polyfit(numbers[good], moves[good, k], degree[k]), numbers) for k in range(3)], axis=1
        )
        good &= np.abs(even - moves).max(axis=1) < 3
        if good.sum() < LEAST_ROWS:
            return None
        moves = even
        rows = np.array(
            [
                np.interp(x + moves[row] @ (along * 0 + 1, along, along * along), x, patch[row])
                for row in np.nonzero(good)[0]
            ]
        )
        template = np.asarray(cv2.GaussianBlur(np.median(rows, axis=0)[None], (0, 0), 2.0)[0], np.float64)
    return rows


def _moved(row: Doubles, template: Doubles, move: Doubles, x: Doubles, along: Doubles) -> tuple[Doubles, float]:
    """The shift, stretch and bend under which a row fits the template best, and how well it then does."""
    inner = slice(int(len(x) * 0.15), int(len(x) * 0.85))
    wanted = template[inner]
    for _ in range(4):
        there = np.interp(x + move[0] + move[1] * along + move[2] * along * along, x, row)
        slope = np.gradient(there)
        basis = np.stack([slope, slope * along, slope * along * along, np.ones_like(x), there, along], axis=1)[inner]
        found = np.linalg.lstsq(basis, wanted, rcond=None)[0]
        change = np.clip(found[:3] / (found[4] if abs(found[4]) > 0.3 else 1.0), -2, 2)
        move = move + change
        if np.abs(change).max() < 0.02:
            break
    fitted = basis @ found
    if found[4] < 0.2 or wanted.std() == 0 or fitted.std() == 0:
        return move, 0.0
    return move, float(np.corrcoef(fitted, wanted)[0, 1])


def _stretches(line: Doubles) -> list[tuple[int, int, tuple[float, float]]]:
    """Start, end and light of what lies between two light places and may be bars; the longest first."""
    count = len(line)
    soft = np.convolve(np.pad(line, 3, mode="edge"), np.ones(7) / 7, "valid")
    found: list[tuple[int, int, tuple[float, float]]] = []
    light = _light(soft)
    for i in light:
        for j in (later for later in light if later - i >= 0.25 * count):
            level = soft[i] + (soft[j] - soft[i]) * np.arange(j - i + 1) / (j - i)
            share = soft[i : j + 1] / level
            white = share > 0.94
            start, end = int(np.argmin(white)), len(share) - 1 - int(np.argmin(white[::-1]))
            wide, inside = end - start, share[start:end]
            if share.max() > 1.06 or wide < 0.2 * count or inside.min() > 0.85:
                continue
            quiet = min(_run(soft[: i + start][::-1] > 0.93 * soft[i]), _run(soft[i + end + 1 :] > 0.93 * soft[j]))
            gaps = np.diff(np.concatenate([[-1], np.nonzero(inside <= 0.94)[0], [wide]])).max() - 1
            turns = int((np.diff(np.sign(np.diff(inside))) != 0).sum())
            if quiet >= 0.035 * wide and gaps <= 0.06 * wide and turns >= 10:
                found.append((i + start, i + end, (float(soft[i]), float(soft[j]))))
    found.sort(key=lambda one: one[0] - one[1])
    kept: list[tuple[int, int, tuple[float, float]]] = []
    for one in found:
        if all(max(abs(one[0] - other[0]), abs(one[1] - other[1])) > 0.03 * count for other in kept):
            kept.append(one)
    return kept[:STRETCHES]


def _light(soft: Doubles) -> list[int]:
    """The lightest sample of each light place."""
    tops: list[int] = []
    for at in range(2, len(soft) - 2):
        if soft[at] < soft[max(0, at - 8) : at + 9].max():
            continue
        if tops and soft[tops[-1] : at + 1].min() > 0.97 * min(soft[at], soft[tops[-1]]):
            tops[-1] = at if soft[at] > soft[tops[-1]] else tops[-1]
        else:
            tops.append(at)
    return [at for at in tops if soft[at] > 0.5 * soft.max()]


def _run(told: NDArray[np.bool_]) -> int:
    """How many of the first ones are true."""
    return len(told) if told.all() else int(np.argmin(told))
