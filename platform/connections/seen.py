"""A second person agrees to what they have seen: where it was changed since, they look again.

A page carries the mark of what it shows and gives it back with the step; a program may do the same (`seen`).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.canonical import canonical_json, sha256_hex
from kernel.errors import Conflict


class ChangedSinceSeen(Conflict):
    code = "changed_since_seen"
    sentence = _("您看过以后，这里的内容又改了，没有启用。请刷新页面，看过现在的内容再决定。")


def mark(*shown: Any) -> str:
    """A short mark of some values (JSON)."""
    return sha256_hex(canonical_json(list(shown)))[:16]


def require(seen: str, now: str) -> None:
    """seen: what the person's page was marked with; "" from a program that says nothing. Raises ChangedSinceSeen."""
    if seen and seen != now:
        raise ChangedSinceSeen()
