"""How codes are compared, for processes that never look at a picture: the engine is loaded when a code is at hand."""

from __future__ import annotations

from datetime import date


def normalise(text: str) -> str:
    """The key by which codes are compared: O as 0, I and L as 1, S as 5, B as 8, Z as 2."""
    from appraisal.recognition.vision.codes import normalise as found

    return found(text)


def near(one: str, other: str) -> bool:
    """Whether two keys differ by one letter put in, left out or changed."""
    from appraisal.recognition.vision.codes import near as found

    return found(one, other)


def gtin(text: str) -> str:
    """Fourteen digits of a GTIN with a right check digit that is no in-store code, else empty."""
    from appraisal.recognition.vision.barcodes import gtin as found

    return found(text)


def dates(text: str) -> list[date]:
    """Days that a text names: 20240131, 2024.01.31, 24/01/31."""
    if not any(letter.isdigit() for letter in text):
        return []
    from appraisal.recognition.vision.codes import dates as found

    return [each.value for each in found(text)]
