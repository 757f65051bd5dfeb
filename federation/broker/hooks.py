"""What apps above do when something is brokered. Each is called in the province, in the transaction of the arrival."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from federation.broker.models import Dispute, ListedSupervision, Route

OnRouted = Callable[[Route], None]
OnDecided = Callable[[Dispute], None]
OnSupervised = Callable[[ListedSupervision], None]
Places = Callable[[UUID], list[tuple[str, str]]]
Lines = Callable[[UUID], list[tuple[str, str, str]]]
_on_routed: list[OnRouted] = []
_on_decided: list[OnDecided] = []
_on_supervised: list[OnSupervised] = []
_places: list[Places] = []
_lines: list[Lines] = []


def on_routed(func: OnRouted) -> OnRouted:
    """Call `func(route)` when the office has answered who should get a letter (`route.unit_ref`)."""
    if func not in _on_routed:
        _on_routed.append(func)
    return func


def on_decided(func: OnDecided) -> OnDecided:
    """Call `func(dispute)` when a dispute ends here: decided by the superior (`designated`) or agreed (`agreed_on`)."""
    if func not in _on_decided:
        _on_decided.append(func)
    return func


def on_supervised(func: OnSupervised) -> OnSupervised:
    """Call `func(supervision)` when an order from above arrives, is reported done, sent back or lifted."""
    if func not in _on_supervised:
        _on_supervised.append(func)
    return func


def brand_places(func: Places) -> Places:
    """Ask `func(brand_id)` where that brand's goods are known to be made: division codes, each with its ground."""
    if func not in _places:
        _places.append(func)
    return func


def letter_lines(func: Lines) -> Lines:
    """Ask `func(letter_id)` what a letter of this province says: (kind of content, caption, text) for each line."""
    if func not in _lines:
        _lines.append(func)
    return func


def routed(route: Route) -> None:
    """Tell everybody. By `services` alone, like those below."""
    for func in _on_routed:
        func(route)


def decided(dispute: Dispute) -> None:
    for func in _on_decided:
        func(dispute)


def supervised(row: ListedSupervision) -> None:
    for func in _on_supervised:
        func(row)


def places_of(brand_id: UUID) -> list[tuple[str, str]]:
    return [place for func in _places for place in func(brand_id)]


def lines_of(letter_id: UUID) -> list[tuple[str, str, str]]:
    return [line for func in _lines for line in func(letter_id)]
