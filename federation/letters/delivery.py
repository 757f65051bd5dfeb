"""Bring waiting letters to their addressee, in the addressee's seat.

For each letter: its files are copied and verified; then, in one transaction, the delivery is claimed, the receiver
runs and the receipt is written. What fails is rolled back and counted in a transaction of its own; the same matter
waits, other letters go on.
"""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from pydantic import ValidationError

from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS, Attachment, Message, read
from federation.letters import addressees, receipts, restored
from federation.letters.errors import (
    AttachmentNotYours,
    BodyUnreadable,
    KindUnknown,
    LetterExpired,
    NoReceiver,
    NotNamed,
)
from federation.letters.ledger import content_digest
from federation.letters.models import Delivery
from federation.letters.parcels import arrived_key, bring, parcel_key
from federation.letters.post import RECEIVERS, REGISTERS, Envelope, own_prefix
from kernel import clock
from kernel.canonical import sha256_hex
from kernel.errors import Problem, is_read_only
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import BRANDS, OFFICE
from watching import metrics, tracing

log = logging.getLogger(__name__)

BACK_OFF = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
"""Waits after the first, second, … failed try. One more failure and a person has to look."""

HOPELESS = frozenset({"addressee_unknown", "addressee_suspended", "letter_expired", "attachment_not_yours"})
"""Causes that trying again does not mend: a person sees the letter at once."""

YIELDING_AT_ONCE = 5
"""How many letters of kinds that yield are delivered before looking again for others."""

Outcome = Literal["delivered", "failed", "held"]


def deliver_waiting(limit: int = 50, *, last_first: bool = False) -> int:
    """Deliver up to `limit` letters that wait for the party this thread works for. Returns how many were delivered.

    Any number of workers may do this at once. Call it outside a transaction. last_first: of what is found, begin with
    the youngest; letters of one matter keep their order all the same.
    """
    done, moved = 0, True
    while moved and done < limit:
        with _batch():
            found = due_now(limit - done, last_first=last_first)
            outcomes = [deliver_one(waiting) for waiting in found]
        done += outcomes.count("delivered")
        moved = any(outcome != "held" for outcome in outcomes)
    return done


_later = threading.local()


def after_batch(func: Callable[[], object]) -> None:
    """Run `func` when the letters at hand have been delivered, or now where none are being. Call it after the commit.

    For what is not part of an arrival and may take its time, as ringing somebody: letters of other matters do not wait
    for it, the next one of the same matter does. A process that dies before is no error: what is run here must be found
    and done by a sweep too.
    """
    waiting = getattr(_later, "funcs", None)
    if waiting is None:
        func()
    else:
        waiting.append(func)


@contextmanager
def _batch() -> Iterator[None]:
    if getattr(_later, "funcs", None) is not None:
        yield
        return
    _later.funcs = []
    try:
        yield
    finally:
        funcs, _later.funcs = _later.funcs, None
        for func in funcs:
            try:
                func()
            except Exception:
                log.exception("what follows the delivery of a letter failed")


def deliver_everywhere(limit: int = 100_000) -> int:
    """Deliver all that waits for anybody, entering seat after seat, until nothing moves. For start-up and tests."""
    seats = [*sorted((host.seat for host in DIRECTORY.provinces()), key=lambda seat: seat.name), BRANDS, OFFICE]
    total, moved = 0, True
    while moved and total < limit:
        moved = False
        for each in seats:
            with context.seat(each):
                count = deliver_waiting(limit - total)
            total, moved = total + count, moved or count > 0
    return total


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter on its way, as far as delivering it needs. Field by field the columns of `_PEEK`."""

    id: UUID
    letter_id: UUID
    thread: UUID
    sender: str
    addressee: str
    sequence: int
    tries: int
    due_at: datetime | None
    kind: str
    version: int
    in_reply_to: UUID | None
    document_no: str
    purpose: str
    handling: str
    expires_at: datetime | None
    written_at: datetime
    body_sha256: str
    manifest_sha256: str
    body: str
    manifest: str
    by_name: str
    traceparent: str = ""


# Written out, not put together by the ORM: these three run for every letter, and building them took longer than running
# them. A letter is next in its matter when no earlier one of the same two parties is waiting or dead.
_PEEK = """
    SELECT d.id, d.letter_id, d.thread, d.sender, d.addressee, d.sequence, d.tries, d.due_at, l.kind, l.version,
        l.in_reply_to, l.document_no, l.purpose, l.handling, l.expires_at, l.written_at, l.body_sha256,
        l.manifest_sha256, b.body, b.manifest, b.by_name, d.traceparent
    FROM letters_delivery d
    JOIN letters_letter l ON l.id = d.letter_id
    JOIN letters_letterbody b ON b.letter_id = d.letter_id
    WHERE d.addressee_seat = %s AND d.state = 'waiting' AND d.next_try_at <= %s
        AND NOT EXISTS (
            SELECT 1 FROM letters_delivery e
            WHERE e.thread = d.thread AND e.sender = d.sender AND e.addressee = d.addressee
                AND e.sequence < d.sequence AND e.state IN ('waiting', 'dead'))
    ORDER BY l.kind = ANY(%s), d.id LIMIT %s
