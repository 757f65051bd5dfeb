"""Where the goods are on a picture when nobody has drawn it: a guess, so that shelves and tables do not vote."""

from __future__ import annotations

import numpy as np

from appraisal.recognition.vision.kinds import Image, Polygon

EVEN = 6.0
"""Grey levels by which the rim of a studio picture may vary."""


def guess(image: Image) -> Polygon:
    """The goods on an even ground; else the upright middle of the picture, where people hold what they photograph."""
    height, width = image.shape[:2]
    grey = image.astype(np.float32) if image.ndim == 2 else image[:, :, :3].mean(axis=2, dtype=np.float32)
    edge = max(2, min(height, width) // 50)
    sides = (grey[:edge], grey[:, :edge], grey[:, -edge:])
    rim = np.concatenate([side.ravel() for side in sides])
    if rim.std() < EVEN:
        rows, columns = np.nonzero(np.abs(grey - np.median(rim)) > 3 * EVEN)
        if len(rows) > 0.02 * height * width:
            return rectangle(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        return whole(image)
    margin = 0.24 if width >= 0.9 * height else 0.14
    return rectangle(margin * width, 0.08 * height, (1 - margin) * width, 0.99 * height)


def whole(image: Image) -> Polygon:
    """All of the picture."""
    height, width = image.shape[:2]
    return rectangle(0, 0, width, height)


def rectangle(left: float, top: float, right: float, bottom: float) -> Polygon:
    """Four corners."""
    left, top, right, bottom = float(left), float(top), float(right), float(bottom)
    return ((left, top), (right, top), (right, bottom), (left, bottom))
