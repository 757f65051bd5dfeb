"""From a score to words, by thresholds that carry a date and the number of photos they rest on (bands.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMES = ("strong", "likely", "possible", "family", "none")
"""Best first. Shown as hits: strong and likely. Folded away: possible. Not shown: family, none."""
FILE = Path(__file__).with_name("bands.json")


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
    for one in bands(group):
        if score >= one.threshold:
            return one
    return bands(group)[-1]


@cache
def bands(group: str = "") -> tuple[Band, ...]:
    """All bands of a product group, best first. A group without thresholds of its own has the general ones."""
    told = json.loads(FILE.read_text("utf-8"))
    rows = told["groups"].get(group) or told["groups"][""]
    return tuple(
        Band(
            name,
            float(rows[name]["threshold"]),
            str(rows.get("as_of", told["as_of"])),
            int(rows.get("negatives", told["negatives"])),
            float(rows[name]["precision"]),
            int(rows[name]["n"]),
        )
        for name in NAMES
    )


def lower(name: str, steps: int = 1) -> str:
    """The band so many steps below."""
    return NAMES[min(len(NAMES) - 1, NAMES.index(name) + steps)]


def lowest(*names: str) -> str:
    """The worst of these bands."""
    return max(names, key=NAMES.index)


def shown(name: str) -> bool:
    """Whether a candidate of this band is shown as a hit."""
    return name in ("strong", "likely")
