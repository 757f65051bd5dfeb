"""How long recognition takes in a small and in a large library, and how near the exact scan is to the memory's speed.

The photos of the library are made up: descriptors mixed from those of drawn pictures, so that they lie where real
ones lie, as many points and bytes a photo as voting uses. The right answers and the queries are real drawn pictures.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import cv2
import numpy as np

from appraisal.recognition.vision import outline as outlines
from appraisal.recognition.vision import pdq, recognise
from appraisal.recognition.vision.evaluate import SPACE
from appraisal.recognition.vision.features import Extractor, Features
from appraisal.recognition.vision.index import POINTS_KEPT, Index, NewPhoto
from appraisal.recognition.vision.kinds import Image, Scope

SMALL, LARGE = 1_000, 30_000
KNOWN = 12
CODES = 1_000_000
ROUNDS = 25
READ_MB = 256


def measure(
    folder: Path,
    extractor: Extractor,
    *,
    small: int = SMALL,
    large: int = LARGE,
    codes: int = CODES,
    goods_known: int = KNOWN,
) -> dict[str, Any]:
    """ratio: median time in the large library over that in the small one, the same queries in turn.

    goods_known: goods whose photos are asked for.
    """
    began = time.perf_counter()
    chance = np.random.default_rng(11)
    goods = [drawn(number) for number in range(goods_known)]
    known = [extractor.extract(picture, outlines.whole(picture)) for picture in goods]
    indexes = {}
    for size in (small, large):
        indexes[size] = Index(folder / str(size))
        indexes[size].rebuild(library(known, size, chance))
    built_s = time.perf_counter() - began
    queries = [photographed(picture, number) for number, picture in enumerate(goods)]
    times: dict[int, list[float]] = {small: [], large: []}
    right: dict[int, int] = {small: 0, large: 0}
    for round_number in range(2):
        for number, query in enumerate(queries):
            for size, index in indexes.items():
                start = time.perf_counter()
                found = recognise.recognise(
                    query, outline=outlines.whole(query), scope=Scope(), index=index, extractor=extractor
                )
                if round_number:  # the first round warms up
                    times[size].append((time.perf_counter() - start) * 1000)
                    right[size] += bool(found.candidates) and found.candidates[0].entry_id == entry_of(number)
    scan = scanned(codes, chance)
    told = {
        f"{name}_{size}": value
        for size in (small, large)
        for name, value in (
            ("ms_median", statistics.median(times[size])),
            ("ms_p95", float(np.percentile(times[size], 95))),
            ("right", right[size] / len(queries)),
        )
    }
    return {
        "n": 2 * len(queries),
        "ratio": statistics.median(times[large]) / statistics.median(times[small]),
        **told,
        "built_s": built_s,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **scan,
    }


def entry_of(number: int) -> UUID:
    return uuid5(SPACE, f"entry {number}")


def library(known: list[Features], size: int, chance: np.random.Generator) -> Iterator[NewPhoto]:
    """The known photos and as many made-up ones as are wanting."""
    for number, features in enumerate(known):
        yield NewPhoto(uuid5(SPACE, f"known {number}"), entry_of(number), "known", "known", features)
    pool = np.concatenate([features.descriptors for features in known])
    thumbnail = cv2.resize(known[0].thumbnail, (96, 96), interpolation=cv2.INTER_AREA)
    small_picture = np.asarray(thumbnail, np.uint8)
    count, width = POINTS_KEPT, pool.shape[1]
    for number in range(len(known), size):
        chosen = pool[chance.integers(0, len(pool), count)]
        mixed = chosen + chance.standard_normal((count, width), np.float32) * np.float32(0.9 / width**0.5)
        descriptors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        points = chance.random((count, 2), np.float32) * 600
        made = Features(known[0].kind, points, descriptors, np.ones(count, np.float32), (600, 600), small_picture)
        yield NewPhoto(uuid5(SPACE, f"made {number}"), uuid5(SPACE, f"entry {number}"), "made", "made", made)


def drawn(seed: int, size: int = 600) -> Image:
    """A label: words, bars and discs, different for each seed."""
    chance = np.random.default_rng(1000 + seed)
    label = np.full((size, size, 3), chance.integers(150, 256, 3), np.uint8)
    for _ in range(70):
        x, y, wide, high = (int(value) for value in chance.integers(10, size - 10, 4))
        colour = tuple(int(value) for value in chance.integers(0, 256, 3))
        if chance.random() < 0.4:
            cv2.circle(label, (x, y), 5 + wide % 30, colour, -1)
        elif chance.random() < 0.5:
            cv2.rectangle(label, (x, y), (x + 8 + wide % 60, y + 5 + high % 40), colour, -1)
        else:
            word = "".join(chr(65 + int(letter)) for letter in chance.integers(0, 26, 7))
            cv2.putText(label, word, (x % (size - 150), y), cv2.FONT_HERSHEY_SIMPLEX, 0.5 + (wide % 10) / 8, colour, 2)
    return np.asarray(cv2.GaussianBlur(label, (0, 0), 0.7), np.uint8)


def photographed(label: Image, seed: int) -> Image:
    """The label seen from the side, darker, with noise."""
    chance = np.random.default_rng(2000 + seed)
    height, width = label.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = (corners * 0.8 + 0.1 * width + chance.uniform(-0.08, 0.08, (4, 2)) * width).astype(np.float32)
    seen = cv2.warpPerspective(
        label, cv2.getPerspectiveTransform(corners, moved), (width, height), borderValue=(90, 90, 90)
    )
    noisy = seen.astype(np.float32) * chance.uniform(0.7, 1.0) + chance.standard_normal(seen.shape) * 4
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def scanned(count: int, chance: np.random.Generator) -> dict[str, float]:
    """One query over all codes against the time in which memory hands over the bytes of all codes; one thread each.

    The scan reads the other half of a code only where the first half leaves a doubt, so it may need less.
    """
    codes = pdq.Codes(chance.integers(0, 256, (count, 32), np.uint8))
    block = np.ones(READ_MB * 1024 * 1024 // 8, np.uint64)
    query = chance.integers(0, 256, 32, np.uint8).tobytes()
    scans, reads = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        codes.scan(query)
        scans.append(time.perf_counter() - start)
        start = time.perf_counter()
        block.max()
        reads.append(time.perf_counter() - start)
    # Both by their quarter of best rounds: what else the machine does then slows neither alone.
    scan_s, read_s = (float(np.percentile(spent, 25)) for spent in (scans, reads))
    bandwidth = block.nbytes / read_s
    return {
        "scan_ms": scan_s * 1000,
        "bandwidth_gb_s": bandwidth / 1e9,
        "scan_ratio": scan_s / (count * 32 / bandwidth),
    }
