"""The shapes that the parts of recognition hand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""Height x width x 3, blue green red, as OpenCV reads it; or height x width, grey."""
Floats: TypeAlias = NDArray[np.float32]
Polygon: TypeAlias = Sequence[tuple[float, float]]
"""Corners in pixels of the picture it was drawn on: x to the right, y down."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look. product before group before everything; both empty: everything."""

    product: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo of the library that shares enough points with the query to be looked at. votes: weighted points."""

    photo_id: UUID
    entry_id: UUID
    votes: float
    genuine: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How one photo of the library agrees with the query.

    score: what the bands are made of; 0 is nothing, 50 and more cannot be chance, no upper end.
    inliers: points that lie under one homography, at most one for each 4 pixels.
    homography: from pixels of the query to pixels of the library photo (3 x 3); None if there is none.
    hull_query, hull_library: corners of the matched area on each picture, in its pixels.
    ncc: agreement of brightness after warping, -1 to 1. worst_ncc: that of the 20th percentile of small patches, each
    where it fits best. tiles: rows x columns of agreement over the library photo, colour included, -1 to 1, NaN where
    nothing was compared. colour_difference: distance in hue of the worst tenth of the patches, the light evened out.
    turned: quarter turns, clockwise, after which the query matched.
    """

    photo_id: UUID | None
    entry_id: UUID | None
    score: float
    inliers: int
    homography: tuple[tuple[float, float, float], ...] | None
    hull_query: tuple[tuple[float, float], ...] = ()
    hull_library: tuple[tuple[float, float], ...] = ()
    ncc: float = 0.0
    worst_ncc: float = 0.0
    tiles: tuple[tuple[float, ...], ...] = ()
    colour_difference: float = 0.0
    turned: int = 0
    votes: float = 0.0
    band: str = "none"
    """A key of `bands.WORDS`."""
    genuine: bool = False
    held_down: str = ""
    """Why the band is lower than the score alone would give: a key of `bands.HELD_DOWN`, or empty."""


@dataclass(frozen=True, slots=True)
class Quality:
    """good: worth a confident hint. reasons: keys of `quality.WORDS`, the most useful first."""

    good: bool
    reasons: tuple[str, ...] = ()
    measures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A picture that is this very picture again: re-saved, scaled or turned. distance: differing bits of 256."""

    photo_id: UUID
    distance: int


@dataclass(frozen=True, slots=True)
class Result:
    """candidates: best first, one for each entry. timings: milliseconds by step.

    comparable: False where there was nothing to compare with (empty library, no photo in scope): say "no comparison
    possible", never "not found".
    """

    quality: Quality
    candidates: tuple[Match, ...]
    genuine: tuple[Match, ...]
    duplicates: tuple[Duplicate, ...]
    comparable: bool
    scope: Scope
    timings: dict[str, float] = field(default_factory=dict)
    pdq: bytes = b""
    pdq_quality: int = 0
