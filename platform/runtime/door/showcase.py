"""What the door shows of today: only what provinces themselves publish to the demonstration's public stream.

`tenants.bureau` writes two kinds of event there, from each province's own seat: "verdict" (goods, conclusion, minutes)
and "figures" (a day, how many were asked, how many answers took how many minutes). No door reads a province's rows.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from django.utils.translation import gettext

from kernel import clock
from notify import live

READ_BACK = 400
PAIRS = Path(__file__).with_name("pairs.json")


@dataclass(frozen=True)
class Shown:
    """A conclusion as the door shows it."""

    bureau: str
    product: str
    product_code: str
    value: str
    label: str
    minutes: int | None
    at: datetime

    @property
    def spent(self) -> timedelta | None:
        """From the sending to the answer."""
        return None if self.minutes is None else timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Today:
    """All provinces together. median_minutes: None until something was answered today."""

    asked: int
    answered: int
    median_minutes: float | None


def today(now: datetime | None = None) -> tuple[Today, list[Shown]]:
    """Figures of this day in China, and the last conclusions, newest first."""
    day = clock.local_date(now or clock.now()).isoformat()
    by_province: dict[str, dict[str, Any]] = {}
    verdicts: list[Shown] = []
    for kind, data in live.recent(live.DOOR, READ_BACK):  # newest first
        if kind == "figures":
            by_province.setdefault(data["province"], data)
        elif kind == "verdict" and len(verdicts) < 6:
            verdicts.append(
                Shown(
                    bureau=data["bureau"],
                    product=data["product"],
                    product_code=data.get("product_code", ""),
                    value=data["value"],
                    label=gettext(data["label"]),
                    minutes=data.get("minutes"),
                    at=datetime.fromisoformat(data["at"]),
                )
            )
    minutes: Counter[int] = Counter()
    asked = 0
    for data in by_province.values():
        if data["day"] == day:
            asked += data["asked"]
            minutes.update({int(spent): count for spent, count in data["minutes"].items()})
    spent = sorted(minutes.elements())
    verdicts.sort(key=lambda shown: shown.at, reverse=True)
    return Today(asked, len(spent), median(spent) if spent else None), verdicts


@lru_cache(maxsize=1)
def pairs() -> dict[str, dict[str, Any]]:
    """Drawn pictures of genuine and fake by product code: shot, file names, and boxes in percent with their words."""
    found: dict[str, dict[str, Any]] = json.loads(PAIRS.read_text(encoding="utf-8"))
    return found


def pair_for(verdicts: list[Shown]) -> dict[str, Any]:
    """The pair of the newest conclusion's product, or the first pair."""
    known = pairs()
    code = next((shown.product_code for shown in verdicts[:1] if shown.product_code in known), next(iter(known)))
    return known[code]
