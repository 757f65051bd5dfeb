"""The score: points under one homography, weighed by how well the pixels agree under it.

Three ways in which points alone mislead, and what answers each. A shelf or a barcode matches as points only: its
pixels do not agree. A sibling print shares the layout: the patches that differ, in drawing or in hue, count, not the
mean. A logo is the same on all goods of a brand: its area is small.
"""

from __future__ import annotations

from typing import Protocol

HUE = 10.0
"""Distance in hue of the worst tenth of the patches at which the score is halved."""
PLANE = 0.2
"""What the agreement under the plane as it is counts beside that of patches moved to where they fit."""
COLOUR = 8.0
AREA = 0.09
"""Share of both pictures below which a matched area counts less."""


class Agreed(Protocol):
    """What the score is made of, see `verify.Agreement`."""

    @property
    def ncc(self) -> float: ...
    @property
    def worst(self) -> float: ...
    @property
    def colour(self) -> float: ...
    @property
    def worst_patch(self) -> float: ...
    @property
    def worst_colour(self) -> float: ...
    @property
    def patches(self) -> int: ...


def score(inliers: int, agreed: Agreed, area: float) -> float:
    """0 is nothing; what a figure means is in bands.json. area: geometric mean of the shares of both pictures."""
    plane = inliers * max(0.0, agreed.ncc) * max(0.0, agreed.worst) / (1 + agreed.colour / COLOUR)
    if agreed.patches:
        fitted = inliers * max(0.0, agreed.worst_patch) / (1 + (agreed.worst_colour / HUE) ** 3)
    else:
        fitted = min(2.0, 0.1 * plane)
    return (fitted + PLANE * plane) * min(1.0, area / AREA)
