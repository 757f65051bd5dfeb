"""Personal data taken out of what is kept of a failed call.

The rule is the strict one: of text only what is known to be harmless stays. Numbers, yes and no, dates, codes and ids
stay, and the fields named in `HARMLESS`; every other text with Chinese in it, or with several words, becomes its
length. Whatever looks like a phone, an identity card, a bank card or a mail address goes, wherever it stands.
"""

from __future__ import annotations

import math
import re
from typing import Any

# fmt: off
HARMLESS = frozenset((
    "case_number", "previous_number", "number", "document_no", "reference", "kind", "state", "status", "unit",
    "unit_code", "division_code", "verb", "code", "target", "mode", "format", "row_number", "line", "column",
    "field", "version", "type", "target_kind", "record_kind", "result", "verdict",
))
# fmt: on
"""Fields whose text is of the matter and not of a person. Patterns are taken out of them all the same."""
SECRET = re.compile(r"(?i)(token|secret|password|authori[sz]ation|cookie|signature|private|assertion|client_key)")
PERSONAL = re.compile(
    r"(?i)^(.*_)?(name|names|person|phone|mobile|tel|telephone|email|mail|address|addr|id_card|id_no|id_number|identity"
    r"|bank_card|account|contact|plate|wechat|qq|lat|lon|longitude|latitude)$|姓名|电话|手机|地址|住址|证件|身份证|银行|联系"
)
GONE = "***"
DEEPEST, LONGEST_LIST, LONGEST_TEXT = 8, 20, 200
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
"""What PostgreSQL or UTF-8 cannot hold: one such letter would lose the lines that are written with it."""
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![\dA-Za-z])\d(?:[- ]?\d){13,18}[Xx]?(?![\dA-Za-z])")
_BEARER = re.compile(r"czj[a-z]?_[A-Za-z0-9_.-]{8,}|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*")
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{2,}(?:路|街|巷|道|村|里|弄|大厦|小区|苑)[\u4e00-\u9fff\dA-Za-z-]*(?:号|室|栋|幢|楼)?"
)
_QUOTED = re.compile(r"[“\"'「][^“”\"'「」]{1,200}[”\"'」]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Said(str):
    """A sentence of ours that was masked already and stays as it is."""


def mask(value: Any, *, field: str = "", depth: int = 0) -> Any:
    """The same shape with personal data and secrets gone. What is too deep or too long is cut."""
    if depth > DEEPEST:
        return GONE
    if isinstance(value, dict):
        return {mask_text(str(key)): mask(each, field=str(key), depth=depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        kept = [mask(each, field=field, depth=depth + 1) for each in value[:LONGEST_LIST]]
        return [*kept, f"… +{len(value) - LONGEST_LIST}"] if len(value) > LONGEST_LIST else kept
    if isinstance(value, Said):
        return str(value)
    if value is None or isinstance(value, bool):
        return value
    if SECRET.search(field) or PERSONAL.search(field):
        return GONE
    if isinstance(value, int | float):
        text = str(value)
        return GONE if mask_text(text) != text or not math.isfinite(value) else value
    return _text(str(value), field)


def mask_text(text: str) -> str:
    """A sentence of ours without phones, cards, addresses, mail, keys and what it quotes."""
    text = _BEARER.sub(GONE, _UNKEPT.sub("\ufffd", text[:2000]))
    text = _MAIL.sub(GONE, text)
    text = _LONG_NUMBER.sub(_number, text)
    text = _PHONE.sub(GONE, text)
    return _ADDRESS.sub(GONE, text)


def mask_sentence(text: str) -> str:
    """The same for a sentence that may repeat what was sent in quotation marks."""
    return _QUOTED.sub(f"“{GONE}”", mask_text(text))[:LONGEST_TEXT]


def _text(text: str, field: str) -> str:
    if field.lower() in HARMLESS:
        return mask_text(text)[:LONGEST_TEXT]
    if _CHINESE.search(text) or text.count(" ") > 1:
        return f"{GONE}({len(text)})"
    return mask_text(text)[:LONGEST_TEXT]


def _number(found: re.Match[str]) -> str:
    digits = re.sub(r"[- ]", "", found[0])
    return GONE if is_identity_card(digits) or is_bank_card(digits) else found[0]


def is_identity_card(text: str) -> bool:
    """18 characters with a right check character, or 15 digits of the old kind."""
    if len(text) == 15:
        return text.isdigit() and "01" <= text[8:10] <= "12"
    if len(text) != 18 or not text[:17].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def is_bank_card(text: str) -> bool:
    """14 to 19 digits with a right Luhn digit."""
    if not text.isdigit() or not 14 <= len(text) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(text)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
