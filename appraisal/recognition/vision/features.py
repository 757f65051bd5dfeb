"""Local features of a picture: XFeat as an ONNX model made at set-up, SIFT where that cannot be had."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appraisal.recognition.vision.kinds import Floats, Image, Polygon


@dataclass(frozen=True, slots=True)
class Features:
    """kind: which extractor made them; only features of one kind can be compared.

    points: n x 2, pixels of the picture given, best first. descriptors: n x d, unit length. scores: n.
    size: width and height of that picture. thumbnail: the picture at most 384 pixels long, for the pixel check.
    """

    kind: str
    points: Floats
    descriptors: Floats
    scores: Floats
    size: tuple[int, int]
    thumbnail: Image

    def to_bytes(self) -> bytes:
        """About 90 kB for a thousand points."""
        raise NotImplementedError

    @classmethod
    def from_bytes(cls, data: bytes) -> Features:
        """Raises ValueError for what `to_bytes` did not make."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Health:
    """code: ok, weights_missing, weights_changed, model_differs. A key of `features.WORDS`."""

    code: str

    @property
    def good(self) -> bool:
        return self.code == "ok"


class Extractor(Protocol):
    """name: what `Features.kind` will say."""

    name: str
    health: Health

    def extract(self, image: Image, outline: Polygon | None = None) -> Features:
        """Points inside the outline; without one, of the whole picture."""
        ...


def extractor(folder: Path) -> Extractor:
    """The extractor of this installation. folder: where the model is kept; it is made there when missing.

    Never fails for want of a model: then SIFT, with the reason in `health`. Keep it: making it takes 0.2 s.
    """
    raise NotImplementedError
