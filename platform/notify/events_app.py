"""Event streams: a plain ASGI application, no Django handler, no thread and no database connection a stream.

    GET /events?ticket=…&after=…      server-sent events of the ticket's parties, beginning after that id
    GET /health                       200 while Valkey answers

`after` and `id:` are the ids of the party's stream, joined by commas when the ticket names several parties.
`Last-Event-ID` counts before `after`. Served by `manage.py events`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import redis.asyncio
from django.conf import settings
from django.core import signing

from notify.live import STANDING, STREAMS_WATCHERS, TICKET_S, TICKET_SALT, stream_key

log = logging.getLogger(__name__)
HEARTBEAT_S = 15.0
LONGEST_STREAM_S = 15 * 60
QUEUE_EVENTS = 256
BLOCK_MS = 5_000
READ_S = 15.0
"""Longer than a read may block: a Valkey that vanished without a word is noticed, and asked anew."""
START_S = 20.0
"""How long a new stream waits for its reader: less than a browser's patience, more than a busy machine's worst."""
_REPLAY_PAGE = 500
_NONE = "0-0"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def order(event_id: str) -> tuple[int, int]:
    """A stream id as numbers. Raises ValueError for what is none."""
    milliseconds, _, sequence = event_id.partition("-")
    return int(milliseconds), int(sequence or 0)


class Event:
    """One entry of a stream, encoded once for all who hear it. only_for: persons, when every topic names one."""

    __slots__ = ("data", "id", "only_for")

    def __init__(self, event_id: str, fields: dict[bytes, bytes]) -> None:
        topics = fields.get(b"topics", b"").decode().split()
        persons = frozenset(topic[7:] for topic in topics if topic.startswith("person:"))
        self.id = event_id
        self.only_for = persons if len(persons) == len(topics) else frozenset()
        kind = json.dumps(fields.get(b"kind", b"").decode(), ensure_ascii=False)
        shown = json.dumps(topics[0] if topics else "")
        self.data = (
            f'event: change\ndata: {{"topic":{shown},"topics":{json.dumps(topics)},"kind":{kind},"data":'.encode()
            + fields.get(b"data", b"{}")
            + b"}\n\n"
        )


class Reset:
    """Some events of a party are gone; `id` is where its stream is now."""

    __slots__ = ("id",)

    def __init__(self, event_id: str) -> None:
        self.id = event_id


HEARTBEAT = object()
CLOSE = object()


class Subscriber:
    """One open stream. While nothing happens it is one waiting coroutine; a pump runs only while there is something."""

    __slots__ = ("_ended", "_pending", "_pump", "_send", "parties", "person", "positions", "seat", "until")

    def __init__(self, seat: str, person: str, parties: list[str], send: Send) -> None:
        self.seat, self.person, self.parties = seat, person, parties
        self.positions = dict.fromkeys(parties, _NONE)
        self.until = time.monotonic() + LONGEST_STREAM_S
        self._send = send
        self._pending: list[Any] = []
        # Until it is caught up, the request's own task is the one that sends.
        self._pump: asyncio.Task[Any] | None = asyncio.current_task()
        self._ended = False

    def put(self, item: Any) -> None:
        """Hand over; a reader too slow to follow is closed and comes back for the rest by its last id."""
        if len(self._pending) >= QUEUE_EVENTS:
            self._pending, item = [], CLOSE
        self._pending.append(item)
        self.flush()

    def flush(self) -> None:
        """Send what waits, unless that is going on or the stream is still being caught up."""
        if self._pump is None and not self._ended:
            self._pump = asyncio.create_task(self._send_pending())

    async def catch_up(self, hub: Hub, after: dict[str, str]) -> None:
        """Join, send what was missed; what happens meanwhile waits behind it."""
        await hub.join(self, after)
        for party in self.parties:
            for item in await hub.missed(party, self.positions[party]):
                await self.write(self.encode(party, item))
        self._pump = None
        if self._pending:
            self.flush()

    async def write(self, body: bytes) -> None:
        """Send some bytes, if there are any."""
        if body:
            await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def end(self) -> None:
        """The last byte; the waiting coroutine then hears that the response is complete."""
        if not self._ended:
            self._ended = True
            with suppress(OSError):
                await self._send({"type": "http.response.body", "body": b""})

    async def _send_pending(self) -> None:
        try:
            while self._pending:
                items, self._pending = self._pending, []
                for item in items:
                    if item is CLOSE:
                        return await self.end()
                    await self.write(b": \n\n" if item is HEARTBEAT else self.encode(*item))
        except OSError as error:
            log.info("a stream of %s broke: %s", self.parties, error)
            await self.end()
        finally:
            self._pump = None

    def encode(self, party: str, item: Event | Reset) -> bytes:
        """The bytes of one event for this stream, or nothing if it has been sent or is for others."""
        if isinstance(item, Event):
            if order(item.id) <= order(self.positions[party]):
                return b""
            self.positions[party] = item.id
            if item.only_for and self.person not in item.only_for:
                return b""
            return self._id_line() + item.data
        self.positions[party] = item.id
        return self._id_line() + b"event: reset\ndata: {}\n\n"

    def _id_line(self) -> bytes:
        return f"id: {','.join(self.positions[party] for party in self.parties)}\n".encode()


class Reader:
    """Reads one party's stream for all of this process who hear it; lives while somebody does."""

    def __init__(self, hub: Hub, party: str) -> None:
        self.hub, self.party, self.key = hub, party, stream_key(party)
        self.subscribers: set[Subscriber] = set()
        self.position = ""
        self.started = asyncio.Event()
        self.task = asyncio.create_task(self._run(), name=f"live:{party}")

    async def _run(self) -> None:
        wait = 0.1
        while True:
            try:
                if not self.position:
                    self.position = await self.hub.newest(self.key)
                    self.started.set()
                answer = await self.hub.client.xread({self.key: self.position}, count=_REPLAY_PAGE, block=BLOCK_MS)
                for _key, entries in answer or []:
                    for raw_id, fields in entries:
                        self.position = raw_id.decode()
                        self._hand_on(Event(self.position, fields))
                wait = 0.1
            except (redis.RedisError, OSError) as error:
                log.warning("stream of %s cannot be read: %s", self.party, error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)
                await self._catch_up()

    async def _catch_up(self) -> None:
        """After a time without Valkey nobody knows what was not written: have pages look again."""
        with suppress(redis.RedisError, OSError):
            if self.position:
                self.position = await self.hub.newest(self.key)
                self._hand_on(Reset(self.position))

    def _hand_on(self, item: Event | Reset) -> None:
        for subscriber in list(self.subscribers):
            subscriber.put((self.party, item))


