"""The base of every background task: it carries the name of its seat and holds it while it runs."""

from typing import Any

from celery import Task

from provinces.context import required, seat
from provinces.errors import NoSeat
from provinces.seats import named_seat

HEADER = "czj_seat"


class SeatTask(Task):  # type: ignore[misc]
    """`task.delay(…)` inside a seat carries it along; `task.apply_async(…, seat="gx")` names another.

    A task that arrives without a seat is refused.
    """

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, *, seat: str | None = None, **options: Any) -> Any:
        name = seat or required().name
        options["headers"] = {**(options.get("headers") or {}), HEADER: name}
        return super().apply_async(args, kwargs, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name = (self.request.headers or {}).get(HEADER) or self.request.get(HEADER)
        if not name:
            raise NoSeat(f"task {self.name} carries no seat")
        with seat(named_seat(name)):
            return self.run(*args, **kwargs)
