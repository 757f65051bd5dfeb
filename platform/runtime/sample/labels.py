"""Flat artwork of packs: the fronts, backs and labels of goods and their boxes."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .art import MAKER_ADDRESS, RGB, TELEPHONE, Art, gradient, mix, rgb
from .catalogue import Product
from .fonts import font
from .plates import stitched, weave


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
