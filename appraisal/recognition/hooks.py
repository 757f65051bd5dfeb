"""What apps above want to be told of the library. Hooks run in the transaction that makes the news true."""

from __future__ import annotations

from collections.abc import Callable

from appraisal.recognition.models import RunLink

_on_run: list[Callable[[RunLink], None]] = []


def on_run_decided(func: Callable[[RunLink], None]) -> None:
    """Call `func(link)` when a person took two finds for one run, refused that, or opened the question again."""
    if func not in _on_run:
        _on_run.append(func)


def run_decided(link: RunLink) -> None:
    """Tell everybody; by `services.runs` alone."""
    for func in _on_run:
        func(link)
