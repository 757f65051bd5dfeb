"""What is already known of what a form asks: nobody types twice what another system has said.

An app registers `func(request, form) -> dict` when it starts; a view gives what `known(request, "clue_intake:new")`
returns to its form as initial values. It knows nobody who answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Known = Callable[[HttpRequest, str], dict[str, Any]]
_known: list[Known] = []


def register(func: Known) -> Known:
    """Let `func(request, form)` say what it knows: field to value. form: the address's name of the page."""
    if func not in _known:
        _known.append(func)
    return func


def known(request: HttpRequest, form: str) -> dict[str, Any]:
    """All that is known for a form; of two that know a field the first counts. Empty values are left out."""
    found: dict[str, Any] = {}
    for func in _known:
        for name, value in func(request, form).items():
            if value not in (None, "", []):
                found.setdefault(name, value)
    return found
