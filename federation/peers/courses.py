"""The course of a letter, told by the installation where its addressee lives to the one where its sender does.

A course only goes forward, so that receipts may come late, twice, or in any order.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from evidence.store import store
from federation.letters import parcels, tasks
from federation.letters.models import Delivery
from federation.peers import contact, outbound
from federation.peers.errors import EnvelopeWrong, PeerAnswerWrong, PeerRefused, PeerUnreachable
from federation.peers.models import Arrival, Peer
from kernel import clock
from provinces.hosts import DIRECTORY
from provinces.seats import COURIER

log = logging.getLogger(__name__)
REPORTS_AT_ONCE = 200

RANK = {
    Delivery.State.WAITING: 0,
    Delivery.State.DEAD: 0,
    Delivery.State.DELIVERED: 1,
    Delivery.State.OPENED: 2,
    Delivery.State.ACCEPTED: 3,
    Delivery.State.RETURNED: 3,
    Delivery.State.ANSWERED: 4,
}
LAST = {Delivery.State.RETURNED, Delivery.State.ANSWERED}


class Course(BaseModel):
    """How one delivery stands at its addressee."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delivery_id: UUID
    state: Delivery.State
    failure_code: str = Field(max_length=120)
    delivered_at: AwareDatetime | None
    opened_at: AwareDatetime | None
    accepted_at: AwareDatetime | None
    returned_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    return_reason: str = Field(max_length=500)
    received_digest: str = Field(pattern=r"^([0-9a-f]{64})?$")

    @classmethod
    def of(cls, row: Delivery) -> Course:
        """From the addressee's own row."""
        told = {name: getattr(row, name) for name in cls.model_fields if name != "delivery_id"}
        return cls(delivery_id=row.pk, **told)

    @property
    def mark(self) -> str:
        """What tells one course from another: once the sender has confirmed it, it need not be told again."""
        return f"{self.state}:{self.failure_code}"[:160]


def read(said: Any) -> Course:
    """Raises PeerAnswerWrong."""
    try:
        return Course.model_validate(said)
    except ValidationError as error:
        raise PeerAnswerWrong() from error


def read_all(said: Any) -> list[Course]:
    """Raises EnvelopeWrong."""
    try:
        return [Course.model_validate(each) for each in said["courses"]][:REPORTS_AT_ONCE]
    except (ValidationError, KeyError, TypeError) as error:
        raise EnvelopeWrong(what="courses") from error


# Where the sender lives -----------------------------------------------------------------------------------------------


def take(peer: Peer, course: Course) -> Delivery | None:
    """Write down how a letter to a party of this peer stands, if that is further than we knew; None when it is not."""
    there = [each.party for each in DIRECTORY.remotes() if each.installation == peer.installation]
    rows = Delivery.objects.filter(pk=course.delivery_id, addressee_seat=COURIER.name, addressee__in=there)
    behind = [state for state, rank in RANK.items() if rank < RANK[course.state]]
    if course.state in Delivery.UNSETTLED:
        rows.filter(state=Delivery.State.WAITING).update(failure_code=course.failure_code)
        return None
    told = {name: value for name, value in course.model_dump(exclude={"delivery_id", "state"}).items() if value}
    with transaction.atomic():
        if not rows.filter(state__in=behind).update(**{"failure_code": "", **told, "state": course.state}):
            return None
        transaction.on_commit(lambda: tasks.wake(COURIER.name))  # the next letter of the matter may go
    return rows.first()


def take_all(peer: Peer, courses: Iterable[Course]) -> list[UUID]:
    """Write all of them down. Returns the ids: what is unknown here is confirmed too, or it would be told for ever."""
    found = []
    for course in courses:
        take(peer, course)
        found.append(course.delivery_id)
    return found


# Where the addressee lives --------------------------------------------------------------------------------------------


_NEWS = """
    SELECT a.delivery_id FROM peers_arrival a
    JOIN peers_peer p ON p.id = a.peer_id
    JOIN letters_delivery d ON d.id = a.delivery_id
    WHERE NOT a.closed AND a.arrived_at IS NOT NULL AND left(d.state || ':' || d.failure_code, 160) <> a.reported
        AND p.state = 'active' AND (p.quiet_until IS NULL OR p.quiet_until <= %s)
    ORDER BY d.id LIMIT %s
"""


def report() -> int:
    """Tell each peer of the letters whose course has gone on. Returns how many it confirmed."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [clock.now(), REPORTS_AT_ONCE])
        ids = [row[0] for row in cursor.fetchall()]
    rows = Delivery.objects.in_bulk(ids)
    news: dict[Peer, list[tuple[Arrival, Course]]] = defaultdict(list)
    for arrival in Arrival.objects.filter(pk__in=ids).select_related("peer"):
        if arrival.pk in rows:
            news[arrival.peer].append((arrival, Course.of(rows[arrival.pk])))
    return sum(_tell(peer, told) for peer, told in news.items())


def _tell(peer: Peer, told: Sequence[tuple[Arrival, Course]]) -> int:
    said = {"courses": [course.model_dump() for _arrival, course in told]}
    try:
        answer = outbound.ask(peer, "POST", "receipts/", said)
    except (PeerUnreachable, PeerAnswerWrong, PeerRefused) as error:
        log.warning("%s took no receipts: %s", peer.installation, error.code)
        contact.failed(peer, error)
        return 0
    known = set(answer.data.get("known", ()))
    done = 0
    for arrival, course in told:
        if str(course.delivery_id) in known:
            done += 1
            confirmed(arrival, course)
    return done


def confirmed(arrival: Arrival, course: Course) -> None:
    """The sender knows this much."""
    Arrival.objects.filter(pk=arrival.pk).update(reported=course.mark, closed=course.state in LAST)
    if RANK[course.state]:
        _clear_parcels(arrival)


def _clear_parcels(arrival: Arrival) -> None:
    """The addressee has its own copies. Of a letter to several here, the last one clears."""
    if Delivery.objects.filter(letter_id=arrival.letter_id, state__in=Delivery.UNSETTLED).exists():
        return
    objects = store()
    for place in range(len(json.loads(arrival.manifest))):
        objects.delete(parcels.parcel_key(arrival.letter_id, place))
