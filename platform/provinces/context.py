"""Enter a seat, ask which one this thread holds.

    with province("gx"): ...          rows of 广西, login czj_gx
    with seat(BRANDS): ...            the shared layer as the brands host sees it
    with owner("gx"): ...             migrations and provisioning only

Only `provinces` and `federation.letters` (and start-up code in `runtime`) may change province; a guard reads the
imports.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from provinces.database.base import current_seat, wrapper
from provinces.errors import NoSeat
from provinces.seats import Seat, owner_seat, province_seat


@contextmanager
def seat(wanted: Seat | None) -> Iterator[Seat | None]:
    """Hold `wanted` inside the block, and what was held before after it. None: hold nobody's seat."""
    here = wrapper()
    before = here.seat
    here.set_seat(wanted)
    try:
        yield wanted
    finally:
        here.set_seat(before)


def province(code: str) -> AbstractContextManager[Seat | None]:
    """Hold the seat of one province inside the block."""
    return seat(province_seat(code))


def owner(schema_name: str = "public") -> AbstractContextManager[Seat | None]:
    """Hold the owner's seat, standing in `schema_name`, inside the block."""
    return seat(owner_seat(schema_name))


def current() -> Seat | None:
    """The seat of this thread, or None."""
    return current_seat()


def required() -> Seat:
    """The seat of this thread. Raises NoSeat when it works for nobody."""
    held = current()
    if held is None:
        raise NoSeat("this thread works for no province: enter one first")
    return held


def province_code() -> str:
    """Code of the province this thread works for. Raises NoSeat anywhere else."""
    held = required()
    if held.kind != "province":
        raise NoSeat(f"a province is needed here, this is {held}")
    return held.name
