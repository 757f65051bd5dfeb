"""The score: points under one homography, weighed by how well the pixels agree."""

from __future__ import annotations


def score(inliers: int, ncc: float, worst: float, colour: float) -> float:
    """0 is nothing. Points that agree only as points (a shelf, a barcode) come to little."""
    return inliers * max(0.0, ncc) * max(0.0, worst) / (1 + colour / 8)
