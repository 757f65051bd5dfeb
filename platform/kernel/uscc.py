"""统一社会信用代码: normalise, then check, and never guess a letter.

Source: GB 32100-2015 (alphabet of 31 characters, weights and check character).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput
from kernel.text import squeeze

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LENGTH = 18
_OLD_NUMBER_LENGTH = 15


def normalise(text: str) -> str:
    """Half-width, upper case, without spaces. Changes spelling only: an O stays an O."""
    return squeeze(text).upper()


def check_character(body: str) -> str:
    """The 18th character for the first 17. Raises ValueError unless given 17 characters of the alphabet."""
    if len(body) != LENGTH - 1:
        raise ValueError("a check character is made from 17 characters")
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def parse(text: str) -> str:
    """The normalised code, if it is right.

    Raises BadInput with code `uscc_old_number` (15 digits: a business registration number from before
    2015), `uscc_length`, `uscc_character` (data: character, position from 1) or `uscc_check` (data:
    positions among which a mistake is, from 1: one wrong letter alone cannot be named by a sum).
    """
    value = normalise(text)
    if len(value) == _OLD_NUMBER_LENGTH and value.isascii() and value.isdigit():
        raise BadInput(
            _("这是 15 位旧注册号，不是统一社会信用代码。请改选“旧注册号”并注明原因，或填写 18 位代码。"),
            code="uscc_old_number",
            value=value,
        )
    if len(value) != LENGTH:
        raise BadInput(
            _("统一社会信用代码应为 18 位，现在是 {length} 位。请对照营业执照补全或删去多余的字符。"),
            code="uscc_length",
            value=value,
            length=len(value),
        )
    for position, char in enumerate(value, start=1):
        if char not in ALPHABET:
            raise BadInput(
                _("第 {position} 位“{character}”不在代码用字之内（不用字母 I、O、S、V、Z）。请对照营业执照改正。"),
                code="uscc_character",
                value=value,
                character=char,
                position=position,
            )
    if check_character(value[:-1]) != value[-1]:
        if _organisation_fits(value):
            sentence = _("统一社会信用代码校验不符：写错的在第 1 至 8 位，或是第 18 位。请对照营业执照核对这几位。")
            positions = [*range(1, 9), 18]
        else:
            sentence = _("统一社会信用代码校验不符：写错的在第 9 至 17 位。请对照营业执照核对这几位。")
            positions = list(range(9, 18))
        raise BadInput(sentence, code="uscc_check", value=value, positions=positions)
    return value


def _organisation_fits(value: str) -> bool:
    """Whether positions 9 to 17, the 组织机构代码, carry the check character they have of their own (GB 11714)."""
    total = sum(
        (ord(char) - 55 if char.isalpha() else int(char)) * weight
        for char, weight in zip(value[8:16], _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11] == value[16]


def is_valid(text: str) -> bool:
    """Whether `parse` would take it."""
    try:
        parse(text)
    except BadInput:
        return False
    return True
