"""PDQ: 256 bits that stay nearly the same when a picture is saved again, scaled or darkened.

Finds this very picture again, not another photo of the same goods. Written from the published description ("The
TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019): luminance, two box filters that come
near a tent, 64 x 64 samples, a 16 x 16 cosine transform without its constant part, each bit says whether a
coefficient is above the median.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from appraisal.recognition.vision.kinds import Floats, Image

RADIUS = 31
"""Differing bits up to which two pictures are one, as the description advises."""
LEAST_QUALITY = 50
"""Below, a picture has too little in it to be told by its hash."""
LARGEST = 512
WORDS = 4
AT_ONCE = 32_768
"""Codes looked at in one go: what is held between two steps stays in the processor's own memory."""
SIDE, KEPT = 64, 16
_TRANSFORM = (
    np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * np.outer(np.arange(1, KEPT + 1), 2 * np.arange(SIDE) + 1))
).astype(np.float32)


def hash(image: Image) -> tuple[bytes, int]:
    """32 bytes and a quality from 0 to 100; below LEAST_QUALITY do not compare it."""
    samples = _samples(image)
    return _code(samples), _quality(samples)


def all_hashes(image: Image) -> tuple[tuple[bytes, ...], int]:
    """The eight orientations (four turns, each mirrored), upright first, and the quality."""
    samples = _samples(image)
    turned = [np.rot90(flat, quarter) for flat in (samples, samples[:, ::-1]) for quarter in range(4)]
    return tuple(_code(one) for one in turned), _quality(samples)


def distance(one: bytes, other: bytes) -> int:
    """Differing bits."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


class Codes:
    """Codes in memory for exact scans: 32 bytes each, a million in 32 MB, kept as four columns of 64 bits."""

    def __init__(self, codes: NDArray[np.uint8] | Iterable[bytes] = ()) -> None:
        self._columns = [np.zeros(0, np.uint64) for _ in range(WORDS)]
        self.add(codes)

    def __len__(self) -> int:
        return len(self._columns[0])

    def add(self, codes: NDArray[np.uint8] | Iterable[bytes]) -> None:
        """Append; rows are numbered in the order of their coming."""
        rows = codes if isinstance(codes, np.ndarray) else np.frombuffer(b"".join(codes), np.uint8)
        words = np.ascontiguousarray(rows.reshape(-1, 32), np.uint8).view(np.uint64)
        self._columns = [np.concatenate([kept, words[:, k]]) for k, kept in enumerate(self._columns)]

    def scan(self, query: bytes | Sequence[bytes], radius: int = RADIUS) -> list[tuple[int, int]]:
        """All rows within the radius of any query: (row, distance), nearest first. Exact: every code is looked at."""
        return _scanned(self._columns, query, radius)


def scan(codes: NDArray[np.uint8], query: bytes | Sequence[bytes], radius: int = RADIUS) -> list[tuple[int, int]]:
    """codes: n x 32. One scan over codes that are not kept: see `Codes`."""
    words = np.ascontiguousarray(codes, np.uint8).view(np.uint64)
    return _scanned([words[:, k] for k in range(WORDS)], query, radius)


def _scanned(
    columns: Sequence[NDArray[np.uint64]], query: bytes | Sequence[bytes], radius: int
) -> list[tuple[int, int]]:
    nearest: dict[int, int] = {}
    for one in [query] if isinstance(query, bytes) else query:
        for row, bits in _within(columns, np.frombuffer(one, np.uint64), radius):
            nearest[row] = min(bits, nearest.get(row, 257))
    return sorted(nearest.items(), key=lambda pair: (pair[1], pair[0]))


def _within(columns: Sequence[NDArray[np.uint64]], asked: NDArray[np.uint64], radius: int) -> Iterator[tuple[int, int]]:
    """Half of each code decides whether the other half need be read: bits that differ only ever add up."""
    differing = np.empty(AT_ONCE, np.uint64)
    half, other = np.empty(AT_ONCE, np.uint8), np.empty(AT_ONCE, np.uint8)
    for start in range(0, len(columns[0]), AT_ONCE):
        count = min(AT_ONCE, len(columns[0]) - start)
        for k, bits in enumerate((half, other)):
            np.bitwise_xor(columns[k][start : start + count], asked[k], out=differing[:count])
            np.bitwise_count(differing[:count], out=bits[:count])
        np.add(half[:count], other[:count], out=half[:count])
        # A look for any at all is many times as fast as a look for which ones, and mostly there are none.
        if half[:count].min() > radius:
            continue
        rows = np.nonzero(half[:count] <= radius)[0]
        apart = half[rows].astype(np.int64)
        for k in range(2, WORDS):
            apart += np.bitwise_count(columns[k][start + rows] ^ asked[k])
        near = apart <= radius
        yield from zip((start + rows[near]).tolist(), apart[near].tolist(), strict=True)


def _samples(image: Image) -> Floats:
    colour = image[:, :, :3] if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    factor = LARGEST / max(colour.shape[:2])
    if factor < 1:
        colour = cv2.resize(colour, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    grey = colour.astype(np.float32) @ np.array([0.114, 0.587, 0.299], np.float32)
    for axis in (0, 1):
        grey = _tent(grey, axis)
    rows, columns = (((np.arange(SIDE) + 0.5) * length / SIDE).astype(int) for length in grey.shape)
    return np.asarray(grey[np.ix_(rows, columns)], np.float32)


def _tent(grey: Floats, axis: int) -> Floats:
    """Twice a running mean as wide as half the distance of two samples; at the edges over what is there."""
    length = grey.shape[axis]
    width = (length + 2 * SIDE - 1) // (2 * SIDE)
    ahead = (width + 2) // 2
    first = np.maximum(np.arange(length) - (width - ahead), 0)
    after = np.minimum(np.arange(length) + ahead, length)
    count = (after - first).reshape((-1, 1) if axis == 0 else (1, -1))
    for _ in range(2):
        sums = np.concatenate([np.zeros_like(grey.take([0], axis)), grey.cumsum(axis, dtype=np.float64)], axis)
        grey = ((sums.take(after, axis) - sums.take(first, axis)) / count).astype(np.float32)
    return grey


def _code(samples: Floats) -> bytes:
    waves = (_TRANSFORM @ samples @ _TRANSFORM.T).ravel()
    median = np.partition(waves, len(waves) // 2 - 1)[len(waves) // 2 - 1]
    return np.packbits(waves > median, bitorder="little")[::-1].tobytes()


def _quality(samples: Floats) -> int:
    steps = sum(np.abs(np.trunc(np.diff(samples, axis=axis) * 100 / 255)).sum() for axis in (0, 1))
    return min(100, int(steps / 90))
