"""Work that a worker is to do at once, handed over after the commit.

What waits stands in a row, and a round of beat looks through such rows. So a broker that is away or full delays the
work until that round comes by: it is never an error of the page or call that asked for it.
"""

import logging
from typing import Any, Protocol

from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class Task(Protocol):
    """What of a Celery task is used here."""

    name: str

    def apply_async(self, args: Any = None, /, **options: Any) -> Any: ...


def soon(task: Task, *args: Any, **options: Any) -> bool:
    """Send a task with these arguments. options: as of `apply_async` (seat, queue, expires). False: no
    broker took it.

    Identifiers are passed as text (`str(row.pk)`).
    """
    try:
        task.apply_async(args, **options)
    except (KombuError, RedisError, OSError) as error:
        whose = options.get("seat") or "this seat"
        log.warning("no broker took %s%s for %s, the next round does it: %s", task.name, args, whose, error)
        return False
    return True
