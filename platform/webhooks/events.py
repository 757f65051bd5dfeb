"""Events: what may happen, writing that it did, and giving each its place.

An app registers its kinds at start-up. A line of the trail for a registered model and verb becomes an event in the same
transaction. After the commit one task at a time gives events their places and says which endpoints they are for, so a
reader that asks for what comes after a place misses nothing that was committed late.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.core.cache import cache
from django.db import connections, models, router, transaction

from accounts.models import User
from audit import hooks
from connections.models import Client, Connection
from gateway.valkey import AWAY
from kernel import clock
from kernel.errors import Words
from kernel.soon import soon
from provinces.context import current, required
from webhooks.models import Delivery, Endpoint, Event, FeedHead

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)
BATCH = 500
SCOPE = "events:read"
_SEATS = frozenset({"province", "brands", "office"})

Door: TypeAlias = Callable[[User, Collection[UUID]], Collection[UUID]]
"""Of these objects, those that a person may see now. One query for all of them."""


def _own_id(row: Any) -> UUID:
    found: UUID = row.pk
    return found


def _nothing_more(_row: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """One thing that may happen to objects of one sort, "clue.dispatched".

    model, verbs: the lines of the trail that are this event; empty where `emit` is called. payload: what is said of
    the row beside its id, state, the verb and the time: numbers, codes, links; no free text, nothing of a person.
    about: the object whose order is kept, the row itself if not said. door: who may see the object. house: at the
    brands host, the organisation it belongs to. when: of those lines, which.
    """

    name: str
    words: Words
    door: Door
    model: str = ""
    verbs: tuple[str, ...] = ()
    payload: Callable[[Any], Mapping[str, Any]] = _nothing_more
    about: Callable[[Any], UUID] = _own_id
    house: Callable[[Any], UUID | None] | None = None
    when: Callable[[Any], bool] | None = None
    hosts: tuple[str, ...] = ("province",)

    @property
    def group(self) -> str:
        """The sort of object: "clue"."""
        return self.name.partition(".")[0]


KINDS: dict[str, EventKind] = {}
GROUPS: dict[str, Words] = {}
_by_line: dict[tuple[str, str], list[EventKind]] = defaultdict(list)
References: TypeAlias = Callable[[Collection[UUID]], Mapping[UUID, Sequence[Mapping[str, Any]]]]
_references: list[References] = []


def register(kind: EventKind) -> None:
    """Make a kind known. The same name again replaces it."""
    if kind.name in KINDS:
        _forget(KINDS[kind.name])
    KINDS[kind.name] = kind
    for verb in kind.verbs:
        _by_line[kind.model.lower(), verb].append(kind)
    hooks.on_step(_on_step)


def register_life(
    group: str,
    words: Words,
    *,
    model: str,
    names: Mapping[str, tuple[str, Words] | tuple[str, Words, tuple[str, ...]]],
    door: Door,
    **same: Any,
) -> None:
    """The life of one model: {"answered": ("answer", "已答复")}, or several verbs that mean the same event."""
    GROUPS[group] = words
    for name, (verb, said, *others) in names.items():
        verbs = (verb, *(others[0] if others else ()))
        register(EventKind(name=f"{group}.{name}", words=said, model=model, verbs=verbs, door=door, **same))


def _forget(kind: EventKind) -> None:
    for verb in kind.verbs:
        _by_line[kind.model.lower(), verb].remove(kind)


def register_references(find: References) -> None:
    """Say how partners number objects: `find(ids)` gives for an id [{"connection_id", "case_number"}]."""
    if find not in _references:
        _references.append(find)


def kinds_here() -> list[EventKind]:
    """What may happen at this kind of host, by group and name."""
    return [kind for _name, kind in sorted(KINDS.items()) if required().kind in kind.hosts]


# Writing --------------------------------------------------------------------------------------------------------------


def emit(
    kind: str,
    *,
    about: UUID,
    payload: Mapping[str, Any],
    organisation_id: UUID | None = None,
    endpoint_id: UUID | None = None,
) -> Event | None:
    """Write one event in the caller's transaction. None at a host that keeps no events."""
    seat = current()
    if seat is None or seat.kind not in _SEATS:
        return None
    now = clock.now()
    said = {"id": str(about), "at": now.isoformat(), **payload}
    using = router.db_for_write(Event) or "default"
    event = Event.objects.using(using).create(
        seat=seat.name, organisation_id=organisation_id, kind=kind, about=about, at=now, payload=said,
        endpoint_id=endpoint_id,
    )  # fmt: skip
    if not any(waiting[1] is nudge for waiting in connections[using].run_on_commit):  # one a transaction is enough
        transaction.on_commit(nudge, using=using)
    return event


def _on_step(step: hooks.Step) -> None:
    kinds = _by_line.get((step.rows[0]._meta.label_lower, step.verb)) if step.rows else None
    seat = current()
    if not kinds or seat is None:
        return
    for kind in kinds:
        if seat.kind not in kind.hosts:
            continue
        for row in step.rows:
            if kind.when is None or kind.when(row):
                _emit_row(kind, row, step)


def _emit_row(kind: EventKind, row: models.Model, step: hooks.Step) -> None:
    state = step.to_state or str(getattr(row, "state", ""))
    said = {"object_id": str(row.pk), "state": state, "verb": step.verb, **kind.payload(row)}
    emit(kind.name, about=kind.about(row), payload=said, organisation_id=kind.house(row) if kind.house else None)


def nudge() -> None:
    """Have what is committed take its place and leave soon. With broker or cache down nothing is lost: the sweep comes.

    Where nobody listens nobody is woken: places are then given when somebody reads.
    """
    from webhooks.tasks import mind

    try:
        if listens() and cache.add("webhooks:called", 1, 10):
            soon(mind)
    except AWAY:
        log.warning("events wait for the next round: no cache", exc_info=True)


