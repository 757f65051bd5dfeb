"""What apps above want to be told. Hooks run in the transaction that makes the news true."""

from __future__ import annotations

from collections.abc import Callable

from evidence.models import Exhibit, Quarantined

_on_ready: list[Callable[[Exhibit], None]] = []
_on_refused: list[Callable[[Exhibit], None]] = []
_on_assigned: list[Callable[[Quarantined], None]] = []


def on_ready(func: Callable[[Exhibit], None]) -> Callable[[Exhibit], None]:
    """Call `func(exhibit)` when the view of an exhibit is there."""
    return _added(_on_ready, func)


def on_refused(func: Callable[[Exhibit], None]) -> Callable[[Exhibit], None]:
    """Call `func(exhibit)` when a photo turned out not to be one; `exhibit.refusal` has the code."""
    return _added(_on_refused, func)


def on_assigned(func: Callable[[Quarantined], None]) -> Callable[[Quarantined], None]:
    """Call `func(quarantined)` when a photo left quarantine; `exhibit`, `draft_id` and `assigned_to_id` are set."""
    if func not in _on_assigned:
        _on_assigned.append(func)
    return func


def _added(registered: list[Callable[[Exhibit], None]], func: Callable[[Exhibit], None]) -> Callable[[Exhibit], None]:
    if func not in registered:
        registered.append(func)
    return func


def ready(exhibit: Exhibit) -> None:
    """Tell everybody; by `evidence.services` alone."""
    for func in _on_ready:
        func(exhibit)


def refused(exhibit: Exhibit) -> None:
    """Tell everybody; by `evidence.services` alone."""
    for func in _on_refused:
        func(exhibit)


def assigned(row: Quarantined) -> None:
    """Tell everybody; by `evidence.services` alone."""
    for func in _on_assigned:
        func(row)
