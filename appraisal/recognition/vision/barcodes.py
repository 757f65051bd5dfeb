"""Barcodes and QR codes: a ladder of tries, and no wrong payload.

A QR or Data Matrix code mends its own errors: one reading is enough. A bar code has one check digit, which one
misreading in ten passes by chance: it counts only when tries that change the picture in different ways agree, and no
other reading of the same place has as many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import zxingcpp

from appraisal.recognition.vision import bar_digits, bar_lines
from appraisal.recognition.vision.kinds import Image

LARGEST = 1600
"""Longer pictures are shrunk first; bars of a close-up stay several pixels wide."""
AGREEING = 2
MATRIX = {"QRCode": "qrcode", "MicroQRCode": "qrcode", "DataMatrix": "datamatrix", "Aztec": "aztec", "PDF417": "pdf417"}
LINEAR = {
    "EAN13": "ean13",
    "EAN8": "ean8",
    "UPCA": "upca",
    "UPCE": "upce",
    "ITF": "itf14",
    "ITF14": "itf14",
    "Code128": "code128",
    "Code39": "code39",
}
RETAIL = frozenset({"ean13", "ean8", "upca", "upce", "itf14"})
IN_STORE = ("02", "04", *(str(number) for number in range(20, 30)))
FORMATS = zxingcpp.barcode_formats_from_str("EANUPC, ITF, Code128, Code39, QRCode, DataMatrix, Aztec, PDF417")

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Barcode:
    """text: digits of a GTIN with a right check digit, or the text of a QR or Data Matrix code.

    symbology: ean13, ean8, upca, upce, qrcode, datamatrix, code128, itf14, … passes: how many tries agreed.
    corners: four corners in pixels of the picture, or empty.
    """

    text: str
    symbology: str
    passes: int
    corners: Corners = ()


@dataclass
class _Heard:
    """What was read once or more: by which kinds of tries, and where."""

    text: str
    symbology: str
    kinds: set[str] = field(default_factory=set)
    corners: Corners = ()


def read(image: Image) -> list[Barcode]:
    """All codes that can be read with certainty, the surest first."""
    grey = np.asarray(image if image.ndim == 2 else cv2.cvtColor(image[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)
    factor = min(1.0, LARGEST / max(grey.shape))
    if factor < 1:
        grey = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    heard = _climbed(grey, factor)
    told = _certain(heard)
    return told or _by_likelihood(grey, heard, factor)


def _climbed(grey: Image, factor: float) -> dict[tuple[str, str], _Heard]:
    heard: dict[tuple[str, str], _Heard] = {}
    for number, (kind, picture, back) in enumerate(_tries(grey)):
        for text, symbology, corners in _read_once(picture):
            there = heard.setdefault((symbology, text), _Heard(text, symbology))
            there.kinds.add(kind)
            there.corners = there.corners or _back(corners, back, factor)
        if number + 1 >= FEWEST_TRIES and _settled(heard):
            break
    return heard


def _by_likelihood(grey: Image, heard: dict[tuple[str, str], _Heard], factor: float) -> list[Barcode]:
    """What no try could tell for certain, from the one grey line that the bars make."""
    once = {one.text for one in heard.values() if one.symbology in RETAIL}
    found = bar_digits.read(bar_lines.lines(grey), once)
    if found is None:
        return []
    return [Barcode(found.text, "ean13", 1 + (found.text in once), _back(found.corners, np.eye(3), factor))]


def gtin(text: str) -> str:
    """Fourteen digits with leading zeros if this is a GTIN-8, -12, -13 or -14 with a right check digit, else empty.

    In-store codes (prefix 02, 04, 20 to 29) are no GTIN.
    """
    digits = "".join(text.split())
    if len(digits) not in (8, 12, 13, 14) or not digits.isascii() or not digits.isdigit() or not checked(digits):
        return ""
    full = digits.zfill(14)
    if full.startswith("0") and len(digits) > 8 and full[1:3] in IN_STORE:
        return ""
    return "" if len(digits) == 8 and digits[0] in "02" else full


def checked(digits: str) -> bool:
    """Whether the last digit is the check digit of those before: weights 3, 1, 3, … from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    return (10 - total % 10) % 10 == int(digits[-1])


def same(one: str, other: str) -> bool:
    """Whether two payloads say the same: numbers by their GTIN, texts without regard to line ends."""
    if one.isdigit() and other.isdigit():
        return one.zfill(14) == other.zfill(14)
    return one.split() == other.split()


FEWEST_TRIES = 2
_Picture = tuple[str, Image, np.ndarray]


