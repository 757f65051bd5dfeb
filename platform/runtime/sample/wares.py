"""Goods out of the box: brake pads, shoes, chargers and bulbs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .art import Art, gradient, mix, noise
from .canvas import HEIGHT, WIDTH, Point, Subject, blank, smooth_mask
from .catalogue import Product
from .fonts import font
from .labels import bulb_shape

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


def brake_pad(product: Product, faults: frozenset[str]) -> Subject:
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
    subject = Subject(blank(), dict(art.marks))
    edge = ImageDraw.Draw(subject.image)
    edge.polygon([(x + 12, y + 34) for x, y in PAD], fill="#6b5f55")
    subject.image.paste(art.image, (0, 0), smooth_mask(PAD))
    edge.line([*PAD, PAD[0]], fill="#a9b1b7", width=5, joint="curve")
    return subject


def curve(points: Sequence[Point], *, closed: bool = True, steps: int = 12) -> list[Point]:
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


def shoe(product: Product, faults: frozenset[str]) -> Subject:
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
        curve(((84.0, 990.0), (110.0, 905.0), (220.0, 860.0), (300.0, 930.0), (330.0, 1030.0), (120.0, 1030.0))),
        fill=mix(upper, "black", 0.24),
    )
    art.draw.polygon(
        curve(((1000.0, 560.0), (1070.0, 560.0), (1110.0, 1020.0), (900.0, 1020.0), (930.0, 800.0))),
        fill=mix(upper, look["accent"], 0.75),
    )
    art.draw.polygon(
        curve(((700.0, 560.0), (790.0, 604.0), (900.0, 604.0), (1010.0, 545.0), (960.0, 650.0), (800.0, 690.0))),
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
    subject = Subject(blank(), dict(art.marks))
    subject.image.paste(art.image, (0, 0), smooth_mask(curve(UPPER)))
    pen = ImageDraw.Draw(subject.image)
    ground = gradient(
        (WIDTH, HEIGHT),
        [(0, "white"), (0.58, sole), (0.66, mix(sole, "black", 0.18)), (0.7, mix(sole, "black", 0.4))],
        vertical=True,
    )
    subject.image.paste(ground, (0, 0), smooth_mask(curve(MIDSOLE)))
    for x in range(150, 1100, 52):
        pen.rounded_rectangle((x, 1086, x + 36, 1118), 8, fill=mix(look["accent"], "black", 0.55))
    pen.line(
        curve(((110.0, 1040.0), (400.0, 1036.0), (760.0, 1018.0), (1110.0, 990.0)), closed=False),
        fill=mix(sole, "black", 0.25),
        width=5,
    )
    seam = curve(((84.0, 992.0), (300.0, 986.0), (620.0, 966.0), (900.0, 936.0), (1108.0, 930.0)), closed=False)
    pen.line(seam, fill=mix(sole, "black", 0.45), width=4)
    if "glue" in faults:
        chance = random.Random(2)
        for px, py in seam[6:-2]:
            radius = chance.uniform(3, 12)
            pen.ellipse((px - radius * 1.6, py - radius - 4, px + radius * 1.6, py + radius - 4), fill="#d9c98c")
    subject.marks["glue"] = (120, 905, 1115, 1012)
    return subject


def device(product: Product, faults: frozenset[str]) -> Subject:
    look = product.look
    subject = Subject(blank())
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
        bulb_shape(pen, 600, 780, 2.2)
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
