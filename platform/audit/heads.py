"""Heads (日结): once a day each log says how long it is and what its root is, signs it, and has it time-stamped.

Apps above register with `on_head` to carry a new head to others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from audit import keys, log
from audit.models import HeadStamp, LogEntry, LogHead
from kernel import clock
from kernel.canonical import canonical_json
from kernel.locks import lock
from kernel.soon import soon

logger = logging.getLogger(__name__)
VERSION = 1
Listener = Callable[[LogHead], None]
_listeners: list[Listener] = []


def on_head(listener: Listener) -> Listener:
    """Call `listener(head)` in the transaction that makes a head."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def statement(name: str, size: int, root: bytes, at: datetime) -> bytes:
    """The bytes that the signature of a head, and its time-stamp, are over."""
    return canonical_json({"version": VERSION, "log": name, "size": size, "root": root.hex(), "at": at})


def latest(name: str) -> LogHead | None:
    """The last head of a log."""
    return LogHead.objects.filter(log=name).order_by("-size").first()


def is_due(name: str) -> bool:
    """Whether today has no head yet and there is something to put under one."""
    last = latest(name)
    if last is not None and clock.local_date(last.at) >= clock.today():
        return False
    entries = LogEntry.objects.filter(log=name)
    covered = last.size if last else 0
    return entries.filter(position=None).exists() or log.size_of(name) > covered


def make(name: str = "") -> LogHead | None:
    """Put a head over all that has a place, of the log of this seat; None where nothing was added since the last one,
    or the clock stands before it: heads never go back in time.

    Signed; its time-stamp is asked for after commit. Two at once make one.
    """
    name = name or log.name_of()
    log.sequence()
    with transaction.atomic():
        lock(log.lock_name(f"head {name}"))
        size, last = log.size_of(name), latest(name)
        if size == (last.size if last else 0):
            return None
        root, at = log.root_of(name, size), clock.now()
        if last is not None and at < last.at:
            logger.error("no head of log %s: this machine's clock is behind the last one", name)
            return None
        body = statement(name, size, root, at)
        head = LogHead.objects.create(
            log=name,
            size=size,
            root=root,
            at=at,
            body=body.decode(),
            public_key=keys.public_key(name),
            signature=keys.sign(name, body),
        )
        HeadStamp.objects.create(head=head)
        for listener in _listeners:
            listener(head)
        transaction.on_commit(_nudge)
    return head


def is_whole(head: LogHead) -> bool:
    """Whether the head says the same in its columns and in what is signed, and the signature is right."""
    body = statement(head.log, head.size, bytes(head.root), head.at)
    return body == head.body.encode() and keys.is_signed(bytes(head.public_key), bytes(head.signature), body)


def _nudge() -> None:
    from audit.tasks import stamp

    soon(stamp)
