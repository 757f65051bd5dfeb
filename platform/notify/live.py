"""Live events: who may hear which stream, and writing to it.

A party (a province's code, `org-<uuid>`, `office`, `door`) has one Valkey stream. Events are written after the commit
that makes them true, carry ids and no contents, and are read by `notify.events_app`. Losing one costs a reload of the
page, never data: pages work without them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import redis
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from gateway.security import events_base
from kernel.errors import NotFound404, Unavailable
from provinces.context import current, required

log = logging.getLogger(__name__)
KEEP_EVENTS = 10_000
LARGEST_DATA_BYTES = 2_000
TICKET_SALT = "notify.live"
TICKET_S = 60
DOOR = "door"
STANDING = "standing"

PartiesOf = Callable[[User], Iterable[str]]
AlsoDoor = Callable[[HttpRequest, str], None]
AlsoWriter = Callable[[str], bool]
StreamsWatcher = Callable[[str, int], None]
_at_brands: list[PartiesOf] = []
STREAMS_WATCHERS: list[StreamsWatcher] = []
"""Told by the server of streams: `watcher(seat, +1)` when one opens, -1 when it ends."""
_also: dict[str, tuple[AlsoDoor, AlsoWriter]] = {}


def register_parties(func: PartiesOf) -> PartiesOf:
    """Say which parties a person of the brands host belongs to: `func(user)` gives `org-<uuid>` names."""
    if func not in _at_brands:
        _at_brands.append(func)
    return func


def parties_of(user: User) -> list[str]:
    """The parties whose events this person of this seat may hear; empty: none."""
    seat = required()
    if seat.kind == "province":
        return [seat.name]
    if seat.kind == "office":
        return ["office"]
    if seat.kind == "brands":
        return sorted({party for func in _at_brands for party in func(user)})
    return []


def register_also(prefix: str, *, door: AlsoDoor, writer: AlsoWriter) -> None:
    """Streams beside a party's own, which a page asks for by name (`?also=<prefix>…` at the ticket's address).

    door(request, name) raises a Problem for who may not hear it; writer(name) says whether this seat may write to it.
    `renew_party(name)` ends what is open and makes tickets given out before worthless.
    """
    _also[prefix] = door, writer


def open_also(request: HttpRequest, name: str) -> None:
    """Raise a Problem unless the person may hear this stream. Raises NotFound404 for one that nobody registered."""
    for prefix, (door, _writer) in _also.items():
        if name.startswith(prefix):
            door(request, name)
            return
    raise NotFound404()


def stream_key(party: str) -> str:
    """Name of a party's stream in Valkey."""
    return f"{settings.DATABASE_PREFIX}live:{party}"


@lru_cache(maxsize=4)
def _client_of(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1.0, protocol=2)


def publish(topics: Sequence[str], kind: str, data: dict[str, Any], *, party: str | None = None) -> None:
    """Tell whoever listens that something changed, after commit.

    topics: what it is about, e.g. `request:<uuid>`; `person:<uuid>` reaches that person alone. data: ids only, at most
    2,000 bytes of JSON. party: by default the one of this seat; at the brands host it must be named. A stream that
    cannot be reached is logged and forgotten.
    """
    seat = required()
    if party is None:
        if seat.kind not in ("province", "office"):
            raise ValueError(f"{seat} speaks for several parties: name one")
        party = seat.name
    elif not _may_write(party):
        raise ValueError(f"{seat} may not publish to {party}")
    if any(not topic or topic.split() != [topic] for topic in topics):
        raise ValueError("a topic is one word")
    payload = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(payload.encode()) > LARGEST_DATA_BYTES:
        raise ValueError("an event carries ids, not contents")
    fields = {"kind": kind, "topics": " ".join(topics), "data": payload}
    transaction.on_commit(lambda: _write(party, fields))


def _may_write(party: str) -> bool:
    seat = required()
    if party == DOOR:
        return settings.DEMO
    for prefix, (_door, writer) in _also.items():
        if party.startswith(prefix):
            return writer(party)
    if seat.kind == "brands":
        return party.startswith("org-")
    return party == seat.name


