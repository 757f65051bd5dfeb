"""案由 as dated data: which causes there are on a day. `data/README.md` tells the columns."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Words

_TABLE = Path(__file__).parent / "data" / "causes.csv"
RIGHT_TYPES: dict[str, Words] = {
    "trademark": _("注册商标专用权"),
    "patent": _("专利"),
    "geographical_indication_abuse": _("地理标志：滥用专用标志"),
    "geographical_indication_false_use": _("地理标志：假冒"),
    "geographical_indication_forged": _("地理标志：伪造证明"),
    "official_mark": _("官方标志"),
    "special_sign": _("特殊标志"),
    "product_quality": _("产品质量"),
    "unfair_competition": _("公平竞争"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause as the rule of one time had it."""

    code: str
    name: str
    name_en: str
    right_type: str
    law: str
    article: str
    valid_from: date
    valid_to: date | None
    standing: str

    def holds_on(self, day: date) -> bool:
        """Whether its rule is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def shown(self) -> str:
        """Its name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name

    @property
    def rule(self) -> str:
        """Law and article; empty where the table does not know them."""
        return f"《{self.law}》{self.article}" if self.law else ""


@lru_cache(maxsize=1)
def all_causes() -> tuple[Cause, ...]:
    """Every row of the table."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Cause(
                code=row["code"],
                name=row["name"],
                name_en=row["name_en"],
                right_type=row["right_type"],
                law=row["law"],
                article=row["article"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                standing=row["standing"],
            )
            for row in csv.DictReader(file)
        )


def causes_on(day: date) -> list[Cause]:
    """Causes in force on a day, as the table lists them."""
    return [cause for cause in all_causes() if cause.holds_on(day)]


def cause_on(code: str, day: date) -> Cause:
    """One cause as it was on a day. Raises BadInput."""
    found = next((cause for cause in causes_on(day) if cause.code == code), None)
    if found is None:
        raise BadInput(
            _("这个案由在 {day} 没有有效的规定。请从列表中选择。"), code="cause_unknown", day=day.isoformat()
        )
    return found
