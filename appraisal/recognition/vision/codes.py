"""Printed codes: batch, date, logistics code. What is read is a proposal that a person confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appraisal.recognition.vision.kinds import Image


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. confidence: 0 to 1. corners: in pixels of the picture."""

    text: str
    confidence: float
    corners: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as it stands there, and what it means."""

    raw: str
    value: date


@dataclass(frozen=True, slots=True)
class CodeReading:
    """raw: the line that looks most like a code, as read; empty if none. key: `normalise(raw)`."""

    raw: str
    key: str
    confidence: float
    lines: tuple[Line, ...]
    dates: tuple[ReadDate, ...] = ()


def read_code(image: Image) -> CodeReading:
    """Read a close-up of a printed code; dots of an ink-jet printer are joined first."""
    raise NotImplementedError


def normalise(text: str) -> str:
    """The key by which codes are compared: upper case, no spaces or marks, O as 0, I and L as 1, S as 5, B as 8, Z as 2."""
    raise NotImplementedError


def near(one: str, other: str) -> bool:
    """Whether the keys of two codes differ by one letter put in, left out or changed, and not at all is near too."""
    raise NotImplementedError


def dates(text: str) -> tuple[ReadDate, ...]:
    """Dates written 20240131, 2024.01.31 (also - / 年月日) or 24/01/31, as they stand and as they are meant."""
    raise NotImplementedError
