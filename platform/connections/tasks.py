"""Background work on connections. One service call each."""

from __future__ import annotations

from celery import shared_task

from connections import foreign, traffic


@shared_task(name="connections.tried_elsewhere")
def tried_elsewhere(digest: str, at_seat: str) -> None:
    """A key that names this host was tried at another."""
    foreign.tried_elsewhere(digest, at_seat)


@shared_task(name="connections.write_traffic")
def write_traffic() -> None:
    """Write the lines of the traffic log that wait."""
    traffic.write()


@shared_task(name="connections.sweep")
def sweep() -> None:
    """Delete lines that are too old, and access tokens that are over."""
    traffic.sweep()
