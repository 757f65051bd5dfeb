"""One-time sign-in codes on their way to a phone.

`send_code` hands the code to the sender that the setting ACCOUNTS_CODE_SENDER names: a class with
`send(phone, code)`. The channel that really reaches phones is registered by the notification app.
"""

from __future__ import annotations

import logging
from typing import Protocol, TypedDict

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from kernel.text import squeeze

log = logging.getLogger(__name__)
_KEY = "accounts.codes.shown"
_KEPT = 20
_KEPT_S = 15 * 60


class Sender(Protocol):
    """What brings a code to a phone. Raises `kernel.errors.Unavailable` when it cannot."""

    def send(self, phone: str, code: str) -> None: ...


class ShownCode(TypedDict):
    """A code as the demonstration page lists it. at: ISO 8601, UTC."""

    phone: str
    code: str
    at: str


class ConsoleSender:
    """For development: the console, and in demonstration mode the page /dev/codes/ with the last codes."""

    def send(self, phone: str, code: str) -> None:
        log.warning("sign-in code for %s: %s", phone, code)
        if settings.DEMO:
            entry = ShownCode(phone=phone, code=code, at=timezone.now().isoformat())
            cache.set(_KEY, [entry, *last_codes()][:_KEPT], _KEPT_S)


def last_codes() -> list[ShownCode]:
    """The codes sent on this host in the last quarter of an hour, newest first. Empty outside demonstration mode."""
    return list(cache.get(_KEY) or []) if settings.DEMO else []


def send_code(user: User, code: str, *, phone: str | None = None) -> None:
    """Bring `code` to the person's phone, or to `phone` (E.164) while that is being changed."""
    number = squeeze(phone or user.phone or "")
    if number:
        sender: Sender = import_string(settings.ACCOUNTS_CODE_SENDER)()
        sender.send(number, code)
