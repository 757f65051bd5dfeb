"""Photographs of the drawn goods, as an officer's phone would take them, and the clean views a brand keeps.

    photo("lanhe-53", "front_label", genuine=False, seed=7)      JPEG of 1600 x 2133
    reference("lanhe-53", "front_label")                         the genuine one in the studio
    defects("lanhe-53", "front_label")                           where and how the fake differs

The same arguments give the same bytes. A genuine and a fake photograph of one seed share pose, light and grain.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFilter

from .art import RGB, Box, gradient, mix, noise
from .canvas import HEIGHT, WIDTH, Point, Subject
from .catalogue import FAULTS, fault_keys, goods
from .fonts import font
from .objects import PAINTERS, outline

SIZE = (1600, 2133)
_EPOCH = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
# Town centres, WGS-84, rounded to about 1 km: a photograph of the story points at no real shop.
_PLACES: tuple[tuple[float, float], ...] = ((22.82, 108.32), (26.65, 106.63), (23.13, 113.26), (24.81, 118.58))


@dataclass(frozen=True)
class Defect:
    """One visible difference of the fake. `box` is (x, y, width, height), each 0..1 of the picture."""

    shot_code: str
    key: str
    box: tuple[float, float, float, float]
    words_zh: str
    words_en: str


@lru_cache(maxsize=6)
def _subject(product_code: str, shot_code: str, genuine: bool) -> Subject:
    product = goods(product_code)
    faults = frozenset() if genuine else frozenset(fault_keys(product_code, shot_code))
    return PAINTERS[product.template, shot_code](product, faults)


def _homography(source: Sequence[Point], target: Sequence[Point]) -> list[float]:
    """The eight coefficients that take the source quadrangle to the target, by Gaussian elimination."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for row in range(8):
            if row != column and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [value - factor * own for value, own in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]


_CORNERS: tuple[Point, ...] = ((0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT))


def _pose(seed: int, subject: Subject) -> tuple[Point, ...]:
    """Where the canvas's corners fall on the photograph; a close-up is held nearer, so that it fills the frame."""
    chance = random.Random(f"pose{seed}")
    turn, scale = math.radians(chance.uniform(-3.6, 3.6)), chance.uniform(0.90, 0.985)
    scale *= 1.09 if subject.ground is not None else 1.0
    shift = (chance.uniform(-38, 38), chance.uniform(-46, 46))
    lean, squeeze = chance.uniform(-0.05, 0.05), chance.uniform(-0.035, 0.055)
    corners = []
    for x, y in _CORNERS:
        dx, dy = (x / WIDTH - 0.5) * SIZE[0] * scale, (y / HEIGHT - 0.5) * SIZE[1] * scale
        dx *= 1 + squeeze * (-1 if dy < 0 else 1)
        dy *= 1 + lean * (-1 if dx < 0 else 1)
        corners.append(
            (
                SIZE[0] / 2 + shift[0] + dx * math.cos(turn) - dy * math.sin(turn),
                SIZE[1] / 2 + shift[1] + dx * math.sin(turn) + dy * math.cos(turn),
            )
        )
    return tuple(corners)


