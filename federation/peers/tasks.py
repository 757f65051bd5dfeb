"""The courier's rounds beside its letters."""

from __future__ import annotations

from celery import shared_task

from federation.peers import arriving, courses, returning, services, signatures


@shared_task(name="peers.mind")  # type: ignore[untyped-decorator]
def mind() -> int:
    """In the courier's seat: receipts that nobody was told of, a new key, and what is of no more use."""
    done = services.introduce_keys() + courses.report() + returning.carry_again()
    return done + signatures.forget() + arriving.forget_announced()


@shared_task(name="peers.tell_of_return")  # type: ignore[untyped-decorator]
def tell_of_return(installation: str) -> None:
    """In the seat of the office, and of each province: another installation was restored from a backup."""
    returning.tell_people(installation)
