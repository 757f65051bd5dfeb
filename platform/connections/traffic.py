"""What goes to and fro: noted in passing, written together, read by the traffic page.

A line costs its caller one command of Valkey. It waits there until the sweep, or whoever looks, writes all that waits
in three statements. Without Valkey a process keeps its lines for a while; one that is killed loses them.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.dateparse import parse_datetime

from connections.masking import mask, mask_text
from connections.models import Call, Connection, Hour
from gateway import valkey
from kernel import clock
from kernel.ids import uuid7
from provinces.context import required

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)
HOURS_KEPT = timedelta(days=400)
BATCH = 500
LARGEST_PAYLOAD = 4_000
_held: deque[tuple[str, list[str]]] = deque(maxlen=2_000)
_waiting: dict[str, tuple[Any, Callable[[UUID], int], tuple[str, ...]]] = {}


def register_waiting(name: Any, count: Callable[[UUID], int], *, hosts: tuple[str, ...] = ("province",)) -> None:
    """Say how many things of one kind wait for a connection, e.g. webhooks not yet taken. name: in words.

    hosts: the kinds of host that keep such things.
    """
    _waiting[str(name)] = (name, count, hosts)


def waiting(connection_id: UUID) -> list[tuple[str, int]]:
    """What waits for a connection: (words, how many), those with something first registered first."""
    here = required().kind
    return [(str(name), count(connection_id)) for name, count, hosts in _waiting.values() if here in hosts]


def note(
    connection_id: UUID | str,
    *,
    direction: Literal["in", "out"],
    what: str,
    ok: bool,
    status: int | None = None,
    ms: int | None = None,
    code: str = "",
    payload: Any = None,
    reference: str | UUID = "",
) -> None:
    """One line of the traffic log. payload is kept of failures only, masked. Never raises."""
    said = Said(connection_id, direction, what, ok, status, ms, code, payload, reference)
    note_each([said])


@dataclass(frozen=True, slots=True)
class Said:
    """What `note` takes. An id of ours as reference is no text that anybody wrote, and stays."""

    connection_id: UUID | str
    direction: Literal["in", "out"]
    what: str
    ok: bool
    status: int | None = None
    ms: int | None = None
    code: str = ""
    payload: Any = None
    reference: str | UUID = ""

    def as_line(self, at: str) -> str:
        """As it waits in Valkey."""
        line = {
            "connection_id": str(self.connection_id),
            "at": at,
            "direction": self.direction,
            "what": _what(self.what),
            "ok": bool(self.ok),
            "status": self.status,
            "ms": None if self.ms is None else max(0, int(self.ms)),
            "code": self.code[:60],
            "reference": str(self.reference) if isinstance(self.reference, UUID) else mask_text(self.reference)[:120],
            "payload": None if self.ok or self.payload is None else _cut(mask(self.payload)),
        }
        return json.dumps(line, ensure_ascii=False, default=str)


@lru_cache(maxsize=256)
def _what(text: str) -> str:
    return mask_text(text)[:200]


def note_each(lines: Iterable[Said]) -> None:
    """Several lines with one command of Valkey. Never raises."""
    try:
        at = clock.now().isoformat()
        _push(required().name, [each.as_line(at) for each in lines])
    except Exception:  # the log of a call must not be what makes the call fail
        log.exception("lines of the traffic log were lost")


def _cut(masked: Any) -> Any:
    text = json.dumps(masked, ensure_ascii=False, default=str)
    return masked if len(text) <= LARGEST_PAYLOAD else {"cut": text[:LARGEST_PAYLOAD]}


def _key(seat: str) -> str:
    return f"traffic:{seat}"


def _push(seat: str, lines: list[str]) -> None:
    if not lines:
        return
    _held.append((seat, lines))
    server = valkey.client()
    if server is None:
        return
    try:
        while _held:
            held = _held.popleft()  # taken out before it goes: two threads would send it twice
            try:
                server.rpush(_key(held[0]), *held[1])
            except valkey.AWAY:
                _held.appendleft(held)
                raise
    except IndexError:
        return  # another thread was quicker
    except valkey.AWAY as error:
        valkey.failed(error, "traffic log")


def write() -> int:
    """Write the lines of this seat that wait. Returns how many. Lines of connections that are none are dropped."""
    seat, written = required().name, 0
    server = valkey.client()
    if server is None:
        return 0
    try:
        while lines := server.lpop(_key(seat), BATCH):
            written += _write([json.loads(line) for line in lines])  # type: ignore[union-attr]
            if len(lines) < BATCH:  # type: ignore[arg-type]
                break
    except valkey.AWAY as error:
        valkey.failed(error, "traffic log")
    return written


def _write(lines: list[dict[str, Any]]) -> int:
    seat = required().name
    wanted = {line["connection_id"] for line in lines}
    known = {str(pk) for pk in Connection.objects.filter(pk__in=wanted, seat=seat).values_list("pk", flat=True)}
    calls = []
    for line in lines:
        if line["connection_id"] in known:
            at = parse_datetime(line.pop("at"))
            calls.append(Call(id=uuid7(), at=at, **line))
    return write_lines(calls)


def write_lines(calls: list[Call]) -> int:
    """Write lines as they are, with the hours and the last times that follow from them. Returns how many."""
    if calls:
        with transaction.atomic():
            Call.objects.bulk_create(calls)
            _count(calls)
            _latest(calls)
    return len(calls)


def _count(calls: Iterable[Call]) -> None:
    hours: dict[tuple[str, datetime, str], list[int]] = {}
    for call in calls:
        hour = call.at.replace(minute=0, second=0, microsecond=0)
        numbers = hours.setdefault((str(call.connection_id), hour, call.direction), [0, 0])
        numbers[0] += 1
        numbers[1] += 0 if call.ok else 1
    with database.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO connections_hour AS held (id, connection_id, hour, direction, calls, failures)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (connection_id, hour, direction) DO UPDATE"
            " SET calls = held.calls + excluded.calls, failures = held.failures + excluded.failures",
            [[uuid7(), *key, *numbers] for key, numbers in sorted(hours.items())],
        )


def _latest(calls: Iterable[Call]) -> None:
    latest: dict[UUID | str, dict[str, datetime]] = {}
    for call in calls:
        name = "last_ok_at" if call.ok else "last_failed_at"
        held = latest.setdefault(call.connection_id, {})
        held[name] = max(call.at, held.get(name, call.at))
    for pk in sorted(latest, key=str):
        fields = {name: Greatest(F(name), Value(at)) for name, at in latest[pk].items()}
        Connection.objects.filter(pk=pk).update(**fields)


def sweep() -> int:
    """Delete lines older than 30 days, and hours older than 400. Returns how many lines."""
    now = clock.now()
    gone = Call.objects.filter(at__lt=now - KEPT).delete()[0]
    Hour.objects.filter(hour__lt=now - HOURS_KEPT).delete()
    return gone