def _tries(grey: Image) -> Iterator[_Picture]:
    """Kind of change, the changed picture, and the matrix from its pixels back to those of the first. Cheapest

    first.
    """
    same_place = np.eye(3)
    even = _evened(grey)
    yield "plain", grey, same_place
    yield "contrast", np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(grey), np.uint8), same_place
    yield "sharp", _sharpened(grey, 2, 1.5), same_place
    yield "even", even, same_place
    yield "soft", np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.2), np.uint8), same_place
    yield "half", *_scaled(grey, 0.5)
    if max(grey.shape) <= LARGEST * 0.75:
        twice, back = _scaled(grey, 2.0)
        yield "twice", twice, back
        yield "twice sharp", _sharpened(twice, 4, 2), back
        yield "twice even", _sharpened(_scaled(even, 2.0)[0], 4, 2), back
        yield "along", _sharpened(np.asarray(cv2.blur(twice, (1, 31)), np.uint8), 5, 3), back
        yield "soft even", np.asarray(cv2.GaussianBlur(_scaled(even, 2.0)[0], (0, 0), 2.2), np.uint8), back
    for angle in (8, -8, 16, -16):
        yield "turned", *_rotated(grey, angle)
    yield "three quarters", *_scaled(_sharpened(grey, 3, 1), 0.75)
    yield "closed", np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8), same_place
    yield "opened", np.asarray(cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8), same_place


def _scaled(grey: Image, factor: float) -> tuple[Image, np.ndarray]:
    how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=how), np.uint8), np.diag(
        [1 / factor, 1 / factor, 1.0]
    )


def _rotated(grey: Image, angle: float) -> tuple[Image, np.ndarray]:
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    return np.asarray(turned, np.uint8), np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))


def _sharpened(grey: Image, sigma: float, amount: float) -> Image:
    soft = cv2.GaussianBlur(grey, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(grey, 1 + amount, soft, -amount, 0), np.uint8)


def _evened(grey: Image) -> Image:
    """The light taken out: each pixel against the mean of its surroundings."""
    size = max(31, max(grey.shape) // 10 * 2 + 1)
    around = cv2.blur(grey.astype(np.float32), (size, size))
    return np.asarray(np.clip(grey / np.maximum(around, 1.0) * 128, 0, 255), np.uint8)


def _read_once(grey: Image) -> Iterator[tuple[str, str, Corners]]:
    for found in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=FORMATS):
        symbology = _named(found)
        if symbology is None:
            continue
        text = found.text
        if symbology in RETAIL and not (text.isdigit() and checked(_expanded(text, symbology))):
            continue
        place = found.position
        corners = tuple(
            (float(point.x), float(point.y))
            for point in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        )
        yield text, symbology, corners


def _named(found: zxingcpp.Barcode) -> str | None:
    name = str(found.format).rsplit(".", 1)[-1].replace("-", "").replace(" ", "")
    return LINEAR.get(name) or MATRIX.get(name)


def _expanded(text: str, symbology: str) -> str:
    return text if symbology != "upce" or len(text) != 8 else _upce(text)


def _upce(text: str) -> str:
    """The twelve digits that eight digits of UPC-E stand for."""
    system, body, check = text[0], text[1:7], text[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    return system + middle + check


def _back(corners: Corners, matrix: np.ndarray, factor: float) -> Corners:
    told = []
    for x, y in corners:
        across, down, depth = matrix @ (x, y, 1.0)
        told.append((round(float(across / depth / factor), 1), round(float(down / depth / factor), 1)))
    return tuple(told)


def _enough(heard: _Heard) -> bool:
    return heard.symbology in MATRIX.values() or len(heard.kinds) >= AGREEING


def _settled(heard: dict[tuple[str, str], _Heard]) -> bool:
    """Something is certain, and nothing else was heard that is not."""
    return bool(heard) and len(_certain(heard)) == len(heard)


def _certain(heard: dict[tuple[str, str], _Heard]) -> list[Barcode]:
    told = [one for one in heard.values() if _enough(one)]
    kept = [one for one in told if not any(_rivals(one, other) for other in heard.values() if other is not one)]
    kept.sort(key=lambda one: (one.symbology not in MATRIX.values(), -len(one.kinds)))
    return [Barcode(one.text, one.symbology, len(one.kinds), one.corners) for one in kept]


def _rivals(one: _Heard, other: _Heard) -> bool:
    """Another reading of the same bars, while this one is not heard often: then the ladder does not believe it."""
    if other.symbology in MATRIX.values() or one.symbology in MATRIX.values() or len(one.kinds) > AGREEING:
        return False
    return _meet(one.corners, other.corners)


def _meet(one: Corners, other: Corners) -> bool:
    """Whether two places overlap by more than a third of the smaller."""
    if not one or not other:
        return True
    a, b = (cv2.boundingRect(np.array(place, np.float32)) for place in (one, other))
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    # Bars are read along a line: its height says little, so only the run along the longer side counts.
    reach = wide / max(1, min(a[2], b[2])) if a[2] + b[2] >= a[3] + b[3] else high / max(1, min(a[3], b[3]))
    slack = 0.15 * (a[2] + b[2] + a[3] + b[3])
    near = abs((a[1] + a[3] / 2) - (b[1] + b[3] / 2)) < slack or abs((a[0] + a[2] / 2) - (b[0] + b[2] / 2)) < slack
    return reach > 1 / 3 and near
