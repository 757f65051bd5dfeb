"""The typefaces of papers: those that come with the front-end packages, or what the machine has.

No paper shows empty boxes: a character that the packaged typefaces lack (𠮷 among them) is looked for in all that the
machine has, and where nothing has it, its number is printed in its place.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
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
    "noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf",  # for what the first lacks; counts where it is installed
)
_TRIES = 8
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_OTHERS = ("Noto Serif JP", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC")


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


@lru_cache(maxsize=1)
def all_fonts() -> typst.Fonts:
    """The packaged ones and all that the machine has: a tenth of a second, once, and only for a rare character."""
    return typst.Fonts(
        include_system_fonts=True,
        include_embedded_fonts=True,
        font_paths=[str(path.parent) for name in _FILES if (path := _folder() / name).is_file()],
    )


def fonts_for(text: str) -> typst.Fonts:
    """Those that a paper with this text needs."""
    return fonts() if set(text) <= _packaged() else all_fonts()


def drawable(text: str, draw: Callable[[typst.Fonts, str], bytes]) -> bytes:
    """What `draw` makes of the text. Characters that no typeface has stand as 〔U+20BB7〕.

    draw: sets the text by these typefaces, to a standard that refuses empty boxes (PDF/A).
    """
    fitting = fonts_for(text)
    for _try in range(_TRIES):
        try:
            return draw(fitting, text)
        except typst.TypstError as error:
            unshown = set("".join(_UNSHOWN.findall(str(error)))) - _packaged()
            if not unshown:
                raise
            text = _by_number(text, unshown)
    return draw(fitting, _by_number(text, set(text) - _packaged()))


def _by_number(text: str, characters: set[str]) -> str:
    return text.translate({ord(each): f"〔U+{ord(each):04X}〕" for each in characters})


@lru_cache(maxsize=1)
def _packaged() -> frozenset[str]:
    """The characters of the first typeface that is packaged, and what is no character of its own."""
    for name in _FILES:
        if (path := _folder() / name).is_file():
            return frozenset(map(chr, _code_points(path))) | frozenset("\n\r\t")
    return frozenset(map(chr, range(0x20, 0x10000)))


def _code_points(path: Path) -> set[int]:
    """What a TrueType file has glyphs for: its `cmap`, format 12."""
    with path.open("rb") as file:
        file.seek(4)
        (tables,) = struct.unpack(">H", file.read(2))
        file.seek(12)
        entries = [struct.unpack(">4sIII", file.read(16)) for _ in range(tables)]
        offset, length = next((start, size) for tag, _sum, start, size in entries if tag == b"cmap")
        file.seek(offset)
        data = file.read(length)
    found: set[int] = set()
    (subtables,) = struct.unpack_from(">H", data, 2)
    for number in range(subtables):
        (at,) = struct.unpack_from(">I", data, 4 + 8 * number + 4)
        if struct.unpack_from(">H", data, at)[0] == 12:
            (groups,) = struct.unpack_from(">I", data, at + 12)
            for group in range(groups):
                first, last, _glyph = struct.unpack_from(">III", data, at + 16 + 12 * group)
                found.update(range(first, last + 1))
    return found


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "node_modules/@expo-google-fonts"
