"""Background work of the desk; each task is one service call in the brands seat."""

from __future__ import annotations

from celery import shared_task

from appraisal.desk import services


@shared_task(name="desk.mind_the_clock")  # type: ignore[untyped-decorator]
def mind_the_clock() -> int:
    """Ring whoever is on duty for tasks that nobody took. Every twenty seconds by beat."""
    return services.mind_the_clock()
