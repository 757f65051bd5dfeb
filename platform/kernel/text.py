"""Text as people type it: full-width characters, pinyin, initials."""

from __future__ import annotations

import unicodedata

from kernel.late import Late

pypinyin = Late("pypinyin")


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, the ideographic space as a space; the rest unchanged.

    Only the block U+FF01..U+FF5E moves. Brackets of document numbers (〔〕) and Chinese stops stay.
    """
    return "".join(
        chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else " " if char == "\u3000" else char for char in text
    )


def squeeze(text: str) -> str:
    """Half-width, without spaces, line breaks or invisible marks: a number copied out of a document."""
    return "".join(
        char for char in half_width(text) if unicodedata.category(char) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    )


def full_pinyin(text: str) -> str:
    """Pinyin without tones or spaces, lower case: `full_pinyin("茅台") == "maotai"`. Letters and digits stay."""
    return _searchable("".join(pypinyin.lazy_pinyin(half_width(text), style=pypinyin.Style.NORMAL, v_to_u=False)))


def initials(text: str) -> str:
    """First letters of the pinyin, lower case: `initials("茅台") == "mt"`. Latin words and digits stay whole."""
    return _searchable("".join(pypinyin.lazy_pinyin(half_width(text), style=pypinyin.Style.FIRST_LETTER)))


def _searchable(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
