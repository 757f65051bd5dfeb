"""An installation that was restored from a backup rejoins the others: over the wire, asked by the one that came back.

The peer keeps all that it holds. It notes and tells its people; what it had sent since the backup it sends once more
(the same deliveries, so what is there already stays as it is); and it gives back the letters that it got since, with
how they stand, so that the one that came back knows again what it had written, and gives no number twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from accounts.models import Post, User
from audit.models import IssuedNumber, NumberSeries
from backups import carrying, hooks
from backups.hooks import Return
from federation.contracts.addresses import Address
from federation.letters.models import ArrivedSince, Delivery, Letter, LetterBody, SentSince
from federation.peers import carrying as courier
from federation.peers import courses, envelopes, outbound
from federation.peers.envelopes import WireEnvelope
from federation.peers.errors import EnvelopeWrong, PeerAnswerWrong, PeerRefused, PeerUnreachable
from federation.peers.models import Arrival, Peer
from kernel import clock
from kernel.soon import soon
from notify.services import tell
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import COURIER, OFFICE

log = logging.getLogger(__name__)
BEFORE = timedelta(hours=1)
"""So much earlier than the backup do both sides begin: what passed in that hour is found there already."""
AT_ONCE = 100
FARTHEST = 10_000
"""So many numbers ahead of our own series is a number believed that another installation tells us we gave."""
_TOLD = (Post.Role.OFFICE_ADMIN, Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN)
_NUMBER = re.compile(r"(?P<words>.+)〔(?P<year>\d{4})〕(?P<serial>\d{1,8})号")


class Said(BaseModel):
    """What the one that came back says. parties: its own. after: of the list, the last delivery it has got."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    restoration_id: UUID
    rows_of: AwareDatetime
    restored_at: AwareDatetime
    parties: list[str] = Field(max_length=500)
    after: UUID | None = None


# At the peer ----------------------------------------------------------------------------------------------------------


def take(peer: Peer, said: Any) -> dict[str, Any]:
    """In the courier's seat. Returns letters that we got from them since, and whether there are more.

    Raises EnvelopeWrong.
    """
    try:
        asked = Said.model_validate(said)
    except ValidationError as error:
        raise EnvelopeWrong(what="return") from error
    theirs = {each.party for each in DIRECTORY.remotes() if each.installation == peer.installation}
    parties, since = sorted(theirs & set(asked.parties)), asked.rows_of - BEFORE
    if asked.after is None:
        again = _send_again(parties, since, asked.restoration_id)
        log.warning("%s was restored to %s: %s letters go once more", peer.installation, asked.rows_of, again)
        _have_people_told(peer)
    arrived = Arrival.objects.filter(peer=peer, arrived_at__gte=since).order_by("delivery_id")
    if asked.after is not None:
        arrived = arrived.filter(delivery_id__gt=asked.after)
    found = list(arrived[: AT_ONCE + 1])
    return {"letters": [_given_back(each) for each in found[:AT_ONCE]], "more": len(found) > AT_ONCE}


def _send_again(parties: list[str], since: datetime, restoration_id: UUID) -> int:
    """Mark what they had signed for since; a round of the courier brings it. Marked already is no error."""
    lost = Delivery.objects.filter(addressee__in=parties, addressee_seat=COURIER.name, delivered_at__gte=since)
    moments = dict(lost.values_list("pk", "delivered_at"))
    marked = ArrivedSince.objects.filter(pk__in=moments)
    known = set(marked.values_list("pk", flat=True))
    marked.exclude(restoration_id=restoration_id).update(again_at=None)
    ArrivedSince.objects.bulk_create(
        ArrivedSince(delivery_id=pk, seat=COURIER.name, restoration_id=restoration_id, delivered_at=moment)
        for pk, moment in moments.items()
        if pk not in known and moment is not None
    )
    return len(moments)


def _given_back(arrival: Arrival) -> dict[str, Any]:
    row = Delivery.objects.select_related("letter__text").get(pk=arrival.pk)
    here = Delivery.objects.filter(letter_id=row.letter_id).exclude(addressee_seat=COURIER.name).order_by("addressee")
    envelope = courier.enveloped(row, list(here.values_list("addressee", flat=True)))
    return {"envelope": envelope.model_dump(), "course": courses.Course.of(row).model_dump()}


def _have_people_told(peer: Peer) -> None:
    from federation.peers.tasks import tell_of_return

    seats = [OFFICE.name] if settings.FEDERATION_OFFICE else []
    for name in [*seats, *(host.seat.name for host in DIRECTORY.real())]:
        soon(tell_of_return, peer.installation, seat=name)


def tell_people(installation: str) -> None:
    """In the seat of the office, and of each province: another installation went back to a backup."""
    people = User.people.filter(is_active=True, posts__role__in=_TOLD).distinct()
    with transaction.atomic():
        tell(
            to=people.values_list("pk", flat=True),
            code="peer_restored",
            title=str(_("{installation} 从备份恢复，备份以后的往来正在核对补发")).format(installation=installation),
            url="/log/",
            urgent=True,
        )


def carry_again() -> int:
    """In the courier's seat: bring once more what a restored peer has lost. Our own record of it does not change."""
    rows = ArrivedSince.objects.filter(seat=COURIER.name, again_at=None).order_by("pk")[:AT_ONCE]
    done = 0
    for each in rows.select_related("delivery__letter__text"):
        try:
            peer = courier.peer_of(each.delivery.addressee)
            if peer.quiet_until is not None and peer.quiet_until > clock.now():
                continue
            courier.send(each.delivery, peer)
        except (PeerUnreachable, PeerAnswerWrong, PeerRefused) as error:
            log.warning("letter %s could not be brought once more: %s", each.delivery.letter_id, error.code)
            continue
        ArrivedSince.objects.filter(pk=each.pk).update(again_at=clock.now())
        done += 1
    return done


