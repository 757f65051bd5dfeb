"""Pages that a phone keeps for use without a signal. They name nobody: one copy serves whoever holds the phone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

_pages: dict[str, tuple[str, ...]] = {}
_files: list[str] = []


def register(url_name: str, *, instead_of: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> None:
    """Have a page kept ahead. instead_of: beginnings of paths for which it stands in; files: its static files."""
    _pages[url_name] = instead_of
    _files.extend(file for file in files if file not in _files)


def keep_files(*files: str) -> None:
    """Have static files kept ahead for a page whose last copy is enough without a signal."""
    _files.extend(file for file in files if file not in _files)


def files() -> list[str]:
    """Static files of the kept pages, beside those of every page."""
    return list(_files)


def pages(request: HttpRequest) -> list[str]:
    """Addresses of the kept pages that this host has."""
    return [found for name in _pages if (found := address(name, request))]


def instead(request: HttpRequest) -> list[list[str]]:
    """Pairs: the beginning of a path, the kept page that stands in for it."""
    pairs = [(name, start) for name, starts in _pages.items() for start in starts]
    return [[start, found] for name, start in pairs if (found := address(name, request))]


def render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render without the request: nothing of the person, their session or their token gets into the copy."""
    common = {"kept": True, "bare": True, "standing_url": address("accounts:standing", request)}
    response = HttpResponse(render_to_string(template, {**common, **context}))
    response["Cache-Control"] = "no-cache"
    return response


def address(name: str, request: HttpRequest) -> str:
    """Where a page is on this host; "" where it has none."""
    try:
        return reverse(name, urlconf=getattr(request, "urlconf", None))
    except NoReverseMatch:
        return ""
