"""Background work of issuing; each task is one service call in the brands seat."""

from __future__ import annotations

from celery import shared_task

from appraisal.issuing import services


@shared_task(name="issuing.finish_waiting")  # type: ignore[untyped-decorator]
def finish_waiting() -> int:
    """Ask again for the time-stamps that signed letters wait for. Every minute by beat."""
    return services.finish_waiting()


@shared_task(name="issuing.fill_search_text")  # type: ignore[untyped-decorator]
def fill_search_text() -> int:
    """Make findable what older code stored. Returns how many."""
    return services.fill_search_text()


@shared_task(name="issuing.look_for_reuse")  # type: ignore[untyped-decorator]
def look_for_reuse() -> int:
    """Offer formal letters to open requests on the same goods. Every minute by beat."""
    return services.look_for_reuse()
