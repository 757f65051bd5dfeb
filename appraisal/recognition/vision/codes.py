"""Printed codes: batch, date, logistics code. What is read is a proposal that a person confirms.

Reading uses the models inside the `rapidocr` package by their paths, so that it never looks for others on a network.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from appraisal.recognition.vision.features import THREADS
from appraisal.recognition.vision.kinds import Image

MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
LONG_SIDE = 960
"""Bigger pictures are shrunk: printed dots grow together, and reading takes less time."""
LEAST_CONFIDENCE = 0.5
SURE = 0.9
_ALIKE = str.maketrans("OILSBZ", "011582")
_NOT_CODE = re.compile(r"[^0-9A-Z]")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z \-./:#*]{2,}[0-9A-Za-z]")
_DATES = (
    re.compile(r"(?<!\d)(?P<y>20\d{2})\s*[.\-/年]\s*(?P<m>\d{1,2})\s*[.\-/月]\s*(?P<d>\d{1,2})(?!\d)\s*日?"),
    re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d{2,})"),
    re.compile(r"(?<!\d)(?P<y>\d{2})\s*[.\-/]\s*(?P<m>\d{1,2})\s*[.\-/]\s*(?P<d>\d{1,2})(?!\d)"),
)


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
    """raw: the line that looks most like a code, as read; empty if none. key: `normalise(raw)`.

    available: False if the reading models are missing; then nothing was read, and nobody should conclude from that.
    """

    raw: str
    key: str
    confidence: float
    lines: tuple[Line, ...]
    dates: tuple[ReadDate, ...] = ()
    available: bool = True


def available() -> bool:
    """Whether the reading models are there."""
    return _models() is not None


def read_code(image: Image) -> CodeReading:
    """Read a close-up of a printed code; dots of an ink-jet printer are joined first."""
    reader = _reader()
    if reader is None:
        return CodeReading("", "", 0.0, (), available=False)
    factor = min(1.0, LONG_SIDE / max(image.shape[:2]))
    plain = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else image
    colour = np.asarray(cv2.cvtColor(plain, cv2.COLOR_GRAY2BGR) if plain.ndim == 2 else plain, np.uint8)
    tried: list[tuple[float, tuple[Line, ...]]] = []
    for picture in (join_dots(colour), colour, join_dots(colour, light=True)):
        lines = _lines(reader, picture, factor)
        tried.append((max((_code_worth(line) for line in lines), default=0.0), lines))
        if tried[-1][0] >= SURE:
            break
    _, lines = max(tried, key=lambda pair: pair[0])
    best = max(lines, key=_code_worth, default=None)
    raw = _code_of(best.text) if best is not None and _code_worth(best) > 0 else ""
    told = tuple(found for line in lines for found in dates(line.text))
    return CodeReading(raw, normalise(raw), best.confidence if best is not None and raw else 0.0, lines, told)


def join_dots(image: Image, *, light: bool = False) -> Image:
    """Dots of ink grown until they touch. light: light dots on dark."""
    size = max(3, round(max(image.shape[:2]) / LONG_SIDE * 5) | 1)
    grow = cv2.dilate if light else cv2.erode
    return np.asarray(cv2.GaussianBlur(grow(image, np.ones((size, size), np.uint8)), (0, 0), size * 0.3), np.uint8)


def normalise(text: str) -> str:
    """The key by which codes are compared: upper case, letters and digits only, and what is easily confused made one.

    O as 0, I and L as 1, S as 5, B as 8, Z as 2.
    """
    return _NOT_CODE.sub("", text.upper()).translate(_ALIKE)


def near(one: str, other: str) -> bool:
    """Whether the keys of two codes are equal, or differ by one letter put in, left out or changed."""
    a, b = sorted((normalise(one), normalise(other)), key=len)
    if len(b) - len(a) > 1:
        return False
    start = next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[start + (len(a) == len(b)) :] == b[start + 1 :]


def dates(text: str) -> tuple[ReadDate, ...]:
    """Dates written 20240131, 2024.01.31 (also - / 年月日) or 24/01/31, as they stand and as they are meant."""
    found: list[tuple[int, ReadDate]] = []
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for hit in pattern.finditer(text):
            if any(hit.start() < end and start < hit.end() for start, end in taken):
                continue
            year = int(hit["y"]) if len(hit["y"]) == 4 else 2000 + int(hit["y"])
            try:
                value = date(year, int(hit["m"]), int(hit["d"]))
            except ValueError:
                continue
            taken.append(hit.span())
            found.append((hit.start(), ReadDate(hit.group().strip(), value)))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def _code_of(text: str) -> str:
    """The part of a line that is a code: what follows a Chinese label, without it."""
    parts = [part for part in _CODE.findall(text) if any(letter.isdigit() for letter in part)]
    return max(parts, key=lambda part: (sum(letter.isdigit() for letter in part), len(part)), default="").strip()


def _code_worth(line: Line) -> float:
    """How much a line looks like a code: mostly digits and capitals, not too short; a bare date less than a batch."""
    code = _code_of(line.text)
    key = _NOT_CODE.sub("", code.upper())
    digits = sum(letter.isdigit() for letter in key)
    if len(key) < 5 or digits < 3:
        return 0.0
    capitals = sum(letter.isdigit() or letter.isupper() for letter in code if letter.isalnum()) / len(key)
    is_date = any(normalise(found.raw) == normalise(code) for found in dates(code))
    return line.confidence * capitals * (0.8 if is_date else 1.0)


def _models() -> dict[str, Path] | None:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0], "models")
    paths = {part: folder / name for part, name in MODELS.items()}
    return paths if all(path.exists() for path in paths.values()) else None


@cache
def _reader() -> Any:
    paths = _models()
    if paths is None:
        return None
    from rapidocr import RapidOCR

    settings: dict[str, Any] = {f"{part}.model_path": str(path) for part, path in paths.items()}
    settings |= {
        "Det.limit_type": "max",
        "Det.limit_side_len": LONG_SIDE,
        "Global.log_level": "critical",
        "Global.text_score": LEAST_CONFIDENCE,
        "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=settings)


def _lines(reader: Any, image: Image, factor: float) -> tuple[Line, ...]:
    answer = reader(image)
    if answer.txts is None or answer.boxes is None:
        return ()
    return tuple(
        Line(text, float(score), tuple((round(float(x) / factor, 1), round(float(y) / factor, 1)) for x, y in box))
        for text, score, box in zip(answer.txts, answer.scores, answer.boxes, strict=True)
    )
