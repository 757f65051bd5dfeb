"""Places on a page that apps above fill. The page names its places; it knows nobody who stands in them.

An app registers in `AppConfig.ready`: `slots.register("requests:now", fill, css=("hints/hints.css",))`. A page writes
`{% slot "requests:now" asked=asked %}` where the pieces are to stand, `{% slot_head "requests:now" %}` in its head and
`{% slot_scripts "requests:now" %}` among its scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Piece:
    """What stands in a place: a template and what it is given."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Filler:
    fill: Callable[..., Any]
    css: tuple[str, ...]
    js: tuple[str, ...]
    order: int


_places: dict[str, list[_Filler]] = {}


def register(
    place: str, fill: Callable[..., Any], *, css: tuple[str, ...] = (), js: tuple[str, ...] = (), order: int = 100
) -> None:
    """Let `fill(request, **facts)` answer for a place; None: nothing this time. Registering it again replaces it.

    css, js: static files (js: modules) that the page loads for it. order: position among the pieces, smallest first.
    """
    fillers = [each for each in _places.get(place, []) if each.fill is not fill]
    _places[place] = sorted([*fillers, _Filler(fill, css, js, order)], key=lambda each: each.order)


def ask(place: str, request: Any, **facts: Any) -> Iterator[Any]:
    """What everybody says for a place: pieces, or whatever else the place says it takes."""
    for filler in _places.get(place, []):
        found = filler.fill(request, **facts)
        if found is not None:
            yield found


def styles(place: str) -> list[str]:
    """Style sheets of a place, each once."""
    return list(dict.fromkeys(file for each in _places.get(place, []) for file in each.css))


def modules(place: str) -> list[str]:
    """Modules of a place, each once."""
    return list(dict.fromkeys(file for each in _places.get(place, []) for file in each.js))
