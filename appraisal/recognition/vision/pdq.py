"""PDQ: 256 bits that stay nearly the same when a picture is saved again, scaled or darkened.

Finds this very picture again, not another photo of the same goods.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from appraisal.recognition.vision.kinds import Image

RADIUS = 31
"""Differing bits up to which two pictures are one. From the published description of PDQ."""


def hash(image: Image) -> tuple[bytes, int]:  # noqa: A001
    """32 bytes and a quality from 0 to 100; below 50 the picture has too little in it to be told by its hash."""
    raise NotImplementedError


def all_hashes(image: Image) -> tuple[tuple[bytes, ...], int]:
    """The eight orientations (four turns, each mirrored), upright first, and the quality."""
    raise NotImplementedError


def distance(one: bytes, other: bytes) -> int:
    """Differing bits."""
    raise NotImplementedError


def scan(codes: NDArray[np.uint8], query: bytes | Sequence[bytes], radius: int = RADIUS) -> list[tuple[int, int]]:
    """codes: n x 32. All rows within the radius of any query: (row, distance), nearest first. Exact."""
    raise NotImplementedError
