"""Things to photograph: bottles, boxes, caps, labels, parts and shoes, upright on a transparent canvas of 1200 x 1600.

A `Subject` knows where each forgeable element lies on the canvas. `outline()` gives the camera's overlay from the same
shapes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from . import art as flat
from .art import RGB, Art, Box, gradient, mix, noise, rgb
from .catalogue import Product
from .fonts import font

WIDTH, HEIGHT = 1200, 1600
Point = tuple[float, float]


@dataclass
class Subject:
    """One drawn thing. `marks` are canvas pixels; `ground` is the surface it is part of, for close-ups."""

    image: Image.Image
    marks: dict[str, Box] = field(default_factory=dict)
    ground: RGB | None = None


Painter = Callable[[Product, frozenset[str]], Subject]


def _canvas() -> Image.Image:
    return Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))


def _smooth_mask(points: Sequence[Point]) -> Image.Image:
    mask = Image.new("L", (WIDTH * 2, HEIGHT * 2))
    ImageDraw.Draw(mask).polygon([(x * 2, y * 2) for x, y in points], fill=255)
    return mask.reduce(2)


def _half_width(profile: Sequence[Point], y: float) -> float:
    for (y0, h0), (y1, h1) in zip(profile, profile[1:], strict=False):
        if y0 <= y <= y1:
            share = (y - y0) / (y1 - y0) if y1 > y0 else 1.0
            return h0 + (h1 - h0) * (0.5 - math.cos(share * math.pi) / 2)
    return 0.0


def _turned(profile: Sequence[Point], bands: Sequence[tuple[float, float, str, float]]) -> Image.Image:
    """A solid of revolution: `bands` are (top, bottom, colour, gloss 0..1)."""
    canvas = _canvas()
    top, bottom = profile[0][0], profile[-1][0]
    body = Image.new("RGB", (WIDTH, HEIGHT))
    for y0, y1, colour, gloss in bands:
        strip = gradient(
            (512, 1),
            [
                (0.0, mix(colour, "black", 0.62)),
                (0.07, mix(colour, "black", 0.38)),
                (0.20, mix(colour, "white", 0.10 + 0.5 * gloss)),
                (0.27, mix(colour, "white", 0.04)),
                (0.55, colour),
                (0.80, mix(colour, "black", 0.30)),
                (0.90, mix(colour, "black", 0.22)),
                (0.945, mix(colour, "white", 0.25 * gloss)),
                (1.0, mix(colour, "black", 0.58)),
            ],
        )
        for y in range(int(y0), int(y1), 4):
            half = max(4, _half_width(profile, y + 2))
            body.paste(
                strip.resize((round(half * 2) + 2, 4), Image.Resampling.BILINEAR), (round(WIDTH / 2 - half) - 1, y)
            )
    rows = range(int(top), int(bottom) + 1, 4)
    left = [(WIDTH / 2 - _half_width(profile, y), float(y)) for y in rows]
    right = [(WIDTH / 2 + _half_width(profile, y), float(y)) for y in reversed(rows)]
    canvas.paste(body, (0, 0), _smooth_mask(left + right))
    return canvas


def _wrap(
    subject: Subject,
    label: Art,
    *,
    radius: float,
    top: float,
    width: float,
    height: float,
    dip: float = 26,
    printed: bool = False,
) -> None:
    """Glue a label round a bottle of `radius`; `width` is what the eye sees of it. `printed`: ink only, no paper."""
    art_width, art_height = label.size
    half = width / 2
    spread = math.asin(min(0.98, half / radius))
    steps = 28
    out_width, out_height = round(width), round(height + dip)
    mesh = []

    def source(x: float) -> tuple[float, float]:
        turn = math.asin(max(-1.0, min(1.0, (x - half) / radius)))
        return (turn / spread + 1) / 2 * art_width, dip * (1 - (1 - math.cos(turn)) / (1 - math.cos(spread)))

    for step in range(steps):
        x0, x1 = round(out_width * step / steps), round(out_width * (step + 1) / steps)
        (s0, d0), (s1, d1) = source(x0), source(x1)
        scale = art_height / height
        mesh.append(
            (
                (x0, 0, x1, out_height),
                (s0, -d0 * scale, s0, (out_height - d0) * scale, s1, (out_height - d1) * scale, s1, -d1 * scale),
            )
        )
    source_image = label.image.convert("RGBA")
    if printed:
        paper = Image.new("RGB", label.size, label.image.getpixel((2, 2)))  # type: ignore[arg-type]
        ink = ImageChops.difference(label.image, paper).convert("L").point(lambda v: min(255, v * 4))
        source_image.putalpha(ink)
    picture = source_image.transform((out_width, out_height), Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)
    edge = half / radius / 2
    shade = gradient(
        (out_width, out_height),
        [
            (0.0, mix("white", "black", 0.55 * edge * 1.5)),
            (0.3, "#ffffff"),
            (0.62, "#f4f4f4"),
            (1.0, mix("white", "black", 0.62 * edge * 1.5)),
        ],
    )
    alpha = picture.getchannel("A")
    picture = ImageChops.multiply(picture.convert("RGB"), shade)
    at = (round(WIDTH / 2 - half), round(top))
    subject.image.paste(picture, at, alpha)

    def place(x: float, y: float) -> Point:
        turn = (2 * x / art_width - 1) * spread
        drop = dip * (1 - (1 - math.cos(turn)) / (1 - math.cos(spread)))
        return WIDTH / 2 + radius * math.sin(turn), top + y / art_height * height + drop

    for key, (left, upper, right, lower) in label.marks.items():
        corners = [place(x, y) for x in (left, (left + right) / 2, right) for y in (upper, lower)]
        subject.marks[key] = _bounds(corners)


def _bounds(points: Sequence[Point]) -> Box:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def _lay(subject: Subject, label: Art, box: tuple[int, int, int, int], *, round_by: int = 0) -> None:
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


SPIRITS = (
    (60.0, 92.0),
    (70.0, 104.0),
    (250.0, 106.0),
    (262.0, 86.0),
    (380.0, 88.0),
    (560.0, 330.0),
    (640.0, 360.0),
    (1440.0, 360.0),
    (1520.0, 330.0),
    (1545.0, 290.0),
)
SAUCE = (
    (60.0, 96.0),
    (72.0, 104.0),
    (210.0, 106.0),
    (216.0, 84.0),
    (330.0, 92.0),
    (560.0, 290.0),
    (660.0, 310.0),
    (1450.0, 312.0),
    (1520.0, 296.0),
    (1545.0, 260.0),
)
JUG = (
    (60.0, 110.0),
    (72.0, 122.0),
    (190.0, 124.0),
    (196.0, 100.0),
    (260.0, 110.0),
    (420.0, 380.0),
    (520.0, 430.0),
    (1440.0, 440.0),
    (1530.0, 420.0),
    (1550.0, 380.0),
)
LOTION = (
    (40.0, 150.0),
    (56.0, 172.0),
    (410.0, 176.0),
    (420.0, 176.0),
    (428.0, 150.0),
    (452.0, 150.0),
    (500.0, 300.0),
    (540.0, 312.0),
    (1480.0, 312.0),
    (1530.0, 300.0),
    (1552.0, 270.0),
)


def _spirits(product: Product) -> Subject:
    look = product.look
    glass = look["glass"]
    subject = Subject(
        _turned(
            SPIRITS,
            [(60, 262, look["cap"], 0.7), (262, 384, mix_hex(glass, "black", 0.12), 0.9), (384, 1548, glass, 0.9)],
        )
    )
    pen = ImageDraw.Draw(subject.image)
    for y in (92, 236):
        pen.line((WIDTH / 2 - 104, y, WIDTH / 2 + 104, y), fill=(255, 255, 255, 90), width=4)
    pen.arc((WIDTH / 2 - 300, 520, WIDTH / 2 + 300, 600), 10, 170, fill=(255, 255, 255, 120), width=5)
    return subject


def mix_hex(first: str, second: str, share: float) -> str:
    return "#{:02x}{:02x}{:02x}".format(*mix(first, second, share))


def _spirits_front(product: Product, faults: frozenset[str]) -> Subject:
    subject = _spirits(product)
    _wrap(subject, flat.baijiu_front(product, faults), radius=358, top=650, width=610, height=770)
    return subject


def _spirits_back(product: Product, faults: frozenset[str]) -> Subject:
    subject = _spirits(product)
    _wrap(subject, flat.info_label(product, faults), radius=358, top=650, width=610, height=770)
    return subject


def _food_body(product: Product) -> tuple[Subject, float, float]:
    look = product.look
    if look["kind"] == "soy":
        body = _turned(SAUCE, [(60, 216, look["cap"], 0.4), (216, 1548, look["glass"], 0.8)])
        return Subject(body), 311, 560
    jug = _turned(JUG, [(60, 196, look["cap"], 0.4), (196, 1552, look["glass"], 0.75)])
    body = _canvas()
    pen = ImageDraw.Draw(body)
    for grow, share in ((0, 0.5), (8, 0.22), (20, 0.05), (30, 0.3)):
        pen.rounded_rectangle(
            (600 + grow, 226 + grow, 1006 - grow, 700),
            120 - grow,
            outline=mix(look["glass"], "black", share),
            width=64 - 2 * grow,
        )
    body.alpha_composite(jug)
    pen = ImageDraw.Draw(body)
    for y in (1480, 1508):
        pen.line((WIDTH / 2 - 430, y, WIDTH / 2 + 430, y), fill=(*mix(look["glass"], "black", 0.3), 150), width=5)
    return Subject(body), 438, 700


def _food_front(product: Product, faults: frozenset[str]) -> Subject:
    subject, radius, width = _food_body(product)
    _wrap(subject, flat.food_front(product, faults), radius=radius, top=640, width=width, height=800)
    return subject


def _food_back(product: Product, faults: frozenset[str]) -> Subject:
    subject, radius, width = _food_body(product)
    _wrap(subject, flat.info_label(product, faults), radius=radius, top=640, width=width, height=800)
    return subject


def _lotion_front(product: Product, faults: frozenset[str]) -> Subject:
    look = product.look
    subject = Subject(_turned(LOTION, [(40, 424, look["cap"], 0.8), (424, 1556, look["paper"], 0.5)]))
    label = flat.cosmetics_front(product, faults, size=(520, 900), bottle=True)
    _wrap(subject, label, radius=312, top=570, width=480, height=860, dip=14, printed=True)
    return subject


def _box(face: Art, box: tuple[int, int, int, int], side: str | RGB, *, depth: int = 92) -> Subject:
    """A carton seen a little from above and the right."""
    x0, y0, x1, y1 = box
    subject = Subject(_canvas())
    pen = ImageDraw.Draw(subject.image)
    rise = round(depth * 0.62)
    pen.polygon([(x0, y0), (x0 + depth, y0 - rise), (x1 + depth, y0 - rise), (x1, y0)], fill=mix(side, "white", 0.16))
    pen.polygon([(x1, y0), (x1 + depth, y0 - rise), (x1 + depth, y1 - rise), (x1, y1)], fill=mix(side, "black", 0.42))
    pen.line(
        [(x1 + depth * 0.5, y0 - rise * 0.5), (x0 + depth * 0.5, y0 - rise * 0.5)],
        fill=mix(side, "black", 0.12),
        width=3,
    )
    _lay(subject, face, box)
    shade = gradient((x1 - x0, y1 - y0), [(0, "#ffffff"), (0.55, "#f3f3f3"), (1, "#d8d8d8")])
    front = subject.image.crop(box).convert("RGB")
    subject.image.paste(ImageChops.multiply(front, shade), (x0, y0))
    pen = ImageDraw.Draw(subject.image)
    pen.line(
        [(x0, y0), (x1, y0), (x1, y1)],
        fill=(255, 255, 255, 255) if sum(rgb(face_colour(face))) > 380 else mix(side, "white", 0.5),
        width=3,
    )
    return subject


def face_colour(face: Art) -> str:
    red, green, blue = face.image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _carton_spirits(product: Product, faults: frozenset[str]) -> Subject:
    look = product.look
    face = Art((760, 1160), look["ink"], faults)
    gold = look["accent"]
    inner = (66, 52, 718, 1116) if face.wrong("foil") else (52, 52, 708, 1108)
    face.draw.rectangle(inner, outline=gold, width=9)
    face.mark("foil", (640, 40, 730, 1126), 0)
    face.emblem((380, 210), 92, gold, 6)
    wrong = face.wrong("logo")
    for place, letter in enumerate(product.brand.name_zh):
        face.text(
            (380, 410 + place * 176),
            letter,
            170,
            weight=900 if wrong else 600,
            serif=not wrong,
            fill=mix(gold, "white", 0.3),
            key="logo",
        )
    face.text((380, 930), product.look["line"] + "  " + product.look["degree"], 44, weight=500, serif=True, fill=gold)
    face.text((380, 1010), "LANHECHUN", 34, weight=500, serif=True, fill=gold, spacing=16)
    return _box(face, (150, 260, 960, 1500), look["ink"])


def _carton(make: flat.Maker, box: tuple[int, int, int, int], *, depth: int = 92) -> Painter:
    def paint(product: Product, faults: frozenset[str]) -> Subject:
        face = make(product, faults)
        return _box(face, box, product.look["paper"], depth=depth)

    return paint


def _cosmetics_back(product: Product, faults: frozenset[str]) -> Art:
    return flat.info_label(product, faults, size=(640, 1180))


def _around(
    art: Art, words: str, centre: Point, radius: float, size: int, fill: str | RGB, steps: Sequence[float]
) -> None:
    """Letters round a circle, each at its own angle in degrees from the top."""
    face = font(700, False, size)
    for letter, angle in zip(words, steps, strict=True):
        tile = Image.new("L", (size * 2, size * 2))
        ImageDraw.Draw(tile).text((size, size), letter, font=face, fill=255, anchor="mm")
        tile = tile.rotate(-angle, Image.Resampling.BICUBIC)
        x = centre[0] + math.sin(math.radians(angle)) * radius - size
        y = centre[1] - math.cos(math.radians(angle)) * radius - size
        art.image.paste(rgb(fill) if isinstance(fill, str) else fill, (round(x), round(y)), tile)


def _disc(art: Art, *, rim: str | RGB, colour: str | RGB, ribs: int) -> Subject:
    """Cut the artwork to a disc with a ribbed rim seen from above."""
    subject = Subject(_canvas())
    pen = ImageDraw.Draw(subject.image)
    cx, cy, outer, inner = 600, 800, 540, 490
    pen.ellipse((cx - outer, cy - outer, cx + outer, cy + outer), fill=mix(rim, "black", 0.35))
    if not ribs:
        for inset, share in ((0, 0.45), (10, 0.1), (26, 0.4)):
            reach = outer - inset
            pen.ellipse((cx - reach, cy - reach, cx + reach, cy + reach), fill=mix(rim, "black", share))
    for rib in range(ribs):
        angle = rib * 2 * math.pi / ribs
        light = 0.5 + 0.5 * math.cos(angle - 2.2)
        pen.line(
            [
                (cx + math.cos(angle) * inner, cy + math.sin(angle) * inner),
                (cx + math.cos(angle) * outer, cy + math.sin(angle) * outer),
            ],
            fill=mix(mix(rim, "black", 0.45), "white", 0.45 * light),
            width=6,
        )
    mask = Image.new("L", (1960, 1960))
    ImageDraw.Draw(mask).ellipse((0, 0, 1959, 1959), fill=255)
    mask = mask.reduce(2)
    picture = art.image.resize((980, 980), Image.Resampling.LANCZOS)
    light_map = (
        Image.radial_gradient("L").resize((1400, 1400)).crop((250, 300, 1230, 1280)).point(lambda v: 255 - v // 3)
    )
    picture = ImageChops.multiply(picture, Image.merge("RGB", (light_map,) * 3))
    subject.image.paste(picture, (cx - 490, cy - 490), mask)
    pen.ellipse((cx - 490, cy - 490, cx + 490, cy + 490), outline=mix(colour, "white", 0.4), width=5)
    scale = 980 / art.size[0]
    for key, (x0, y0, x1, y1) in art.marks.items():
        subject.marks[key] = (
            cx - 490 + x0 * scale,
            cy - 490 + y0 * scale,
            cx - 490 + x1 * scale,
            cy - 490 + y1 * scale,
        )
    return subject


def _cap_top(product: Product, faults: frozenset[str]) -> Subject:
    look = product.look
    gold = mix("#e9c877", "white", 0.1) if product.variant else mix(look["ink"], "black", 0.1)
    art = Art((980, 980), look["cap"], faults)
    art.draw.ellipse((60, 60, 920, 920), outline=gold, width=5)
    art.draw.ellipse((210, 210, 770, 770), outline=gold, width=4)
    wrong = art.wrong("emblem")
    centre = (526, 520) if wrong else (490, 490)
    art.emblem(centre, 190 if wrong else 200, gold, 17 if wrong else 9)
    art.mark("emblem", (270, 270, 740, 740), 0)
    letters = "LANHECHUN"
    chance = random.Random(11)
    angles = [-80 + place * 20 + (chance.uniform(-6.5, 6.5) if art.wrong("ring") else 0) for place in range(9)]
    _around(art, letters, (490, 490), 352, 76, gold, angles)
    _around(art, "岚壑春", (490, 490), 352, 84, gold, [205, 180, 155])
    for place, angle in enumerate((-112, 112, -135, 135)):
        if art.wrong("ring") and place == 3:
            continue
        x, y = 490 + math.sin(math.radians(angle)) * 352, 490 - math.cos(math.radians(angle)) * 352
        art.draw.ellipse((x - 13, y - 13, x + 13, y + 13), fill=gold)
    art.mark("ring", (90, 90, 890, 800), 0)
    return _disc(art, rim=look["cap"], colour=look["cap"], ribs=120)


def _raised(
    art: Art, at: Point, words: str, size: int, colour: str | RGB, *, weight: int = 700, strength: float = 0.4
) -> None:
    for shift, fill in (
        (-3, mix(colour, "white", strength + 0.15)),
        (3, mix(colour, "black", strength)),
        (0, mix(colour, "white", 0.08)),
    ):
        art.draw.text((at[0] + shift, at[1] + shift), words, font=font(weight, False, size), fill=fill, anchor="mm")


def _bottle_base(product: Product, faults: frozenset[str]) -> Subject:
    glass = product.look["glass"]
    colour = mix(glass, "#7d8a90", 0.35)
    art = Art((980, 980), colour, faults)
    for radius, share in ((470, 0.3), (430, 0.12), (392, 0.34), (372, 0.05)):
        art.draw.ellipse((490 - radius, 490 - radius, 490 + radius, 490 + radius), fill=mix(colour, "black", share))
    art.draw.ellipse((490 - 360, 490 - 360, 490 + 360, 490 + 360), fill=colour)
    seam = 556 if art.wrong("seam") else 490
    for shift, share in ((-3, 0.45), (3, -0.4)):
        art.draw.line(
            (seam + shift, 24, seam + shift, 956),
            fill=mix(colour, "white" if share > 0 else "black", abs(share)),
            width=9 if art.wrong("seam") else 4,
        )
    art.mark("seam", (470, 20, 580, 960), 0)
    if product.template == "baijiu":
        art.emblem((490, 320), 88, mix(colour, "black", 0.3), 6)
        wrong = art.wrong("mould")
        _raised(
            art,
            (490, 560 if wrong else 548),
            "LH-07" if not wrong else "LH 07",
            150 if not wrong else 128,
            colour,
            weight=800 if not wrong else 400,
            strength=0.42 if not wrong else 0.2,
        )
        _raised(art, (490, 690), "500" if not wrong else "5OO", 96, colour, weight=600, strength=0.36)
        art.mark("mould", (240, 470, 740, 750), 0)
    else:
        words = "ZV5K08" if art.wrong("mould") else "ZV6B11"
        art.text((490, 430), words, 110, weight=500, fill=mix(colour, "black", 0.6))
        art.text((490, 560), "2029/02/11", 84, weight=500, fill=mix(colour, "black", 0.6))
        art.mark("mould", (250, 360, 730, 500), 0)
    return _disc(art, rim=mix(colour, "black", 0.2), colour=colour, ribs=0)


def _panel(
    make: flat.Maker,
    *,
    box: tuple[int, int, int, int] = (90, 460, 1110, 1174),
    round_by: int = 0,
    ground: Callable[[Product], RGB] | None = None,
    woven: bool = False,
) -> Painter:
    """A close-up: the artwork lies in the surface that fills the frame."""

    def paint(product: Product, faults: frozenset[str]) -> Subject:
        label = make(product, faults)
        red, green, blue = label.image.getpixel((4, label.size[1] - 5))  # type: ignore[misc]
        colour: RGB = ground(product) if ground else (red, green, blue)
        surface = Art((WIDTH, HEIGHT), colour, faults)
        if woven:
            flat.weave(surface, 0.1)
        subject = Subject(surface.image.convert("RGBA"), ground=colour)
        _lay(subject, label, box, round_by=round_by)
        return subject

    return paint


def _slip(product: Product, faults: frozenset[str]) -> Subject:
    subject = Subject(_canvas())
    _lay(subject, flat.invoice(product, faults), (120, 130, 1080, 1450))
    return subject


PAD = (
    (110.0, 560.0),
    (190.0, 500.0),
    (300.0, 520.0),
    (340.0, 450.0),
    (860.0, 450.0),
    (900.0, 520.0),
    (1010.0, 500.0),
    (1090.0, 560.0),
    (1070.0, 700.0),
    (1000.0, 740.0),
    (980.0, 1060.0),
    (900.0, 1130.0),
    (600.0, 1160.0),
    (300.0, 1130.0),
    (220.0, 1060.0),
    (200.0, 740.0),
    (130.0, 700.0),
)


def _brake_pad(product: Product, faults: frozenset[str]) -> Subject:
    """The steel back of a pad with its marks."""
    art = Art((WIDTH, HEIGHT), "#3b4045", faults)
    grain = noise((300, 400), 3).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).point(lambda v: 104 + v // 5)
    art.image = ImageChops.multiply(
        Image.merge("RGB", (grain,) * 3), gradient((WIDTH, HEIGHT), [(0, "#b9c2c9"), (0.35, "#ffffff"), (1, "#8d969d")])
    )
    art.draw = ImageDraw.Draw(art.image)
    for x, y in ((330, 620), (870, 620)):
        art.draw.ellipse((x - 40, y - 40, x + 40, y + 40), fill="#23272a", outline="#8f979d", width=6)
    paint = "#e9ecee"
    art.text((600, 620), "TORVANE", 92, weight=900, fill=paint, key="logo")
    part = product.look["partno"]
    art.text((600, 745), part, 70, weight=600, fill=paint)
    friction = (470, 812, 730, 902)
    if not art.wrong("friction"):
        art.draw.rounded_rectangle(friction, 14, outline=paint, width=5)
        art.text((600, 856), "GF / 90R", 52, weight=700, fill=paint)
    art.mark("friction", friction)
    if art.wrong("logo"):
        area = (330, 540, 870, 700)
        chance = random.Random(8)
        part_image = art.image.crop(area).filter(ImageFilter.GaussianBlur(2.6))
        art.image.paste(part_image, area[:2])
        for _ in range(420):
            px, py = chance.gauss(600, 140), chance.gauss(620, 44)
            radius = chance.uniform(0.8, 2.8)
            art.draw.ellipse(
                (px - radius, py - radius, px + radius, py + radius), fill=mix(paint, "#555b60", chance.random() * 0.6)
            )
    art.marks["logo"] = (330, 520, 870, 712)
    code = "07118 L" if art.wrong("code") else f"{part[3:8]} 2216 07"
    art.mark("code", art.dots((390, 1000), code, 62, "#dfe3e6", solid=False, jitter=4))
    art.mark("code", (390, 965, 860, 1035))
    subject = Subject(_canvas(), dict(art.marks))
    edge = ImageDraw.Draw(subject.image)
    edge.polygon([(x + 12, y + 34) for x, y in PAD], fill="#6b5f55")
    subject.image.paste(art.image, (0, 0), _smooth_mask(PAD))
    edge.line([*PAD, PAD[0]], fill="#a9b1b7", width=5, joint="curve")
    return subject


def _curve(points: Sequence[Point], *, closed: bool = True, steps: int = 12) -> list[Point]:
    """A Catmull-Rom line through the points."""
    line: list[Point] = []
    count = len(points)
    for place in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(place + shift) % count] for shift in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[max(0, min(count - 1, place + shift))] for shift in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            line.append(
                (
                    0.5
                    * (
                        2 * p1[0]
                        + (p2[0] - p0[0]) * t
                        + (2 * p0[0] - 5 * p1[0] + 4 * p2[0] - p3[0]) * t * t
                        + (3 * p1[0] - p0[0] - 3 * p2[0] + p3[0]) * t**3
                    ),
                    0.5
                    * (
                        2 * p1[1]
                        + (p2[1] - p0[1]) * t
                        + (2 * p0[1] - 5 * p1[1] + 4 * p2[1] - p3[1]) * t * t
                        + (3 * p1[1] - p0[1] - 3 * p2[1] + p3[1]) * t**3
                    ),
                )
            )
    return line


UPPER = (
    (84.0, 980.0),
    (120.0, 900.0),
    (250.0, 850.0),
    (400.0, 790.0),
    (520.0, 690.0),
    (610.0, 600.0),
    (700.0, 560.0),
    (790.0, 600.0),
    (900.0, 600.0),
    (1010.0, 540.0),
    (1060.0, 560.0),
    (1070.0, 700.0),
    (1090.0, 860.0),
    (1100.0, 1000.0),
    (600.0, 1030.0),
    (200.0, 1030.0),
)
MIDSOLE = (
    (70.0, 990.0),
    (300.0, 985.0),
    (620.0, 965.0),
    (900.0, 935.0),
    (1110.0, 930.0),
    (1140.0, 980.0),
    (1120.0, 1080.0),
    (1040.0, 1110.0),
    (640.0, 1100.0),
    (220.0, 1100.0),
    (110.0, 1070.0),
)


def _shoe(product: Product, faults: frozenset[str]) -> Subject:
    look = product.look
    upper, sole = look["upper"], look["sole"]
    art = Art((WIDTH, HEIGHT), upper, faults)
    art.paste(
        gradient(
            (WIDTH, HEIGHT),
            [
                (0, mix(upper, "white", 0.25)),
                (0.45, mix(upper, "white", 0.1)),
                (0.56, upper),
                (0.7, mix(upper, "black", 0.35)),
                (1, mix(upper, "black", 0.5)),
            ],
            vertical=True,
        ),
        (0, 0),
    )
    for x in range(100, 700, 16):
        for y in range(700, 1000, 16):
            art.draw.ellipse(
                (x + (y // 16 % 2) * 8, y, x + 6 + (y // 16 % 2) * 8, y + 6), fill=mix(upper, "black", 0.16)
            )
    art.draw.polygon(
        _curve(((84.0, 990.0), (110.0, 905.0), (220.0, 860.0), (300.0, 930.0), (330.0, 1030.0), (120.0, 1030.0))),
        fill=mix(upper, "black", 0.24),
    )
    art.draw.polygon(
        _curve(((1000.0, 560.0), (1070.0, 560.0), (1110.0, 1020.0), (900.0, 1020.0), (930.0, 800.0))),
        fill=mix(upper, look["accent"], 0.75),
    )
    art.draw.polygon(
        _curve(((700.0, 560.0), (790.0, 604.0), (900.0, 604.0), (1010.0, 545.0), (960.0, 650.0), (800.0, 690.0))),
        fill=mix(upper, "black", 0.45),
    )
    for step in range(6):
        x, y = 410 + step * 48, 800 - step * 42
        art.draw.line(
            (x, y, x + 96, y + 52),
            fill=mix(upper, "white" if look["colour"].startswith("PINE") else "black", 0.55),
            width=17,
        )
        art.draw.ellipse((x + 86, y + 42, x + 110, y + 66), fill=mix(upper, "black", 0.6))
    wrong = art.wrong("logo")
    art.bars((560, 1000 if wrong else 962), 200, look["accent"], (0.42, 0.42, 0.42), 1.34 if wrong else 0.95)
    art.mark("logo", (545, 745, 900, 1006), 0)
    art.text((1010, 800), "TS", 52, weight=900, fill=look["ink"])
    subject = Subject(_canvas(), dict(art.marks))
    subject.image.paste(art.image, (0, 0), _smooth_mask(_curve(UPPER)))
    pen = ImageDraw.Draw(subject.image)
    ground = gradient(
        (WIDTH, HEIGHT),
        [(0, "white"), (0.58, sole), (0.66, mix(sole, "black", 0.18)), (0.7, mix(sole, "black", 0.4))],
        vertical=True,
    )
    subject.image.paste(ground, (0, 0), _smooth_mask(_curve(MIDSOLE)))
    for x in range(150, 1100, 52):
        pen.rounded_rectangle((x, 1086, x + 36, 1118), 8, fill=mix(look["accent"], "black", 0.55))
    pen.line(
        _curve(((110.0, 1040.0), (400.0, 1036.0), (760.0, 1018.0), (1110.0, 990.0)), closed=False),
        fill=mix(sole, "black", 0.25),
        width=5,
    )
    seam = _curve(((84.0, 992.0), (300.0, 986.0), (620.0, 966.0), (900.0, 936.0), (1108.0, 930.0)), closed=False)
    pen.line(seam, fill=mix(sole, "black", 0.45), width=4)
    if "glue" in faults:
        chance = random.Random(2)
        for px, py in seam[6:-2]:
            radius = chance.uniform(3, 12)
            pen.ellipse((px - radius * 1.6, py - radius - 4, px + radius * 1.6, py + radius - 4), fill="#d9c98c")
    subject.marks["glue"] = (120, 905, 1115, 1012)
    return subject


def _device(product: Product, faults: frozenset[str]) -> Subject:
    look = product.look
    subject = Subject(_canvas())
    pen = ImageDraw.Draw(subject.image)
    shift = -46 if "logo" in faults else 0
    grey = mix("#8d949c", "black", 0.55 if "logo" in faults else 0)
    if look["kind"] == "charger":
        pen.rounded_rectangle((300, 330, 960, 1330), 120, fill="#c5cad0")
        body = gradient((620, 1000), [(0, "#d5d9de"), (0.1, "#ffffff"), (0.8, "#f3f4f6"), (1, "#d6dade")])
        mask = Image.new("L", (620, 1000))
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, 619, 999), 110, fill=255)
        subject.image.paste(body, (270, 310), mask)
        if "seam" in faults:
            pen.line([(270, 1150), (450, 1158), (640, 1150), (890, 1163)], fill="#757c84", width=10)
        else:
            pen.line((270, 1154, 890, 1154), fill="#c3c8ce", width=3)
        subject.marks["seam"] = (262, 1138, 898, 1174)
        pen.text((580 + shift, 560), "solvo", font=font(700, False, 150), fill=grey, anchor="mm")
        pen.text((580 + shift, 690), "GaN 65W", font=font(500, False, 60), fill=grey, anchor="mm")
        subject.marks["logo"] = (330, 470, 800, 740)
        for x, words in ((430, "C1"), (730, "C2")):
            pen.rounded_rectangle((x - 90, 930, x + 90, 990), 30, fill="#2b3138")
            pen.rounded_rectangle((x - 66, 950, x + 66, 970), 10, fill="#6d757d")
            pen.text((x, 1050), words, font=font(500, False, 40), fill="#8d949c", anchor="mm")
    else:
        flat.bulb_shape(pen, 600, 780, 2.2)
        light = Image.radial_gradient("L").resize((900, 900)).point(lambda v: max(0, 150 - v))
        subject.image.paste((255, 255, 255), (200, 300), light)
        pen.text((600 + shift, 880), "solvo", font=font(700, False, 110), fill=grey, anchor="mm")
        pen.text((600 + shift, 968), "9W 4000K E27", font=font(500, False, 44), fill=grey, anchor="mm")
        subject.marks["logo"] = (400, 815, 780, 1000)
        if "seam" in faults:
            pen.line([(310, 722), (480, 734), (700, 720), (890, 733)], fill="#9b937f", width=9)
        else:
            pen.line((306, 726, 894, 726), fill="#ddd6c4", width=3)
        subject.marks["seam"] = (296, 706, 904, 748)
    return subject


def _sheet_metal(product: Product) -> RGB:
    return mix(product.look["paper"], "#8a8f94", 0.2)


_FACE_TALL = (200, 250, 880, 1510)
_FACE = (110, 320, 980, 1400)

PAINTERS: dict[tuple[str, str], Painter] = {
    ("baijiu", "front_label"): _spirits_front,
    ("baijiu", "back_label"): _spirits_back,
    ("baijiu", "cap_top"): _cap_top,
    ("baijiu", "batch_code"): _panel(flat.code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("baijiu", "anti_fake_sticker"): _panel(flat.sticker, round_by=26, ground=lambda product: rgb(product.look["ink"])),
    ("baijiu", "bottle_base"): _bottle_base,
    ("baijiu", "outer_box_front"): _carton_spirits,
    ("baijiu", "invoice"): _slip,
    ("food", "pack_front"): _food_front,
    ("food", "pack_back"): _food_back,
    ("food", "batch_code"): _panel(flat.code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("food", "sc_no"): _panel(flat.licence_panel),
    ("food", "barcode"): _panel(flat.barcode_panel),
    ("cosmetics", "box_front"): _carton(flat.cosmetics_front, _FACE_TALL),
    ("cosmetics", "box_back"): _carton(_cosmetics_back, _FACE_TALL),
    ("cosmetics", "box_code"): _panel(flat.code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("cosmetics", "bottle_front"): _lotion_front,
    ("cosmetics", "bottle_base"): _bottle_base,
    ("auto_parts", "pack_front"): _carton(flat.auto_front, _FACE),
    ("auto_parts", "part_mark"): _brake_pad,
    ("auto_parts", "anti_fake_sticker"): _panel(flat.sticker, round_by=26, ground=_sheet_metal),
    ("auto_parts", "pack_back"): _carton(flat.info_label, _FACE),
    ("auto_parts", "batch_code"): _panel(flat.code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("shoes", "tongue_label"): _panel(
        flat.tongue_label,
        box=(110, 380, 1090, 1208),
        round_by=18,
        ground=lambda product: mix(product.look["upper"], "black", 0.3),
        woven=True,
    ),
    ("shoes", "size_label"): _panel(
        flat.size_label,
        box=(110, 380, 1090, 1208),
        round_by=10,
        ground=lambda product: mix(product.look["upper"], "black", 0.35),
        woven=True,
    ),
    ("shoes", "box_label"): _panel(
        flat.box_label, round_by=16, ground=lambda product: mix(product.look["paper"], product.look["accent"], 0.35)
    ),
    ("shoes", "shoe_pair"): _shoe,
    ("shoes", "logo_closeup"): _panel(flat.logo_closeup, box=(0, 200, 1200, 1280), woven=True),
    ("electronics", "pack_front"): _carton(flat.electronics_front, _FACE),
    ("electronics", "nameplate"): _panel(flat.nameplate),
    ("electronics", "device_front"): _device,
    ("electronics", "pack_label"): _panel(
        flat.box_label, round_by=16, ground=lambda product: rgb(product.look["accent"])
    ),
    ("electronics", "ccc_mark"): _panel(flat.mark_panel),
}


def outline(template: str, shot_code: str) -> str:
    """The camera's guide for one shot as path data on a 1200 x 1600 canvas."""
    bottles = {
        ("baijiu", "front_label"): SPIRITS,
        ("baijiu", "back_label"): SPIRITS,
        ("food", "pack_front"): SAUCE,
        ("food", "pack_back"): SAUCE,
        ("cosmetics", "bottle_front"): LOTION,
    }
    if (template, shot_code) in bottles:
        profile = bottles[template, shot_code]
        heights = [float(y) for y in range(int(profile[0][0]), int(profile[-1][0]) + 1, 30)]
        points = [(WIDTH / 2 - _half_width(profile, y), y) for y in heights]
        points += [(WIDTH / 2 + _half_width(profile, y), y) for y in reversed(heights)]
        return _path(points)
    if shot_code in ("cap_top", "bottle_base"):
        return "M60 800A540 540 0 1 1 1140 800A540 540 0 1 1 60 800Z"
    if shot_code == "part_mark":
        return _path(list(PAD))
    if shot_code == "shoe_pair":
        return _path(_curve(UPPER, steps=4)) + _path(_curve(MIDSOLE, steps=4))
    if template == "cosmetics" and shot_code.startswith("box_") and shot_code != "box_code":
        return "M200 250H880V1510H200Z"
    if shot_code in ("outer_box_front", "pack_front", "pack_back", "invoice"):
        return "M110 300H1000V1450H110Z"
    if shot_code == "device_front":
        corner = "A110 110 0 0 1"
        return f"M380 310H780{corner} 890 420V1200{corner} 780 1310H380{corner} 270 1200V420{corner} 380 310Z"
    return "M110 460H1090V1180H110Z"


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{round(x)} {round(y)}" for x, y in points) + "Z"
