"""Write a letter; say who takes which kind.

post(CommissionV1(...), to=Address.organisation(id), thread=request.pk, by=officer)

@receives(CommissionV1)
def on_commission(message: CommissionV1, envelope: Envelope) -> None: ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from federation.contracts.addresses import Address, Kind
from federation.contracts.messages import Attachment, Message
from federation.letters import addressees, restored
from federation.letters.errors import (
    AddresseeIsSender,
    AddresseeMissing,
    AttachmentMissing,
    AttachmentNotYours,
    DocumentNoWrong,
    Misused,
    SenderRefused,
)
from federation.letters.models import Delivery, Letter, LetterBody
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex, sm3_hex
from kernel.ids import uuid7
from kernel.locks import lock
from provinces.context import required
from watching import metrics, tracing

M = TypeVar("M", bound=Message)
Receiver = Callable[[Any, "Envelope"], None]

RECEIVERS: dict[tuple[type[Message], Kind], Receiver] = {}
REGISTERS: set[tuple[type[Message], Kind]] = set()
"""What an addressee only takes note of: nobody there owes an answer, so the receipt says at once that there is none."""


class Actor(Protocol):
    """Whoever writes: a user, or `audit.trail.Actor`."""

    @property
    def pk(self) -> Any: ...

    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on a letter that arrives. The attachments' object keys are already the addressee's own."""

    letter_id: UUID
    kind: str
    version: int
    sender: Address
    addressee: Address
    thread: UUID
    in_reply_to: UUID | None
    sequence: int
    written_at: datetime
    document_no: str
    attachments: tuple[Attachment, ...]
    due_at: datetime | None = None
    by_name: str = ""
    purpose: str = ""
    handling: str = "internal"
    expires_at: datetime | None = None

    def attachment(self, sha256: str) -> Attachment:
        """The file with that digest. Raises AttachmentMissing when the manifest has none."""
        for file in self.attachments:
            if file.sha256 == sha256:
                return file
        raise AttachmentMissing(what=sha256)


def receives(
    message: type[M], *, at: Kind | None = None, registers: bool = False
) -> Callable[[Callable[[M, Envelope], None]], Any]:
    """Register the function that takes arriving letters of one kind, for one kind of addressee.

    It runs in the addressee's seat, in the transaction that writes the receipt, once for each letter; what it raises
    rolls both back and is tried again. at: by default "province" for an app that lives in provinces' schemas only,
    "office" for one under `federation`, "organisation" for other shared ones. registers: this addressee only takes note
    of a kind that others have to answer; its clock does not run. Raises ValueError for a second receiver.
    """

    def register(function: Callable[[M, Envelope], None]) -> Callable[[M, Envelope], None]:
        key = (message, at or _side_of(function.__module__))
        held = RECEIVERS.get(key)
        if held is not None and held is not function:
            raise ValueError(f"{message.__name__} at {key[1]} is taken by {held.__module__}.{held.__name__} already")
        RECEIVERS[key] = function
        if registers:
            REGISTERS.add(key)
        return function

    return register


def _side_of(module: str) -> Kind:
    app = apps.get_containing_app_config(module)
    if app is None:
        raise ValueError(f"{module} is in no installed app: say at=…")
    if app.name not in settings.SHARED_APPS:
        return "province"
    return "office" if app.name.startswith("federation.") else "organisation"


def post(
    message: Message,
    to: Address | Sequence[Address],
    *,
    thread: UUID,
    by: Actor,
    sender: Address | None = None,
    in_reply_to: UUID | None = None,
    attachments: Sequence[Attachment] = (),
    document_no: str = "",
    due_at: datetime | None = None,
    purpose: str = "",
    handling: str = "internal",
    expires_at: datetime | None = None,
) -> Letter:
    """Write a letter in the caller's transaction, as the sender; it leaves when that commits.

    to: one or several parties; each gets a delivery of its own. thread: id of the matter; letters of one matter from
    one sender reach an addressee in the order they were written. sender: needed in the brands' seat (which
    organisation); elsewhere the seat's own party, any other is refused. attachments: the message names them by their
    sha256. due_at: instead of the kind's own term. in_reply_to: by default, for a kind that `settles` others, the last
    of those that the sender got in this matter.
    Raises Misused outside a transaction; AddresseeMissing, AddresseeUnknown, AddresseeSuspended, AddresseeIsSender,
    SenderRefused, DocumentNoWrong, AttachmentNotYours, writing nothing. A party that was restored from a backup writes
    nothing twice: it gets the letter that it wrote before, or SentBeforeRestore.
    """
    prepared = _prepare(
        message, to, thread=thread, by=by, sender=sender, in_reply_to=in_reply_to, attachments=attachments,
        document_no=document_no, due_at=due_at, purpose=purpose, handling=handling, expires_at=expires_at,
    )  # fmt: skip
    sent = restored.sent_already(message, prepared.letter, prepared.named)
    if sent is not None:
        return sent
    with tracing.span(
        "letter.write",
        parent=_trace_of(thread),
        kind="producer",
        linked=True,
        kind_of_letter=message.kind,
        letter=prepared.letter.pk,
        province=prepared.letter.sender_seat,
    ):
        _write(prepared)
    metrics.LETTERS.labels(prepared.letter.sender_seat, "written").inc(len(prepared.named))
    _stop_clocks([(message, prepared)])
    _send_off(prepared.named)
    return prepared.letter


