"""Figures over many rows: shown as they were counted last, and counted anew by a worker for those who look at them.

    WEEKS = Tally("bureau:weeks", count_weeks, much=lambda found: found.asked >= 2000)
    WEEKS.shown(units)      # on the page; counted here only where nobody has looked for a day
    WEEKS.again()           # by a task, every ten minutes

The cache is the seat's own. When workers are away figures are dropped after `KEPT_S` and counted by the page; when the
cache is empty, or away, likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar

from django.core.cache import cache

from kernel import clock

KEPT_S, LOOKED_S = 3600, 86_400
_TOUCH_S = 3600
T = TypeVar("T")


class Tally(Generic[T]):
    """count: of some arguments and `now` a dataclass with `counted_at`. much: whether that is worth keeping."""

    def __init__(self, name: str, count: Callable[..., T], *, much: Callable[[T], bool]) -> None:
        self.name, self.count, self.much = name, count, much

    def shown(self, *args: Hashable, now: datetime | None = None) -> T:
        """What was counted last, else counted now. `counted_at` says when, and nothing if that was just now."""
        now = now or clock.now()
        key = self._key(args)
        found: T | None = cache.get(key)
        if found is None:
            found = self.count(*args, now=now)
            if not self.much(found):
                return found
            cache.set(key, _at(found, now), KEPT_S)
        self._look(args, now)
        return found

    def again(self) -> int:
        """Count anew what somebody has looked at within a day. Returns how many."""
        looked = self._looked(clock.now())
        for args in looked:
            now = clock.now()
            found = self.count(*args, now=now)
            if self.much(found):
                cache.set(self._key(args), _at(found, now), KEPT_S)
            else:
                cache.delete(self._key(args))
        return len(looked)

    def _key(self, args: tuple[Hashable, ...]) -> str:
        return f"{self.name}:{sha256(' '.join(map(str, args)).encode()).hexdigest()}"

    def _looked(self, now: datetime) -> dict[tuple[Any, ...], float]:
        """Arguments, and when somebody looked last. Two who look at once may forget one; then the page counts."""
        since = now.timestamp() - LOOKED_S
        return {args: at for args, at in (cache.get(f"{self.name}:looked") or {}).items() if at >= since}

    def _look(self, args: tuple[Hashable, ...], now: datetime) -> None:
        looked = self._looked(now)
        if now.timestamp() - looked.get(args, 0) >= _TOUCH_S:
            cache.set(f"{self.name}:looked", {**looked, args: now.timestamp()}, LOOKED_S)


def _at(found: T, now: datetime) -> T:
    return replace(found, counted_at=now)  # type: ignore[type-var]