"""
_CLAIM = """
    SELECT 1 FROM letters_delivery d
    WHERE d.id = %s AND d.state = 'waiting'
        AND NOT EXISTS (
            SELECT 1 FROM letters_delivery e
            WHERE e.thread = d.thread AND e.sender = d.sender AND e.addressee = d.addressee
                AND e.sequence < d.sequence AND e.state IN ('waiting', 'dead'))
    FOR UPDATE OF d SKIP LOCKED
"""
# A letter that arrives once more, after a restoration, stands as its addressee had left it.
_SIGN = """
    UPDATE letters_delivery SET state = CASE WHEN returned_at IS NOT NULL THEN 'returned'
            WHEN answered_at IS NOT NULL THEN 'answered' WHEN accepted_at IS NOT NULL THEN 'accepted'
            WHEN opened_at IS NOT NULL THEN 'opened' ELSE 'delivered' END,
        delivered_at = %s, failure_code = '', received_digest = %s
    WHERE id = %s AND state = 'waiting'
"""


def due_now(limit: int, *, last_first: bool = False) -> list[Waiting]:
    """What waits for this seat, may be tried now and is next in its matter, oldest first.

    Kinds that yield come when nothing else is due, and then a few at a time: what arrives meanwhile goes first again.
    """
    seat = context.required()
    kinds = sorted({message.kind for message in KINDS.values() if message.yields})
    with connection.cursor() as cursor:
        cursor.execute(_PEEK, [seat.name, clock.now(), kinds, limit])
        found = [Waiting(*row) for row in cursor.fetchall()]
    first = [each for each in found if each.kind not in kinds] or found[:YIELDING_AT_ONCE]
    return first[::-1] if last_first else first


def deliver_one(waiting: Waiting) -> Outcome:
    """Deliver one letter. "failed": tried and counted; "held": another worker has it, or had it.

    Raises DatabaseError when the database itself is gone or takes no writes: then nothing is counted, and the sweep
    tries again.
    """
    with tracing.span(
        "letter.deliver",
        parent=waiting.traceparent,
        kind="consumer",
        linked=True,
        kind_of_letter=waiting.kind,
        letter=waiting.letter_id,
        province=context.required().name,
    ):
        outcome = _deliver_one(waiting)
        tracing.note(outcome=outcome)
    if outcome != "held":
        metrics.LETTERS.labels(context.required().name, outcome).inc()
    if outcome == "delivered":
        took_s = (clock.now() - waiting.written_at).total_seconds()
        metrics.LETTER_SECONDS.labels(context.required().name).observe(max(0.0, took_s))
    return outcome


def _deliver_one(waiting: Waiting) -> Outcome:
    try:
        message, envelope, from_keys = unpack(waiting)
        bring(from_keys, envelope.attachments)
        with restored.once_more(waiting.id, waiting.letter_id) as again, transaction.atomic(durable=True):
            if not _claim(waiting):
                return "held"
            hand_over(message, envelope)
            _sign(waiting)
            if again:
                restored.arrived(waiting.id)
            if (type(message), envelope.addressee.kind) in REGISTERS:
                receipts.answered(waiting.letter_id, envelope.addressee)
    except Exception as error:
        if isinstance(error, DatabaseError) and (is_read_only(error) or not connection.is_usable()):
            raise
        # Where it went wrong, not what the error says: that may quote the letter, and logs are read by others.
        log.warning(
            "letter %s to %s was not delivered (try %s): %s\n%s",
            waiting.letter_id, waiting.addressee, waiting.tries + 1, type(error).__name__,
            "".join(traceback.format_tb(error.__traceback__)),
        )  # fmt: skip
        return "failed" if _count_failure(waiting, error) else "held"
    return "delivered"


def unpack(waiting: Waiting) -> tuple[Message, Envelope, tuple[str, ...]]:
    """The typed message, its envelope, and where its files lie: in the sender's store, or in the courier's.

    In the envelope stand the keys that the files will have in the addressee's store.
    Raises AddresseeUnknown, AddresseeSuspended, LetterExpired, KindUnknown, BodyUnreadable, AttachmentNotYours.
    """
    addressee, sender = Address.parse(waiting.addressee), Address.parse(waiting.sender)
    refused = addressees.refusal(addressee)
    if refused is not None:
        raise refused
    if waiting.expires_at is not None and waiting.expires_at <= clock.now():
        raise LetterExpired(kind=waiting.kind)
    if (waiting.kind, waiting.version) not in KINDS:
        raise KindUnknown(kind=waiting.kind, version=waiting.version)
    if _read_digests(waiting) != (waiting.body_sha256, waiting.manifest_sha256):
        raise BodyUnreadable(kind=waiting.kind)
    files = [Attachment.model_validate(each) for each in json.loads(waiting.manifest)]
    for file in files:
        if not file.object_key.startswith(own_prefix(sender)):
            raise AttachmentNotYours(what=file.what)
    try:
        message = read(waiting.kind, waiting.version, json.loads(waiting.body))
    except ValidationError as error:
        raise BodyUnreadable(kind=waiting.kind) from error
    envelope = Envelope(
        letter_id=waiting.letter_id,
        kind=waiting.kind,
        version=waiting.version,
        sender=sender,
        addressee=addressee,
        thread=waiting.thread,
        in_reply_to=waiting.in_reply_to,
        sequence=waiting.sequence,
        written_at=waiting.written_at,
        document_no=waiting.document_no,
        attachments=tuple(
            file.model_copy(update={"object_key": arrived_key(addressee, waiting.letter_id, place)})
            for place, file in enumerate(files)
        ),
        due_at=waiting.due_at,
        by_name=waiting.by_name,
        purpose=waiting.purpose,
        handling=waiting.handling,
        expires_at=waiting.expires_at,
    )
    if addressees.is_remote(sender):
        return message, envelope, tuple(parcel_key(waiting.letter_id, place) for place in range(len(files)))
    return message, envelope, tuple(file.object_key for file in files)


def _read_digests(waiting: Waiting) -> tuple[str, str]:
    return sha256_hex(waiting.body.encode()), sha256_hex(waiting.manifest.encode())


def hand_over(message: Message, envelope: Envelope) -> None:
    """Give a letter to the receiver registered for it. Raises NotNamed, NoReceiver, and what the receiver raises."""
    if envelope.addressee.seat != context.required():
        raise NotNamed(addressee=str(envelope.addressee))
    receiver = RECEIVERS.get((type(message), envelope.addressee.kind))
    if receiver is None:
        raise NoReceiver(kind=envelope.kind, addressee=str(envelope.addressee))
    receiver(message, envelope)


def _claim(waiting: Waiting) -> bool:
    """Lock the delivery for this transaction, if it still waits, is next in its matter and nobody else has it."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [waiting.id])
        return cursor.fetchone() is not None


