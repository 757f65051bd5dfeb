"""Nothing of a buyer is kept: numbers of telephones and identity cards are taken out before anything is stored."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput

GONE = "（已隐去）"
_WIDE = str.maketrans("０１２３４５６７８９＋－Ｘｘ＠．", "0123456789+-Xx@.")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dXx](?![\dXx])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_BUYERS = re.compile(r"phone|mobile|tel|buyer|receiver|consignee|addr|idcard|order|user|member|openid|^uid$", re.I)
_LISTING_ID = re.compile(r"[\w.:/-]{1,80}", re.ASCII)
LONGEST_URL = 500


def clean(text: str) -> tuple[str, bool]:
    """The text without numbers of telephones and identity cards and without mail addresses; whether any was there."""
    text = text.strip()
    spans = _found(text)
    for begin, end in reversed(spans):
        text = text[:begin] + GONE + text[end:]
    return text, bool(spans)


def _found(text: str) -> list[tuple[int, int]]:
    narrow = text.translate(_WIDE)  # letter for letter, so that places stay
    spans = [each.span() for each in _PHONE.finditer(narrow)]
    spans += [each.span() for each in _IDENTITY.finditer(narrow) if _is_birthday(*each.groups())]
    spans += [each.span() for each in _MAIL.finditer(narrow)]
    apart: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if not apart or begin >= apart[-1][1]:
            apart.append((begin, end))
    return apart


def _is_birthday(year: str, month: str, day: str) -> bool:
    try:
        return 1900 <= date(int(year), int(month), int(day)).year <= 2100
    except ValueError:
        return False


def clean_url(text: str) -> tuple[str, bool]:
    """The address of a listing without what names a buyer; whether anything was taken out. Raises BadInput."""
    text = text.strip()
    if not text:
        return "", False
    try:
        parts = urlsplit(text)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_page = False
    if not is_page or len(text) > LONGEST_URL or any(letter.isspace() for letter in text):
        raise BadInput(
            _("商品链接要写完整网址，以 https:// 开头，不超过 {longest} 个字符。"),
            code="listing_url_wrong",
            longest=LONGEST_URL,
        )
    said = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in said if not _BUYERS.search(name) and not _IDENTITY.search(value)]
    if len(kept) == len(said):
        return urlunsplit(parts._replace(fragment="")), False
    return urlunsplit(parts._replace(fragment="", query=urlencode(kept))), True


def listing_number(text: str) -> str:
    """The number that a listing has at its platform. Raises BadInput."""
    text = text.strip()
    if not _LISTING_ID.fullmatch(text):
        raise BadInput(
            _("商品编号要写平台上的编号：1 至 80 个字母、数字或 - _ . : /。"), code="listing_id_wrong", value=text[:80]
        )
    return text
