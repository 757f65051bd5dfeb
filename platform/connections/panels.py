"""What other apps show on the page of a connection: a link with words, and how many things wait behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from connections.models import Connection
from kernel.errors import Words


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One link.

    url_name takes `connection_id`. kinds: kinds of connection that have it, None for all. hosts: kinds of host
    ("province", "brands", "office"). text: a line on what is behind it. count: things that wait there.
    """

    title: Words
    url_name: str
    kinds: frozenset[str] | set[str] | None = None
    hosts: Iterable[str] = ("province",)
    text: Words = ""
    count: Callable[[UUID], int] | None = None
    order: int = 100


@dataclass(frozen=True)
class Shown:
    """A panel as one connection has it."""

    title: Words
    text: Words
    url: str
    count: int


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Offer a panel; the same address again replaces it."""
    _panels[panel.url_name] = panel


def of(connection: Connection, host: str, urlconf: str | None = None) -> list[Shown]:
    """The panels of a connection on a kind of host. One whose address the host does not have is left out."""
    found = []
    for panel in sorted(_panels.values(), key=lambda each: each.order):
        if host not in panel.hosts or (panel.kinds is not None and connection.kind not in panel.kinds):
            continue
        try:
            url = reverse(panel.url_name, kwargs={"connection_id": connection.pk}, urlconf=urlconf)
        except NoReverseMatch:
            continue
        found.append(Shown(panel.title, panel.text, url, panel.count(connection.pk) if panel.count else 0))
    return found
