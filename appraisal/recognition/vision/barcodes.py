"""Barcodes and QR codes: a ladder of tries, and no wrong payload."""

from __future__ import annotations

from dataclasses import dataclass

from appraisal.recognition.vision.kinds import Image


@dataclass(frozen=True, slots=True)
class Barcode:
    """text: digits of a GTIN with a right check digit, or the text of a QR or Data Matrix code.

    symbology: ean13, ean8, upca, upce, qrcode, datamatrix, code128, itf14, … passes: how many tries agreed.
    corners: four corners in pixels of the picture, or empty.
    """

    text: str
    symbology: str
    passes: int
    corners: tuple[tuple[float, float], ...] = ()


def read(image: Image) -> list[Barcode]:
    """All codes that can be read with certainty, the surest first."""
    raise NotImplementedError


def gtin(text: str) -> str:
    """Fourteen digits with leading zeros if this is a GTIN-8, -12, -13 or -14 with a right check digit, else empty.

    In-store codes (prefix 02, 04, 20 to 29) are no GTIN.
    """
    raise NotImplementedError
