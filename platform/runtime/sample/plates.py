"""Flat artwork of close-ups: stickers, codes, plates, stitched marks; and the invoice."""

from __future__ import annotations

import random

import segno
from PIL import Image, ImageChops, ImageDraw

from .art import MAKER_ADDRESS, RGB, Art, gradient, mix
from .catalogue import Product
from .fonts import font


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
