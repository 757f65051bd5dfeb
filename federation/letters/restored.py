"""Letters of a party that was restored from a backup: nothing is sent twice, nothing that is missing is hidden.

The letters themselves lie in `public` and did not go back. What the party had received since the backup is delivered to
it once more, by the same receivers, each in the place that it has in its matter. What it had written since is listed,
and taken up again when the party comes to the same step: it gets the letter that it wrote then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backups import hooks
from backups.hooks import Return
from federation.contracts.addresses import Address
from federation.contracts.messages import Message
from federation.letters.errors import SentBeforeRestore
from federation.letters.models import ArrivedSince, Delivery, Letter, SentSince
from kernel import clock
from kernel.errors import NotFound404
from provinces.context import required
from provinces.hosts import DIRECTORY

ANSWERED_WITHIN = timedelta(minutes=2)
"""What a receiver writes, it writes in the transaction of the arrival: just before the letter is signed for."""
LISTED = 500


@dataclass(frozen=True, slots=True)
class _Again:
    letter_id: UUID
    delivered_at: datetime


_again: ContextVar[_Again | None] = ContextVar("letters_again", default=None)
_none_of: dict[tuple[str, str], int] = {}
"""(table, seat) to the version of the directory at which there was nothing: a restoration counts that up."""


def _is_nothing(model: type[SentSince] | type[ArrivedSince], seat: str, **still_open: None) -> bool:
    """Whether a seat has no row at all, as nearly every seat: then nobody looks again until the directory changes."""
    key, version = (model.__name__, seat), DIRECTORY.version()
    if _none_of.get(key) == version:
        return True
    if model.objects.filter(seat=seat, **still_open).exists():
        return False
    _none_of[key] = version
    return True


# At the swap ----------------------------------------------------------------------------------------------------------

_ARRIVED = """
    WITH lost AS (
        SELECT d.id, d.delivered_at FROM public.letters_delivery d
        LEFT JOIN back_letters_delivery b ON b.id = d.id
        WHERE d.addressee_seat = %(seat)s AND d.delivered_at IS NOT NULL AND b.delivered_at IS NULL
    ), noted AS (
        INSERT INTO public.letters_arrivedsince (delivery_id, seat, restoration_id, delivered_at)
        SELECT id, %(seat)s, %(restoration)s, delivered_at FROM lost
        ON CONFLICT (delivery_id) DO UPDATE SET again_at = NULL, restoration_id = excluded.restoration_id
    )
    UPDATE public.letters_delivery d SET state = 'waiting', delivered_at = NULL, received_digest = '', tries = 0,
        dead_at = NULL, failure_code = '', next_try_at = %(now)s
    FROM lost WHERE lost.id = d.id
"""
_SENT = """
    INSERT INTO public.letters_sentsince (letter_id, seat, restoration_id, thread, kind)
    SELECT l.id, %(seat)s, %(restoration)s, l.thread, l.kind FROM public.letters_letter l
    LEFT JOIN back_letters_letter b ON b.id = l.id
    WHERE l.sender_seat = %(seat)s AND b.id IS NULL
    ON CONFLICT (letter_id) DO UPDATE SET adopted_at = NULL, restoration_id = excluded.restoration_id
"""
_STILL_TO_COME = """
    UPDATE public.letters_arrivedsince SET restoration_id = %(restoration)s WHERE seat = %(seat)s AND again_at IS NULL
