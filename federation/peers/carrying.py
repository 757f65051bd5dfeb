"""Carry letters to other installations, in the courier's seat.

Each letter: claimed for a while (`SKIP LOCKED`, so any number of couriers may work), announced, its files sent from the
byte where the last connection broke, announced again. The peer has then written it down; it stays on its way until the
peer's receipt says that the addressee's receiver has run. Whatever is repeated changes nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from evidence.store import make_key, store
from federation.contracts.addresses import Address
from federation.letters import addressees
from federation.letters.delivery import BACK_OFF, HOPELESS
from federation.letters.errors import AddresseeUnknown, AttachmentMissing
from federation.letters.models import Delivery
from federation.peers import contact, courses, envelopes, outbound
from federation.peers.envelopes import WireEnvelope
from federation.peers.errors import PeerAnswerWrong, PeerRefused, PeerUnreachable
from federation.peers.models import Peer
from kernel import clock
from kernel.errors import Problem
from provinces.hosts import DIRECTORY
from provinces.seats import COURIER
from watching import tracing

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""How long a claimed letter is left alone by other couriers. A courier that dies is succeeded after that."""
ASK_AGAIN = timedelta(seconds=60)
"""A letter that has arrived and whose receipt has not: announced again after this, in case the receipt was lost."""
GIVE_UP_AFTER = timedelta(days=3)
"""A peer that cannot be reached for so long after a letter was written: a person has to look."""
PIECE_BYTES = 4_000_000
AT_ONCE = 10

_CLAIM = """
    UPDATE letters_delivery SET next_try_at = %s WHERE id IN (
        SELECT d.id FROM letters_delivery d
        WHERE d.addressee_seat = %s AND d.state = 'waiting' AND d.next_try_at <= %s AND NOT d.addressee = ANY(%s)
            AND NOT EXISTS (
                SELECT 1 FROM letters_delivery e
                WHERE e.thread = d.thread AND e.sender = d.sender AND e.addressee = d.addressee
                    AND e.sequence < d.sequence AND e.state IN ('waiting', 'dead'))
        ORDER BY d.id LIMIT %s FOR UPDATE OF d SKIP LOCKED)
    RETURNING id
"""


def deliver_waiting(limit: int, *, last_first: bool = False) -> int:
    """Carry up to `limit` letters. Returns how many the peers have taken.

    One failed connection to a peer ends this round for all that is meant for it.
    """
    done = 0
    while done < limit:
        claimed = claim(min(limit - done, AT_ONCE))
        if not claimed:
            break
        done += sum(_carry(row) for row in (reversed(claimed) if last_first else claimed))
    return done


def claim(limit: int) -> list[Delivery]:
    """Letters that wait, are next in their matter and whose peer is not quiet; nobody else gets them for a while."""
    moment = clock.now()
    quiet = Peer.objects.filter(quiet_until__gt=moment).values_list("installation", flat=True)
    silent = set(quiet)
    unheard = [each.party for each in DIRECTORY.remotes() if each.installation in silent]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [moment + LEASE, COURIER.name, moment, unheard, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=ids).select_related("letter__text").order_by("id"))


def _carry(row: Delivery) -> bool:
    """Whether the peer has taken it. What fails is counted on the letter, or on the peer when it is not there."""
    peer = None
    try:
        peer = peer_of(row.addressee)
        if peer.quiet_until is not None and peer.quiet_until > clock.now():
            _later(row, peer.quiet_until, "peer_unreachable")
            return False
        with tracing.span(
            "letter.carry", parent=row.traceparent, kind="producer", letter=row.letter_id, province=COURIER.name
        ):
            course = send(row, peer)
        contact.heard(peer)
        if courses.take(peer, course) is None and course.state in Delivery.UNSETTLED:
            _later(row, clock.now() + ASK_AGAIN, course.failure_code)
        return True
    except (PeerUnreachable, PeerAnswerWrong) as error:
        log.warning("letter %s: %s does not answer: %s", row.letter_id, row.addressee, error.code)
        if peer is not None:
            contact.failed(peer, error)
        _unreachable(row, peer, error.code)
    except PeerRefused as error:
        log.warning("letter %s: %s refuses: %s", row.letter_id, row.addressee, error.data.get("their_code"))
        if peer is not None:
            contact.heard(peer, str(error.data.get("their_code") or error.code))
        _count(row, str(error.data.get("their_code") or error.code))
    except Problem as error:
        log.warning("letter %s cannot be carried: %s", row.letter_id, error.code)
        _count(row, error.code)
    return False


def peer_of(party: str) -> Peer:
    """The peer where a party lives. Raises AddresseeUnknown, AddresseeSuspended."""
    refused = addressees.refusal(Address.parse(party))
    if refused is not None:
        raise refused
    elsewhere = DIRECTORY.remote(party)
    found = elsewhere and Peer.objects.filter(installation=elsewhere.installation, state=Peer.State.ACTIVE).first()
    if not found:
        raise AddresseeUnknown(addressee=party)
    return found