class Hub:
    """All streams of this process."""

    def __init__(self) -> None:
        self.client: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
            settings.VALKEY_URL, socket_connect_timeout=2.0, socket_timeout=READ_S, protocol=2
        )
        self.readers: dict[str, Reader] = {}
        self.subscribers: set[Subscriber] = set()
        self.ended: dict[tuple[str, str], float] = {}  # (seat, person) or ("party", party) to when
        self.closing = False
        self._tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._watch_standing())]

    async def newest(self, key: str) -> str:
        """Id of the newest entry, "0-0" for an empty stream."""
        entries = await self.client.xrevrange(key, count=1)
        return entries[0][0].decode() if entries else _NONE

    async def join(self, subscriber: Subscriber, after: dict[str, str]) -> None:
        """Let events come in, then put before them what happened since the ids in `after`."""
        for party in subscriber.parties:
            reader = self.readers.get(party)
            if reader is None:
                reader = self.readers[party] = Reader(self, party)
            reader.subscribers.add(subscriber)
        for party in subscriber.parties:
            await asyncio.wait_for(self.readers[party].started.wait(), timeout=START_S)
            subscriber.positions[party] = after.get(party) or await self.newest(stream_key(party))

    def enter(self, subscriber: Subscriber) -> None:
        """Know of a stream from now on."""
        self.subscribers.add(subscriber)
        for watcher in STREAMS_WATCHERS:
            watcher(subscriber.seat, 1)

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a stream, and the readers that nobody needs any more."""
        if subscriber in self.subscribers:
            self.subscribers.discard(subscriber)
            for watcher in STREAMS_WATCHERS:
                watcher(subscriber.seat, -1)
        for party in subscriber.parties:
            reader = self.readers.get(party)
            if reader is not None:
                reader.subscribers.discard(subscriber)
                if not reader.subscribers:
                    reader.task.cancel()
                    del self.readers[party]

    async def missed(self, party: str, after: str) -> list[Event | Reset]:
        """What happened after that id: events, or one Reset when some of them are gone."""
        key = stream_key(party)
        try:
            about = await self.client.xinfo_stream(key)
        except redis.ResponseError:  # no such stream
            return [] if after == _NONE else [Reset(_NONE)]
        last = about["last-generated-id"].decode()
        first = about["first-entry"][0].decode() if about["first-entry"] else last
        trimmed = about.get("entries-added", about["length"]) > about["length"]
        if order(after) > order(last) or (trimmed and order(after) < order(first)):
            return [Reset(last)]
        found: list[Event | Reset] = []
        while page := await self.client.xrange(key, min=f"({after}", count=_REPLAY_PAGE):
            found += [Event(raw_id.decode(), fields) for raw_id, fields in page]
            after = found[-1].id
            if len(page) < _REPLAY_PAGE:
                break
        return found

    def has_ended(self, said: dict[str, Any]) -> bool:
        """Whether the person's standing ended, or one of the parties was renewed, after the ticket was made."""
        about = [(said["seat"], said["person"]), *(("party", party) for party in said["parties"])]
        return any(self.ended.get(one, 0.0) >= said["issued_at"] for one in about)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            now = time.monotonic()
            for subscriber in list(self.subscribers):
                subscriber.put(CLOSE if now > subscriber.until else HEARTBEAT)
            for who, moment in list(self.ended.items()):
                if moment < time.time() - 2 * TICKET_S:
                    del self.ended[who]

    async def _watch_standing(self) -> None:
        key, position = stream_key(STANDING), f"{int((time.time() - 2 * TICKET_S) * 1000)}-0"
        while True:
            try:
                answer = await self.client.xread({key: position}, block=BLOCK_MS)
            except (redis.RedisError, OSError) as error:
                log.warning("standing cannot be read: %s", error)
                # Who was put out meanwhile is not known: everybody shows a new ticket.
                self._close(self.subscribers)
                await asyncio.sleep(0.5)
                continue
            for _key, entries in answer or []:
                for raw_id, fields in entries:
                    position = raw_id.decode()
                    self._end(fields, order(position)[0] / 1000)

    def _end(self, fields: dict[bytes, bytes], moment: float) -> None:
        if b"party" in fields:
            party = fields[b"party"].decode()
            self.ended["party", party] = moment
            self._close(one for one in self.subscribers if party in one.parties)
        else:
            who = (fields[b"seat"].decode(), fields[b"person"].decode())
            self.ended[who] = moment
            self._close(one for one in self.subscribers if (one.seat, one.person) == who)

    @staticmethod
    def _close(subscribers: Iterable[Subscriber]) -> None:
        for subscriber in list(subscribers):
            subscriber.put(CLOSE)

    def close(self) -> None:
        """End all streams, take no new ones: clients come back to another process."""
        self.closing = True
        self._close(self.subscribers)

    async def shut(self) -> None:
        """Let go of Valkey."""
        self.close()
        for task in [*self._tasks, *(reader.task for reader in self.readers.values())]:
            task.cancel()
        await self.client.aclose()


