"""The base of every background task: it carries the name of its seat and holds it while it runs."""

import logging
from typing import Any

from celery import Task, current_app, shared_task
from django.conf import settings

from provinces import limits
from provinces.context import required, seat
from provinces.errors import NoSeat
from provinces.hosts import DIRECTORY
from provinces.seats import named_seat

HEADER = "czj_seat"
log = logging.getLogger(__name__)


class SeatTask(Task):  # type: ignore[misc] # untyped package
    """`task.delay(…)` inside a seat carries it along; `task.apply_async(…, seat="gx")` names another.

    A task that arrives without a seat is refused, one for a province that is not served now is dropped. Outside a
    task's run the thread holds no seat. In the beat schedule, `"options": {"seat": "brands"}` names one;
    `provinces.fan_out` sends a task to every province.
    """

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, *, seat: str | None = None, **options: Any) -> Any:
        name = seat or required().name
        named_seat(name)  # a wrong name is refused here, where the mistake is, and not in a worker's log
        options["headers"] = {**(options.get("headers") or {}), HEADER: name}
        return super().apply_async(args, kwargs, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name = (self.request.headers or {}).get(HEADER) or self.request.get(HEADER)
        if not name:
            raise NoSeat(f"task {self.name} carries no seat")
        if not is_served(name):
            log.info("task %s for %s is dropped: it is not served now", self.name, name)
            return None
        with limits.CLOCK.watch(self.name), seat(named_seat(name)):
            return self.run(*args, **kwargs)


def is_served(name: str) -> bool:
    """Whether work is done for this seat now. Not for a province that is suspended, gone or waits for its upgrade:
    what it has to do is found again by the sweeps when it is back.
    """
    if named_seat(name).kind != "province":
        return True
    host = DIRECTORY.province(name)
    return host is not None and host.state == "active"


@shared_task(name="provinces.fan_out")  # type: ignore[untyped-decorator]
def fan_out(task_name: str, *, also: tuple[str, ...] = ()) -> int:
    """Send a task to every active province, and to the seats named in `also`. Returns to how many. For beat.

    The sandbox is left out of what speaks with real parties or counts for real figures (SANDBOX_WITHOUT).
    """
    left_out = task_name in settings.SANDBOX_WITHOUT
    hosts = DIRECTORY.real() if left_out else DIRECTORY.provinces()
    names = [host.seat.name for host in hosts if host.state == "active"]
    for name in [*names, *also]:
        current_app.tasks[task_name].apply_async(seat=name)
    return len(names) + len(also)
