"""What every drawn thing stands on: a transparent canvas of 1200 x 1600, and how artwork is laid on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from .art import RGB, Art, Box
from .catalogue import Product

WIDTH, HEIGHT = 1200, 1600
Point = tuple[float, float]


@dataclass
class Subject:
    """One drawn thing. `marks` are canvas pixels; `ground` is the surface it is part of, for close-ups."""

    image: Image.Image
    marks: dict[str, Box] = field(default_factory=dict)
    ground: RGB | None = None


Painter = Callable[[Product, frozenset[str]], Subject]


def blank() -> Image.Image:
    return Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))


def smooth_mask(points: Sequence[Point]) -> Image.Image:
    mask = Image.new("L", (WIDTH * 2, HEIGHT * 2))
    ImageDraw.Draw(mask).polygon([(x * 2, y * 2) for x, y in points], fill=255)
    return mask.reduce(2)


def bounds(points: Sequence[Point]) -> Box:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def lay(subject: Subject, label: Art, box: tuple[int, int, int, int], *, round_by: int = 0) -> None:
    """Put flat artwork on the canvas."""
    width, height = box[2] - box[0], box[3] - box[1]
    picture = label.image.resize((width, height), Image.Resampling.LANCZOS)
    mask = Image.new("L", (width, height), 255)
    if round_by:
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), round_by, fill=255)
    subject.image.paste(picture, box[:2], mask)
    for key, (x0, y0, x1, y1) in label.marks.items():
        sx, sy = width / label.size[0], height / label.size[1]
        subject.marks[key] = (box[0] + x0 * sx, box[1] + y0 * sy, box[0] + x1 * sx, box[1] + y1 * sy)
