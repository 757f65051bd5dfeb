"""Whether a picture is good enough for what it is meant to show.

Sharpness of a scene cannot be told by one number, so the gate asks by task: does the barcode decode, does the code give
letters, are there points to compare. What is cheap to see (darkness, glare, size) is said in any case.
"""

from __future__ import annotations

import cv2
import numpy as np

from appraisal.recognition.vision import outline as outlines
from appraisal.recognition.vision.features import Features, inside
from appraisal.recognition.vision.kinds import Floats, Image, Quality

TASKS = ("item", "barcode", "code")
LEAST_SIDE = 240
DARKEST = 38
MOST_BLOWN = 0.12
LEAST_SHARP = 25.0
LEAST_POINTS = 120
LOOKED_AT = 512
SCREEN_PEAK = 4.0
"""How far a single frequency must stand out of its surroundings, in their spread: the raster of a display."""
ALIKE = 0.93
MOST_ALIKE = 0.16
HARD = frozenset(
    {"too_small", "too_dark", "blown_out", "blurred", "too_few_points", "screen", "no_barcode", "no_letters"}
)
"""Reasons that make a picture bad; the rest are only said."""


def judge(image: Image, task: str = "item", features: Features | None = None) -> Quality:
    """task: item (recognition), barcode (must decode), code (must give letters).

    features: those of this picture, if the caller has them; then the points are counted and repeated goods are seen.
    """
    height, width = image.shape[:2]
    grey = np.asarray(image if image.ndim == 2 else cv2.cvtColor(image[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)
    factor = min(1.0, LOOKED_AT / max(height, width))
    small = grey
    if factor < 1:
        small = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    measures = {
        "long_side": float(max(height, width)),
        "median": float(np.median(small)),
        "blown": _blown(small),
        "sharp": _sharpness(small),
        "raster": _raster(grey),
    }
    reasons: list[str] = []
    if min(height, width) < LEAST_SIDE:
        reasons.append("too_small")
    if measures["median"] < DARKEST and np.percentile(small, 90) < 2 * DARKEST:
        reasons.append("too_dark")
    if measures["blown"] > MOST_BLOWN:
        reasons.append("blown_out")
    if measures["sharp"] < LEAST_SHARP:
        reasons.append("blurred")
    if measures["raster"] > SCREEN_PEAK:
        reasons.append("screen")
    if task == "item" and features is not None:
        measures["points"] = float(len(features))
        measures["alike"] = _alike(features, image)
        if len(features) < LEAST_POINTS:
            reasons.append("too_few_points")
        if measures["alike"] > MOST_ALIKE:
            reasons.append("many_alike")
    if task == "barcode" and not _decodes(image):
        reasons.append("no_barcode")
    if task == "code" and not _gives_letters(image):
        reasons.append("no_letters")
    return Quality(not HARD.intersection(reasons), tuple(reasons), measures)


def _decodes(image: Image) -> bool:
    from appraisal.recognition.vision import barcodes

    return bool(barcodes.read(image))


def _gives_letters(image: Image) -> bool:
    from appraisal.recognition.vision import codes

    reading = codes.read_code(image)
    return not reading.available or any(line.text.strip() for line in reading.lines)


def _blown(grey: Image) -> float:
    """Share of the picture in one blown-out blob that does not reach the rim (a studio's white ground does)."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((grey >= 252).astype(np.uint8))
    height, width = grey.shape
    worst = 0
    for left, top, wide, high, area in stats[1:count]:
        if left > 0 and top > 0 and left + wide < width and top + high < height:
            worst = max(worst, int(area))
    return worst / grey.size


def _sharpness(grey: Image) -> float:
    """The sharpest tiles' Laplacian spread: low only if nothing in the picture is sharp."""
    edges = cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 0.8), cv2.CV_32F)
    side = max(16, max(grey.shape) // 8)
    spreads = [
        float(edges[top : top + side, left : left + side].var())
        for top in range(0, grey.shape[0] - side // 2, side)
        for left in range(0, grey.shape[1] - side // 2, side)
    ]
    return float(np.percentile(spreads, 90)) if spreads else 0.0


def _raster(grey: Image) -> float:
    """How far the strongest fine frequency stands out, at full resolution in the middle of the picture."""
    side = min(LOOKED_AT, *grey.shape)
    if side < 256:
        return 0.0
    top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    patch = grey[top : top + side, left : left + side].astype(np.float32)
    window = np.hanning(side).astype(np.float32)
    waves = np.abs(np.fft.fftshift(np.fft.fft2((patch - patch.mean()) * window[:, None] * window[None, :])))
    power = np.log(waves + 1.0).astype(np.float32)
    around = cv2.blur(power, (25, 25))
    spread = np.sqrt(np.maximum(cv2.blur(power * power, (25, 25)) - around * around, 1e-3))
    stands: Floats = np.asarray((power - around) / spread, np.float32)
    y, x = np.mgrid[:side, :side] - side // 2
    far = np.hypot(x, y) > 0.15 * side
    off_axis = (np.abs(x) > 3) & (np.abs(y) > 3)
    axis_only = far & ~off_axis
    # Straight edges of packages draw lines along the axes; there the bar is higher.
    return float(max(stands[far & off_axis].max(), 0.6 * stands[axis_only].max()))


def _alike(features: Features, image: Image) -> float:
    """Share of points that have a twin further off under one shift: two of the same goods side by side."""
    if features.kind.startswith("sift"):
        return 0.0
    middle = inside(features.points, outlines.guess(image)) if len(features) else np.zeros(0, bool)
    points, descriptors = features.points[middle][:400], features.descriptors[middle][:400]
    if len(points) < 50:
        return 0.0
    likeness = descriptors @ descriptors.T
    reach = 0.12 * max(image.shape[:2])
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    likeness[apart < reach] = -1
    twin = likeness.argmax(axis=1)
    good = likeness[np.arange(len(twin)), twin] > ALIKE
    shifts = points[twin[good]] - points[good]
    if len(shifts) < 8:
        return 0.0
    cells = np.floor(np.abs(shifts) / (0.03 * max(image.shape[:2]))).astype(np.int64)
    _, counts = np.unique(cells, axis=0, return_counts=True)
    return float(counts.max() / len(points))
