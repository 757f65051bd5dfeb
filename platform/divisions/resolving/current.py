"""The gazetteer of this process: built when first asked for, built anew when the tables have changed."""

from __future__ import annotations

import bisect
import gc
import threading
from collections import OrderedDict
from datetime import date
from time import monotonic
from typing import Final

from divisions.resolving.gazetteer import Gazetteer, Tables, tables_of_database, tables_of_files
from divisions.resolving.writing import Simplifier

LOOK_EVERY_S: Final = 60.0
_KEPT: Final = 3
_lock = threading.Lock()


class Held:
    """What this process holds. `mark` tells one state of the tables from another."""

    def __init__(self) -> None:
        self.mark: object = None
        self.tables: Tables | None = None
        self.days: list[date] = []
        self.built: OrderedDict[int, Gazetteer] = OrderedDict()
        self.looked_at = 0.0
        self.plain: Gazetteer | None = None


_held = Held()


def gazetteer(on: date | None = None) -> Gazetteer:
    """The names as they stood on a day, today if none is given."""
    now = monotonic()
    if on is None and _held.plain is not None and now - _held.looked_at < LOOK_EVERY_S:
        return _held.plain
    with _lock:
        _look(now)
        at = len(_held.days) if on is None else bisect.bisect_right(_held.days, on)
        found = _held.built.get(at)
        if found is None:
            assert _held.tables is not None
            day = None if at == len(_held.days) else (on or None)
            found = build(_held.tables, day)
            _held.built[at] = found
            while len(_held.built) > _KEPT:
                _held.built.popitem(last=False)
        _held.built.move_to_end(at)
        if on is None:
            _held.plain = found
        return found


def build(tables: Tables, on: date | None = None) -> Gazetteer:
    """A gazetteer. The collector rests meanwhile and leaves it alone afterwards: it holds no cycle and stays."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        made = Gazetteer(tables, on)
        gc.freeze()
        return made
    finally:
        if was_on:
            gc.enable()


def simplifier(gazetteer: Gazetteer) -> Simplifier:
    """What turns traditional characters into those of the names."""
    found = gazetteer.simplifier
    if found is None:
        found = gazetteer.simplifier = Simplifier(gazetteer.name_letters)
    return found


def forget() -> None:
    """Look at the tables again at the next call: after they were loaded in this process."""
    _held.mark = None
    _held.tables = None
    _held.plain = None
    _held.looked_at = 0.0


def _look(now: float) -> None:
    if _held.tables is not None and now - _held.looked_at < LOOK_EVERY_S:
        return
    mark = _mark()
    if _held.tables is None or mark != _held.mark:
        _held.tables = tables_of_database() if mark is not None else tables_of_files()
        _held.mark = mark
        _held.built.clear()
        _held.plain = None
        days = {
            day for row in (*_held.tables.divisions, *_held.tables.townships) for day in (row.valid_from, row.valid_to)
        }
        _held.days = sorted(day for day in days if day is not None)
    _held.looked_at = now


def _mark() -> object:
    """What tells that the tables were loaded anew; None if they hold nothing yet, and the files count."""
    from divisions.selectors import state_of_tables

    return state_of_tables()
