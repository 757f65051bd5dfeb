"""The place a clue is about, as routing needs it: codes from the county upward, township and zone beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from divisions.resolving import current
from tenants.clues.models import Clue


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """chain: codes from the place itself up to the province. final: a matter goes to it (a county, or a prefecture
    without counties). confidence: of the place, 0 to 1. open: several places are possible."""

    code: str = ""
    name: str = ""
    level: str = ""
    chain: tuple[str, ...] = ()
    final: bool = False
    confidence: float = 0.0
    township: str = ""
    township_name: str = ""
    zone: str = ""
    open: bool = False

    @property
    def province(self) -> str:
        return self.chain[-1] if self.chain else ""


def where(code: str, **more: Any) -> Where:
    """The place of a code that is in the tables now; nowhere for any other."""
    place = current.gazetteer().places.get(code)
    if place is None:
        return Where(**more)
    chain = tuple(each.code for each in reversed((*place.up, place)))
    facts = {"level": place.level, "confidence": 1.0, **more}
    return Where(code=code, name=place.path, chain=chain, final=place.final, **facts)


def where_of(clue: Clue) -> Where:
    """What stands on the clue about its place."""
    why = clue.division_why or {}
    return where(
        clue.division_code,
        confidence=clue.division_confidence or 0.0,
        township=why.get("township", ""),
        township_name=why.get("township_name", ""),
        zone=why.get("zone", ""),
        open=clue.division_level == "ambiguous",
    )


def final_codes(province: str) -> list[str]:
    """All places of a province that a matter goes to: its counties, and its prefectures without counties."""
    places = current.gazetteer().places
    found = [code for code, place in places.items() if place.final and place.up and place.up[0].code == province]
    return sorted(found)


def name_of(code: str) -> str:
    """A division's name in full; the code itself where the tables do not know it now."""
    place = current.gazetteer().places.get(code)
    return place.path if place else code


def known(code: str) -> bool:
    """Whether a code of six digits is in the tables now."""
    return code in current.gazetteer().places