def send(row: Delivery, peer: Peer) -> courses.Course:
    """Bring one letter over with its files. Returns how it stands there."""
    envelope = wrap(row, peer)
    said = envelope.model_dump()
    answer = outbound.ask(peer, "POST", "letters/", said).data
    if wanted := answer.get("wanted"):
        _send_files(row, peer, envelope, wanted)
        answer = outbound.ask(peer, "POST", "letters/", said).data
        if answer.get("wanted"):
            raise PeerAnswerWrong()
    return courses.read(answer.get("course"))


def wrap(row: Delivery, peer: Peer) -> WireEnvelope:
    """A delivery as it goes over the wire."""
    there = {each.party for each in DIRECTORY.remotes() if each.installation == peer.installation}
    also = Delivery.objects.filter(letter_id=row.letter_id, addressee__in=there).order_by("addressee")
    return enveloped(row, list(also.values_list("addressee", flat=True)))


def enveloped(row: Delivery, also: list[str]) -> WireEnvelope:
    """A delivery in the form of the wire. also: all addressees at the receiving end."""
    letter, text = row.letter, row.letter.text
    return WireEnvelope(
        protocol=envelopes.PROTOCOL,
        delivery_id=row.pk,
        letter_id=letter.pk,
        kind=letter.kind,
        version=letter.version,
        sender=letter.sender,
        addressee=row.addressee,
        also=also,
        thread=letter.thread,
        in_reply_to=letter.in_reply_to,
        sequence=row.sequence,
        document_no=letter.document_no,
        purpose=letter.purpose,
        handling=letter.handling,
        written_at=letter.written_at,
        expires_at=letter.expires_at,
        due_at=row.due_at,
        due_provisional=row.due_provisional,
        by_name=text.by_name,
        body_sha256=letter.body_sha256,
        body_sm3=letter.body_sm3,
        manifest_sha256=letter.manifest_sha256,
        body=text.body,
        manifest=text.manifest,
    )


def _send_files(row: Delivery, peer: Peer, envelope: WireEnvelope, wanted: Sequence[Any]) -> None:
    files, objects = envelope.files(), store()
    for each in wanted:
        place, offset = int(each["place"]), int(each["offset"])
        file = files[place]
        key = make_key(COURIER.name, "parcel", uuid5(row.letter_id, f"out {place}"))
        if not objects.exists(key):
            try:
                objects.copy(file.object_key, key)
            except FileNotFoundError as error:
                raise AttachmentMissing(what=file.what) from error
        with objects.as_file(key, sha256=file.sha256) as path, path.open("rb") as source:
            _send_file(peer, row.pk, place, source, offset, file.size_bytes)
    for place in range(len(files)):
        objects.delete(make_key(COURIER.name, "parcel", uuid5(row.letter_id, f"out {place}")))


def _send_file(peer: Peer, delivery_id: UUID, place: int, source: Any, offset: int, size: int) -> None:
    """From `offset` on, piece by piece; where the peer has another length, from there."""
    turns = 0
    while offset < size:
        source.seek(offset)
        piece = source.read(PIECE_BYTES)
        path = f"files/{delivery_id}/{place}/?offset={offset}"
        try:
            offset = int(outbound.ask(peer, "PATCH", path, raw=piece).data["offset"])
        except PeerRefused as error:
            turns += 1
            there = error.data.get("data")
            if error.data.get("their_code") != "peer_offset_wrong" or turns > 3 or not isinstance(there, dict):
                raise
            offset = int(there["offset"])


# What became of a try -------------------------------------------------------------------------------------------------


def _waiting(row: Delivery) -> Any:
    return Delivery.objects.filter(pk=row.pk, state=Delivery.State.WAITING)


def _later(row: Delivery, moment: datetime, failure_code: str) -> None:
    _waiting(row).update(next_try_at=moment, failure_code=failure_code[:120])


def _unreachable(row: Delivery, peer: Peer | None, code: str) -> None:
    """Not the letter's fault: it keeps its tries, and becomes a dead letter only after days."""
    moment = clock.now()
    if row.letter.written_at + GIVE_UP_AFTER <= moment:
        _waiting(row).update(state=Delivery.State.DEAD, dead_at=moment, failure_code=code)
    else:
        _later(row, (peer and peer.quiet_until) or moment + BACK_OFF[-1], code)


def _count(row: Delivery, code: str) -> None:
    """One more failed try; after the last, or when the cause does not mend itself, a person sees it."""
    moment, tries = clock.now(), row.tries + 1
    changes: dict[str, Any] = {"tries": tries, "failure_code": code[:120]}
    if tries > len(BACK_OFF) or code in HOPELESS:
        changes |= {"state": Delivery.State.DEAD, "dead_at": moment}
    else:
        changes |= {"next_try_at": moment + BACK_OFF[tries - 1]}
    _waiting(row).update(**changes)
