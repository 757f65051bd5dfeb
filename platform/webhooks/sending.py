"""Posting what waits: ordered for each object, many objects side by side, and no receiver holds up another.

One worker at a time posts for an endpoint, and holds no connection of the database while it does. An event that fails
is tried again later and later, for two days; meanwhile only later events of its object wait. When nothing gets through,
the whole endpoint is left alone for a while, and one event asks whether it is back.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from audit.move import move
from audit.trail import Actor
from connections import traffic
from connections.masking import mask, mask_text
from connections.models import Connection
from gateway import outbound
from kernel import clock
from kernel.errors import MoveRefused
from provinces.context import required
from webhooks import signing, telling
from webhooks.models import Delivery, Endpoint, Event

log = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
BACK_OFF = tuple(
    timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 28800, 36000, 43200)
)
"""After the first, second, … failure of one event: about two days in all, give or take a fifth."""
REST = tuple(timedelta(seconds=each) for each in (5, 15, 60, 180, 300, 600))
"""After the first, second, … round in which nothing got through."""
GIVE_UP_AFTER = timedelta(hours=48)
LONGEST_REST = timedelta(hours=24)
AN_OUTAGE = 3
LEASE = timedelta(seconds=90)
AT_ONCE, ROUND = 8, 256
BUDGET_S, ROUND_S = 20.0, 1.0
"""For so long a worker stays with an endpoint, and begins posts before it looks again whether it is still wanted."""
CONNECT_S, READ_S, PROBE_READ_S = 5.0, 15.0, 8.0
KEPT_ANSWER = 2_000

_CLAIM = """
    WITH first AS MATERIALIZED (
        SELECT DISTINCT ON (about) id, position, next_try_at FROM webhooks_delivery
        WHERE endpoint_id = %s AND state = 'waiting' ORDER BY about, position)
    SELECT id FROM first WHERE next_try_at <= %s ORDER BY position LIMIT %s
"""
"""One reading of what waits, however the planner sees it: ten thousand in some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one post. status: None when there was no answer."""

    delivery: Delivery
    ok: bool
    status: int | None
    ms: int
    code: str
    answer: str = ""
    odd: bool = False
    wait_until: datetime | None = None

    @property
    def is_of_the_event(self) -> bool:
        """Whether the receiver speaks of this event, and not of its address, its keys or itself."""
        return not self.ok and self.status in (400, 409, 413, 422)


def due_endpoints(now: datetime | None = None) -> list[UUID]:
    """Endpoints of this seat that something waits for and that are not being left alone."""
    moment = now or clock.now()
    free = Q(quiet_until=None) | Q(quiet_until__lte=moment)
    idle = Q(busy_until=None) | Q(busy_until__lte=moment)
    rows = Endpoint.objects.filter(
        free, idle, seat=required().name, state=Endpoint.State.ON, connection__state=Connection.State.ON
    )
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_try_at__lte=moment)
    return list(rows.filter(pk__in=waiting.values("endpoint_id")).values_list("pk", flat=True))


def deliver(endpoint_id: UUID, *, budget_s: float = BUDGET_S) -> int:
    """Post what is due for one endpoint, round after round, for about `budget_s`. Returns how many were taken.

    Nothing to do where another worker is at it; it or its connection switched off, no further round begins. Call it
    outside any transaction.
    """
    ends, taken = time.monotonic() + budget_s, 0
    endpoint = _begin(endpoint_id)
    if endpoint is None:
        return 0
    try:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
            while time.monotonic() < ends and _still_on(endpoint):
                rows = _claim(endpoint)
                if not rows:
                    break
                tried = _post_all(endpoint, rows, threads)
                taken += _record(endpoint, tried)
                if not endpoint.is_on or (endpoint.quiet_until and endpoint.quiet_until > clock.now()):
                    break
    finally:
        Endpoint.objects.filter(pk=endpoint.pk).update(busy_until=None)
    return taken


def _begin(endpoint_id: UUID) -> Endpoint | None:
    now = clock.now()
    free = Q(quiet_until=None) | Q(quiet_until__lte=now)
    idle = Q(busy_until=None) | Q(busy_until__lte=now)
    rows = Endpoint.objects.filter(free, idle, pk=endpoint_id, state=Endpoint.State.ON)
    if not rows.update(busy_until=now + LEASE):
        return None
    found = Endpoint.objects.select_related("connection").get(pk=endpoint_id)
    if not found.connection.is_on:
        Endpoint.objects.filter(pk=endpoint_id).update(busy_until=None)
        return None
    return found


def _still_on(endpoint: Endpoint) -> bool:
    """Whether it is to be posted to now; if so it stays this worker's."""
    rows = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.ON, connection__state=Connection.State.ON)
    return bool(rows.update(busy_until=clock.now() + LEASE))


