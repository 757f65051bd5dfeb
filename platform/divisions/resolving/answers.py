"""What `resolve` answers, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

COUNTY = "county"
PREFECTURE = "prefecture"
PROVINCE = "province"
AMBIGUOUS = "ambiguous"
NOTHING = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known beside the text. Never a fact: it orders candidates and is told, it overrules nothing.

    province: code of the bureau's own province. sender_division: code of where the sender says, or is known, to be.
    gps: latitude and longitude in degrees (WGS-84).
    """

    province: str = ""
    sender_division: str = ""
    gps: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text and what it was read as: place, township, zone, former, landmark, letter, road, brand, …"""

    start: int
    end: int
    text: str
    read_as: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One of several addresses in a text. role: shop, sender, receiver, licence, … or empty."""

    role: str
    code: str
    level: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Former:
    """The name in the text is no longer in use. closed_on if the day is known, else the last year it was seen."""

    code: str
    name: str
    last_seen_year: int
    closed_on: date | None
    relation: str
