"""The typefaces of papers: those that come with the front-end packages, or what the machine has."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import Unavailable

SERIF, SANS = "Noto Serif SC", "Noto Sans SC"
_FILES = (
    "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
)
_OTHERS = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC")


class FontMissing(Unavailable):
    """No Chinese typeface is installed, so a paper would be blank boxes."""

    code = "paper_font_missing"
    sentence = _("服务器上没有中文字体，不能制作文书。请管理员执行 npm ci，或安装 Noto Serif CJK。")


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Read once in a process: 30 MB of typefaces. Raises FontMissing."""
    found = [path for name in _FILES if (path := _folder() / name).is_file()]
    read = typst.Fonts(
        include_system_fonts=not found, include_embedded_fonts=True, font_paths=[str(path.parent) for path in found]
    )
    if not set(read.families()) & {SERIF, *_OTHERS}:
        raise FontMissing()
    return read


def families() -> list[str]:
    """Names in order of liking, of which one at least is there."""
    there = set(fonts().families())
    return [name for name in (SERIF, *_OTHERS) if name in there]


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "node_modules/@expo-google-fonts"