def _write(party: str, fields: dict[str, str], *, keep: int = KEEP_EVENTS) -> None:
    if not settings.VALKEY_URL:
        return
    try:
        _client_of(settings.VALKEY_URL).xadd(stream_key(party), fields, maxlen=keep, approximate=True)  # type: ignore[arg-type]
    except redis.RedisError as error:
        log.warning("event for %s not published: %s", party, error)


def close_streams(user_id: UUID | str) -> None:
    """End every open stream of a person of this seat, after commit; who still may opens another."""
    seat = required()
    transaction.on_commit(lambda: _write(STANDING, {"seat": seat.name, "person": str(user_id)}, keep=1000))


def renew_party(party: str) -> None:
    """End every open stream of a party, after commit: who belongs to it has changed, so each shows a new ticket."""
    transaction.on_commit(lambda: _write(STANDING, {"party": party}, keep=1000))


def on_suspended(sender: object, *, user_id: UUID, **more: object) -> None:
    """A person is out: their streams end within a second."""
    close_streams(user_id)


def on_logged_out(sender: object, *, user: User | None = None, **more: object) -> None:
    """Signed out: what this browser had open ends. Other devices take a new ticket with their own session."""
    if user is not None and current() is not None:
        close_streams(user.pk)


def cursor_of(party: str) -> str:
    """The id of the newest event of a party's stream; "0-0" before the first. Raises Unavailable."""
    if not settings.VALKEY_URL:
        raise Unavailable(code="live_unavailable")
    try:
        newest = _client_of(settings.VALKEY_URL).xrevrange(stream_key(party), count=1)
    except redis.RedisError as error:
        raise Unavailable(code="live_unavailable") from error
    return newest[0][0].decode() if newest else "0-0"  # type: ignore[index]


def live_cursor() -> str:
    """Where the event stream stands, asked before rows are read: what changes meanwhile is not missed by the page."""
    try:
        return cursor_of(required().name)
    except Unavailable:
        return ""


def recent(party: str, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of the last events of a party's stream, newest first; nothing when it cannot be reached.

    Only for the demonstration's public stream, whose events anybody may hear: others carry ids for pages to fetch.
    """
    if party != DOOR or not settings.DEMO or not settings.VALKEY_URL:
        return []
    try:
        rows: Any = _client_of(settings.VALKEY_URL).xrevrange(stream_key(party), count=count)
    except redis.RedisError as error:
        log.warning("events of %s cannot be read: %s", party, error)
        return []
    return [(fields[b"kind"].decode(), json.loads(fields[b"data"])) for _id, fields in rows]


def make_ticket(request: HttpRequest, *, person_id: str, parties: Sequence[str]) -> dict[str, str]:
    """What a page needs to open its stream: url, ticket (good for a minute, at one host), cursor."""
    host = request.get_host()
    ticket = sign(person_id=person_id, parties=parties, host=host)
    cursor = ",".join(cursor_of(party) for party in parties)
    return {"url": endpoint(host), "ticket": ticket, "cursor": cursor}


def sign(*, person_id: str, parties: Sequence[str], host: str) -> str:
    """A ticket of this seat for pages of `host` (with port): bound to person, origin and stream host."""
    said = {
        "person": person_id,
        "seat": required().name,
        "parties": list(parties),
        "origin": f"{settings.SCHEME}://{host}",
        "host": urlsplit(endpoint(host)).hostname,
    }
    return signing.dumps(said, salt=TICKET_SALT)


def host_of_seat() -> str:
    """The host, with port, whose pages work for the seat of this thread."""
    seat = required()
    sub = {"public": "", "office": "federation."}.get(seat.kind, f"{seat.name}.")
    return f"{sub}{settings.DOMAIN}"


def endpoint(host: str) -> str:
    """Where streams are served for pages of one host."""
    return f"{events_base(host)}/events"
