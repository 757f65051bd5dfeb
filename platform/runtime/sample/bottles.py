"""Bottles, jugs, their caps and bases: solids of revolution with labels glued round them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from .art import RGB, Art, gradient, mix, rgb
from .canvas import HEIGHT, WIDTH, Point, Subject, blank, bounds, smooth_mask
from .catalogue import Product
from .fonts import font
from .labels import baijiu_front, cosmetics_front, food_front, info_label

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


def half_width(profile: Sequence[Point], y: float) -> float:
    for (y0, h0), (y1, h1) in zip(profile, profile[1:], strict=False):
        if y0 <= y <= y1:
            share = (y - y0) / (y1 - y0) if y1 > y0 else 1.0
            return h0 + (h1 - h0) * (0.5 - math.cos(share * math.pi) / 2)
    return 0.0


def _turned(profile: Sequence[Point], bands: Sequence[tuple[float, float, str, float]]) -> Image.Image:
    """A solid of revolution: `bands` are (top, bottom, colour, gloss 0..1)."""
    canvas = blank()
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
            half = max(4, half_width(profile, y + 2))
            body.paste(
                strip.resize((round(half * 2) + 2, 4), Image.Resampling.BILINEAR), (round(WIDTH / 2 - half) - 1, y)
            )
    rows = range(int(top), int(bottom) + 1, 4)
    left = [(WIDTH / 2 - half_width(profile, y), float(y)) for y in rows]
    right = [(WIDTH / 2 + half_width(profile, y), float(y)) for y in reversed(rows)]
    canvas.paste(body, (0, 0), smooth_mask(left + right))
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
        subject.marks[key] = bounds(corners)


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


def spirits_front(product: Product, faults: frozenset[str]) -> Subject:
    subject = _spirits(product)
    _wrap(subject, baijiu_front(product, faults), radius=358, top=650, width=610, height=770)
    return subject


def spirits_back(product: Product, faults: frozenset[str]) -> Subject:
    subject = _spirits(product)
    _wrap(subject, info_label(product, faults), radius=358, top=650, width=610, height=770)
    return subject


def _food_body(product: Product) -> tuple[Subject, float, float]:
    look = product.look
    if look["kind"] == "soy":
        body = _turned(SAUCE, [(60, 216, look["cap"], 0.4), (216, 1548, look["glass"], 0.8)])
        return Subject(body), 311, 560
    jug = _turned(JUG, [(60, 196, look["cap"], 0.4), (196, 1552, look["glass"], 0.75)])
    body = blank()
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


def food_pack_front(product: Product, faults: frozenset[str]) -> Subject:
    subject, radius, width = _food_body(product)
    _wrap(subject, food_front(product, faults), radius=radius, top=640, width=width, height=800)
    return subject


def food_pack_back(product: Product, faults: frozenset[str]) -> Subject:
    subject, radius, width = _food_body(product)
    _wrap(subject, info_label(product, faults), radius=radius, top=640, width=width, height=800)
    return subject


def lotion_front(product: Product, faults: frozenset[str]) -> Subject:
    look = product.look
    subject = Subject(_turned(LOTION, [(40, 424, look["cap"], 0.8), (424, 1556, look["paper"], 0.5)]))
    label = cosmetics_front(product, faults, size=(520, 900), bottle=True)
    _wrap(subject, label, radius=312, top=570, width=480, height=860, dip=14, printed=True)
    return subject


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
    subject = Subject(blank())
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


def cap_top(product: Product, faults: frozenset[str]) -> Subject:
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


def bottle_base(product: Product, faults: frozenset[str]) -> Subject:
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
