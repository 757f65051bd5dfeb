"""Barcodes of goods: GTIN-8, -12, -13 and -14 and their check digit.

Source: GS1 General Specifications, section 7.9; GB 12904-2008.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput
from kernel.text import squeeze

LENGTHS = (8, 12, 13, 14)


def check_digit(body: str) -> str:
    """The last digit for the digits before it: weights 3 and 1 from the right. Raises ValueError for other text."""
    if not (body.isascii() and body.isdigit()):
        raise ValueError("a check digit is made from digits")
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def parse(text: str) -> str:
    """The digits of a right GTIN, without spaces or hyphens.

    Raises BadInput with code `gtin_digits`, `gtin_length` or `gtin_check`.
    """
    value = squeeze(text).replace("-", "")
    if not (value.isascii() and value.isdigit()):
        raise BadInput(_("条码只能是数字。请重新扫描，或照条码下方的数字填写。"), code="gtin_digits", value=value)
    if len(value) not in LENGTHS:
        raise BadInput(
            _("条码应为 8、12、13 或 14 位，现在是 {length} 位。请重新扫描，或照条码下方的数字填写。"),
            code="gtin_length",
            value=value,
            length=len(value),
        )
    if check_digit(value[:-1]) != value[-1]:
        raise BadInput(
            _("条码校验不符：不是读错，就是包装上印错。请重新扫描；仍不符，请拍下条码并注明。"),
            code="gtin_check",
            value=value,
        )
    return value


def is_valid(text: str) -> bool:
    """Whether `parse` would take it."""
    try:
        parse(text)
    except BadInput:
        return False
    return True


def as_gtin14(value: str) -> str:
    """A right GTIN filled to 14 digits, so that UPC-A and EAN-13 of one product are equal. Raises BadInput."""
    return parse(value).zfill(14)
