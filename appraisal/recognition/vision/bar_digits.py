"""The likeliest digits behind a blurred line of bars.

Not the edges are read: what the bars of all digits would look like under a blur is compared with what is there. A
digit reaches into its neighbours under blur, so the best row of digits is found over pairs of neighbours, among all
rows with a right check digit (EAN-13, and UPC-A as the one that begins with 0). Where the bars lie, how wide the blur
is, the light and the curve of the camera are fitted to each answer, and the digits asked for again, until they stay.

An answer counts if the second best row of digits, under the same blur, is clearly worse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appraisal.recognition.vision.bar_lines import Corners, Line

Doubles = NDArray[np.floating[Any]]
ODD = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
RIGHT = tuple(code.translate(str.maketrans("01", "10")) for code in ODD)
EVEN = tuple(code[::-1] for code in RIGHT)
FIRST = ("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO")
"""The sets in which the left six digits are written, by the first digit."""
MODULES = 95
QUIET = 5
PER = 2
"""Samples a module, from QUIET modules before the bars to as many behind."""
AT = (np.arange((MODULES + 2 * QUIET) * PER) + 0.5) / PER - QUIET
BLURS = ((0.35, 0.35), (1.0, 0.35), (1.6, 0.4), (2.1, 0.4), (2.6, 0.5))
"""Radius of the disc of a lens out of focus, and spread of all other blur, in modules: what is tried first."""
BLACK, CURVE = 0.9, 1.8
OFFSETS = np.linspace(-2, 2, 9)
"""Modules by which the ends may lie elsewhere; under much blur every other one is enough."""
MUCH = 1.5
BENDS = np.array([-4.8, 0.0, 4.8])
KEPT = 3
"""Beginnings kept for each blur."""
TRIED, FEWEST_TRIED = 5, 2
"""Beginnings fitted to the end: at most, and at least, whether the first already stands out or none is promising."""
HOPELESS = 1.12
LINES = 4
CLEAR = 1.5
"""Times that the second best row of digits must be worse."""
CLEAR_IF_HEARD = 1.15
"""The same for a number that another reader heard once."""
WORST = 4.0
"""Sum of squares over the samples, black to white being one, above which a line is no bars."""
RIVAL = 1.3
"""Times that another answer, with another fit, must be worse."""
NOISE = 3.0
"""Levels of grey by which an assumption counts against the picture."""

_STEP = 0.025
_REACH = np.arange(-280, 281) * _STEP


@dataclass(frozen=True, slots=True)
class Reading:
    """text: thirteen digits. clear: how many times worse the second best is. cost: how badly the line fits."""

    text: str
    clear: float
    cost: float
    corners: Corners


@dataclass(frozen=True, slots=True)
class _Fit:
    """place: from -1 to 1 along the line to modules. white: grey of paper. black: share of light that ink takes.

    curve: of the camera. disc, spread: the blur. ink: how much wider than drawn the bars are. All in modules.
    """

    place: Doubles
    white: Doubles
    black: float
    curve: float
    disc: float
    spread: float
    ink: float

    def packed(self) -> Doubles:
        return np.concatenate(
            [self.place, self.white, [self.black, self.curve, self.disc, self.spread, self.ink]], dtype=np.float64
        )

    @staticmethod
    def of(values: Doubles) -> _Fit:
        black, curve, disc, spread, ink = (float(value) for value in values[7:])
        return _Fit(values[:4], values[4:7], black, curve, disc, spread, ink)


_LOWEST = np.array([0.3, 0.9, 0.05, 0.12, -0.5])
_HIGHEST = np.array([1.02, 2.8, 3.1, 1.2, 0.6])
_STEPS = np.array([0.02] * 4 + [0.5] * 3 + [0.01, 0.03, 0.02, 0.02, 0.02])
_ASSUMED = np.array([0, 1, 4, 7, 8, 10, 11])
"""Which values are held near what is usual: bends of the place, bend of the light, black, curve, spread, ink."""
_USUAL = np.array([0, 0, 0, 0.88, 1.8, 0.4, 0.0])
_WITHIN = np.array([2.0, 4.0, 25.0, 0.12, 0.5, 0.2, 0.15])


def read(lines: Iterable[Line], heard: Collection[str] = ()) -> Reading | None:
    """The one answer that stands out, or None. heard: numbers another reader heard once: they need be less clear."""
    told: list[Reading] = []
    begun = [
        (cost, line, fit) for one in islice(lines, LINES) for line in (one, one.turned()) for cost, fit in _begun(line)
    ]
    begun.sort(key=lambda row: row[0])
    for tries, (_, line, fit) in enumerate(begun[:TRIED], start=1):
        settled = _settled(line, fit)
        told += [settled] if settled is not None else []
        told.sort(key=lambda one: one.cost)
        promising = any(one.clear > HOPELESS for one in told)
        if tries >= FEWEST_TRIED and (not promising or _stands_out(told[0], told, heard)):
            break
    return told[0] if told and _stands_out(told[0], told, heard) else None


def _stands_out(best: Reading, told: Collection[Reading], heard: Collection[str]) -> bool:
    least = CLEAR_IF_HEARD if best.text in heard else CLEAR
    return best.clear >= least and all(one.cost >= RIVAL * best.cost for one in told if one.text != best.text)


def pattern(text: str) -> Doubles:
    """The 95 modules of thirteen digits, 1 for black."""
    left = "".join(
        (ODD if kind == "O" else EVEN)[int(digit)] for kind, digit in zip(FIRST[int(text[0])], text[1:7], strict=True)
    )
    right = "".join(RIGHT[int(digit)] for digit in text[7:])
    return np.array([float(bit) for bit in f"101{left}01010{right}101"])


# What digits look like under a blur


@lru_cache(256)
def _edge(disc: float, spread: float) -> Doubles:
    """How black it is at each point of _REACH around the left edge of an endless black field."""
    z = np.clip(_REACH / max(disc, 0.02), -1, 1)
    sharp = 0.5 + (z * np.sqrt(1 - z * z) + np.arcsin(z)) / np.pi
    half = int(3.5 * spread / _STEP) + 1
    bell = np.exp(-0.5 * (np.arange(-half, half + 1) * _STEP / spread) ** 2)
    return np.convolve(np.concatenate([np.zeros(half), sharp, np.ones(half)]), bell / bell.sum(), "valid")


def _blackness(at: Doubles, bits: Doubles, fit: _Fit) -> Doubles:
    """How black it is at these modules from the first bar."""
    steps = np.diff(np.concatenate([[0.0], bits, [0.0]]))
    edges = np.nonzero(steps)[0]
    signs = steps[edges]
    away = at[:, None] - (edges - signs * fit.ink / 2)[None]
    return np.asarray(np.interp(away, _REACH, _edge(fit.disc, fit.spread), left=0, right=1) @ signs)


def _bits(codes: Iterable[str]) -> Doubles:
    return np.array([[float(bit) for bit in code] for code in codes])


_LEFT, _RIGHT = _bits(ODD + EVEN), _bits(RIGHT)


class _Seen:
    """What is seen from the middle of one digit to the middle of the next, for every two digits; guards included."""

    def __init__(self, disc: float, spread: float, ink: float) -> None:
        self.edge = _edge(disc, spread)
        self.ink = ink
        inner = 3.5 + (np.arange(7 * PER) + 0.5) / PER
        outer = np.arange(8 * PER + 7 * PER // 2)
        none = np.zeros(0)
        self.left = self._seen(_pairs(_LEFT, _LEFT, none), inner)
        self.right = self._seen(_pairs(_RIGHT, _RIGHT, none), inner)
        self.middle = self._seen(
            _pairs(_LEFT, _RIGHT, np.array([0.0, 1, 0, 1, 0])), 3.5 + (np.arange(12 * PER) + 0.5) / PER
        )
        guard = np.array([1.0, 0, 1])
        begins = np.concatenate([np.zeros((20, QUIET)), np.broadcast_to(guard, (20, 3)), _LEFT], axis=1)
        self.start = self._seen(begins, (outer + 0.5) / PER)
        ends = np.concatenate([_RIGHT, np.broadcast_to(guard, (10, 3)), np.zeros((10, QUIET))], axis=1)
        self.end = self._seen(ends, 3.5 + (outer + 0.5) / PER)

    def _seen(self, codes: Doubles, at: Doubles) -> Doubles:
        """Sums over modules, and for ink that ran a little over each edge inside."""
        away = at[:, None] - np.arange(codes.shape[-1] + 1)[None]
        upto = np.interp(away, _REACH, self.edge, left=0, right=1)
        thin = np.interp(away, _REACH, np.gradient(self.edge, _STEP), left=0, right=0)
        inner_edges = np.abs(np.diff(codes, axis=-1))
        told = codes @ (upto[:, :-1] - upto[:, 1:]).T + self.ink / 2 * inner_edges @ thin[:, 1:-1].T
        return np.asarray(told, np.float32)


def _pairs(one: Doubles, other: Doubles, between: Doubles) -> Doubles:
    shape = (len(one), len(other))
    return np.concatenate(
        [
            np.broadcast_to(one[:, None], (*shape, 7)),
            np.broadcast_to(between, (*shape, len(between))),
            np.broadcast_to(other[None], (*shape, 7)),
        ],
        axis=-1,
    )


@lru_cache(64)
def _seen(disc: float, spread: float, ink: float) -> _Seen:
    return _Seen(disc, spread, ink)


# Which digits fit best


def _costs(lines: Doubles, seen: _Seen) -> tuple[Doubles, Doubles, Doubles, Doubles, Doubles]:
    """Squares by which each two neighbours miss what is there. lines: n x samples of blackness at AT."""

    def missed(there: Doubles, wanted: Doubles) -> Doubles:
        flat, seen_there = wanted.reshape(-1, wanted.shape[-1]), there.reshape(-1, there.shape[-1])
        squares = seen_there @ (-2 * flat.T)
        squares += (seen_there**2).sum(axis=-1)[:, None]
        squares += (flat**2).sum(axis=-1)
        return squares.reshape(*there.shape[:-1], *wanted.shape[:-1])

    def upto(module: float) -> int:
        return round((module + QUIET) * PER)

    count = len(lines)
    return (
        missed(lines[:, : upto(6.5)], seen.start),
        missed(lines[:, upto(6.5) : upto(41.5)].reshape(count, 5, 7 * PER), seen.left),
        missed(lines[:, upto(41.5) : upto(53.5)], seen.middle),
        missed(lines[:, upto(53.5) : upto(88.5)].reshape(count, 5, 7 * PER), seen.right),
        missed(lines[:, upto(88.5) :], seen.end),
    )


def _least(lines: Doubles, seen: _Seen) -> Doubles:
    """For each line, the cost of the best digits, the check digit and the first digit left aside."""
    start, left, middle, right, end = _costs(lines, seen)
    best = start
    for step in chain((left[:, k] for k in range(5)), (middle,), (right[:, k] for k in range(5))):
        best = (best[:, :, None] + step).min(axis=1)
    return np.asarray((best + end).min(axis=1))


_DIGITS = np.arange(10)
_SETS = np.array([[0 if kind == "O" else 10 for kind in sets] for sets in FIRST])[:, :, None] + _DIGITS
_WEIGHTS = (3, 1) * 6
_BEFORE = {w: np.broadcast_to((_DIGITS[None] - w * _DIGITS[:, None]) % 10, (10, 10, 10)) for w in (1, 3)}
_AFTER = {w: np.broadcast_to((_DIGITS[None] + w * _DIGITS[:, None]) % 10, (10, 10, 10)) for w in (1, 3)}


def likeliest(line: Doubles, seen: _Seen) -> tuple[str, float, float]:
    """The best thirteen digits with a right check digit, their cost, and that of the second best.

    Forwards and backwards over first digit x digit x check sum so far: what meets is the cost of the best row of digits
    through each digit at each place.
    """
    start, left, middle, right, end = (cost[0] for cost in _costs(np.asarray(line[None], np.float32), seen))
    steps = [left[k][_SETS[:, k][:, :, None], _SETS[:, k + 1][:, None, :]] for k in range(5)]
    steps += [middle[_SETS[:, 5]], *(np.broadcast_to(right[k], (10, 10, 10)) for k in range(5))]
    begun = np.full((10, 10, 10), np.inf)
    first, digit = np.meshgrid(_DIGITS, _DIGITS, indexing="ij")
    begun[first, digit, (first + 3 * digit) % 10] = start[_SETS[:, 0]]
    forwards = [begun]
    for step, weight in zip(steps, _WEIGHTS[1:], strict=True):
        reached = (forwards[-1][:, :, None, :] + step[:, :, :, None]).min(axis=1)
        forwards.append(np.take_along_axis(reached, _BEFORE[weight], 2))
    ended = np.full((10, 10, 10), np.inf)
    ended[:, :, 0] = end
    backwards = [ended]
    for step, weight in zip(reversed(steps), reversed(_WEIGHTS[1:]), strict=True):
        ahead = np.take_along_axis(backwards[-1], _AFTER[weight], 2)
        backwards.append((step[:, :, :, None] + ahead[:, None]).min(axis=2))
    through = np.array([(a + b).min(axis=2) for a, b in zip(forwards, reversed(backwards), strict=True)])
    by_first = through.min(axis=(0, 2))
    leading = int(by_first.argmin())
    own = through[:, leading]
    second = min(float(np.sort(own, axis=1)[:, 1].min()), float(np.delete(by_first, leading).min()))
    return str(leading) + "".join(map(str, own.argmin(axis=1))), float(by_first[leading]), second


# Where the bars lie, and how they are blurred


def _begun(line: Line) -> list[tuple[float, _Fit]]:
    """Places and blurs from which a fit may begin, with their cost."""
    count, module = len(line.grey), (line.end - line.start) / (MODULES + 2)
    along = AT / MODULES
    white = line.white[0] + (line.white[1] - line.white[0]) * np.clip(along, 0, 1)
    found: list[tuple[float, float, float, Doubles]] = []
    for disc, spread in BLURS:
        inward, offsets = 0.8 * disc, OFFSETS[:: 2 if disc > MUCH else 1]
        starts, ends, bends = (
            grid.ravel()[:, None]
            for grid in np.meshgrid(
                line.start + (offsets + inward) * module,
                line.end + (offsets - inward) * module,
                BENDS * module,
                indexing="ij",
            )
        )
        samples = starts + (ends - starts) * along + bends * along * (1 - along)
        grey = np.interp(np.clip(samples, 0, count - 1), np.arange(count), line.grey)
        taken = 1 - np.clip(grey / white, 0.01, 1.2) ** CURVE
        costs = _least(np.asarray(taken / BLACK, np.float32), _seen(disc, spread, 0.0))
        found += [(float(costs[i]), disc, spread, samples[i]) for i in np.argsort(costs)[:KEPT]]
    found.sort(key=lambda row: row[0])
    x = _along(count)
    light: Doubles = np.concatenate([[0.0], np.polyfit(x[[line.start, line.end]], line.white, 1)])
    kept: list[tuple[float, _Fit]] = []
    for cost, disc, spread, there in found:
        inside = (there > 0) & (there < count - 1)
        if inside.sum() < 0.9 * len(AT) or sum(fit.disc == disc for _, fit in kept) >= 2:
            continue
        place = np.polyfit((there[inside] - count / 2) / (count / 2), AT[inside], 3)
        kept.append((cost, _Fit(place, light, BLACK, CURVE, disc, spread, 0.0)))
        if len(kept) == TRIED:
            break
    return kept


def _settled(line: Line, fit: _Fit) -> Reading | None:
    """Digits and fit in turn, until the digits stay."""
    text, worth = "", np.inf
    for _ in range(6):
        taken = _taken(line.grey, fit)
        if taken is None:
            return None
        said, cost, second = likeliest(taken, _seen(round(fit.disc, 2), round(fit.spread, 2), round(fit.ink, 2)))
        if said == text:
            if cost > WORST:
                return None
            ends = np.interp((0.0, MODULES), np.polyval(fit.place, _along(len(line.grey))), np.arange(len(line.grey)))
            return Reading(text, second / max(cost, 1e-6), worth, line.corners(float(ends[0]), float(ends[1])))
        text = said
        fit, worth = _refined(line.grey, fit, pattern(text))
        if not np.isfinite(worth):
            return None
    return None


def _along(count: int) -> Doubles:
    return (np.arange(count) - count / 2) / (count / 2)


def _taken(grey: Doubles, fit: _Fit) -> Doubles | None:
    """The share of light taken at AT, from none on paper to one on ink; None if the fit runs off the line."""
    count = len(grey)
    place = np.polyval(fit.place, _along(count))
    if np.any(np.diff(place) <= 0) or place[0] > 0 or place[-1] < MODULES:
        return None
    at = np.interp(AT, place, np.arange(count))
    share = np.interp(at, np.arange(count), grey) / np.polyval(fit.white, (at - count / 2) / (count / 2))
    return np.asarray((1 - np.clip(share, 0.01, 1.3) ** fit.curve) / fit.black)


def _refined(grey: Doubles, fit: _Fit, bits: Doubles, rounds: int = 8) -> tuple[_Fit, float]:
    """Place, light and blur that fit these digits best (Levenberg and Marquardt), and the cost of that."""
    x = _along(len(grey))

    def used(values: Doubles) -> NDArray[np.bool_]:
        at = np.polyval(values[:4], x)
        return (at > -QUIET) & (at < MODULES + QUIET)

    def missed(values: Doubles, of: NDArray[np.bool_]) -> Doubles:
        told = _Fit.of(values)
        shade = _blackness(np.polyval(told.place, x[of]), bits, told)
        seen = np.polyval(told.white, x[of]) * np.clip(1 - told.black * shade, 0.002, None) ** (1 / told.curve)
        return np.concatenate([seen - grey[of], (values[_ASSUMED] - _USUAL) / _WITHIN * NOISE])

    values = fit.packed()
    of = used(values)
    if of.sum() < 60:
        return fit, np.inf
    errors, damping = missed(values, of), 1e-2
    cost = float((errors**2).sum() / of.sum())
    for _ in range(rounds):
        slopes = np.empty((len(errors), len(values)))
        for number, step in enumerate(_STEPS):
            moved = values.copy()
            moved[number] += step
            slopes[:, number] = (missed(moved, of) - errors) / step
        scale = np.sqrt((slopes**2).sum(axis=0)) + 1e-9
        slopes /= scale
        square, pull = slopes.T @ slopes, slopes.T @ errors
        before = cost
        for _ in range(5):
            new = values - np.linalg.solve(square + damping * np.eye(len(values)), pull) / scale
            new[:4] = values[:4] + np.clip(new[:4] - values[:4], -1, 1)
            new[7:] = np.clip(new[7:], _LOWEST, _HIGHEST)
            new_of = used(new)
            new_errors = missed(new, new_of)
            new_cost = float((new_errors**2).sum() / max(1, new_of.sum()))
            if new_of.sum() > 60 and new_cost < cost:
                values, of, errors, cost, damping = new, new_of, new_errors, new_cost, max(damping / 5, 1e-7)
                break
            damping *= 6
        if before - cost < 1e-3 * before:
            break
    told = _Fit.of(values)
    return told, cost / max(1.0, float(np.polyval(told.white, 0.0))) ** 2 * 1e4