class Application:
    """The ASGI application; one Hub a process, made when the server starts."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            if self.hub is None:
                self.hub = Hub()
            await self._http(self.hub, scope, receive, send)

    def close(self) -> None:
        """End all streams; called when the server is told to stop."""
        if self.hub is not None:
            self.hub.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.hub = Hub()
                await send({"type": "lifespan.startup.complete"})
            else:
                if self.hub is not None:
                    await self.hub.shut()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/health":
            with suppress(redis.RedisError, OSError):
                await hub.client.ping()
                return await _answer(send, 200, "ok")
            return await _answer(send, 503, "no valkey")
        if scope["path"] != "/events" or scope["method"] != "GET":
            return await _answer(send, 404, "not found")
        if hub.closing:
            return await _answer(send, 503, "closing")
        if len(hub.subscribers) >= settings.EVENTS_STREAMS:
            return await _answer(
                send, 503, "too many streams"
            )  # the page comes back later, each at a moment of its own
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = parse_qs(scope["query_string"].decode("latin-1"))
        said = read_ticket(query.get("ticket", [""])[0], headers)
        if said is None or hub.has_ended(said):
            return await _answer(send, 403, "ticket refused")
        try:
            after = _positions(headers.get("last-event-id") or query.get("after", [""])[0], said["parties"])
        except ValueError:
            return await _answer(send, 400, "bad id")
        subscriber, origin = Subscriber(said["seat"], said["person"], said["parties"], send), said["origin"]
        del headers, query, said  # a stream lasts for minutes, and this frame with it
        hub.enter(subscriber)  # at once: whoever is put out, or told to stop, from here on is in this set
        await _stream(hub, subscriber, after, origin, receive, send)
        return None


def read_ticket(ticket: str, headers: dict[str, str]) -> dict[str, Any] | None:
    """What a good ticket says, with `issued_at`; None when it is old, changed, or for another host or origin."""
    try:
        said: dict[str, Any] = signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_S)
        said["issued_at"] = float(signing.b62_decode(ticket.rsplit(":", 2)[1]))
    except (signing.BadSignature, ValueError, IndexError):
        return None
    host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
    if host.lower() != said["host"] or headers.get("origin", said["origin"]) != said["origin"]:
        return None
    return said


def _positions(text: str, parties: list[str]) -> dict[str, str]:
    """The last id heard of each party. Raises ValueError."""
    if not text:
        return {}
    ids = text.split(",")
    if len(ids) != len(parties):
        return {}  # the person's parties changed since: begin with what comes now
    for one in ids:
        order(one)
    return dict(zip(parties, ids, strict=True))


async def _answer(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


async def _stream(
    hub: Hub, subscriber: Subscriber, after: dict[str, str], origin: str, receive: Receive, send: Send
) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]
    try:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        del headers
        await subscriber.write(b"retry: 3000\n: hello\n\n")
        await subscriber.catch_up(hub, after)
        while (await receive())["type"] != "http.disconnect":
            continue
    except (redis.RedisError, OSError) as error:
        log.warning("stream of %s ended: %s", subscriber.parties, error)
        await subscriber.end()
    finally:
        hub.leave(subscriber)


application = Application()
