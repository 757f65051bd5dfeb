"""Bring waiting letters to their addressee, in the addressee's seat.

For each letter: its files are copied and verified; then, in one transaction, the delivery is claimed, the receiver
runs and the receipt is written. What fails is rolled back and counted in a transaction of its own; the same matter
waits, other letters go on.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import timedelta
from typing import Any, Literal

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from pydantic import ValidationError

from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS, Attachment, Message, read
from federation.letters import addressees
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
from federation.letters.parcels import arrived_key, bring
from federation.letters.post import RECEIVERS, Envelope, own_prefix
from kernel import clock
from kernel.canonical import sha256_hex
from kernel.errors import Problem
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import BRANDS, OFFICE

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

Outcome = Literal["delivered", "failed", "held"]


def deliver_waiting(limit: int = 50) -> int:
    """Deliver up to `limit` letters that wait for the party this thread works for. Returns how many were delivered.

    Any number of workers may do this at once. Call it outside a transaction.
    """
    done, moved = 0, True
    while moved and done < limit:
        outcomes = [deliver_one(waiting) for waiting in list(due_now()[: limit - done])]
        done += outcomes.count("delivered")
        moved = any(outcome != "held" for outcome in outcomes)
    return done


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


def due_now() -> QuerySet[Delivery]:
    """What waits for this seat, may be tried now and is next in its matter, oldest first, with letter and body."""
    seat = context.required()
    return (
        Delivery.objects.filter(addressee_seat=seat.name, state=Delivery.State.WAITING, next_try_at__lte=clock.now())
        .exclude(_earlier_unsettled())
        .select_related("letter__text")
        .order_by("id")
    )


def _earlier_unsettled() -> Exists:
    return Exists(
        Delivery.objects.filter(
            thread=OuterRef("thread"),
            sender=OuterRef("sender"),
            addressee=OuterRef("addressee"),
            sequence__lt=OuterRef("sequence"),
            state__in=Delivery.UNSETTLED,
        )
    )


def deliver_one(waiting: Delivery) -> Outcome:
    """Deliver one letter. "failed": tried and counted; "held": another worker has it, or had it.

    Raises DatabaseError when the database itself is gone: then nothing is counted, and the sweep tries again.
    """
    try:
        message, envelope, from_keys = unpack(waiting)
        bring(from_keys, envelope.attachments)
        with transaction.atomic(durable=True):
            if not _claim(waiting):
                return "held"
            hand_over(message, envelope)
            _sign(waiting)
    except Exception as error:
        if isinstance(error, DatabaseError) and not connection.is_usable():
            raise
        # Where it went wrong, not what the error says: that may quote the letter, and logs are read by others.
        log.warning(
            "letter %s to %s was not delivered (try %s): %s\n%s",
            waiting.letter_id, waiting.addressee, waiting.tries + 1, type(error).__name__,
            "".join(traceback.format_tb(error.__traceback__)),
        )  # fmt: skip
        return "failed" if _count_failure(waiting, error) else "held"
    return "delivered"


def unpack(waiting: Delivery) -> tuple[Message, Envelope, tuple[str, ...]]:
    """The typed message, its envelope, and the sender's keys of the files.

    In the envelope stand the keys that the files will have in the addressee's store.

    Raises AddresseeUnknown, AddresseeSuspended, LetterExpired, KindUnknown, BodyUnreadable, AttachmentNotYours.
    """
    letter = waiting.letter
    addressee, sender = Address.parse(waiting.addressee), Address.parse(waiting.sender)
    refused = addressees.refusal(addressee)
    if refused is not None:
        raise refused
    if letter.expires_at is not None and letter.expires_at <= clock.now():
        raise LetterExpired(kind=letter.kind)
    if (letter.kind, letter.version) not in KINDS:
        raise KindUnknown(kind=letter.kind, version=letter.version)
    body, manifest = letter.text.body, letter.text.manifest
    if (sha256_hex(body.encode()), sha256_hex(manifest.encode())) != (letter.body_sha256, letter.manifest_sha256):
        raise BodyUnreadable(kind=letter.kind)
    files = [Attachment.model_validate(each) for each in json.loads(manifest)]
    for file in files:
        if not file.object_key.startswith(own_prefix(sender)):
            raise AttachmentNotYours(what=file.what)
    try:
        message = read(letter.kind, letter.version, json.loads(body))
    except ValidationError as error:
        raise BodyUnreadable(kind=letter.kind) from error
    envelope = Envelope(
        letter_id=letter.pk,
        kind=letter.kind,
        version=letter.version,
        sender=sender,
        addressee=addressee,
        thread=waiting.thread,
        in_reply_to=letter.in_reply_to,
        sequence=waiting.sequence,
        written_at=letter.written_at,
        document_no=letter.document_no,
        attachments=tuple(
            file.model_copy(update={"object_key": arrived_key(addressee, letter.pk, place)})
            for place, file in enumerate(files)
        ),
        due_at=waiting.due_at,
        by_name=letter.text.by_name,
        purpose=letter.purpose,
        handling=letter.handling,
        expires_at=letter.expires_at,
    )
    return message, envelope, tuple(file.object_key for file in files)


def hand_over(message: Message, envelope: Envelope) -> None:
    """Give a letter to the receiver registered for it. Raises NotNamed, NoReceiver, and what the receiver raises."""
    if envelope.addressee.seat != context.required():
        raise NotNamed(addressee=str(envelope.addressee))
    receiver = RECEIVERS.get((type(message), envelope.addressee.kind))
    if receiver is None:
        raise NoReceiver(kind=envelope.kind, addressee=str(envelope.addressee))
    receiver(message, envelope)


def _claim(waiting: Delivery) -> bool:
    """Lock the delivery for this transaction, if it still waits, is next in its matter and nobody else has it."""
    return (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=waiting.pk, state=Delivery.State.WAITING)
        .exclude(_earlier_unsettled())
        .values_list("pk", flat=True)
        .first()
    ) is not None


def _sign(waiting: Delivery) -> None:
    letter = waiting.letter
    changed = Delivery.objects.filter(pk=waiting.pk, state=Delivery.State.WAITING).update(
        state=Delivery.State.DELIVERED,
        delivered_at=clock.now(),
        failure_code="",
        received_digest=content_digest(
            letter.pk, sha256_hex(letter.text.body.encode()), sha256_hex(letter.text.manifest.encode())
        ),
    )
    if changed != 1:
        raise NotNamed(addressee=waiting.addressee)


def _count_failure(waiting: Delivery, error: Exception) -> bool:
    """One more failed try, in a transaction of its own. False when another worker has the letter.

    The code names the cause and carries nothing of the contents: the office reads it too.
    """
    code = error.code if isinstance(error, Problem) else f"receiver_failed.{type(error).__name__}"
    with transaction.atomic(durable=True):
        held = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=waiting.pk, state=Delivery.State.WAITING)
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
        else:
            changes |= {"next_try_at": moment + BACK_OFF[tries - 1]}
        Delivery.objects.filter(pk=waiting.pk, state=Delivery.State.WAITING).update(**changes)
    return True
