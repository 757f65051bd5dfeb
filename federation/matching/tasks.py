"""Background work: look at changed records, turn the round, compare what was laid down, pass on what waits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from celery import shared_task

from kernel.soon import soon
from provinces.seats import OFFICE


def look_at(source: str, record_ids: Sequence[str]) -> None:
    """Have a worker look at records of this province."""
    soon(look, source, list(record_ids))


def wake_office() -> None:
    """Have a worker compare what was just laid down."""
    soon(find, seat=OFFICE.name)


@shared_task(name="matching.look")  # type: ignore[untyped-decorator]
def look(source: str, record_ids: list[str]) -> int:
    """In a province: what these records hold now."""
    from federation.matching.services import values

    return values.look([UUID(each) for each in record_ids], source=source)


@shared_task(name="matching.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """In a province: all records, once a day and when the round turns; what was compared by hand and has run out."""
    from federation.matching.services import values

    return values.sweep()


@shared_task(name="matching.find")  # type: ignore[untyped-decorator]
def find() -> int:
    """At the office: compare what waits, pass on what could not be, look for series."""
    from federation.matching.services import finding, relaying, series

    found = finding.find_all()
    relaying.settle_waiting()
    series.discover()
    return found