def _claim(endpoint: Endpoint) -> list[Delivery]:
    """The next event of each object, as many as a round takes; of an endpoint that did not answer only one."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [endpoint.pk, clock.now(), 1 if endpoint.failures else ROUND])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=ids).select_related("event").order_by("position"))


def _post_all(endpoint: Endpoint, rows: Sequence[Delivery], threads: ThreadPoolExecutor) -> list[Tried]:
    keys = signing.living(endpoint.pk)
    read_s = PROBE_READ_S if endpoint.failures else READ_S
    if not connection.in_atomic_block:
        connection.close()  # back to the pool: a slow receiver holds a thread and nothing else
    silent, stops = 0, time.monotonic() + ROUND_S

    def one(row: Delivery) -> Tried | None:
        """Nothing more is posted once as many as go side by side brought no answer: the rest would wait for theirs."""
        nonlocal silent
        if silent >= AT_ONCE or time.monotonic() > stops:
            return None
        tried = post(endpoint, row, keys, read_s=read_s)
        silent = 0 if tried.status is not None else silent + 1
        return tried

    return [tried for tried in threads.map(one, rows) if tried is not None]


def post(endpoint: Endpoint, row: Delivery, keys: Sequence[str], *, read_s: float = READ_S) -> Tried:
    """Post one event once. Touches no database."""
    body = signing.body_of(row.event, endpoint.connection_id)
    headers = signing.headers_of(row.event_id, body, keys)
    began = time.monotonic()
    try:
        answer = outbound.send(
            "POST",
            endpoint.url,
            body=body,
            headers=headers,
            connect_s=CONNECT_S,
            read_s=read_s,
            longest_bytes=KEPT_ANSWER * 4,
            whole=False,
        )
    except outbound.OutboundRefused as error:
        return Tried(row, False, None, _since(began), error.code)
    except outbound.OutboundFailed as error:
        return Tried(row, False, None, _since(began), str(error.data["why"]))
    ok = 200 <= answer.status < 300
    page = bool(answer.content) and "html" in answer.headers.get("content-type", "").lower()
    return Tried(
        row,
        ok,
        answer.status,
        answer.ms,
        "" if ok else ("redirected" if 300 <= answer.status < 400 else "refused"),
        _shown(answer.content) if page or not ok else "",
        odd=ok and page,
        wait_until=None if ok else _asked_to_wait(answer.headers),
    )


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _shown(content: bytes) -> str:
    """The beginning of an answer as an administrator sees it: nothing of a person, no byte that cannot be kept."""
    text = content[: KEPT_ANSWER * 4].decode("utf-8", "replace").replace("\x00", "")
    try:
        text = json.dumps(mask(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        text = "\n".join(mask_text(line) for line in text[:KEPT_ANSWER].splitlines())
    return text[:KEPT_ANSWER]


def _asked_to_wait(headers: Mapping[str, str]) -> datetime | None:
    said, now = headers.get("retry-after", "").strip(), clock.now()
    if not said:
        return None
    if said.isascii() and said.isdigit():
        return now + min(timedelta(seconds=int(said[:9])), LONGEST_REST)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return min(moment, now + LONGEST_REST) if moment.tzinfo else None


# Writing down ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def _record(endpoint: Endpoint, tried: Sequence[Tried]) -> int:
    """What became of a round, on its deliveries and on the endpoint. Returns how many were taken."""
    now = clock.now()
    good, bad = [each for each in tried if each.ok], [each for each in tried if not each.ok]
    _settle(good, now)
    for each in bad:
        _again(each, now)
    if any(each.status == 410 for each in bad):
        with suppress(MoveRefused):  # switched off meanwhile: nothing to end
            move(endpoint, "gone", by=MACHINE)
            telling.gone(endpoint)
    elif good:
        _heard(endpoint, now)
    elif len(bad) >= AT_ONCE or not any(each.is_of_the_event for each in bad):
        _silent(endpoint, bad, now)
    traffic.note_each(
        traffic.Said(
            endpoint.connection_id,
            direction="out",
            what=f"webhook {each.delivery.event.kind}",
            ok=each.ok,
            status=each.status,
            ms=each.ms,
            code=each.code,
            payload=None if each.ok else {"answer": each.answer},
            reference=each.delivery.event_id,
        )
        for each in tried
    )
    if any(row.state == Delivery.State.DEAD for row in (each.delivery for each in bad)):
        telling.dead(endpoint)
    return len(good)


def _settle(good: Sequence[Tried], now: datetime) -> None:
    if not good:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE webhooks_delivery AS d SET state = 'done', tries = d.tries + 1, tried_at = %s, done_at = %s,"
            " code = '', status = p.status, ms = p.ms, odd = p.odd, answer = p.answer"
            " FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::bool[], %s::text[]) AS p (id, status, ms, odd, answer)"
            " WHERE d.id = p.id",
            [
                now,
                now,
                [str(each.delivery.pk) for each in good],
                [each.status for each in good],
                [each.ms for each in good],
                [each.odd for each in good],
                [each.answer for each in good],
            ],
        )


def _again(each: Tried, now: datetime) -> None:
    row = each.delivery
    row.tries, row.tried_at = row.tries + 1, now
    row.status, row.ms, row.code, row.answer, row.odd = each.status, each.ms, each.code, each.answer, False
    wait = BACK_OFF[min(row.tries, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)
    row.next_try_at = max(now + wait, each.wait_until or now)
    if now - row.waiting_since >= GIVE_UP_AFTER:
        row.state = Delivery.State.DEAD
    row.save(update_fields=["tries", "tried_at", "status", "ms", "code", "answer", "odd", "next_try_at", "state"])


def _heard(endpoint: Endpoint, now: datetime) -> None:
    """It answers. After an outage whatever waits goes at once, and not when its own time comes."""
    if endpoint.failures >= AN_OUTAGE:
        Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING).update(next_try_at=now)
    endpoint.failures, endpoint.quiet_until, endpoint.failing_since = 0, None, None
    Endpoint.objects.filter(pk=endpoint.pk).update(
        failures=0, quiet_until=None, failing_since=None, told_at=None, dead_told_at=None, last_ok_at=now
    )


def _silent(endpoint: Endpoint, bad: Sequence[Tried], now: datetime) -> None:
    """Nothing got through: leave it alone for a while, and give up what has waited for two days meanwhile."""
    endpoint.failures += 1
    rest = REST[min(endpoint.failures, len(REST)) - 1] * random.uniform(0.8, 1.2)
    asked = max((each.wait_until for each in bad if each.wait_until), default=now)
    endpoint.quiet_until = max(now + rest, asked)
    endpoint.failing_since = endpoint.failing_since or now
    Endpoint.objects.filter(pk=endpoint.pk).update(
        failures=F("failures") + 1, quiet_until=endpoint.quiet_until, failing_since=endpoint.failing_since
    )
    # The one that asked must not keep the others from being asked with next time.
    if now - endpoint.failing_since >= GIVE_UP_AFTER:
        tired = Delivery.objects.filter(
            endpoint=endpoint, state=Delivery.State.WAITING, waiting_since__lte=now - GIVE_UP_AFTER
        )
        if tired.update(state=Delivery.State.DEAD, code=bad[0].code):
            telling.dead(endpoint)
    telling.silent(endpoint)


def test_now(endpoint: Endpoint, event: Event) -> Tried:
    """Post one test event at once and write down what became of it. Call it outside any transaction."""
    from webhooks import events

    events.place()
    event.refresh_from_db()
    row = Delivery.objects.create(  # a worker leaves alone what is not waiting; a test is not tried again by itself
        endpoint=endpoint,
        event=event,
        about=event.about,
        position=event.position or 0,
        state=Delivery.State.DEAD,
    )
    keys = signing.living(endpoint.pk)
    if not connection.in_atomic_block:
        connection.close()
    tried = post(endpoint, row, keys, read_s=PROBE_READ_S)
    now = clock.now()
    if tried.ok:
        _settle([tried], now)
    else:
        _again(tried, now)
    return tried


__all__: list[Any] = ["deliver", "due_endpoints", "post", "test_now"]
