"""The scope of an operation follows from its address and method: there is nothing to declare, and so to forget."""

from __future__ import annotations

import re

from django.urls import URLPattern, URLResolver
from rest_framework.permissions import SAFE_METHODS

READ, WRITE = "read", "write"
API = "api/v1/"
ALWAYS_ALLOWED = frozenset({"schema", ""})
"""What needs no scope: the description itself."""
_SEGMENT = re.compile(r"\^?([a-z0-9][a-z0-9-]*)/")


def of_operation(path: str, method: str) -> str:
    """The scope that an operation needs, "" for none. path: of a request, or as the description writes it."""
    segment = path.lstrip("/").removeprefix(API).partition("/")[0]
    if segment in ALWAYS_ALLOWED:
        return ""
    return f"{segment}:{READ if method.upper() in SAFE_METHODS else WRITE}"


def segments(resolver: URLResolver) -> list[str]:
    """The first parts of all API addresses of a host, each once, sorted."""
    found: set[str] = set()
    _collect(resolver, "", found)
    return sorted(found)


def _collect(resolver: URLResolver, before: str, found: set[str]) -> None:
    for pattern in resolver.url_patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if API.startswith(text) or text.startswith(API):
                _collect(pattern, text, found)
        elif (
            isinstance(pattern, URLPattern)
            and text.startswith(API)
            and (first := _SEGMENT.match(text.removeprefix(API)))
        ):
            found.add(first[1])
