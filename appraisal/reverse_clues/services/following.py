"""After it was sent: add to it, answer what a desk asks, take it back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.reverse_clues import selectors
from appraisal.reverse_clues.models import Addressee, Question, ReverseClue, Supplement
from appraisal.reverse_clues.services import steps
from audit import trail
from audit.move import move
from federation.contracts.clues import ClueReplyV1, ClueSupplementV1, ClueWithdrawnV1
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict


@transaction.atomic
def supplement(*, acting: ActingFor, clue_id: UUID, text: str = "") -> Supplement:
    """Send what was learned since, with the files and purchases that wait, to every bureau that has the clue.

    Raises BadInput (`supplement_empty`), Conflict (`clue_withdrawn`, `photo_not_ready`).
    """
    clue = steps.sent(acting, clue_id)
    files, purchases = steps.waiting_files(clue), steps.waiting_purchases(clue)
    text = text.strip()[:4000]
    if not (text or files or purchases):
        raise BadInput(_("请写补充内容，或先加照片、录像、购样。"), code="supplement_empty")
    provinces = steps.bureaux(clue)
    if not provinces:
        raise Conflict(_("这条线索已向所有机关撤回，不能再补充。"), code="clue_withdrawn")
    now, person = clock.now(), acting.person
    row = Supplement.objects.create(clue=clue, text=text, by_name=person.name, at=now)
    message = ClueSupplementV1(
        clue_id=clue.pk,
        supplement_id=row.pk,
        text=text,
        photos=steps.photos_said(files),
        recordings=steps.recordings_said(files),
        purchases=steps.purchases_said(purchases),
        who=person.name,
        at=now,
    )
    attachments = steps.manifest(files)
    for code in provinces:
        steps.to_province(clue, code, message, by=person, attachments=attachments)
    clue.files.filter(sent_at=None).update(sent_at=now, supplement=row)
    clue.purchases.filter(sent_at=None).update(sent_at=now, supplement=row)
    trail.record(clue, "supplement", by=person)
    steps.announce(clue)
    return row


@transaction.atomic
def answer(*, acting: ActingFor, question_id: UUID, text: str) -> Question:
    """Answer a desk's question; files that wait go along, to that bureau alone. Raises BadInput, MoveRefused."""
    steps.require_rights(acting)
    question = selectors.access_question(acting, question_id, lock=True)
    clue = steps.sent(acting, Addressee.objects.get(pk=question.addressee_id).clue_id)
    text = text.strip()[:4000]
    if not text:
        raise BadInput(_("请写答复。"), code="answer_missing")
    files = steps.waiting_files(clue)
    now, person = clock.now(), acting.person
    move(question, "answer", by=person, answer=text, answered_by_name=person.name, answered_at=now)
    steps.to_province(
        clue,
        question.addressee.province_code,
        ClueReplyV1(
            clue_id=clue.pk,
            question_id=question.question_id,
            text=text,
            photos=steps.photos_said(files),
            recordings=steps.recordings_said(files),
            who=person.name,
            at=now,
        ),
        by=person,
        attachments=steps.manifest(files),
        in_reply_to=question.letter_id,
    )
    clue.files.filter(sent_at=None).update(sent_at=now, question=question)
    steps.announce(clue)
    return question


@transaction.atomic
def withdraw(*, acting: ActingFor, clue_id: UUID, reason: str, addressee_id: UUID | None = None) -> ReverseClue:
    """Take the clue back from one bureau, or from all. Whether the bureau goes on is its own to decide by law.

    Raises BadInput (`reason_missing`), Conflict (`clue_withdrawn`).
    """
    clue = steps.sent(acting, clue_id)
    reason = reason.strip()[:1000]
    if not reason:
        raise BadInput(_("请写撤回的原因，机关会看到。"), code="reason_missing")
    rows = clue.addressees.select_for_update().filter(withdrawn_at=None).exclude(state=Addressee.State.ENDED)
    if addressee_id is not None:
        rows = rows.filter(pk=selectors.access_addressee(acting, addressee_id).pk)
    now, person = clock.now(), acting.person
    taken = list(rows)
    if not taken:
        raise Conflict(_("没有可以撤回的：已撤回，或机关已办结。"), code="clue_withdrawn")
    for row in taken:
        message = ClueWithdrawnV1(clue_id=clue.pk, reason=reason, who=person.name, at=now)
        steps.to_province(clue, row.province_code, message, by=person, in_reply_to=row.letter_id)
        row.withdrawn_at, row.withdrawn_why = now, reason
        row.save(update_fields=["withdrawn_at", "withdrawn_why"])
        trail.record(row, "withdraw", by=person, why=reason)
    steps.announce(clue)
    return clue
