"""Check digits and bars: GTIN-13 as printed on the drawn labels, and the unified social credit code."""

from __future__ import annotations

_LEFT_ODD = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_PARITY = ("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO")

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def gtin13_check_digit(body: str) -> str:
    """The 13th digit for twelve digits. Raises ValueError for anything but twelve digits. Source: GB 12904."""
    if len(body) != 12 or not body.isdigit():
        raise ValueError(f"a GTIN-13 body is twelve digits: {body!r}")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return str(-total % 10)


def gtin13(body: str) -> str:
    """Twelve digits with their check digit added."""
    return body + gtin13_check_digit(body)


def ean13_modules(digits: str) -> str:
    """The 95 modules of an EAN-13 symbol, "1" for a bar.

    The check digit is drawn as given, right or wrong: a forger's symbol is one of the things the story shows.
    """
    if len(digits) != 13 or not digits.isdigit():
        raise ValueError(f"an EAN-13 symbol is thirteen digits: {digits!r}")
    left = ""
    for digit, parity in zip(digits[1:7], _PARITY[int(digits[0])], strict=True):
        odd = _LEFT_ODD[int(digit)]
        left += odd if parity == "O" else _flip(odd)[::-1]
    right = "".join(_flip(_LEFT_ODD[int(digit)]) for digit in digits[7:])
    return f"101{left}01010{right}101"


def _flip(bits: str) -> str:
    return bits.translate(str.maketrans("01", "10"))


def uscc(body: str) -> str:
    """A unified social credit code from its first 17 characters. Source: GB 32100-2015."""
    if len(body) != 17:
        raise ValueError(f"a credit code body is 17 characters: {body!r}")
    total = sum(_USCC_ALPHABET.index(mark) * weight for mark, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return body + _USCC_ALPHABET[(31 - total % 31) % 31]