def listens() -> bool:
    """Whether this seat has any endpoint that is on."""
    known = cache.get("webhooks:listens")
    if known is None:
        known = Endpoint.objects.filter(seat=required().name, state=Endpoint.State.ON).exists()
        cache.set("webhooks:listens", known, 30)
    return bool(known)


# Taking places --------------------------------------------------------------------------------------------------------


def place(limit: int = BATCH) -> int:
    """Give every committed event without a place the next one, and say which endpoints it is for. Returns how many.

    One at a time for each seat. Events that are there together are ordered by id; one whose transaction commits late
    comes after those that were placed before.
    """
    total = 0
    while done := _place_batch(limit):
        total += done
        if done < limit:
            break
    return total


def _place_batch(limit: int) -> int:
    seat = required().name
    waiting = Event.objects.filter(seat=seat, position=None).order_by("id")
    if not waiting.exists():
        return 0
    using = router.db_for_write(Event) or "default"
    with transaction.atomic(using=using):
        FeedHead.objects.get_or_create(seat=seat)
        head = FeedHead.objects.select_for_update().get(seat=seat)
        rows = list(waiting[:limit])
        joined = Connection.objects.filter(seat=seat, state=Connection.State.ON).exists()
        numbers = _numbers_of({row.about for row in rows}) if joined else {}
        for at, row in enumerate(rows, start=head.last + 1):
            row.position = at
            row.references = numbers.get(row.about, [])
        with connections[using].cursor() as cursor:
            cursor.execute(
                'UPDATE webhooks_event AS e SET position = p.position, "references" = p.said'
                " FROM unnest(%s::uuid[], %s::bigint[], %s::jsonb[]) AS p (id, position, said) WHERE e.id = p.id",
                [
                    [str(row.pk) for row in rows],
                    [row.position for row in rows],
                    [json.dumps(row.references) for row in rows],
                ],
            )
        FeedHead.objects.filter(seat=seat).update(last=head.last + len(rows))
        _fan_out(rows)
    return len(rows)


def _numbers_of(objects: Collection[UUID]) -> dict[UUID, list[dict[str, str]]]:
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for find in _references:
        for about, numbers in find(objects).items():
            for each in numbers:
                said = {"connection_id": str(each["connection_id"]), "case_number": str(each["case_number"])}
                found[about].append(said)
    return found


def _fan_out(events: Sequence[Event]) -> None:
    """Deliveries of these events for every endpoint that wants them and may know of them."""
    endpoints = Endpoint.objects.filter(seat=required().name, state=Endpoint.State.ON).select_related("connection")
    made: list[Delivery] = []
    for endpoint in endpoints:
        if endpoint.connection.is_on:
            made += deliveries_for(endpoint, events)
    Delivery.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)


def deliveries_for(endpoint: Endpoint, events: Iterable[Event]) -> list[Delivery]:
    """One for each event that this endpoint wants and its connection may know of, not yet stored."""
    meant = [event for event in events if event.endpoint_id is None and endpoint.wants(event.kind)]
    open_to = visible_to_connection(endpoint.connection_id, meant, endpoint.connection.organisation_id)
    now = clock.now()
    return [
        Delivery(
            endpoint=endpoint,
            event=event,
            about=event.about,
            position=event.position,
            waiting_since=now,
            next_try_at=now,
        )
        for event in meant
        if event.pk in open_to
    ]


# Who may know ---------------------------------------------------------------------------------------------------------


def accounts_of(connection_id: UUID) -> list[User]:
    """The service accounts for which a connection is told of events: of living clients that may read events."""
    clients = Client.objects.filter(connection_id=connection_id, state=Client.State.ON).select_related("oidc", "user")
    return [client.user for client in clients if SCOPE in client.scopes and client.user.is_active]


def visible_to_connection(connection_id: UUID, events: Sequence[Event], house: UUID | None) -> set[UUID]:
    """Ids of those events that any of a connection's accounts may know of."""
    found: set[UUID] = set()
    for user in accounts_of(connection_id) if events else ():
        found |= visible(user, [event for event in events if event.pk not in found], house=house)
    return found


def visible(user: User, events: Sequence[Event], *, house: UUID | None = None) -> set[UUID]:
    """Ids of those events whose object this person's doors show now. A kind unknown here is shown to nobody."""
    here = required().kind
    sorts: dict[tuple[Door, str], list[Event]] = defaultdict(list)
    for event in events:
        kind = KINDS.get(event.kind)
        if kind is None or here not in kind.hosts or event.endpoint_id is not None:
            continue
        if house is None or event.organisation_id == house:
            sorts[kind.door, kind.group].append(event)
    found: set[UUID] = set()
    for (door, _group), those in sorts.items():
        shown = set(door(user, {event.about for event in those}))
        found |= {event.pk for event in those if event.about in shown}
    return found


# Age ------------------------------------------------------------------------------------------------------------------


def drop_old() -> int:
    """Delete events older than 30 days, with their deliveries. Returns how many events."""
    seat = required().name
    old = Event.objects.filter(seat=seat, at__lt=clock.now() - KEPT, position__isnull=False)
    last = old.order_by("-position").values_list("position", flat=True).first()
    if last is None:
        return 0
    with transaction.atomic():
        FeedHead.objects.filter(seat=seat).update(dropped=last)
        gone = Event.objects.filter(seat=seat, position__lte=last)
        Delivery.objects.filter(event__in=gone).delete()
        return gone.delete()[0]


__all__ = ["KINDS", "EventKind", "emit", "register", "register_life", "register_references"]