def _sign(waiting: Waiting) -> None:
    """Write the receipt, with the digest of what was read."""
    with connection.cursor() as cursor:
        digest = content_digest(waiting.letter_id, *_read_digests(waiting))
        cursor.execute(_SIGN, [clock.now(), digest, waiting.id])
        if cursor.rowcount != 1:
            raise NotNamed(addressee=waiting.addressee)


def _count_failure(waiting: Waiting, error: Exception) -> bool:
    """One more failed try, in a transaction of its own. False when another worker has the letter.

    The code names the cause and carries nothing of the contents: the office reads it too.
    """
    code = error.code if isinstance(error, Problem) else f"receiver_failed.{type(error).__name__}"
    with transaction.atomic(durable=True):
        held = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=waiting.id, state=Delivery.State.WAITING)
            .only("tries")
            .first()
        )
        if held is None:
            return False
        tries = held.tries + 1
        moment = clock.now()
        changes: dict[str, Any] = {"tries": tries, "failure_code": code[:120]}
        if tries > len(BACK_OFF) or getattr(error, "code", "") in HOPELESS:
            changes |= {"state": Delivery.State.DEAD, "dead_at": moment}
            metrics.LETTERS.labels(context.required().name, "dead").inc()
        else:
            changes |= {"next_try_at": moment + BACK_OFF[tries - 1]}
        Delivery.objects.filter(pk=waiting.id, state=Delivery.State.WAITING).update(**changes)
    return True