@dataclass(frozen=True, slots=True)
class _Prepared:
    letter: Letter
    text: LetterBody
    named: tuple[Address, ...]
    due: datetime | None
    provisional: bool


def post_each(letters: Sequence[Mapping[str, Any]]) -> list[Letter]:
    """Write many letters of as many matters at once, in a handful of statements: all, or none.

    letters: the arguments of `post` for each, by name. No two may be of one matter: their order would not be said.
    Raises what `post` raises; ValueError for two of one matter.
    """
    addressees.look_up(
        address for each in letters for address in ([each["to"]] if isinstance(each["to"], Address) else each["to"])
    )
    prepared = [_prepare(**each) for each in letters]
    threads = {each.letter.thread for each in prepared}
    if len(threads) != len(prepared):
        raise ValueError("two letters of one matter: post them one after the other")
    sent = [
        restored.sent_already(each["message"], made.letter, made.named)
        for each, made in zip(letters, prepared, strict=True)
    ]
    done = [before or made.letter for before, made in zip(sent, prepared, strict=True)]
    letters = [each for each, before in zip(letters, sent, strict=True) if before is None]
    prepared = [made for made, before in zip(prepared, sent, strict=True) if before is None]
    lock(*(_lock_name(each.letter) for each in prepared))
    with connection.cursor() as cursor:
        Letter.objects.bulk_create([each.letter for each in prepared])
        LetterBody.objects.bulk_create([each.text for each in prepared])
        _insert_deliveries(cursor, prepared)
    metrics.LETTERS.labels(required().name, "written").inc(sum(len(each.named) for each in prepared))
    _stop_clocks([(each["message"], made) for each, made in zip(letters, prepared, strict=True)])
    _send_off(tuple(address for each in prepared for address in each.named))
    return done


def _prepare(
    message: Message,
    to: Address | Sequence[Address],
    *,
    thread: UUID,
    by: Actor,
    sender: Address | None = None,
    in_reply_to: UUID | None = None,
    attachments: Sequence[Attachment] = (),
    document_no: str = "",
    due_at: datetime | None = None,
    purpose: str = "",
    handling: str = "internal",
    expires_at: datetime | None = None,
) -> _Prepared:
    if not connection.in_atomic_block:
        raise Misused("post() needs the transaction of the change that the letter tells of")
    author = _sender(sender)
    named = _addressees(to, author)
    if bool(document_no) != message.numbered:
        raise DocumentNoWrong(kind=message.kind)
    if message.settles and in_reply_to is None:
        in_reply_to = _last_asked(message, thread, author)
    files = tuple(dict.fromkeys(attachments))
    for file in files:
        if not file.object_key.startswith(own_prefix(author)):
            raise AttachmentNotYours(what=file.what)
    moment = clock.now()
    body, manifest = canonical_json(message.to_body()), canonical_json([file.model_dump() for file in files])
    seats = [author.seat.name, *dict.fromkeys(addressees.seat_name(address) for address in named)]
    letter = Letter(
        id=uuid7(),
        kind=message.kind,
        version=message.version,
        sender=str(author),
        sender_seat=author.seat.name,
        seats=seats,
        thread=thread,
        in_reply_to=in_reply_to,
        document_no=document_no,
        purpose=purpose,
        handling=handling,
        expires_at=expires_at,
        written_at=moment,
        body_sha256=sha256_hex(body),
        body_sm3=sm3_hex(body),
        manifest_sha256=sha256_hex(manifest),
        attachments=len(files),
        attachments_size_bytes=sum(file.size_bytes for file in files),
    )
    text = LetterBody(
        letter=letter,
        seats=seats,
        body=body.decode(),
        manifest=manifest.decode(),
        by_id=by.pk,
        by_name=by.display_name,
    )
    due, provisional = (due_at, False) if due_at is not None else _due(message, moment)
    return _Prepared(letter, text, named, due, provisional)


def _last_asked(message: Message, thread: UUID, author: Address) -> UUID | None:
    asked = Delivery.objects.filter(thread=thread, addressee=str(author), letter__kind__in=message.settles)
    return asked.exclude(delivered_at=None).order_by("-letter_id").values_list("letter_id", flat=True).first()


def own_prefix(party: Address) -> str:
    """What the keys of a party's objects begin with."""
    return f"org-{party.name}/" if party.kind == "organisation" else f"{party.seat.name}/"


def _sender(given: Address | None) -> Address:
    seat = required()
    if seat.kind == "brands":
        if given is None:
            raise Misused("at the brands host post() must be told which organisation writes")
        if given.kind != "organisation" or addressees.is_remote(given):
            raise SenderRefused(sender=str(given))
        return given
    if seat.kind not in ("province", "office"):
        raise SenderRefused(sender=str(seat))
    own = Address.office() if seat.kind == "office" else Address.province(seat.name)
    if (given is not None and given != own) or addressees.is_remote(own):
        raise SenderRefused(sender=str(given or own))
    return own


