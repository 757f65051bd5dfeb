"""Things to photograph, by shot: `PAINTERS` draws them upright on the canvas, `outline()` gives the camera's overlay.

A `Subject` knows where each forgeable element lies. The overlay comes from the same shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw

from .art import RGB, Art, Maker, gradient, mix, rgb
from .bottles import (
    LOTION,
    SAUCE,
    SPIRITS,
    bottle_base,
    cap_top,
    food_pack_back,
    food_pack_front,
    half_width,
    lotion_front,
    spirits_back,
    spirits_front,
)
from .canvas import HEIGHT, WIDTH, Painter, Point, Subject, blank, lay
from .catalogue import Product
from .labels import auto_front, box_label, cosmetics_front, electronics_front, info_label, size_label, tongue_label
from .plates import (
    barcode_panel,
    code_panel,
    invoice,
    licence_panel,
    logo_closeup,
    mark_panel,
    nameplate,
    sticker,
    weave,
)
from .wares import MIDSOLE, PAD, UPPER, brake_pad, curve, device, shoe


def _box(face: Art, box: tuple[int, int, int, int], side: str | RGB, *, depth: int = 92) -> Subject:
    """A carton seen a little from above and the right."""
    x0, y0, x1, y1 = box
    subject = Subject(blank())
    pen = ImageDraw.Draw(subject.image)
    rise = round(depth * 0.62)
    pen.polygon([(x0, y0), (x0 + depth, y0 - rise), (x1 + depth, y0 - rise), (x1, y0)], fill=mix(side, "white", 0.16))
    pen.polygon([(x1, y0), (x1 + depth, y0 - rise), (x1 + depth, y1 - rise), (x1, y1)], fill=mix(side, "black", 0.42))
    pen.line(
        [(x1 + depth * 0.5, y0 - rise * 0.5), (x0 + depth * 0.5, y0 - rise * 0.5)],
        fill=mix(side, "black", 0.12),
        width=3,
    )
    lay(subject, face, box)
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


def carton_spirits(product: Product, faults: frozenset[str]) -> Subject:
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


def carton(make: Maker, box: tuple[int, int, int, int], *, depth: int = 92) -> Painter:
    def paint(product: Product, faults: frozenset[str]) -> Subject:
        face = make(product, faults)
        return _box(face, box, product.look["paper"], depth=depth)

    return paint


def cosmetics_back(product: Product, faults: frozenset[str]) -> Art:
    return info_label(product, faults, size=(640, 1180))


def close_up(
    make: Maker,
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
            weave(surface, 0.1)
        subject = Subject(surface.image.convert("RGBA"), ground=colour)
        lay(subject, label, box, round_by=round_by)
        return subject

    return paint


def slip(product: Product, faults: frozenset[str]) -> Subject:
    subject = Subject(blank())
    lay(subject, invoice(product, faults), (120, 130, 1080, 1450))
    return subject


def sheet_metal(product: Product) -> RGB:
    return mix(product.look["paper"], "#8a8f94", 0.2)


_FACE_TALL = (200, 250, 880, 1510)
_FACE = (110, 320, 980, 1400)

PAINTERS: dict[tuple[str, str], Painter] = {
    ("baijiu", "front_label"): spirits_front,
    ("baijiu", "back_label"): spirits_back,
    ("baijiu", "cap_top"): cap_top,
    ("baijiu", "batch_code"): close_up(code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("baijiu", "anti_fake_sticker"): close_up(sticker, round_by=26, ground=lambda product: rgb(product.look["ink"])),
    ("baijiu", "bottle_base"): bottle_base,
    ("baijiu", "outer_box_front"): carton_spirits,
    ("baijiu", "invoice"): slip,
    ("food", "pack_front"): food_pack_front,
    ("food", "pack_back"): food_pack_back,
    ("food", "batch_code"): close_up(code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("food", "sc_no"): close_up(licence_panel),
    ("food", "barcode"): close_up(barcode_panel),
    ("cosmetics", "box_front"): carton(cosmetics_front, _FACE_TALL),
    ("cosmetics", "box_back"): carton(cosmetics_back, _FACE_TALL),
    ("cosmetics", "box_code"): close_up(code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("cosmetics", "bottle_front"): lotion_front,
    ("cosmetics", "bottle_base"): bottle_base,
    ("auto_parts", "pack_front"): carton(auto_front, _FACE),
    ("auto_parts", "part_mark"): brake_pad,
    ("auto_parts", "anti_fake_sticker"): close_up(sticker, round_by=26, ground=sheet_metal),
    ("auto_parts", "pack_back"): carton(info_label, _FACE),
    ("auto_parts", "batch_code"): close_up(code_panel, box=(0, 0, WIDTH, HEIGHT)),
    ("shoes", "tongue_label"): close_up(
        tongue_label,
        box=(110, 380, 1090, 1208),
        round_by=18,
        ground=lambda product: mix(product.look["upper"], "black", 0.3),
        woven=True,
    ),
    ("shoes", "size_label"): close_up(
        size_label,
        box=(110, 380, 1090, 1208),
        round_by=10,
        ground=lambda product: mix(product.look["upper"], "black", 0.35),
        woven=True,
    ),
    ("shoes", "box_label"): close_up(
        box_label, round_by=16, ground=lambda product: mix(product.look["paper"], product.look["accent"], 0.35)
    ),
    ("shoes", "shoe_pair"): shoe,
    ("shoes", "logo_closeup"): close_up(logo_closeup, box=(0, 200, 1200, 1280), woven=True),
    ("electronics", "pack_front"): carton(electronics_front, _FACE),
    ("electronics", "nameplate"): close_up(nameplate),
    ("electronics", "device_front"): device,
    ("electronics", "pack_label"): close_up(box_label, round_by=16, ground=lambda product: rgb(product.look["accent"])),
    ("electronics", "ccc_mark"): close_up(mark_panel),
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
        points = [(WIDTH / 2 - half_width(profile, y), y) for y in heights]
        points += [(WIDTH / 2 + half_width(profile, y), y) for y in reversed(heights)]
        return _path(points)
    if shot_code in ("cap_top", "bottle_base"):
        return "M60 800A540 540 0 1 1 1140 800A540 540 0 1 1 60 800Z"
    if shot_code == "part_mark":
        return _path(list(PAD))
    if shot_code == "shoe_pair":
        return _path(curve(UPPER, steps=4)) + _path(curve(MIDSOLE, steps=4))
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
