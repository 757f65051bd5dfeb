"""Take in what another installation sends, in the courier's seat: letters, pieces of their files.

A letter is announced, its files come piece by piece, it is announced again; then it is written down as its sender wrote
it, and delivered like any other, by a worker in the addressee's seat. All of it may be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from evidence.errors import UploadElsewhere, UploadGone
from evidence.parts import Part, Writer
from evidence.store import store
from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS, Attachment
from federation.letters import addressees, tasks
from federation.letters.errors import AttachmentDiffers, KindUnknown
from federation.letters.ledger import content_digest
from federation.letters.models import Delivery, Letter, LetterBody
from federation.letters.parcels import parcel_key
from federation.peers import courses, envelopes
from federation.peers.envelopes import WireEnvelope
from federation.peers.errors import EnvelopeWrong, LetterDiffers, PieceElsewhere, SenderElsewhere
from federation.peers.models import Arrival, Peer
from kernel import clock
from kernel.canonical import digests_of
from kernel.errors import NotFound404
from provinces.hosts import DIRECTORY
from provinces.seats import COURIER
from watching import tracing

FORGET_AFTER = timedelta(days=14)
"""An announced letter whose files never came."""


def take(peer: Peer, said: Any) -> dict[str, Any]:
    """An announced letter. Returns `course` once it is written down, before that `wanted`: place and offset of files.

    Raises ProtocolUnknown, EnvelopeWrong, SenderElsewhere, AddresseeUnknown, AddresseeSuspended, KindUnknown,
    LetterDiffers, and writes nothing then.
    """
    envelope = envelopes.read(said)
    _check_parties(peer, envelope)
    there = Delivery.objects.filter(pk=envelope.delivery_id).select_related("letter").first()
    if there is None:
        if (envelope.kind, envelope.version) not in KINDS:
            raise KindUnknown(kind=envelope.kind, version=envelope.version)
        arrival = _announce(peer, envelope)
        wanted = _wanted(arrival, envelope.files())
        if wanted:
            return {"wanted": wanted, "course": None}
        there = _write_down(arrival, envelope)
    if not _is_same(there, envelope):
        raise LetterDiffers(letter_id=envelope.letter_id)
    course = courses.Course.of(there)
    arrival_row = Arrival.objects.filter(pk=there.pk, peer=peer).first()
    if arrival_row is not None:
        courses.confirmed(arrival_row, course)
    return {"wanted": [], "course": course.model_dump()}


def _check_parties(peer: Peer, envelope: WireEnvelope) -> None:
    sender = DIRECTORY.remote(envelope.sender)
    if sender is None or sender.installation != peer.installation or sender.state != "active":
        raise SenderElsewhere(sender=envelope.sender)
    addressee = Address.parse(envelope.addressee)
    refused = addressees.refusal(addressee)
    if refused is not None:
        raise refused
    if any(addressees.is_remote(Address.parse(party)) for party in envelope.also):
        raise EnvelopeWrong(what="also")  # we pass nothing on


def _announce(peer: Peer, envelope: WireEnvelope) -> Arrival:
    arrival, _made = Arrival.objects.get_or_create(
        pk=envelope.delivery_id,
        defaults={
            "peer": peer,
            "letter_id": envelope.letter_id,
            "manifest": envelope.manifest,
            "announced_at": clock.now(),
        },
    )
    if (arrival.peer_id, arrival.letter_id, arrival.manifest) != (peer.pk, envelope.letter_id, envelope.manifest):
        raise LetterDiffers(letter_id=envelope.letter_id)
    return arrival


def _part(letter_id: UUID, place: int) -> Part:
    return Part(uuid5(letter_id, f"part {place}"))


def _wanted(arrival: Arrival, files: Sequence[Attachment]) -> list[dict[str, int]]:
    """Files that are not whole yet, and from which byte on."""
    objects, wanted = store(), []
    for place, file in enumerate(files):
        if objects.exists(parcel_key(arrival.letter_id, place)):
            continue
        part = _part(arrival.letter_id, place)
        if not part.path.exists():
            _create(part)
        offset = part.size()
        if offset < file.size_bytes:
            wanted.append({"place": place, "offset": offset})
        else:
            _finish(arrival, place, file, part)
    return wanted


def _create(part: Part) -> None:
    try:
        part.create()
    except FileExistsError:
        return  # two announcements at once


def take_piece(peer: Peer, delivery_id: UUID, place: int, offset: int, piece: bytes) -> int:
    """Append a piece of an announced letter's file. Returns how much of the file is safe here.

    Raises NotFound404 for what was not announced, PieceElsewhere with the right offset, AttachmentDiffers for a whole
    file whose digest is not that of the manifest; it has to be sent anew then.
    """
    arrival = Arrival.objects.filter(pk=delivery_id, peer=peer, arrived_at=None).first()
    files = envelopes.parse_manifest(arrival.manifest) if arrival else []
    if arrival is None or not 0 <= place < len(files):
        raise NotFound404(delivery_id=delivery_id)
    file, part = files[place], _part(arrival.letter_id, place)
    if store().exists(parcel_key(arrival.letter_id, place)):
        return file.size_bytes
    if offset + len(piece) > file.size_bytes:
        raise PieceElsewhere(offset=part.size())
    try:
        with Writer(part, offset) as writer:
            writer.write(piece)
    except (UploadElsewhere, UploadGone) as error:
        raise PieceElsewhere(offset=part.size() if part.path.exists() else 0) from error
    if writer.offset == file.size_bytes:
        _finish(arrival, place, file, part)
    return writer.offset


def _finish(arrival: Arrival, place: int, file: Attachment, part: Part) -> None:
    """Lay a whole file down, once its digests are those of the manifest."""
    with part.alone(), part.path.open("rb") as source:
        found = digests_of(source)
        if (found.sha256, found.sm3, found.size_bytes) != (file.sha256, file.sm3, file.size_bytes):
            part.remove()
            raise AttachmentDiffers(what=file.what, sha256=file.sha256)
        source.seek(0)
        store().put(parcel_key(arrival.letter_id, place), source, file.media_type)
        part.remove()


def _write_down(arrival: Arrival, envelope: WireEnvelope) -> Delivery:
    """The letter as its sender wrote it, with its seats here. Returns the delivery, whoever wrote it first."""
    seats = [COURIER.name, *dict.fromkeys(Address.parse(party).seat.name for party in envelope.also)]
    seat_name = Address.parse(envelope.addressee).seat.name
    try:
        with transaction.atomic():
            if not Letter.objects.filter(pk=envelope.letter_id).exists():
                _write_letter(envelope, seats)
            row = Delivery.objects.create(
                pk=envelope.delivery_id,
                letter_id=envelope.letter_id,
                thread=envelope.thread,
                sender=envelope.sender,
                sender_seat=COURIER.name,
                addressee=envelope.addressee,
                addressee_seat=seat_name,
                sequence=envelope.sequence,
                due_at=envelope.due_at,
                due_provisional=envelope.due_provisional,
                next_try_at=clock.now(),
                traceparent=tracing.carried(),
            )
            Arrival.objects.filter(pk=arrival.pk, arrived_at=None).update(arrived_at=clock.now())
            transaction.on_commit(lambda: tasks.wake(seat_name))
    except IntegrityError as error:
        found = Delivery.objects.filter(pk=envelope.delivery_id).select_related("letter").first()
        if found is None:
            raise LetterDiffers(letter_id=envelope.letter_id) from error
        return found
    return row


def _write_letter(envelope: WireEnvelope, seats: list[str]) -> None:
    files = envelope.files()
    letter = Letter.objects.create(
        pk=envelope.letter_id,
        kind=envelope.kind,
        version=envelope.version,
        sender=envelope.sender,
        sender_seat=COURIER.name,
        seats=seats,
        thread=envelope.thread,
        in_reply_to=envelope.in_reply_to,
        document_no=envelope.document_no,
        purpose=envelope.purpose,
        handling=envelope.handling,
        expires_at=envelope.expires_at,
        written_at=envelope.written_at,
        body_sha256=envelope.body_sha256,
        body_sm3=envelope.body_sm3,
        manifest_sha256=envelope.manifest_sha256,
        attachments=len(files),
        attachments_size_bytes=sum(file.size_bytes for file in files),
    )
    LetterBody.objects.create(
        letter=letter, seats=seats, body=envelope.body, manifest=envelope.manifest, by_id=None, by_name=envelope.by_name
    )


def _is_same(row: Delivery, envelope: WireEnvelope) -> bool:
    here, there = row.letter, envelope
    return (
        row.sender_seat == COURIER.name
        and (row.sender, row.addressee, row.thread) == (there.sender, there.addressee, there.thread)
        and content_digest(here.pk, here.body_sha256, here.manifest_sha256)
        == content_digest(there.letter_id, there.body_sha256, there.manifest_sha256)
    )


def forget_announced() -> int:
    """Throw away announcements whose files never came. Returns how many."""
    over = list(Arrival.objects.filter(arrived_at=None, announced_at__lte=clock.now() - FORGET_AFTER)[:100])
    for arrival in over:
        for place in range(len(envelopes.parse_manifest(arrival.manifest))):
            _part(arrival.letter_id, place).remove()
            store().delete(parcel_key(arrival.letter_id, place))
        arrival.delete()
    return len(over)
