"""Flat artwork: what labels, box faces, codes and plates are drawn with, each in a genuine and a faulty form.

Every maker draws one `Art`. An element that can be forged is drawn under its fault's key and marks where it lies, in
pixels of the artwork, so that the difference can be shown on the photograph afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from .catalogue import Product
from .codes import ean13_modules
from .fonts import font

Box = tuple[float, float, float, float]
RGB = tuple[int, int, int]
MAKER_ADDRESS = "示例省示例市演示路 1 号"
TELEPHONE = "服务电话 000-0000 0000"


def rgb(colour: str) -> RGB:
    """A colour name or #hex as three bytes."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def mix(first: str | RGB, second: str | RGB, share: float) -> RGB:
    """`share` of the second colour in the first."""
    one = rgb(first) if isinstance(first, str) else first
    two = rgb(second) if isinstance(second, str) else second
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, two, strict=True))
    return red, green, blue


def gradient(size: tuple[int, int], stops: list[tuple[float, str | RGB]], *, vertical: bool = False) -> Image.Image:
    """An RGB picture running through the stops (place 0..1, colour), left to right or top to bottom."""
    length = 256
    strip = Image.new("RGB", (length, 1))
    for x in range(length):
        place = x / (length - 1)
        before = max((stop for stop in stops if stop[0] <= place), key=lambda stop: stop[0], default=stops[0])
        after = min((stop for stop in stops if stop[0] >= place), key=lambda stop: stop[0], default=stops[-1])
        span = after[0] - before[0]
        strip.putpixel((x, 0), mix(before[1], after[1], (place - before[0]) / span if span else 0.0))
    if vertical:
        strip = strip.transpose(Image.Transpose.ROTATE_270)
    return strip.resize(size, Image.Resampling.BILINEAR)


def noise(size: tuple[int, int], seed: int) -> Image.Image:
    """Even grey noise, the same for a seed on every machine."""
    return Image.frombytes("L", size, random.Random(seed).randbytes(size[0] * size[1]))


