"""Background work of the desk; each task is one service call in the brands seat."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from appraisal.desk import robot, selectors, services


@shared_task(name="desk.mind_the_clock")  # type: ignore[untyped-decorator]
def mind_the_clock() -> int:
    """Ring whoever is on duty for tasks that nobody took. Every twenty seconds by beat."""
    robot.sweep()
    return services.mind_the_clock()


@shared_task(name="desk.fill_search_text")  # type: ignore[untyped-decorator]
def fill_search_text() -> int:
    """Make findable what older code stored. Returns how many."""
    return services.fill_search_text()


@shared_task(name="desk.count_figures")  # type: ignore[untyped-decorator]
def count_figures() -> int:
    """Count anew the figures that somebody looks at. Returns how many."""
    return selectors.FIGURES.again()


@shared_task(name="desk.robot_answer")  # type: ignore[untyped-decorator]
def robot_answer(task_id: str) -> None:
    """The sandbox's robot answers one task."""
    robot.give(UUID(task_id))
