"""Background work of recognition, on a queue of its own; each task is one service call in the brands seat.

Services that hold the engine are imported when a task runs: every process knows the tasks, one runs them.
"""

from __future__ import annotations

from uuid import UUID

from celery import shared_task


@shared_task(name="recognition.look")  # type: ignore[untyped-decorator]
def look(look_id: str) -> str:
    """Look at one photo that came to the desk."""
    from appraisal.recognition.services import looking

    row = looking.look(UUID(look_id))
    return row.outcome if row else ""


@shared_task(name="recognition.sync")  # type: ignore[untyped-decorator]
def sync(organisation_id: str, look_back_for: str | None = None) -> int:
    """Have an index follow its library; then look back for the entry that was confirmed. Returns photos missing."""
    from appraisal.recognition.services import indexes, lookback

    found = indexes.sync(UUID(organisation_id))
    if look_back_for:
        lookback.look_back(UUID(look_back_for))
    return found.missing


@shared_task(name="recognition.examine")  # type: ignore[untyped-decorator]
def examine(entry_id: str) -> int:
    """Look at a candidate's photos for whoever is to confirm it. Returns how much was odd."""
    from appraisal.recognition.services import indexes

    return len(indexes.examine(UUID(entry_id)))


@shared_task(name="recognition.rebuild")  # type: ignore[untyped-decorator]
def rebuild(organisation_id: str) -> int:
    """Make an index anew beside the one in use and swap them. Returns how many photos it should hold."""
    from appraisal.recognition.services import indexes

    return indexes.rebuild(UUID(organisation_id)).expected


@shared_task(name="recognition.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Every minute: photos whose turn never came, and indexes that fell behind their library."""
    from appraisal.recognition.services import asking, indexes

    for organisation_id in indexes.organisations():
        indexes.sync(organisation_id)
    return asking.sweep()


@shared_task(name="recognition.nightly")  # type: ignore[untyped-decorator]
def nightly() -> int:
    """Every night: each index made anew and checked. Returns for how many organisations."""
    from appraisal.recognition.services import indexes

    names = indexes.organisations()
    for organisation_id in names:
        indexes.rebuild(organisation_id)
        indexes.rebuild_seen(organisation_id)
    return len(names)
