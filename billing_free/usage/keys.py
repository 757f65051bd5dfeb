"""Calls with personal keys, counted in passing: one command of Valkey a call, written to the table by the hour.

What waits in Valkey may be lost with it; without Valkey nothing is counted and every call goes on.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.db import connection, transaction
from rest_framework.request import Request

from billing_free.usage import selectors
from billing_free.usage.meters import Reading
from billing_free.usage.models import KeyDay
from gateway import valkey
from gateway.models import ApiToken
from kernel import clock
from kernel.ids import uuid7
from provinces.context import required

_TAKE = """
local held = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return held
"""


def noted(request: Request) -> None:
    """A gate of the API that lets everybody through: a call with a personal key counts for its person's tenant."""
    if not isinstance(request.auth, ApiToken):
        return
    server = valkey.client()
    if server is None:
        return
    try:
        server.hincrby(_key(), f"{clock.today().isoformat()}|{request.auth.user_id}", 1)
    except valkey.AWAY as error:
        valkey.failed(error, "calls of personal keys are not counted")


def keep() -> int:
    """Write what this seat has counted. Returns how many calls."""
    server = valkey.client()
    if server is None:
        return 0
    try:
        held = cast("list[Any]", valkey.run(server, _TAKE, [_key()], []))
    except valkey.AWAY as error:
        valkey.failed(error, "calls of personal keys wait")
        return 0
    words = [each.decode() if isinstance(each, bytes) else str(each) for each in held]
    by_person: list[tuple[date, UUID, int]] = []
    for field, calls in zip(words[::2], words[1::2], strict=True):
        day, _bar, user_id = field.partition("|")
        by_person.append((date.fromisoformat(day), UUID(user_id), int(calls)))
    _write(by_person)
    return sum(calls for _day, _user_id, calls in by_person)


def _write(by_person: list[tuple[date, UUID, int]]) -> None:
    if not by_person:
        return
    seat = required()
    houses = selectors.houses() if seat.kind == "brands" else {}
    summed: dict[tuple[date, UUID | None], int] = defaultdict(int)
    for day, user_id, calls in by_person:
        house = houses.get(user_id)
        if seat.kind == "brands" and house is None:
            continue  # nobody's: whose person it was is gone
        summed[day, house] += calls
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO usage_keyday AS held (id, seat, day, organisation_id, calls) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (seat, day, organisation_id) DO UPDATE SET calls = held.calls + excluded.calls",
            [[uuid7(), seat.name, day, house, calls] for (day, house), calls in sorted(summed.items(), key=str)],
        )


def calls(since: datetime, until: datetime) -> list[Reading]:
    """What was kept."""
    first, last = clock.local_date(since), clock.local_date(until)
    rows = KeyDay.objects.filter(seat=required().name, day__gte=first, day__lt=last)
    return [Reading(row.day, row.calls, row.organisation_id) for row in rows]


def _key() -> str:
    return f"usage:keys:{required().name}"
