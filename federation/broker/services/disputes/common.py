"""What all steps of a dispute share: its id, clock, sides and words, as rows and in letters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from audit.trail import Person
from federation.broker.models import Dispute, DisputeWord
from federation.contracts.addresses import Address
from federation.contracts.broker import (
    DisputeNoticeV1,
    DisputeOpenedV1,
    SideV1,
    WordV1,
)
from federation.letters import receipts
from federation.letters.models import Letter
from federation.letters.post import post
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7

_NAMESPACE = UUID("0192f4c0-5a60-7000-8000-646973707574")


def id_of(matter_id: UUID, one: str, other: str) -> UUID:
    """The id of the dispute of two provinces over one matter: both reach the same, whoever opens it."""
    first, second = sorted((one, other))
    return uuid5(_NAMESPACE, f"{matter_id} {first} {second}")


def matter_of(letter_id: UUID | None, subject_id: UUID | None) -> UUID:
    """The matter a letter belongs to: its thread, which both sides know; without one the letter or record itself."""
    if letter_id is not None:
        thread = Letter.objects.filter(pk=letter_id).values_list("thread", flat=True).first()
        return thread or letter_id
    return subject_id or uuid7()


def there(dispute_id: UUID) -> Dispute:
    """The row a letter speaks of. Raises NotFound404: its opening may still be on the way, then it is tried again."""
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=dispute_id).first()
    if row is None:
        raise NotFound404(dispute_id=dispute_id)
    return row


def side(row: Dispute, province: str) -> SideV1:
    """What a side tells of itself."""
    place = row.side_of(province)
    return SideV1(
        province=province,
        filed_at=getattr(row, f"{place}_filed_at"),
        filed_no=getattr(row, f"{place}_filed_no"),
    )


def take_side(row: Dispute, told: SideV1) -> None:
    """Keep what a side told of itself: since when it is filed there, and as what."""
    place = row.side_of(told.province)
    if not place or (told.filed_at is None and not told.filed_no):
        return
    fields = {f"{place}_filed_at": told.filed_at, f"{place}_filed_no": told.filed_no}
    Dispute.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


def put_down(
    row: Dispute, province: str, kind: str, text: str, by: Person, *, names: str = "", answers: UUID | None = None,
    at: datetime | None = None,
) -> DisputeWord:  # fmt: skip
    """A word of ours, as a row."""
    return DisputeWord.objects.create(
        dispute=row, province=province, kind=kind, text=text.strip()[:4000], names=names, answers=answers,
        by_name=by.display_name[:60], at=at or clock.now(),
    )  # fmt: skip


def keep(row: Dispute, province: str, word: WordV1) -> bool:
    """Keep what a side said; twice is once."""
    _row, made = DisputeWord.objects.get_or_create(
        pk=word.word_id,
        defaults={
            "dispute": row,
            "province": province,
            "kind": word.kind,
            "text": word.text,
            "names": word.names,
            "answers": word.answers,
            "by_name": word.by_name,
            "at": word.at,
        },
    )
    return made


def told_as(word: DisputeWord) -> WordV1:
    """A word as letters carry it."""
    return WordV1(
        word_id=word.pk, kind=word.kind, text=word.text, names=word.names, answers=word.answers, by_name=word.by_name,
        at=word.at,
    )  # fmt: skip


def stop_clock(row: Dispute) -> None:
    """The days to negotiate are over with the negotiation, however it ended."""
    receipts.over(row.pk, DisputeOpenedV1.kind)


def notify_office(row: Dispute, by: Person) -> None:
    """The office learns that there is a dispute and how far it is."""
    post(
        DisputeNoticeV1(
            dispute_id=row.pk, letter_id=row.letter_id, matter_kind=row.matter_kind, first=row.first, second=row.second,
            state=row.state, opened_at=row.opened_at, due_at=row.due_at, designated=row.designated or row.agreed_on,
            document_no=row.decision_no, at=clock.now(),
        ),
        Address.office(), thread=row.pk, by=by,
    )  # fmt: skip
