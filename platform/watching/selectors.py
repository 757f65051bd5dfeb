"""The doors to readings: a seat's own, and for the office all of them."""

from __future__ import annotations

from provinces.context import required
from watching.board.models import Reading, Standing


def own_reading() -> Reading | None:
    """What this seat last found of itself; None before the first time."""
    return Reading.objects.filter(seat=required().name).first()


def all_readings() -> list[Reading]:
    """In the office's seat: what every seat last found of itself, by name."""
    return list(Reading.objects.order_by("seat"))


def standing() -> Standing | None:
    """What the bare domain shows; None before the office looked for the first time."""
    return Standing.objects.first()
