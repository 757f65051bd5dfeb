"""The engine as the worker uses it: one extractor a process, two indexes an organisation, pictures out of the store.

library: photos of confirmed entries and genuine references. seen: photos of the desk, for looking back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
import numpy as np
from django.conf import settings

from appraisal.recognition import sharding
from appraisal.recognition.vision import features
from appraisal.recognition.vision.features import Extractor
from appraisal.recognition.vision.index import Index
from appraisal.recognition.vision.kinds import Image, Match
from evidence.errors import StoredDiffers
from evidence.models import Exhibit
from evidence.store import store
from kernel.errors import Problem

WIDEST_PX = 2048


def folder() -> Path:
    """Where the model and the indexes lie. All of it can be made again."""
    return Path(settings.VAR_DIR) / "recognition"


@lru_cache(maxsize=1)
def _extractor(at: Path) -> Extractor:
    return features.extractor(at / "model")


def extractor() -> Extractor:
    """The extractor of this process."""
    return _extractor(folder())


def library_folder(organisation_id: UUID) -> Path:
    return folder() / str(organisation_id) / "library"


def seen_folder(organisation_id: UUID) -> Path:
    return folder() / str(organisation_id) / "seen"


@lru_cache(maxsize=64)
def _index(at: Path) -> Index:
    at.mkdir(parents=True, exist_ok=True)
    return Index(at)


def library(organisation_id: UUID) -> Index:
    """What photos of an organisation's tasks are compared with."""
    return _index(library_folder(sharding.held_here(organisation_id)))


def seen(organisation_id: UUID) -> Index:
    """Photos of an organisation's tasks, by item, to be found again when a fake is confirmed."""
    return _index(seen_folder(sharding.held_here(organisation_id)))


def forget(at: Path) -> None:
    """Drop what this process holds of an index that was lost or swapped by hand."""
    _index.cache_clear()


class PictureMissing(Problem):
    """The bytes of a picture cannot be had or opened."""

    code = "picture_missing"


def picture(exhibit: Exhibit) -> Image:
    """The view of an exhibit as pixels. Raises PictureMissing."""
    if exhibit.state != Exhibit.State.READY:
        raise PictureMissing(exhibit=exhibit.pk)
    return picture_at(exhibit.view_key, sha256=exhibit.view_sha256)


def picture_at(key: str, *, sha256: str = "") -> Image:
    """An object of the store as pixels, at most WIDEST_PX wide or high. Raises PictureMissing."""
    try:
        with store().open(key, sha256=sha256) as stream:
            data = stream.read()
    except (OSError, KeyError, StoredDiffers) as error:
        raise PictureMissing(key=key) from error
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise PictureMissing(key=key)
    longest = max(found.shape[:2])
    if longest > WIDEST_PX:
        scale = WIDEST_PX / longest
        found = cv2.resize(found, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(found)


def in_pixels(outline: Sequence[Sequence[float]], image: Image) -> list[tuple[float, float]] | None:
    """Corners in parts of a picture as pixels of it; None for none."""
    height, width = image.shape[:2]
    return [(x * width, y * height) for x, y in outline] if outline else None


def geometry_of(match: Match, query_size: tuple[int, int], library_size: tuple[int, int]) -> dict[str, Any]:
    """A match in parts of both pictures, as rows keep it. Sizes: width, height."""
    (qw, qh), (lw, lh) = query_size, library_size
    homography = None
    if match.homography is not None:
        rows = np.diag([1 / lw, 1 / lh, 1.0]) @ np.asarray(match.homography) @ np.diag([qw, qh, 1.0])
        scale = rows[2, 2] if abs(rows[2, 2]) > 1e-12 else 1.0
        homography = [[float(number) for number in row] for row in rows / scale]
    return {
        "homography": homography,
        "hull_query": [[float(x) / qw, float(y) / qh] for x, y in match.hull_query],
        "hull_library": [[float(x) / lw, float(y) / lh] for x, y in match.hull_library],
        "tiles": tiles_of(match),
        "turned": match.turned,
    }


def tiles_of(match: Match) -> list[list[float]]:
    """Where the two pictures agree: [left, top, width, height, agreement] in parts of the library photo."""
    found, rows = [], match.tiles
    for top, row in enumerate(rows):
        for left, agreement in enumerate(row):
            if agreement == agreement:  # NaN: nothing was compared there
                tall, wide = 1 / len(rows), 1 / len(row)
                found.append([left * wide, top * tall, wide, tall, round(float(agreement), 3)])
    return found


def agreement_in(geometry: dict[str, Any], region: dict[str, Any]) -> float | None:
    """Mean agreement of the tiles that a region of the library photo touches, by area; None: nothing compared there."""
    weight = total = 0.0
    for x, y, w, h, agreement in geometry["tiles"]:
        across = min(x + w, region["x"] + region["w"]) - max(x, region["x"])
        down = min(y + h, region["y"] + region["h"]) - max(y, region["y"])
        if across > 0 and down > 0:
            weight += across * down
            total += across * down * agreement
    return total / weight if weight else None