def _grey(picture: Image.Image, low: int, high: int) -> Image.Image:
    return picture.point(lambda v: low + v * (high - low) // 255)


@lru_cache(maxsize=8)
def _table(kind: str) -> Image.Image:
    """A surface of 900 x 1200 to lay goods on."""
    size = (900, 1200)
    if kind == "wood":
        fine = noise((220, 24), 1).resize(size, Image.Resampling.BICUBIC)
        broad = noise((26, 4), 2).resize(size, Image.Resampling.BICUBIC)
        grain = Image.blend(fine, broad, 0.55)
        image = Image.merge("RGB", (_grey(grain, 128, 206), _grey(grain, 86, 158), _grey(grain, 52, 112)))
        pen = ImageDraw.Draw(image)
        for x in (208, 512, 790):
            pen.line((x, 0, x, 1200), fill="#4a301c", width=4)
            pen.line((x + 4, 0, x + 4, 1200), fill="#c79a6b", width=2)
        return image
    if kind == "carton":
        flutes = noise((300, 3), 3).resize(size, Image.Resampling.BICUBIC)
        speck = noise(size, 4)
        grain = Image.blend(flutes, speck, 0.3)
        image = Image.merge("RGB", (_grey(grain, 158, 206), _grey(grain, 122, 168), _grey(grain, 84, 122)))
        pen = ImageDraw.Draw(image)
        pen.rectangle((560, 0, 690, 1200), fill="#c6a87a")
        pen.line((620, 0, 620, 1200), fill="#7a5b38", width=3)
        return image
    if kind == "steel":
        grain = noise((16, 1200), 5).resize(size, Image.Resampling.BICUBIC)
        image = Image.merge("RGB", (_grey(grain, 128, 172), _grey(grain, 134, 178), _grey(grain, 140, 186)))
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, 0, 900, 250), fill="#3a3f45")
        chance = random.Random(6)
        x = -20
        while x < 900:
            width = chance.randint(60, 130)
            colour = chance.choice(("#7b2d26", "#2f4b6e", "#b88a2e", "#52604a", "#d8d2c4", "#803d5b"))
            pen.rounded_rectangle((x, chance.randint(10, 90), x + width, 236), 10, fill=colour)
            pen.rectangle((x + 12, 130, x + width - 12, 190), fill="#e6dfd0")
            x += width + 10
        image.paste(image.crop((0, 0, 900, 250)).filter(ImageFilter.GaussianBlur(9)), (0, 0))
        pen.rectangle((0, 236, 900, 272), fill="#e8eaec")
        pen.rectangle((0, 272, 900, 280), fill="#6a7076")
        return image
    if kind == "cloth":
        grain = noise((450, 600), 7).resize(size, Image.Resampling.BILINEAR)
        image = Image.merge("RGB", (_grey(grain, 52, 84), _grey(grain, 70, 104), _grey(grain, 84, 122)))
        fold = noise((4, 5), 8).resize(size, Image.Resampling.BICUBIC)
        return ImageChops.multiply(image, Image.merge("RGB", (_grey(fold, 150, 255),) * 3))
    grain = noise((450, 600), 9).resize(size, Image.Resampling.BILINEAR)
    broad = noise((6, 8), 10).resize(size, Image.Resampling.BICUBIC)
    grain = Image.blend(grain, broad, 0.5)
    return Image.merge("RGB", (_grey(grain, 196, 226), _grey(grain, 196, 224), _grey(grain, 190, 216)))


_TABLES = ("wood", "laminate", "carton", "steel", "cloth")