def _addressees(to: Address | Sequence[Address], author: Address) -> tuple[Address, ...]:
    named = tuple(dict.fromkeys((to,) if isinstance(to, Address) else to))
    if not named:
        raise AddresseeMissing()
    for address in named:
        if address == author:
            raise AddresseeIsSender(addressee=str(address))
        refused = addressees.refusal(address, author)
        if refused is not None:
            raise refused
    return named


def _due(message: Message, moment: datetime) -> tuple[datetime | None, bool]:
    if message.due is None:
        return None, False
    amount, unit = message.due
    due = clock.due_at(moment, clock.Term(amount, clock.Unit(unit)))
    return due.at, due.provisional


def _lock_name(letter: Letter) -> str:
    """Of the lock of one matter: the sequence that is read next must be what the last holder committed."""
    return f"letters {letter.sender_seat} {letter.thread}"


def _write(prepared: _Prepared) -> None:
    letter = prepared.letter
    lock(_lock_name(letter))
    with connection.cursor() as cursor:
        letter.save(force_insert=True)
        prepared.text.save(force_insert=True)
        _insert_deliveries(cursor, [prepared])


def _trace_of(thread: UUID) -> str:
    """The trace that the letters of a matter are steps of, as far as this seat wrote or got any; only while there are
    traces at all."""
    if not tracing.is_on():
        return ""
    of_matter = Delivery.objects.filter(thread=thread).exclude(traceparent="").order_by("id")
    return of_matter.values_list("traceparent", flat=True).first() or ""


def _insert_deliveries(cursor: Any, letters: Sequence[_Prepared]) -> None:
    trace = tracing.carried()
    rows = [
        (
            uuid7(),
            each.letter.pk,
            each.letter.thread,
            each.letter.sender,
            each.letter.sender_seat,
            str(address),
            addressees.seat_name(address),
            each.due,
            each.provisional,
            each.letter.written_at,
            trace,
        )
        for each in letters
        for address in each.named
    ]
    if not rows:  # nobody was named, or nothing was ready
        return
    cursor.execute(_INSERT_DELIVERIES, [list(column) for column in zip(*rows, strict=True)])


# No two rows of one call are of one matter to one addressee, so each finds its own last sequence.
_INSERT_DELIVERIES = """
    INSERT INTO letters_delivery (id, letter_id, thread, sender, sender_seat, addressee, addressee_seat, due_at,
        due_provisional, next_try_at, traceparent, sequence, state, tries, failure_code, return_reason, received_digest)
    SELECT n.id, n.letter_id, n.thread, n.sender, n.sender_seat, n.addressee, n.addressee_seat, n.due_at,
        n.due_provisional, n.moment, n.traceparent, coalesce((
            SELECT max(d.sequence) FROM letters_delivery d
            WHERE d.thread = n.thread AND d.sender = n.sender AND d.addressee = n.addressee
        ), 0) + 1, 'waiting', 0, '', '', ''
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
        %s::boolean[], %s::timestamptz[], %s::text[])
        AS n (id, letter_id, thread, sender, sender_seat, addressee, addressee_seat, due_at, due_provisional, moment,
            traceparent)
"""


def _stop_clocks(written: Sequence[tuple[Message, _Prepared]]) -> None:
    """Whoever answers a letter has answered it: its clock stops in the transaction of the answer."""
    for message, prepared in written:
        if message.settles and prepared.letter.in_reply_to is not None:
            with connection.cursor() as cursor:
                answered = (prepared.letter.in_reply_to, prepared.letter.sender, list(message.settles))
                cursor.execute(_STOP_CLOCK, [prepared.letter.written_at, *answered])


_STOP_CLOCK = """
    UPDATE letters_delivery d SET state = 'answered', answered_at = %s
    FROM letters_letter l
    WHERE d.letter_id = %s AND d.addressee = %s AND d.state IN ('delivered', 'opened', 'accepted')
        AND l.id = d.letter_id AND l.kind = ANY(%s)
"""
WAKES = 2
"""How many workers one transaction wakes for one party: what it writes to that party may be shared between them."""


def _send_off(named: tuple[Address, ...]) -> None:
    from federation.letters.tasks import wake  # tasks need delivery, delivery needs the receivers registered here

    for seat_name, count in Counter(addressees.seat_name(address) for address in named).items():
        standing = set(connection.savepoint_ids)
        # Those of a savepoint that may yet be rolled back by itself do not count.
        asked = sum(
            isinstance(entry[1], partial) and entry[1].func is wake and entry[1].args == (seat_name,)
            for entry in connection.run_on_commit
            if entry[0] <= standing
        )
        for number in range(asked, min(asked + count, WAKES)):
            transaction.on_commit(partial(wake, seat_name, last_first=number % 2 == 1))