# At the one that came back --------------------------------------------------------------------------------------------


def rejoin(backs: Mapping[str, Return]) -> None:
    """Once all are back: ask every peer. A peer that does not answer stands as missing in the report."""
    lost = [back for back in backs.values() if back.whole or back.new_host]
    if not lost:
        return
    with context.seat(COURIER):
        peers = list(Peer.objects.filter(state=Peer.State.ACTIVE))
    told: dict[str, Any] = {}
    for peer in peers:
        try:
            told[peer.installation] = _ask(peer, lost[0], [f"province:{back.code}" for back in lost])
        except (PeerUnreachable, PeerAnswerWrong, PeerRefused, EnvelopeWrong) as error:
            told[peer.installation] = {"missing": error.code}
    for back in lost:
        back.found["peers"] = told


def _ask(peer: Peer, back: Return, parties: list[str]) -> dict[str, Any]:
    taken, numbers, doubted = 0, [], []
    for given in _pages(peer, back, parties):
        envelope, course = envelopes.read(given["envelope"]), courses.read(given["course"])
        if envelope.sender in parties and _take_back(envelope, back):
            taken += 1
            if envelope.document_no:
                believed = _number_is_given(Address.parse(envelope.sender), envelope.document_no)
                (numbers if believed else doubted).append(envelope.document_no)
        with context.seat(COURIER):
            courses.take(peer, course)
    return {"letters_taken_back": taken, "numbers_found": numbers, "numbers_doubted": doubted}


def _pages(peer: Peer, back: Return, parties: list[str]) -> Iterator[dict[str, Any]]:
    said: dict[str, Any] = {
        "restoration_id": back.restoration_id,
        "rows_of": back.since,
        "restored_at": back.until,
        "parties": parties,
        "after": None,
    }
    while True:
        with context.seat(COURIER):
            answer = outbound.ask(peer, "POST", "return/", said).data
        try:
            letters, more = list(answer["letters"]), bool(answer["more"])
            yield from letters
            if not more or not letters:
                return
            said["after"] = letters[-1]["envelope"]["delivery_id"]
        except (KeyError, TypeError) as error:
            raise PeerAnswerWrong() from error


def _take_back(envelope: WireEnvelope, back: Return) -> bool:
    """Write down a letter of ours that we have forgotten, as we wrote it. Returns False where it is there.

    As the owner: no login may write a letter that left before.
    """
    sender = Address.parse(envelope.sender)
    seat_name, files = sender.seat.name, envelope.files()
    seats = [seat_name, COURIER.name]
    with context.owner(), transaction.atomic():
        if Delivery.objects.filter(pk=envelope.delivery_id).exists():
            return False
        same = {name: getattr(envelope, name) for name in _SAME}
        letter, new = Letter.objects.get_or_create(
            pk=envelope.letter_id,
            defaults={
                **same,
                "sender_seat": seat_name,
                "seats": seats,
                "attachments": len(files),
                "attachments_size_bytes": sum(file.size_bytes for file in files),
            },
        )
        if new:
            LetterBody.objects.create(
                letter=letter, seats=seats, body=envelope.body, manifest=envelope.manifest, by_name=envelope.by_name
            )
            SentSince.objects.create(
                letter=letter,
                seat=seat_name,
                restoration_id=back.restoration_id,
                thread=letter.thread,
                kind=letter.kind,
            )
        Delivery.objects.create(
            pk=envelope.delivery_id,
            letter=letter,
            thread=envelope.thread,
            sender=envelope.sender,
            sender_seat=seat_name,
            addressee=envelope.addressee,
            addressee_seat=COURIER.name,
            sequence=envelope.sequence,
            due_at=envelope.due_at,
            due_provisional=envelope.due_provisional,
            next_try_at=clock.now() + timedelta(days=1),  # its course follows at once
        )
    return True


_SAME = (
    "kind", "version", "sender", "thread", "in_reply_to", "document_no", "purpose", "handling", "expires_at",
    "written_at", "body_sha256", "body_sm3", "manifest_sha256",
)  # fmt: skip


def _number_is_given(sender: Address, document_no: str) -> bool:
    """A number that others have seen was given: it stands as such, and none up to it is given again.

    False, and nothing changes, for one so far ahead that only the other side's word speaks for it: a person looks.
    """
    found = _NUMBER.fullmatch(document_no)
    if found is None or sender.kind != "province":
        return True
    schema, year = sender.seat.schema_name, int(found["year"])
    with context.owner(schema), transaction.atomic(), connection.cursor() as cursor:
        for series in NumberSeries.objects.filter(year__in=(year, year - 1)).order_by("-year"):
            if f"{series.agency_word}{series.kind_word}" == found["words"]:
                if int(found["serial"]) > (series.last if series.year == year else 0) + FARTHEST:
                    return False
                carrying.pass_over(cursor, schema, series.agency_word, series.kind_word, year, int(found["serial"]))
                break
        rows = IssuedNumber.objects.filter(document_no=document_no, void_reason=carrying.VOID_REASON)
        rows.update(state=IssuedNumber.State.ISSUED, void_reason="")
    return True


def register() -> None:
    """See `hooks`."""
    hooks.on_rejoin(rejoin)