@lru_cache(maxsize=1)
def _grain() -> tuple[Image.Image, Image.Image]:
    """Sensor noise centred on 128: fine, and a coarser one that survives the JPEG."""
    fine = noise(SIZE, 20)
    coarse = noise((SIZE[0] // 2, SIZE[1] // 2 + 1), 21).resize(SIZE, Image.Resampling.BILINEAR)
    return _grey(fine, 121, 135), _grey(coarse, 118, 138)


def _ground(seed: int, product_code: str) -> Image.Image:
    chance = random.Random(f"ground{seed}")
    table = _table(_TABLES[(seed + sum(product_code.encode())) % len(_TABLES)])
    left, top = chance.randint(0, 80), chance.randint(0, 60)
    part = table.crop((left, top, left + 810, top + 1080))
    if chance.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return part.resize(SIZE, Image.Resampling.BILINEAR)


def _light(seed: int) -> tuple[Image.Image, Image.Image]:
    """The light that falls on the scene (multiplied) and its glare (added), from small maps."""
    chance = random.Random(f"light{seed}")
    width, height = 36, 48
    x0, y0 = chance.uniform(-4, 40), chance.uniform(-6, 16)
    warm = chance.uniform(-0.06, 0.07)
    strength = chance.uniform(0.20, 0.40)
    light = bytearray()
    for y in range(height):
        for x in range(width):
            distance = math.hypot((x - x0) / width, (y - y0) / height)
            edge = math.hypot(x / width - 0.5, y / height - 0.5)
            value = 1.04 - strength * min(1.3, distance) - 0.34 * max(0.0, edge - 0.42)
            light += bytes(max(0, min(255, round(255 * value * tint))) for tint in (1 + warm, 1.0, 1 - warm))
    image = Image.frombytes("RGB", (width, height), bytes(light))
    image = image.resize((216, 288), Image.Resampling.BICUBIC).resize(SIZE, Image.Resampling.BILINEAR)
    glare = Image.new("L", (80, 107))
    gx, gy = chance.uniform(8, 72), chance.uniform(8, 100)
    ImageDraw.Draw(glare).ellipse((gx - 5, gy - 18, gx + 5, gy + 18), fill=chance.randint(14, 52))
    glare = glare.filter(ImageFilter.GaussianBlur(5)).resize(SIZE, Image.Resampling.BILINEAR)
    return image, glare


def _lay_out(product_code: str, subject: Subject, seed: int) -> Image.Image:
    """The subject as the camera sees it, on its surface with a shadow, before light and grain."""
    pose = _pose(seed, subject)
    back = _homography(pose, _CORNERS)
    if subject.ground is not None:
        return subject.image.convert("RGB").transform(
            SIZE, Image.Transform.PERSPECTIVE, back, Image.Resampling.BILINEAR, fillcolor=subject.ground
        )
    scene = _ground(seed, product_code)
    left, top, right, bottom = _on_photo(subject.image.getbbox() or (0, 0, WIDTH, HEIGHT), _homography(_CORNERS, pose))
    area = (max(0, int(left) - 2), max(0, int(top) - 2), min(SIZE[0], int(right) + 3), min(SIZE[1], int(bottom) + 3))
    part = (area[2] - area[0], area[3] - area[1])
    a, b, c, d, e, f, g, h = back
    scale = g * area[0] + h * area[1] + 1
    moved = (a, b, c + a * area[0] + b * area[1], d, e, f + d * area[0] + e * area[1], g, h)
    coefficients = [value / scale for value in moved]
    layer = subject.image.convert("RGB").transform(
        part, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR
    )
    alpha = subject.image.getchannel("A").transform(
        part, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR
    )
    small = Image.new("L", (SIZE[0] // 8, SIZE[1] // 8 + 1))
    small.paste(alpha.resize((part[0] // 8, part[1] // 8), Image.Resampling.BILINEAR), (area[0] // 8, area[1] // 8))
    shadow = ImageChops.offset(small, 5, 6).filter(ImageFilter.GaussianBlur(7)).point(lambda v: v * 150 // 255)
    contact = ImageChops.offset(small, 1, 2).filter(ImageFilter.GaussianBlur(2)).point(lambda v: v * 120 // 255)
    both = ImageChops.lighter(shadow, contact).resize(SIZE, Image.Resampling.BILINEAR)
    scene.paste((16, 14, 14), (0, 0), both)
    scene.paste(layer, area[:2], alpha)
    return scene


def _on_photo(box: tuple[float, float, float, float], forward: Sequence[float]) -> Box:
    """A canvas box as the upright box around it on the photograph, in pixels."""
    a, b, c, d, e, f, g, h = forward
    corners = [
        ((a * x + b * y + c) / (g * x + h * y + 1), (d * x + e * y + f) / (g * x + h * y + 1))
        for x in (box[0], box[2])
        for y in (box[1], box[3])
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


# A phone's tone curve: brighter in the middle, a little contrast at the ends.
_CURVE = [
    round(255 * min(1.0, (v / 255) ** 0.86 * 1.04 + 0.025 * math.sin((v / 255 - 0.5) * math.pi))) if v else 0
    for v in range(256)
]


def photo(
    product_code: str,
    shot_code: str,
    genuine: bool,
    seed: int,
    *,
    spoilt: str = "",
    taken_at: datetime | None = None,
    place: tuple[float, float] | None = None,
) -> bytes:
    """One photograph, a JPEG of 1600 x 2133 pixels.

    spoilt: "" or "blur", "glare", "dark", for the photographs that are asked for again.
    taken_at: aware; written as Beijing time.
    place: WGS-84 latitude and longitude; without it one in three seeds has one.
    Raises KeyError for an unknown product or shot, FontMissing without a Chinese font.
    """
    subject = _subject(product_code, shot_code, genuine)
    scene = _lay_out(product_code, subject, seed)
    light, glare = _light(seed)
    scene = ImageChops.multiply(scene, light).point(_CURVE * 3)
    scene.paste((255, 255, 255), (0, 0), glare)
    scene = _spoil(scene, spoilt, subject)
    chance = random.Random(f"grain{seed}")
    fine, coarse = _grain()
    rolled = [ImageChops.offset(coarse, chance.randint(0, SIZE[0]), chance.randint(0, SIZE[1])) for _ in range(2)]
    scene = ImageChops.add(scene, Image.merge("RGB", (rolled[0], fine, rolled[1])), 1, -128)
    _edge_mark(scene)
    out = io.BytesIO()
    quality = random.Random(f"quality{seed}").randint(85, 87)
    scene.save(out, "JPEG", quality=quality, exif=_exif(seed, taken_at, place))
    return out.getvalue()


def _spoil(scene: Image.Image, spoilt: str, subject: Subject) -> Image.Image:
    if not spoilt:
        return scene
    if spoilt == "blur":
        small = scene.resize((SIZE[0] // 4, SIZE[1] // 4), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(2.6))
        return small.resize(SIZE, Image.Resampling.BICUBIC)
    if spoilt == "dark":
        return scene.point(lambda v: round(v * 0.24))
    if spoilt == "glare":
        boxes = list(subject.marks.values()) or [(400.0, 600.0, 800.0, 1000.0)]
        x, y = (boxes[-1][0] + boxes[-1][2]) / 2 / WIDTH * 160, (boxes[-1][1] + boxes[-1][3]) / 2 / HEIGHT * 213
        spot = Image.new("L", (160, 213))
        ImageDraw.Draw(spot).ellipse((x - 30, y - 17, x + 30, y + 17), fill=255)
        spot = (
            spot.filter(ImageFilter.GaussianBlur(8))
            .point(lambda v: min(255, v * 2))
            .resize(SIZE, Image.Resampling.BILINEAR)
        )
        return ImageChops.screen(scene, Image.merge("RGB", (spot,) * 3))
    raise ValueError(f"a photograph is spoilt by blur, glare or dark, not by {spoilt!r}")


def _edge_mark(scene: Image.Image) -> None:
    """A small 演示样张 in the corner, so that no picture of the story passes for evidence."""
    stamp = Image.new("L", (140, 40))
    ImageDraw.Draw(stamp).text((136, 20), "演示样张", font=font(500, False, 28), fill=170, anchor="rm")
    scene.paste((255, 255, 255), (SIZE[0] - 160, SIZE[1] - 56), stamp)


def _exif(seed: int, taken_at: datetime | None, place: tuple[float, float] | None) -> Image.Exif:
    moment = taken_at or _EPOCH + timedelta(minutes=(seed * 37) % 40000)
    stamp = (moment.astimezone(UTC) + timedelta(hours=8)).strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "DEMO"
    exif[ExifTags.Base.Model] = "DEMO Phone"
    exif[ExifTags.Base.Orientation] = 1
    exif[ExifTags.Base.Software] = "sample, no legal effect"
    exif[ExifTags.Base.DateTime] = stamp
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = stamp
    inner[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    where = place or (_PLACES[seed // 3 % len(_PLACES)] if seed % 3 == 0 else None)
    if where:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if where[0] >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = _degrees(abs(where[0]))
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if where[1] >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = _degrees(abs(where[1]))
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    return float(whole), float(minutes), round((value - whole - minutes / 60) * 3600, 2)


def _studio(product_code: str, shot_code: str, genuine: bool) -> Image.Image:
    subject = _subject(product_code, shot_code, genuine)
    size = (WIDTH, HEIGHT)
    colour: RGB = mix(subject.ground, "white", 0.06) if subject.ground else (232, 234, 236)
    scene = gradient(size, [(0, mix(colour, "white", 0.4)), (1, mix(colour, "black", 0.08))], vertical=True)
    alpha = subject.image.getchannel("A")
    if subject.ground is None:
        small = alpha.resize((150, 200), Image.Resampling.BILINEAR)
        shadow = ImageChops.offset(small, 0, 3).filter(ImageFilter.GaussianBlur(5)).point(lambda v: v * 80 // 255)
        scene.paste((40, 42, 46), (0, 0), shadow.resize(size, Image.Resampling.BILINEAR))
    scene.paste(subject.image.convert("RGB"), (0, 0), alpha)
    return scene


def reference(product_code: str, shot_code: str) -> bytes:
    """The brand's own clean view of the genuine product, a JPEG of 1200 x 1600 pixels."""
    out = io.BytesIO()
    _studio(product_code, shot_code, True).save(out, "JPEG", quality=92)
    return out.getvalue()


def known_fake(product_code: str, shot_code: str) -> bytes:
    """A fake in the studio, for the brand's library of known fakes, a JPEG of 1200 x 1600 pixels."""
    out = io.BytesIO()
    _studio(product_code, shot_code, False).save(out, "JPEG", quality=92)
    return out.getvalue()


def _regions(product_code: str, shot_code: str) -> dict[str, Box]:
    """Each fault's box in canvas pixels: the genuine element and the faulty one together."""
    regions: dict[str, Box] = {}
    one, two = (_subject(product_code, shot_code, genuine).marks for genuine in (True, False))
    for key in fault_keys(product_code, shot_code):
        boxes = [marks[key] for marks in (one, two) if key in marks]
        regions[key] = (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )
    return regions


def defects(product_code: str, shot_code: str, seed: int | None = None) -> tuple[Defect, ...]:
    """How the fake differs on one shot. Boxes lie on the reference; with a seed, on the photograph of that seed."""
    words = FAULTS.get((goods(product_code).template, shot_code), {})
    subject = _subject(product_code, shot_code, True)
    forward = _homography(_CORNERS, _pose(seed, subject)) if seed is not None else None
    found = []
    for key, (x0, y0, x1, y1) in _regions(product_code, shot_code).items():
        if forward is None:
            box = (x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT)
        else:
            ends = _on_photo((x0, y0, x1, y1), forward)
            box = (ends[0] / SIZE[0], ends[1] / SIZE[1], ends[2] / SIZE[0], ends[3] / SIZE[1])
        left, top, right, bottom = (max(0.0, min(1.0, value)) for value in box)
        found.append(
            Defect(
                shot_code,
                key,
                (round(left, 4), round(top, 4), round(right - left, 4), round(bottom - top, 4)),
                *words[key],
            )
        )
    return tuple(found)


def overlay(template: str, shot_code: str) -> str:
    """The camera's guide as SVG text, drawn in the current colour with no style attribute."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" aria-hidden="true">'
        f'<path d="{outline(template, shot_code)}" stroke="currentColor" stroke-width="10" stroke-dasharray="42 26" '
        'stroke-linejoin="round"/></svg>'
    )
