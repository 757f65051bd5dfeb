"""Flat artwork: labels, box faces, codes and plates, each in a genuine and a faulty form.

Every function draws one `Art`. An element that can be forged is drawn under its fault's key and marks where it lies, in
pixels of the artwork, so that the difference can be shown on the photograph afterwards.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import segno
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


def baijiu_front(product: Product, faults: frozenset[str]) -> Art:
    look, ink, gold = product.look, product.look["ink"], product.look["accent"]
    art = Art((700, 860), look["paper"], faults)
    art.draw.rectangle((18, 18, 681, 841), outline=gold, width=7)
    art.draw.rectangle((32, 32, 667, 827), outline=gold, width=2)
    for x, y in ((32, 32), (667, 32), (32, 827), (667, 827)):
        art.draw.rectangle((x - 17, y - 17, x + 17, y + 17), fill=look["paper"], outline=gold, width=3)
    art.emblem((350, 130), 62, gold, 4)
    art.text((350, 224), "LANHECHUN", 26, weight=500, serif=True, fill=gold, spacing=12)
    wrong = art.wrong("logo")
    for place, letter in enumerate(product.brand.name_zh):
        art.text(
            (350, 320 + place * 132),
            letter,
            118 if wrong else 126,
            weight=900 if wrong else 600,
            serif=not wrong,
            fill=ink,
            key="logo",
        )
    seal = "#d9531e" if art.wrong("seal") else "#9c1519"
    art.draw.rounded_rectangle((508, 300, 598, 420), 10, fill=seal)
    art.text((553, 336), look["line"][0], 52, weight=700, serif=True, fill=look["paper"])
    art.text((553, 388), look["line"][1], 52, weight=700, serif=True, fill=look["paper"])
    if not art.wrong("seal"):
        art.draw.line((510, 362, 530, 362), fill=look["paper"], width=2)
    art.mark("seal", (508, 300, 598, 420))
    for place, letter in enumerate("纯粮固态酿造"):
        art.text((140, 322 + place * 42), letter, 30, weight=400, serif=True, fill=ink)
    art.text((350, 700), f"净含量 {product.spec}    酒精度 {look['degree']}", 29, weight=500, fill=ink)
    art.text((350, 744), product.brand.owner_zh, 23, weight=400, fill=ink)
    if art.wrong("micro"):
        art.draw.rectangle((70, 788, 630, 793), fill=gold)
    else:
        art.text((350, 790), "LANHECHUN·" * 7, 11, weight=600, fill=gold, spacing=0.6)
    art.mark("micro", (62, 780, 638, 800), 6)
    return art


def info_label(product: Product, faults: frozenset[str], *, size: tuple[int, int] = (700, 860)) -> Art:
    """The small print of any trade: maker, standard, licence, storage, barcode."""
    trade = product.template
    dark = trade in ("auto_parts",)
    paper = product.look["paper"] if dark else {"food": "#fffdf6"}.get(trade, "#faf7f0")
    ink: str | RGB = "#f3f3f0" if dark else mix(product.look["ink"], "#222222", 0.6) if trade != "food" else "#2a2320"
    art = Art(size, paper, faults)
    width, height = size
    art.draw.rectangle((14, 14, width - 15, height - 15), outline=product.look["accent"], width=4)
    art.text((46, 66), product.name_zh, 38, weight=700, fill=ink, anchor="lm")
    standard = {"baijiu": "GB/T 10781.2-2022", "food": "GB/T 18186-2000", "auto_parts": "GB 5763-2018"}.get(trade, "")
    y = 124.0

    def row(label: str, words: str, key: str = "") -> None:
        nonlocal y
        box = art.text((46, y), f"{label}：{words}", 31, weight=400, fill=ink, anchor="lm")
        if key:
            art.mark(key, (box[0], box[1], max(box[2], width - 60), box[3]), 5)
        y += 52

    if trade == "baijiu":
        row("原料", "水、高粱、小麦、大米")
        row("香型", "岚香型    " + f"酒精度：{product.look['degree']}")
    elif trade == "food":
        soy = product.look["kind"] == "soy"
        row("配料", "水、脱脂大豆、小麦、食用盐、" if soy else "花生仁（非转基因）")
        row("营养", "能量 262 kJ  蛋白质 7.9 g  钠 6 300 mg" if soy else "能量 3 700 kJ  脂肪 99.9 g")
        art.mark("print", (40, 104, width - 40, 204), 0)
        if art.wrong("print"):
            art.soften((40, 100, width - 34, 206), 2.6, 3)
    elif trade == "cosmetics":
        for words in (
            "水、甘油、丁二醇、烟酰胺、角鲨烷、",
            "透明质酸钠、山茶花提取物、生育酚、",
            "黄原胶、苯氧乙醇、乙基己基甘油、",
        ):
            art.text((46, y), words, 31, weight=400, fill=ink, anchor="lm")
            y += 48
        art.mark("print", (40, 104, width - 60, y - 20), 0)
        if art.wrong("print"):
            art.soften((40, 98, width - 34, y - 20), 2.6, 3)
        digits = "示G妆网备字 20260000" if art.wrong("filing") else "示G妆网备字 2026000018"
        row("备案", digits, "filing")
    else:
        row("件号", product.look.get("partno", ""))
        row("适用", "示例车型 A / B  2019-2026 款")
    if standard:
        row("执行标准", standard[:-5] if art.wrong("standard") else standard, "standard")
    if trade in ("food", "baijiu"):
        row("生产许可证", "SC1000000000001 8" if trade == "food" else "SC10000000000026")
    row("生产者", product.brand.owner_zh)
    top = y
    if art.wrong("maker"):
        y += 52
    else:
        row("地址", MAKER_ADDRESS)
    if not art.wrong("maker"):
        art.text((46, y), TELEPHONE, 31, weight=400, fill=ink, anchor="lm")
    art.mark("maker", (46, top - 14, width - 200, y + 14), 4)
    y += 56
    notes = {
        "baijiu": ("贮存：避光、阴凉、通风处，远离火源。", "过量饮酒有害健康，未成年人请勿饮酒。"),
        "auto_parts": ("安装：清洁制动盘，按规定力矩紧固，", "磨合 200 公里内避免急刹。"),
        "food": ("贮存：阴凉干燥处，开盖后冷藏。", "保质期：18 个月"),
        "cosmetics": ("使用：洁面后取适量均匀涂抹。", "注意：如有不适请停用。"),
    }[trade]
    start = y
    for words in notes:
        art.text((46, y), words, 29, weight=400, fill=ink, anchor="lm")
        y += 46
    if trade in ("baijiu", "auto_parts"):
        art.mark("print", (40, start - 16, width - 60, y - 20), 2)
        if art.wrong("print"):
            art.soften((40, start - 22, width - 34, y - 18), 2.6, 3)
    art.barcode((width - 46 - 113 * 3, height - 212), product.gtin, 3, 138)
    art.text((46, height - 60), "演示样张 非卖品", 22, weight=500, fill=ink, anchor="lm")
    art.draw.polygon([(60, height - 150), (130, height - 150), (95, height - 205)], outline=ink, width=5)
    art.text((95, height - 122), "可回收", 20, weight=400, fill=ink)
    return art


def food_front(product: Product, faults: frozenset[str]) -> Art:
    look = product.look
    art = Art((700, 860), look["paper"], faults)
    art.paste(
        gradient(
            (700, 860),
            [(0, mix(look["paper"], "black", 0.18)), (0.5, look["paper"]), (1, mix(look["paper"], "black", 0.25))],
            vertical=True,
        ),
        (0, 0),
    )
    art.draw.ellipse((-150, 420, 850, 1240), fill=mix(look["accent"], "white", 0.25))
    art.draw.arc((-150, 420, 850, 1240), 180, 360, fill="white", width=8)
    art.text((350, 70), product.brand.latin, 30, weight=600, fill=look["accent"], spacing=14)
    wrong = art.wrong("logo")
    art.text(
        (350, 182),
        product.brand.name_zh,
        148,
        weight=500 if wrong else 900,
        fill="white",
        spacing=6 if not wrong else 14,
        key="logo",
    )
    art.text((350, 316), look["line"], 62, weight=700, serif=True, fill=look["accent"])
    art.text((350, 384), "阳光晒足 180 天" if look["kind"] == "soy" else "物理压榨 一级", 32, weight=500, fill="white")
    if look["kind"] == "soy":
        art.draw.ellipse((180, 520, 520, 610), fill="#5a1f10", outline="#fff4d8", width=9)
        art.draw.ellipse((215, 536, 485, 592), fill="#2a0d07")
        art.draw.chord((188, 548, 512, 740), 8, 172, fill="#f2ead8")
        art.draw.chord((188, 548, 512, 740), 8, 60, fill="#dccfb4")
        art.draw.ellipse((262, 546, 330, 562), fill="#8a4a2a")
        for x, y in ((150, 690), (196, 724), (530, 704), (574, 672), (486, 738)):
            art.draw.ellipse((x, y, x + 46, y + 38), fill="#e8c777", outline="#a87b32", width=3)
    else:
        for x, y, turn in ((170, 560, -1), (360, 530, 1), (265, 650, 1), (470, 640, -1)):
            for part in (0, 1):
                cx, cy = x + part * 74, y + part * 26 * turn
                art.draw.ellipse((cx, cy, cx + 96, cy + 78), fill="#d9a557", outline="#8e5f22", width=4)
                for line in range(1, 4):
                    art.draw.arc(
                        (cx + line * 18, cy + 4, cx + 60 + line * 18, cy + 74), 110, 250, fill="#a8772f", width=2
                    )
            art.draw.ellipse((x + 40, y + 6 * turn + 10, x + 128, y + 72 + 8 * turn), fill="#d9a557")
    if art.wrong("picture"):
        area = (130, 505, 640, 762)
        blurred = art.image.crop(area).filter(ImageFilter.GaussianBlur(4.5))
        red, green, blue = blurred.split()
        blurred = Image.merge(
            "RGB", (ImageChops.offset(red, 6, 0), green, blue.point(lambda v: min(255, round(v * 0.9 + 16))))
        )
        feather = Image.new("L", blurred.size)
        ImageDraw.Draw(feather).rounded_rectangle((26, 22, blurred.size[0] - 26, blurred.size[1] - 22), 40, fill=255)
        art.paste(blurred, area[:2], feather.filter(ImageFilter.GaussianBlur(12)))
    art.mark("picture", (130, 505, 640, 762), 0)
    art.text(
        (350, 806),
        f"净含量 {product.spec}",
        26 if art.wrong("volume") else 44,
        weight=600,
        fill=mix(look["paper"], "black", 0.35),
        key="volume",
    )
    return art


def cosmetics_front(
    product: Product, faults: frozenset[str], *, size: tuple[int, int] = (560, 1120), bottle: bool = False
) -> Art:
    look, (width, height) = product.look, size
    art = Art(size, look["paper"], faults)
    x = width / 2
    top = height * (0.16 if not bottle else 0.24)
    foil = Image.new("L", size)
    pen = ImageDraw.Draw(foil)
    pen.ellipse((x - 62, top - 62, x + 62, top + 62), outline=255, width=5)
    for turn in range(6):
        angle = math.radians(turn * 60 + 30)
        cx, cy = x + math.cos(angle) * 26, top + math.sin(angle) * 26
        pen.ellipse((cx - 25, cy - 25, cx + 25, cy + 25), outline=255, width=3)
    pen.rectangle((60, height * 0.52, width - 60, height * 0.52 + 4), fill=255)
    if bottle and art.wrong("foil"):
        for gap in (120, 236, 330, 402):
            pen.rectangle((gap, height * 0.52 - 2, gap + 26, height * 0.52 + 8), fill=0)
    flat = [(0.0, "#b89a3a"), (1.0, "#b89a3a")]
    shine: list[tuple[float, str | RGB]] = [
        (0, mix(look["accent"], "black", 0.25)),
        (0.35, mix(look["accent"], "white", 0.55)),
        (0.6, look["accent"]),
        (0.8, mix(look["accent"], "white", 0.35)),
        (1, mix(look["accent"], "black", 0.2)),
    ]
    art.paste(gradient(size, list(flat) if art.wrong("foil") and not bottle else shine), (0, 0), foil)
    art.mark(
        "foil",
        (60, height * 0.52, width - 60, height * 0.52 + 4) if bottle else (x - 66, top - 66, x + 66, top + 66),
        10,
    )
    wrong = art.wrong("logo")
    art.text(
        (x, top + 128),
        "芷沅棠",
        66,
        weight=500 if wrong else 300,
        serif=True,
        fill=look["ink"],
        spacing=4 if wrong else 30,
        key="logo",
    )
    art.text((x, top + 190), "ZHIVENNE", 27, weight=500, fill=look["ink"], spacing=4 if wrong else 17, key="logo")
    y = height * 0.58
    art.text((x, y), look["line"], 42, weight=400, fill=look["ink"], spacing=8)
    art.text((x, y + 52), look["latin"], 19, weight=400, fill=look["ink"], spacing=3)
    if not bottle:
        art.text((x, y + 140), "山茶花提取物 · 烟酰胺", 24, weight=300, fill=look["ink"], spacing=4)
    low = height * (0.885 if art.wrong("volume") else 0.945)
    art.text((x, low), f"{product.spec}  e  1.69 fl.oz", 25, weight=400, fill=look["ink"], key="volume")
    return art


def auto_front(product: Product, faults: frozenset[str]) -> Art:
    look = product.look
    art = Art((820, 1000), look["paper"], faults)
    stripe = "#c9d416" if art.wrong("stripe") else look["accent"]
    art.draw.polygon([(0, 640), (820, 470), (820, 640), (0, 810)], fill=stripe)
    art.draw.polygon([(0, 830), (820, 660), (820, 684), (0, 854)], fill=stripe)
    art.mark("stripe", (0, 470, 820, 854), 0)
    cx, cy = 560, 560
    art.draw.ellipse((cx - 220, cy - 220, cx + 220, cy + 220), fill="#9aa0a5", outline="#6a7075", width=6)
    for ring in range(60, 215, 6):
        art.draw.ellipse(
            (cx - ring, cy - ring, cx + ring, cy + ring), outline=mix("#9aa0a5", "#d9dde0", (ring % 18) / 24), width=2
        )
    art.draw.ellipse((cx - 92, cy - 92, cx + 92, cy + 92), fill="#4a5056", outline="#2c3034", width=6)
    for hole in range(5):
        angle = math.radians(hole * 72 - 90)
        hx, hy = cx + math.cos(angle) * 58, cy + math.sin(angle) * 58
        art.draw.ellipse((hx - 13, hy - 13, hx + 13, hy + 13), fill="#1c1f22")
    art.draw.ellipse((cx - 28, cy - 28, cx + 28, cy + 28), fill="#1c1f22")
    lean = 0.02 if art.wrong("logo") else 0.21
    word = Image.new("L", (760, 150))
    ImageDraw.Draw(word).text((120, 75), "TORVANE", font=font(900, False, 124), fill=255, anchor="lm")
    word = word.transform(word.size, Image.Transform.AFFINE, (1, lean, -lean * 75, 0, 1, 0), Image.Resampling.BILINEAR)
    art.image.paste(rgb(look["ink"]), (-66, 66), word)
    art.mark("logo", (50, 76, 640, 206), 4)
    art.text((54, 262), f"砺驷  {look['line']}", 54, weight=700, fill=look["accent"], anchor="lm")
    art.text((54, 324), "BRAKE PADS · LOW DUST · ECE R90 演示", 25, weight=400, fill="#c9cdd2", anchor="lm")
    part = look["partno"][:-3] if art.wrong("partno") else look["partno"]
    art.text((54, 918), part, 62, weight=700, fill=look["ink"], anchor="lm")
    art.mark("partno", (54, 884, 480, 952), 6)
    art.text((766, 918), product.spec, 36, weight=500, fill=look["ink"], anchor="rm")
    return art


def electronics_front(product: Product, faults: frozenset[str]) -> Art:
    look = product.look
    art = Art((820, 1000), look["paper"], faults)
    tone = mix(look["accent"], "#7b2bd6", 0.55) if art.wrong("tone") else rgb(look["accent"])
    art.draw.rectangle((0, 760, 820, 1000), fill=tone)
    art.mark("tone", (0, 760, 820, 1000), 0)
    x = 60.0
    for letter in "solvo":
        if letter == "o" and art.wrong("logo"):
            art.draw.ellipse((x + 6, 84, x + 66, 160), outline=look["ink"], width=16)
            x += 78
        elif letter == "o":
            art.draw.ellipse((x + 2, 84, x + 78, 160), outline=look["ink"], width=16)
            x += 84
        else:
            art.draw.text((x, 163), letter, font=font(700, False, 120), fill=look["ink"], anchor="ls")
            x += font(700, False, 120).getlength(letter) + 4
    art.mark("logo", (60, 62, 480, 166), 4)
    art.text((64, 214), f"烁沃  {look['line']}", 46, weight=500, fill=look["ink"], anchor="lm")
    wrong = art.wrong("claim")
    art.text(
        (60, 372), look["claim"], 190, weight=500 if wrong else 900, serif=wrong, fill=rgb(look["accent"]), anchor="lm"
    )
    art.mark("claim", (54, 270, 500, 468), 4)
    if look["kind"] == "charger":
        art.draw.rounded_rectangle((400, 420, 740, 730), 60, fill="#ffffff", outline="#c8ced6", width=4)
        art.draw.rounded_rectangle((430, 452, 520, 700), 40, fill="#eef1f5")
        for y in (520, 590, 660):
            art.draw.rounded_rectangle((560, y - 17, 680, y + 17), 17, fill="#2b3138")
    else:
        bulb_shape(art.draw, 570, 560, 0.62)
    for place, words in enumerate(
        ("双口快充 · 折叠插脚" if look["kind"] == "charger" else "省电 80% · 无频闪", "一年包换 演示样张")
    ):
        art.text((60, 832 + place * 64), words, 40, weight=500, fill="white", anchor="lm")
    art.text((766, 950), f"型号 {look['model']}", 28, weight=400, fill="white", anchor="rm")
    return art


def bulb_shape(draw: ImageDraw.ImageDraw, x: float, y: float, scale: float) -> None:
    """A bulb, dome up, centred on (x, y); 500 px high at scale 1."""
    draw.ellipse(
        (x - 150 * scale, y - 250 * scale, x + 150 * scale, y + 50 * scale), fill="#fff8e6", outline="#e2d5b5", width=3
    )
    draw.polygon(
        [
            (x - 134 * scale, y - 30 * scale),
            (x + 134 * scale, y - 30 * scale),
            (x + 70 * scale, y + 130 * scale),
            (x - 70 * scale, y + 130 * scale),
        ],
        fill="#f4f4f2",
    )
    for turn in range(4):
        top = y + (130 + turn * 26) * scale
        draw.rounded_rectangle(
            (x - 66 * scale, top, x + 66 * scale, top + 24 * scale), 8, fill=("#c9cdd1", "#9fa5ab")[turn % 2]
        )
    draw.ellipse((x - 30 * scale, y + 226 * scale, x + 30 * scale, y + 252 * scale), fill="#4a4f55")


def box_label(product: Product, faults: frozenset[str]) -> Art:
    """The end label of a shoe box or of an electronics pack."""
    look = product.look
    art = Art((960, 640), "#fdfdfb", faults)
    art.draw.rounded_rectangle((8, 8, 951, 631), 18, outline="#30343a", width=4)
    if product.template == "shoes":
        art.bars((50, 140), 92, "#14181d", (0.42, 0.42, 0.42), 1)
        art.text((220, 96), "TASURO 踏朔", 54, weight=800, fill="#14181d", anchor="lm")
        colour = (
            look["colour"].replace("WHITE", "WIHTE").replace("GREY", "GERY") if art.wrong("colour") else look["colour"]
        )
        art.text((50, 200), f"{look['line']}   {look['article']}", 42, weight=600, fill="#14181d", anchor="lm")
        art.text((50, 262), colour, 38, weight=400, fill="#14181d", anchor="lm", key="colour")
        millimetres = product.spec[:3]
        art.draw.rectangle((50, 306, 430, 590), outline="#14181d", width=3)
        for row, (name, value) in enumerate(
            (("CN", millimetres), ("EU", "42" if millimetres == "265" else "42.5"), ("UK", "7.5"), ("US", "8.5"))
        ):
            y = 306 + row * 71
            art.draw.line((50, y, 430, y), fill="#14181d", width=2)
            art.text((80, y + 36), name, 36, weight=400, fill="#14181d", anchor="lm")
            art.text((400, y + 36), value, 44, weight=700, fill="#14181d", anchor="rm")
    else:
        art.text((50, 92), f"烁沃 {look['line']}", 50, weight=700, fill="#14181d", anchor="lm")
        for row, words in enumerate((f"型号 {look['model']}", "颜色 白色", "生产者 烁沃光电科技（演示）有限公司")):
            art.text((50, 170 + row * 56), words, 34, weight=400, fill="#14181d", anchor="lm")
        serial = "SN SV26A000718" if art.wrong("serial") else "SN SV26A000718K42"
        art.text((50, 352), serial, 40, weight=600, fill="#14181d", anchor="lm")
        art.mark("serial", (50, 326, 470, 378), 6)
        art.conformity((160, 500), 130, "#14181d", key="")
    art.barcode((500, 330), product.gtin, 3, 200)
    art.text((912, 606), "演示样张", 20, weight=400, fill="#555", anchor="rm")
    art.marks.pop("", None)
    return art


def sticker(product: Product, faults: frozenset[str]) -> Art:
    """A security sticker: rainbow field, QR code, serial number."""
    art = Art((960, 640), "#e8eaec", faults)
    field = (40, 40, 470, 600)
    size = (field[2] - field[0], field[3] - field[1])
    if art.wrong("hologram"):
        art.paste(gradient(size, [(0, "#c6cbd0"), (0.5, "#d8dadc"), (1, "#bfc4ca")]), field[:2])
    else:
        rainbow = gradient(
            (900, 900),
            [
                (0, "#ff6b9d"),
                (0.18, "#ffd166"),
                (0.36, "#7ee08a"),
                (0.54, "#4ac7f0"),
                (0.72, "#8b7bf0"),
                (0.88, "#ff8fb8"),
                (1, "#ffe08a"),
            ],
        )
        rainbow = rainbow.rotate(35, Image.Resampling.BILINEAR).crop((220, 160, 220 + size[0], 160 + size[1]))
        art.paste(Image.blend(rainbow, Image.new("RGB", size, "#dfe3e8"), 0.28), field[:2])
        for x in range(field[0], field[2], 18):
            art.draw.line((x, field[1], x + 90, field[3]), fill=mix("#ffffff", "#b9d4ff", 0.4), width=1)
    art.mark("hologram", field, 0)
    paper, white = "#f4f6f8", art.draw
    if product.template == "baijiu":
        art.emblem((255, 240), 120, paper, 9)
    else:
        white.polygon(
            [(140, 150), (370, 150), (352, 205), (290, 205), (250, 345), (190, 345), (228, 205), (124, 205)], fill=paper
        )
    art.text((255, 430), product.brand.name_zh, 84, weight=800, fill=paper)
    art.text((255, 540), "正品防伪 演示", 36, weight=600, fill=paper)
    serial = "6800 0000 0000 0001" if art.wrong("serial") else f"6826 {product.gtin[7:11]} 0517 3942"
    code = segno.make(f"demo:{serial.replace(' ', '')}", error="m")
    matrix = [[int(cell) for cell in row] for row in code.matrix]
    cells = len(matrix)
    flat = Image.frombytes("L", (cells, cells), bytes(0 if cell else 255 for row in matrix for cell in row))
    art.draw.rectangle((520, 56, 900, 436), fill="white")
    art.paste(flat.resize((340, 340), Image.Resampling.NEAREST).convert("RGB"), (540, 76))
    art.mark("serial", (540, 76, 880, 416), 8)
    art.draw.rounded_rectangle((505, 462, 915, 520), 10, fill="#b3b8bd")
    art.text((710, 491), "刮开涂层 扫码查验", 30, weight=500, fill="#4c5258")
    art.text((710, 566), serial, 38, weight=600, fill="#22272c")
    art.mark("serial", (510, 540, 910, 592), 6)
    return art


def code_panel(product: Product, faults: frozenset[str]) -> Art:
    """Date and batch on the surface they are printed on, filling the whole canvas of 1200 x 1600."""
    trade, look = product.template, product.look
    surface = "#e4dfd0" if trade == "auto_parts" else look["paper"]
    art = Art((1200, 1600), surface, faults)
    if trade == "food":
        stops: list[tuple[float, str | RGB]] = [
            (0, mix(surface, "black", 0.5)),
            (0.36, mix(surface, "white", 0.16)),
            (0.6, surface),
            (1, mix(surface, "black", 0.5)),
        ]
        art.paste(gradient((1200, 1600), stops), (0, 0))
        art.text((600, 70), look["line"], 190, weight=700, serif=True, fill=look["accent"])
        art.draw.rectangle((0, 236, 1200, 250), fill=look["accent"])
        art.draw.rectangle((0, 1330, 1200, 1600), fill=mix(look["accent"], "white", 0.2))
        art.paste(
            ImageChops.multiply(
                art.image.crop((0, 1330, 1200, 1600)),
                gradient((1200, 270), [(0, "#777777"), (0.36, "#ffffff"), (1, "#777777")]),
            ),
            (0, 1330),
        )
    elif trade == "auto_parts":
        art.draw.rectangle((0, 0, 1200, 330), fill=look["paper"])
        art.draw.polygon([(0, 330), (1200, 250), (1200, 330)], fill=look["accent"])
        art.text((90, 150), "TORVANE", 170, weight=900, fill=look["ink"], anchor="lm")
        art.text((90, 1320), f"{look['line']}  {product.spec}", 70, weight=500, fill="#3a3a38", anchor="lm")
        art.draw.line((90, 1220, 1110, 1220), fill="#8a8678", width=4)
    elif trade == "baijiu":
        art.text((600, 40), product.brand.name_zh[-1], 420, weight=600, serif=True, fill=look["ink"])
        for inset, wide in ((54, 16), (92, 5)):
            art.draw.line(
                [(inset, 0), (inset, 1390 - inset), (1200 - inset, 1390 - inset), (1200 - inset, 0)],
                fill=look["accent"],
                width=wide,
            )
        art.draw.rectangle((0, 1390, 1200, 1600), fill=mix(look["glass"], "black", 0.28))
        art.draw.line((0, 1394, 1200, 1394), fill=mix(look["glass"], "black", 0.6), width=10)
        art.text((600, 1210), f"{look['degree']}   净含量 {product.spec}", 62, weight=500, fill=look["ink"])
    else:
        art.draw.rectangle((0, 0, 1200, 190), fill=mix(surface, "black", 0.5))
        art.draw.rectangle((0, 1380, 1200, 1600), fill=mix(surface, "black", 0.42))
        art.draw.line((0, 192, 1200, 192), fill=mix(surface, "white", 0.8), width=6)
        art.draw.polygon(
            [(0, 1380), (0, 1180), (60, 1290), (1140, 1290), (1200, 1180), (1200, 1380)],
            fill=mix(surface, "black", 0.07),
            outline=mix(surface, "black", 0.25),
        )
        art.text((600, 330), product.brand.latin, 66, weight=500, fill=look["accent"], spacing=30)
    ink = "#fff6dc" if trade == "food" else "#2b2b33"
    wrong, solid = art.wrong("format"), art.wrong("dots")
    jitter = len(product.code) * 7
    letter = "H" if product.variant else "K"
    if trade == "baijiu":
        rows: tuple[str, ...] = ("2026/03/17", "20260317 03" if wrong else f"{letter}20260317", "L2 14:26")
    elif trade == "food":
        rows = ("2026.05.08", "" if wrong else "B2 08:41", "保质期 18 个月")
    elif trade == "cosmetics":
        rows = ("限用 2029/02/11", "批号 ZV6B11") if wrong else ("批号 ZV6B11", "限用 2029/02/11")
    else:
        rows = ("26-04-22", "D1207/A" if wrong else f"{look['partno'][3:8]}-A 22", "OK 07")
    pressed = trade == "cosmetics" and not solid
    top, pitch = 560, 200
    for place, words in enumerate(rows):
        y = top + place * pitch
        if pressed:
            for shift, fill in (
                (-4, mix(surface, "black", 0.38)),
                (4, mix(surface, "white", 0.9)),
                (0, mix(surface, "black", 0.12)),
            ):
                art.draw.text((170 + shift, y + shift), words, font=font(700, False, 116), fill=fill, anchor="lm")
        else:
            art.dots((170, y), words, 116 if solid else 132, ink, solid=solid, jitter=jitter + place)
    foot = top + (len(rows) - 1) * pitch
    art.mark("dots", (150, top - 90, 1080, foot + 90), 0)
    art.mark(
        "format",
        (150, top - 90, 1080, foot + 90) if trade == "cosmetics" else (150, top + pitch - 90, 1080, top + pitch + 90),
        0,
    )
    return art


def licence_panel(product: Product, faults: frozenset[str]) -> Art:
    """The licence line of a back label, close up."""
    art = Art((1000, 700), "#fffdf6", faults)
    for y, words, size in (
        (110, "产品标准代号：GB/T 18186（一级）", 46),
        (560, f"生产者：{product.brand.owner_zh}", 42),
        (640, f"地址：{MAKER_ADDRESS}", 42),
    ):
        art.text((60, y), words, size, weight=400, fill="#2a2320", anchor="lm")
    art.draw.rectangle((40, 200, 960, 470), outline=product.look["paper"], width=5)
    art.text((80, 268), "食品生产许可证编号", 46, weight=500, fill="#2a2320", anchor="lm")
    number = "SC1000000000001" if art.wrong("licence") else "SC10000000000018"
    art.text((80, 382), number, 88, weight=700, fill="#2a2320", anchor="lm")
    art.mark("licence", (80, 330, 920, 434), 4)
    return art


def barcode_panel(product: Product, faults: frozenset[str]) -> Art:
    art = Art((1000, 700), mix(product.look["paper"], "white", 0.1), faults)
    art.draw.rounded_rectangle((40, 60, 960, 640), 20, fill="white")
    art.barcode((500 - 113 * 7 / 2, 110), product.gtin, 7, 400)
    return art


def nameplate(product: Product, faults: frozenset[str]) -> Art:
    look = product.look
    art = Art((1000, 700), "#eceef0" if look["kind"] == "charger" else "#fbfbf8", faults)
    ink = "#3f464d"
    art.draw.rounded_rectangle((20, 20, 979, 679), 40, outline=mix(ink, "white", 0.4), width=3)
    art.text((60, 90), "solvo", 78, weight=700, fill=ink, anchor="lm")
    art.text((940, 92), f"{look['line']}", 40, weight=500, fill=ink, anchor="rm")
    charger = look["kind"] == "charger"
    rows = [
        f"型号 Model: {look['model']}",
        "输入 Input: 100-240V~ 50/60Hz 1.7A" if charger else "额定 Rating: 220V~ 50Hz 9W",
    ]
    rows += (
        ["输出 Output: 5V⎓3A  9V⎓3A  12V⎓3A", "              20V⎓3.25A  Max 65W"]
        if charger
        else ["光通量 Flux: 900 lm   色温 CCT: 4000K", "显色指数 Ra: 90   灯头 Cap: E27"]
    )
    y = 176
    for place, words in enumerate(rows):
        text = words.replace("⎓", " ⎓ ").replace("⎓", "=")
        if place == 3 and art.wrong("rating"):
            text = "              Max 65W" if charger else "灯头 Cap: E27"
        art.text((60, y), text, 38, weight=500, fill=ink, anchor="lm")
        if place == 3:
            art.mark("rating", (60, y - 24, 760, y + 24), 2)
        y += 60
    serial = "SN: SV26A000718" if art.wrong("serial") else "SN: SV26A000718K42"
    art.text((60, y + 10), serial, 40, weight=600, fill=ink, anchor="lm")
    art.mark("serial", (60, y - 18, 560, y + 38), 2)
    art.text((60, 520), "生产者：烁沃光电科技（演示）有限公司", 34, weight=400, fill=ink, anchor="lm")
    art.text((60, 572), "中国制造 MADE IN CHINA · 演示样张", 34, weight=400, fill=ink, anchor="lm")
    art.text((60, 626), "⚠ 仅限室内使用".replace("⚠ ", ""), 30, weight=400, fill=ink, anchor="lm")
    art.conformity((850, 480), 170, ink)
    return art


def mark_panel(product: Product, faults: frozenset[str]) -> Art:
    art = Art((1000, 700), "#eceef0", faults)
    art.conformity((500, 340), 440, "#4d545c")
    art.text((500, 640), f"{product.look['model']}   {product.brand.owner_zh}", 34, weight=400, fill="#4d545c")
    return art


def stitched(art: Art, box: tuple[int, int, int, int], colour: str | RGB, *, ragged: bool, key: str) -> None:
    """A seam of short stitches around a textile label."""
    chance = random.Random(31)
    x0, y0, x1, y1 = box
    edge = [(x, y0) for x in range(x0, x1, 26)] + [(x, y1) for x in range(x0, x1, 26)]
    for x, y in edge:
        shift, length = (chance.uniform(-7, 7), chance.uniform(8, 30)) if ragged else (0, 16)
        art.draw.line((x, y + shift, x + length, y + (chance.uniform(-7, 7) if ragged else 0)), fill=colour, width=5)
    for y in range(y0, y1, 26):
        for x in (x0, x1):
            shift, length = (chance.uniform(-6, 6), chance.uniform(8, 30)) if ragged else (0, 16)
            art.draw.line((x + shift, y, x, y + length), fill=colour, width=5)
    if ragged:
        art.draw.line([(x1 - 4, y1), (x1 + 14, y1 + 22), (x1 - 30, y1 + 34), (x1 - 70, y1 + 22)], fill=colour, width=4)
    art.mark(key, (x1 - 330, y1 - 26, x1 + 22, y1 + 40), 0)
    if ragged:
        art.marks[key] = (x0 - 12, y0 - 14, x1 + 22, y1 + 40)


def weave(art: Art, strength: float = 0.08) -> None:
    """Lay a woven texture over the artwork."""
    cloth = Image.new("L", (12, 12), 128)
    pen = ImageDraw.Draw(cloth)
    pen.rectangle((0, 0, 5, 5), fill=158)
    pen.rectangle((6, 6, 11, 11), fill=98)
    tile = Image.new("L", art.size)
    for x in range(0, art.size[0], 12):
        tile.paste(cloth, (x, 0))
    row = tile.crop((0, 0, art.size[0], 12))
    for y in range(0, art.size[1], 12):
        tile.paste(row, (0, y))
    art.image = Image.blend(
        art.image, ImageChops.overlay(art.image, Image.merge("RGB", (tile,) * 3)), min(1.0, strength * 8)
    )
    art.draw = ImageDraw.Draw(art.image)


def tongue_label(product: Product, faults: frozenset[str]) -> Art:
    look = product.look
    art = Art((900, 760), mix(look["upper"], look["paper"], 0.5), faults)
    ink, accent = look["ink"], look["accent"]
    leans = (0.30, 0.44, 0.56) if art.wrong("logo") else (0.42, 0.42, 0.42)
    art.mark("logo", art.bars((300, 400), 260, accent, leans, 1.0), 10)
    art.text((450, 520), "TASURO", 104, weight=900, fill=ink, spacing=8)
    art.text((450, 622), "踏朔", 66, weight=700, fill=ink, spacing=30)
    stitched(art, (40, 40, 858, 700), mix(ink, accent, 0.3), ragged=art.wrong("stitch"), key="stitch")
    weave(art)
    return art


def logo_closeup(product: Product, faults: frozenset[str]) -> Art:
    look = product.look
    art = Art((1000, 900), look["upper"], faults)
    leans = (0.30, 0.44, 0.56) if art.wrong("logo") else (0.42, 0.42, 0.42)
    art.mark("logo", art.bars((200, 700), 480, look["accent"], leans, 1.0), 10)
    chance = random.Random(5)
    ragged = art.wrong("stitch")
    dark = mix(look["accent"], "black", 0.25)
    for place, lean in enumerate(leans):
        tall = 480 * (0.62 + 0.19 * place)
        x = 200 + place * 480 * 0.36
        for step in range(0, int(tall), 7):
            rough = chance.uniform(-16, 16) if ragged else chance.uniform(-1, 1)
            left = x + lean * step
            art.draw.line(
                (left + rough, 700 - step, left + 480 * 0.24 + rough / 2, 700 - step - 5),
                fill=dark if step % 2 else look["accent"],
                width=3,
            )
    art.mark("stitch", (170, 200, 900, 716), 0)
    art.text((500, 810), "TASURO", 80, weight=800, fill=look["ink"], spacing=18)
    weave(art, 0.1)
    return art


def size_label(product: Product, faults: frozenset[str]) -> Art:
    look = product.look
    art = Art((900, 760), "#f4f4f0", faults)
    ink = "#23272c"
    art.text((50, 70), "TASURO 踏朔", 50, weight=800, fill=ink, anchor="lm")
    millimetres = product.spec[:3]
    right = "42" if millimetres == "265" else "42.5"
    european = "41" if art.wrong("sizes") else right
    art.text((50, 186), millimetres, 124, weight=800, fill=ink, anchor="lm")
    art.text((330, 168), f"EU {european}", 46, weight=600, fill=ink, anchor="lm")
    art.text((330, 224), "UK 7.5   US 8.5", 38, weight=400, fill=ink, anchor="lm")
    art.mark("sizes", (330, 140, 480, 196), 4)
    article = look["article"][:-2] + "08" if art.wrong("article") else look["article"]
    art.text((50, 306), article, 62, weight=700, fill=ink, anchor="lm")
    art.mark("article", (50, 272, 420, 340), 4)
    art.text((50, 374), "04/26   TS-F07   中国制造", 38, weight=400, fill=ink, anchor="lm")
    art.barcode((40, 420), product.gtin, 4, 220)
    art.text((560, 480), "鞋面：织物 合成革", 32, weight=400, fill=ink, anchor="lm")
    art.text((560, 530), "鞋底：橡胶 EVA", 32, weight=400, fill=ink, anchor="lm")
    art.text((560, 600), "演示样张", 30, weight=400, fill=ink, anchor="lm")
    weave(art, 0.03)
    return art


def invoice(product: Product, faults: frozenset[str]) -> Art:
    """A purchase slip with the shop's name covered."""
    art = Art((800, 1100), "#fdfdf8", faults)
    ink = "#2c3e66"
    art.text((400, 80), "进 货 单", 60, weight=600, serif=True, fill=ink)
    art.text((400, 140), "演示样张  无法律效力", 28, weight=500, fill="#a33")
    art.draw.rectangle((60, 176, 420, 226), fill="#1a1a1a")
    art.text((740, 202), "No. 0000317   2026-05-20", 30, weight=400, fill=ink, anchor="rm")
    for row in range(9):
        y = 260 + row * 78
        art.draw.line((60, y, 740, y), fill=ink, width=2)
    for x in (60, 400, 500, 620, 740):
        art.draw.line((x, 260, x, 884), fill=ink, width=2)
    for x, words in ((230, "品名"), (450, "数量"), (560, "单价"), (680, "金额")):
        art.text((x, 299), words, 32, weight=600, fill=ink)
    price = product.guide_price_yuan // 2
    for x, words in ((230, product.look["line"]), (450, "12"), (560, str(price)), (680, str(price * 12))):
        art.text((x, 377), words, 32, weight=400, fill="#333")
    art.text((80, 960), "经手人：", 34, weight=400, fill=ink, anchor="lm")
    return art
