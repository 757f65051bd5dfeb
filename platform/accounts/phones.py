"""Phone numbers are kept in E.164; people type them as they are used to."""

from __future__ import annotations

import re

from allauth.account.fields import PhoneField

from kernel.text import squeeze

_E164 = re.compile(r"^\+[1-9]\d{5,14}$")
_MAINLAND = re.compile(r"^1[3-9]\d{9}$")


def normal_phone(text: str) -> str | None:
    """E.164 of what was typed; a mainland mobile gets +86, spaces and dashes go. None: no such number."""
    digits = squeeze(text).replace("-", "")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if _MAINLAND.match(digits):
        digits = f"+86{digits}"
    elif re.match(r"^86(?=1[3-9]\d{9}$)", digits):
        digits = f"+{digits}"
    return digits if _E164.match(digits) else None


def shown_phone(phone: str | None) -> str:
    """As people read it: a mainland number without its prefix."""
    return (phone or "").removeprefix("+86")


class TypedPhoneField(PhoneField):
    """allauth's phone field, taking a number without country code."""

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value) or "")
        return normal_phone(text) or text

    def prepare_value(self, value: object) -> object:
        return shown_phone(value) if isinstance(value, str) else value
