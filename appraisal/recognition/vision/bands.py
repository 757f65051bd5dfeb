"""From a score to words, by thresholds that carry a date and the number of photos they rest on (bands.json)."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = ("strong", "likely", "possible", "family", "none")
"""Best first. Shown as hits: strong and likely. Folded away: possible. Not shown: family, none."""


@dataclass(frozen=True, slots=True)
class Band:
    """name: one of NAMES. threshold: the least score of this band. negatives: how many wrong photos it rests on.

    precision: share of right ones among the photos of this band when it was measured, `n` of them. as_of: ISO date.
    """

    name: str
    threshold: float
    as_of: str
    negatives: int
    precision: float
    n: int


def band(score: float, group: str = "") -> Band:
    """The band of a score, with the thresholds of the product group, or the general ones."""
    raise NotImplementedError


def shown(name: str) -> bool:
    """Whether a candidate of this band is shown as a hit."""
    return name in ("strong", "likely")
