"""Kinds of values that are compared: how each is made comparable, what is shown of it, and which say nothing.

Two provinces write the same thing differently: full-width digits, spaces, +86, an O for a 0 in a plate. What is not
certainly a value of its kind is left out (None): a wrong match costs two provinces an afternoon.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel import gtin, uscc
from kernel.errors import Words
from kernel.text import squeeze

LONGEST = 200
_SIGNS = re.compile(r"[-‐-―－·•・．.／/\\|_:：,，()（）\[\]【】#*]+")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x)\d+$", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
_SERVICE = re.compile(r"(?:400|800)\d{7}|95\d{3,6}|96\d{3,6}|1(?:00|01|11|2\d)\d{2,3}|1010\d{4}")
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}")
_LICENCE = re.compile(r"([A-Z]{0,4})([0-9OIL]{8,20})([A-Z]?)")
_NAME_END = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|个体工商户)$")
_DIGITS = str.maketrans("OQIL", "0011")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. normalise: text to what is compared, or None. head, tail: how many characters of it a page shows."""

    code: str
    label: Words
    normalise: Callable[[str], str | None]
    head: int = 2
    tail: int = 3


def plain(text: str) -> str:
    """Half-width, upper case, without spaces and signs."""
    return _SIGNS.sub("", squeeze(text)).upper()


def phone(text: str) -> str | None:
    """A mobile or a landline with its area code, in digits. A local number means another shop in every city: None.

    Service numbers come out as well: `common` tells them.
    """
    digits = _EXTENSION.sub("", squeeze(text).replace("（", "(").replace("）", ")"))
    if re.search(r"[^\d+()\-‐-―－\s.]", digits):
        return None
    digits = re.sub(r"\D", "", digits)
    digits = digits.removeprefix("00") if digits.startswith("0086") else digits
    if digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
    if len(digits) == 12 and digits.startswith("01") and _MOBILE.fullmatch(digits[1:]):
        digits = digits[1:]  # a long-distance 0 before a mobile
    if len(digits) in (9, 10, 11) and not digits.startswith("0") and _LANDLINE.fullmatch("0" + digits):
        # +86 771 …: the 0 of the area code is left out abroad; a mobile and a service number come first.
        digits = digits if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits) else "0" + digits
    return digits if any(each.fullmatch(digits) for each in (_MOBILE, _LANDLINE, _SERVICE)) else None


def credit_code(text: str) -> str | None:
    """统一社会信用代码 whose check character is right."""
    value = uscc.normalise(text)
    return value if uscc.is_valid(value) else None


def licence(text: str) -> str | None:
    """许可证号: letters, then 8 to 20 digits (SC, JY, a tobacco licence). O and I among the digits are 0 and 1."""
    found = _LICENCE.fullmatch(plain(text))
    if found is None or (not found[1] and gtin.is_valid(found[2])):
        return None
    return found[1] + found[2].translate(_DIGITS) + found[3]


def plate(text: str) -> str | None:
    """车牌, of five or (new energy) six characters after the place. O and I are never used there: they are 0 and 1."""
    value = plain(text)
    value = value[:2] + value[2:].replace("O", "0").replace("I", "1")
    return value if _PLATE.fullmatch(value) else None


def account(text: str) -> str | None:
    """A bank or payment account in digits, or the name of a shop or account on a platform."""
    value = squeeze(text)
    digits = re.sub(r"[\s\-]", "", value)
    if digits.isdigit() and digits.isascii():
        return digits if 8 <= len(digits) <= 24 else None
    value = plain(text).lower() if "@" not in value else value.lower()
    return value[:LONGEST] if len(value) >= 4 else None


def code(text: str) -> str | None:
    """A code or batch of one piece, for comparing only: O is 0, I and L are 1. A barcode of a kind of goods is none."""
    value = plain(text).translate(_DIGITS)
    if len(value) < 5 or not re.search(r"\d", value) or len(set(value)) < 3 or gtin.is_valid(value):
        return None
    return value[:LONGEST]


def waybill(text: str) -> str | None:
    """运单号: up to four letters and nine to eighteen digits."""
    value = plain(text)
    return value if re.fullmatch(r"[A-Z]{0,4}\d{9,18}[A-Z]{0,2}", value) else None


def sender(text: str) -> str | None:
    """The name of a firm or shop that sends. Names of people and masked ones say too little."""
    if "*" in squeeze(text) or "＊" in text:
        return None
    value = _NAME_END.sub("", plain(text))
    return value[:LONGEST] if len(value) >= 4 else None


KINDS: dict[str, Kind] = {
    each.code: each
    for each in (
        Kind("uscc", _("统一社会信用代码"), credit_code, head=4, tail=4),
        Kind("licence", _("许可证号"), licence, head=4, tail=4),
        Kind("phone", _("电话"), phone, head=3, tail=4),
        Kind("plate", _("车牌"), plate, head=2, tail=2),
        Kind("account", _("账号"), account, head=2, tail=3),
        Kind("code", _("产品上的码"), code, head=2, tail=3),
        Kind("batch", _("批号"), code, head=1, tail=2),
        Kind("waybill", _("运单号"), waybill, head=3, tail=3),
        Kind("sender", _("寄件方"), sender, head=1, tail=1),
    )
}
SAME_RUN = "same_run"
LABELS: dict[str, Words] = {**{each.code: each.label for each in KINDS.values()}, SAME_RUN: _("同批货")}
KIND_CHOICES = [(each.code, each.label) for each in KINDS.values()]
SCOPED = frozenset({"code", "batch"})
"""Kinds whose values mean something within one brand only."""


def masked(kind: str, value: str) -> str:
    """What a page shows of a value: enough for who knows it, too little for who does not."""
    found = KINDS.get(kind)
    if found is None or not value:
        return ""
    if len(value) <= found.head + found.tail + 1:
        return value[:1] + "•" * max(len(value) - 1, 2)
    return value[: found.head] + "•" * min(len(value) - found.head - found.tail, 6) + value[-found.tail :]


def common(kind: str, value: str) -> str:
    """Why a value says nothing: it is everybody's. Empty when it may say something."""
    if kind == "phone" and _SERVICE.fullmatch(value):
        return "service_number"
    if kind in ("account", "code", "licence") and value.isdigit() and len(set(value)) <= 2:
        return "placeholder"
    if kind == "phone" and len(set(value[-8:])) == 1:
        return "placeholder"
    return ""
