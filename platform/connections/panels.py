"""What other apps show on the page of a connection: a link with words, and how many things wait behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from connections.models import Connection
from kernel.errors import Words


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One link.

    url_name takes the connection's id, alone. kinds: kinds of connection that have it, None for all. hosts: kinds of
    host ("province", "brands", "office"). text: a line on what is behind it. count: things that wait there.
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


def registered() -> list[Panel]:
    """All panels, in their order."""
    return sorted(_panels.values(), key=lambda each: each.order)


def of(connection: Connection, host: str, urlconf: str | None = None) -> list[Shown]:
    """The panels of a connection on a kind of host."""
    found = []
    for panel in registered():
        if host not in panel.hosts or (panel.kinds is not None and connection.kind not in panel.kinds):
            continue
        url = reverse(panel.url_name, args=[connection.pk], urlconf=urlconf)
        found.append(Shown(panel.title, panel.text, url, panel.count(connection.pk) if panel.count else 0))
    return found
