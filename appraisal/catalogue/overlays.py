"""Outline drawings for the camera: which there are, and which suits a shot."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NAMES = {
    "bottle": _("瓶身"),
    "box": _("包装盒"),
    "round": _("圆形（瓶盖、瓶底、表盘）"),
    "label": _("横幅标签"),
    "tag": _("竖幅标签、吊牌"),
    "code": _("喷码、编号"),
    "sticker": _("防伪标"),
    "shoe": _("鞋"),
    "garment": _("成衣"),
    "paper": _("票据"),
}
"""File name without suffix to words."""

_BY_WORD = [
    ("shoe", ("shoe", "sole", "insole")),
    ("garment", ("garment", "stitching", "wash_label")),
    ("round", ("cap_top", "base", "dial", "case_back", "crown", "cap_pump", "capsule")),
    ("sticker", ("sticker", "qr", "ccc")),
    ("code", ("code", "_no", "part_mark", "logo", "weight_mark", "barcode", "tear", "zipper", "plug", "seal")),
    ("paper", ("invoice", "card")),
    ("bottle", ("front_label", "back_label", "bottle_front", "liquor", "cap_side", "cap", "cork")),
    ("tag", ("tag", "tongue")),
    ("label", ("label", "nameplate")),
    ("box", ("box", "pack", "bag", "device", "product", "content")),
]


def for_shot(code: str) -> str:
    """The drawing that suits a shot by its code; "" when none does."""
    return next((name for name, words in _BY_WORD if any(word in code for word in words)), "")