"""


def forget_signatures(back: Return, cursor: Any) -> None:
    """What the restored rows know nothing of is not signed for: it waits again."""
    values = {"seat": back.code, "restoration": str(back.restoration_id), "now": clock.now()}
    cursor.execute(_ARRIVED, values)
    back.found["letters_delivered_again"] = cursor.rowcount
    cursor.execute(_SENT, values)
    cursor.execute(_STILL_TO_COME, values)  # of a restoration that was killed after its swap


# In the seat of the restored party ------------------------------------------------------------------------------------


def list_for_people(back: Return) -> None:
    """What others have from us and we do not remember; what is on its way to us once more."""
    sent = SentSince.objects.filter(seat=back.code, restoration_id=back.restoration_id).select_related("letter")
    back.found["letters_sent_since"] = [_as_listed(row.letter) for row in sent.order_by("letter_id")[:LISTED]]
    back.found["letters_sent_since_count"] = sent.count()
    arrived = ArrivedSince.objects.filter(seat=back.code, restoration_id=back.restoration_id)
    found = [row.delivery.letter for row in arrived.select_related("delivery__letter").order_by("pk")[:LISTED]]
    back.found["letters_arrived_since"] = [_as_listed(letter) for letter in found]


def _as_listed(letter: Letter) -> dict[str, Any]:
    to = Delivery.objects.filter(letter_id=letter.pk).order_by("addressee").values_list("addressee", flat=True)
    return {
        "letter_id": str(letter.pk),
        "thread": str(letter.thread),
        "kind": letter.kind,
        "document_no": letter.document_no,
        "sender": letter.sender,
        "to": list(to),
        "written_at": letter.written_at.isoformat(),
    }


def release(letter_id: UUID) -> None:
    """A person has looked: another letter like this one may be written. Raises NotFound404."""
    rows = SentSince.objects.filter(pk=letter_id, seat=required().name, adopted_at=None)
    if not rows.update(adopted_at=clock.now()):
        raise NotFound404(letter_id=letter_id)


def open_ones() -> list[SentSince]:
    """Of this seat: letters that it wrote, forgot, and has not taken up again."""
    rows = SentSince.objects.filter(seat=required().name, adopted_at=None)
    return list(rows.select_related("letter").order_by("letter_id"))


# When it writes -------------------------------------------------------------------------------------------------------


def sent_already(message: Message, letter: Letter, named: Sequence[Address]) -> Letter | None:
    """The letter that this party wrote at this step before it was restored; None, as nearly always, where it did not.

    Raises SentBeforeRestore for a numbered letter, or one that asks for something, where it now says something else:
    a person has to look.
    """
    seat = letter.sender_seat
    if _is_nothing(SentSince, seat, adopted_at=None):
        return None
    rows = Letter.objects.filter(
        sent_since__seat=seat, sent_since__adopted_at=None, sender=letter.sender, thread=letter.thread, kind=letter.kind
    )
    to = sorted(map(str, named))
    for sent in rows.order_by("id"):
        if to != sorted(Delivery.objects.filter(letter_id=sent.pk).values_list("addressee", flat=True)):
            continue
        if not message.numbered and (_says_the_same(sent, letter) or _was_written_on_arrival(sent, letter)):
            SentSince.objects.filter(pk=sent.pk).update(adopted_at=clock.now())
            return sent
        if message.numbered or message.due is not None:
            raise SentBeforeRestore(
                letter_id=sent.pk, document_no=sent.document_no, written_at=clock.local_date(sent.written_at)
            )
    return None


def _says_the_same(sent: Letter, letter: Letter) -> bool:
    return (sent.body_sha256, sent.version) == (letter.body_sha256, letter.version)


def _was_written_on_arrival(sent: Letter, letter: Letter) -> bool:
    """Whether the receiver that runs once more wrote it, when it ran for the first time."""
    again = _again.get()
    if again is None:
        return False
    if sent.in_reply_to is not None and sent.in_reply_to == again.letter_id:
        return True
    return again.delivered_at - ANSWERED_WITHIN <= sent.written_at <= again.delivered_at


# When it receives -----------------------------------------------------------------------------------------------------


@contextmanager
def once_more(delivery_id: UUID, letter_id: UUID) -> Iterator[bool]:
    """Whether this letter had arrived before the restoration; then what its receiver writes is not written twice."""
    seat = required().name
    row = None
    if not _is_nothing(ArrivedSince, seat, again_at=None):
        row = ArrivedSince.objects.filter(pk=delivery_id, seat=seat, again_at=None).first()
    when = row.delivered_at if row else _answered_at(seat, letter_id)
    if when is None:
        yield False
        return
    token = _again.set(_Again(letter_id, when))
    try:
        yield True
    finally:
        _again.reset(token)


def _answered_at(seat: str, letter_id: UUID) -> datetime | None:
    """When this seat wrote an answer that it has forgotten; others gave it back before the letter itself came again."""
    if _is_nothing(SentSince, seat, adopted_at=None):
        return None
    answers = Letter.objects.filter(sent_since__seat=seat, sent_since__adopted_at=None, in_reply_to=letter_id)
    return answers.order_by("id").values_list("written_at", flat=True).first()


def arrived(delivery_id: UUID) -> None:
    """It has arrived once more. In the transaction of its receipt."""
    ArrivedSince.objects.filter(pk=delivery_id).update(again_at=clock.now())


def register() -> None:
    """Letters of a province go with its backup, so that they can be compared; and are, when it comes back."""
    own = "'{code}' = ANY (seats)"
    hooks.goes_along("letters.Letter", own)
    hooks.goes_along("letters.LetterBody", own)
    hooks.goes_along("letters.Delivery", "sender_seat = '{code}' OR addressee_seat = '{code}'")
    hooks.goes_along("letters.LedgerEntry", "party_seat = '{code}'")
    hooks.at_swap(forget_signatures)
    hooks.on_return(list_for_people)