class Art:
    """A flat piece of artwork being drawn. `faults` are the keys that are to be drawn wrong."""

    def __init__(self, size: tuple[int, int], paper: str | RGB, faults: frozenset[str]) -> None:
        self.image = Image.new("RGB", size, paper)
        self.draw = ImageDraw.Draw(self.image)
        self.size = size
        self.faults = faults
        self.marks: dict[str, Box] = {}

    def wrong(self, key: str) -> bool:
        return key in self.faults

    def mark(self, key: str, box: Box, margin: float = 8) -> None:
        """Note where the element of one key lies; several notes of one key are joined."""
        x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
        if key in self.marks:
            old = self.marks[key]
            x0, y0, x1, y1 = min(x0, old[0]), min(y0, old[1]), max(x1, old[2]), max(y1, old[3])
        self.marks[key] = (x0, y0, x1, y1)

    def text(
        self,
        at: tuple[float, float],
        words: str,
        size: int,
        *,
        weight: int = 400,
        serif: bool = False,
        fill: str | RGB = "black",
        anchor: str = "mm",
        spacing: float = 0,
        key: str = "",
    ) -> Box:
        """Draw one line; `spacing` is extra pixels between letters. Returns and, with a key, marks its box."""
        face = font(weight, serif, size)
        if not spacing:
            self.draw.text(at, words, font=face, fill=fill, anchor=anchor)
            box = self.draw.textbbox(at, words, font=face, anchor=anchor)
        else:
            widths = [face.getlength(letter) + spacing for letter in words]
            total = sum(widths) - spacing
            x = at[0] - (total / 2 if anchor[0] == "m" else total if anchor[0] == "r" else 0)
            box = (x, at[1] - size * 0.6, x + total, at[1] + size * 0.6)
            for letter, width in zip(words, widths, strict=True):
                self.draw.text((x, at[1]), letter, font=face, fill=fill, anchor="l" + anchor[1])
                x += width
        if key:
            self.mark(key, box)
        return box

    def paste(self, picture: Image.Image, at: tuple[float, float], mask: Image.Image | None = None) -> None:
        self.image.paste(picture, (round(at[0]), round(at[1])), mask)

    def barcode(self, at: tuple[float, float], gtin: str, module: int, height: int, key: str = "barcode") -> None:
        """An EAN-13 on white with its digits; wrong: the last digit, printed and in bars, is not the check digit."""
        if self.wrong(key):
            gtin = gtin[:12] + str((int(gtin[12]) + 3) % 10)
        x0, y0 = round(at[0]), round(at[1])
        width = 113 * module
        self.draw.rectangle((x0, y0, x0 + width, y0 + height + 9 * module), fill="white")
        for place, bar in enumerate(ean13_modules(gtin)):
            if bar == "1":
                guard = place < 3 or place > 91 or 45 <= place <= 49
                x = x0 + (11 + place) * module
                foot = y0 + height + (4 * module if guard else 0)
                self.draw.rectangle((x, y0 + module, x + module - 1, foot), fill="#111")
        face = font(500, False, 9 * module)
        y = y0 + height + 1 * module
        for words, start in ((gtin[0], 2), (gtin[1:7], 15), (gtin[7:], 61)):
            for place, digit in enumerate(words):
                self.draw.text((x0 + (start + place * 6.9) * module, y), digit, font=face, fill="#111", anchor="lt")
        if self.wrong(key) or key in self.marks or key == "barcode":
            self.mark(key, (x0 + 80 * module, y0, x0 + width, y0 + height + 9 * module), 4)

    def dots(self, at: tuple[float, float], words: str, size: int, fill: str | RGB, *, solid: bool, jitter: int) -> Box:
        """Ink-jet lettering from the left: a dot matrix, or (wrong) solid print."""
        face = font(500, False, size)
        if solid:
            self.draw.text(at, words, font=face, fill=fill, anchor="lm")
            return self.draw.textbbox(at, words, font=face, anchor="lm")
        pitch = size / 10.5
        small = font(500, False, 40)
        x, chance = at[0], random.Random(jitter)
        for letter in words:
            if letter == " ":
                x += pitch * 4
                continue
            cell = Image.new("L", (40, 44))
            ImageDraw.Draw(cell).text((20, 22), letter, font=small, fill=255, anchor="mm")
            ink = cell.getbbox() or (0, 0, 40, 44)
            chinese = ord(letter) > 255
            rows = 12 if chinese else 9
            columns = 12 if chinese else 3 if letter in "1:/." else 6
            step = pitch * (0.76 if chinese else 1.0)
            grid = cell.crop((ink[0], min(ink[1], 8), ink[2], max(ink[3], 37))).resize(
                (columns, rows), Image.Resampling.BOX
            )
            for column in range(columns):
                for row in range(rows):
                    if grid.getpixel((column, row)) > (92 if chinese else 105):  # type: ignore[operator]
                        cx = x + column * step + chance.uniform(-0.1, 0.1) * pitch
                        cy = at[1] + (row - rows / 2) * step * 1.12 + chance.uniform(-0.1, 0.1) * pitch
                        radius = step * chance.uniform(0.44, 0.54)
                        self.draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=fill)
            x += (columns + 1.8) * step
        return at[0], at[1] - size * 0.6, x, at[1] + size * 0.6

    def soften(self, box: Box, radius: float, shift: int = 0) -> None:
        """Blur one part and print it slightly out of register."""
        area = (round(box[0]), round(box[1]), round(box[2]), round(box[3]))
        part = self.image.crop(area).filter(ImageFilter.GaussianBlur(radius))
        if shift:
            red, green, blue = part.split()
            part = Image.merge("RGB", (ImageChops.offset(red, shift, 0), green, ImageChops.offset(blue, -shift, 1)))
        self.image.paste(part, area[:2])

    def emblem(self, centre: tuple[float, float], radius: float, colour: str | RGB, width: int) -> None:
        """Three ridges in a ring: the spirits brand's device."""
        x, y = centre
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=width)
        for step, (offset, rise) in enumerate(((-0.36, 0.34), (0.08, 0.66), (0.44, 0.26))):
            half = radius * (0.42 if step == 1 else 0.34)
            base = y + radius * 0.34
            peak = (x + offset * radius, base - rise * radius)
            self.draw.line(
                [(peak[0] - half, base), peak, (peak[0] + half, base)], fill=colour, width=width + 1, joint="curve"
            )
        for row in range(3):
            yy = y + radius * (0.44 + row * 0.13)
            half = radius * (0.62 - row * 0.14)
            self.draw.line((x - half, yy, x + half, yy), fill=colour, width=max(2, width - 1))

    def bars(
        self, at: tuple[float, float], height: float, colour: str | RGB, leans: tuple[float, ...], fat: float
    ) -> Box:
        """Leaning bars of rising height: the sports brand's device. `leans` is the shift of each top."""
        x, foot = at
        width = height * 0.24 * fat
        left = x
        for step, lean in enumerate(leans):
            tall = height * (0.62 + 0.19 * step)
            shift = tall * lean
            self.draw.polygon(
                [(x, foot), (x + width, foot), (x + width + shift, foot - tall), (x + shift, foot - tall)], fill=colour
            )
            x += height * 0.36
        return left, foot - height, x + height * 0.5, foot

    def conformity(self, at: tuple[float, float], size: float, colour: str | RGB, key: str = "mark") -> None:
        """A certification device of the story's own (no real mark is copied): an ellipse with 3C 演示."""
        x, y = at
        half = size * (0.36 if self.wrong(key) else 0.5)
        self.draw.ellipse(
            (x - size * 0.62, y - half, x + size * 0.62, y + half), outline=colour, width=max(3, round(size * 0.06))
        )
        self.text(
            (x, y - size * 0.06), "3C", round(size * (0.42 if self.wrong(key) else 0.54)), weight=800, fill=colour
        )
        self.text((x, y + size * 0.29), "演示", round(size * 0.17), weight=500, fill=colour)
        self.mark(key, (x - size * 0.66, y - size * 0.54, x + size * 0.66, y + size * 0.54))


Maker = Callable[[Product, frozenset[str]], Art]
