"""What bureaux ask outside any task: consultations and 执法协助."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.desk import selectors
from appraisal.desk.models import DeskAssistance, DeskConsultation, DeskConsultationLine
from appraisal.desk.selectors import Desk
from appraisal.desk.services.steps import party_of
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.appraisal import AssistanceReplyV1, ConsultationV1
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7
from notify import live


@transaction.atomic
def say_in_consultation(
    *, desk: Desk, consultation_id: UUID, text: str, line_id: UUID | None = None
) -> DeskConsultationLine:
    """Answer a consultation."""
    consultation: DeskConsultation = selectors.access_consultation(desk, consultation_id)
    if not text.strip():
        raise BadInput(_("请先写一句话。"), code="text_missing")
    now = clock.now()
    line, made = DeskConsultationLine.objects.get_or_create(
        pk=line_id or uuid7(),
        consultation=consultation,
        defaults={"side": "brand", "who": desk.person.display_name, "text": text.strip(), "at": now},
    )
    if made:
        consultation.last_at = now
        consultation.save(update_fields=["last_at"])
        post(
            ConsultationV1(
                consultation_id=consultation.consultation_id,
                line_id=line.pk,
                organisation_id=desk.organisation.pk,
                subject=consultation.subject,
                who=desk.person.display_name,
                text=line.text,
                at=now,
            ),
            to=Address.province(consultation.province_code),
            sender=Address.organisation(desk.organisation.pk),
            thread=consultation.consultation_id,
            by=desk.person,
        )
        live.publish([f"consultation:{consultation.pk}"], "line", {}, party=party_of(desk.organisation.pk))
    return line


@transaction.atomic
def answer_assistance(*, desk: Desk, assistance_id: UUID, verb: str, text: str = "") -> DeskAssistance:
    """Take on, decline (with the reason) or finish a 执法协助 task. verb: accept, decline, finish."""
    task = selectors.access_assistance(desk, assistance_id)
    if verb == "decline" and not text.strip():
        raise BadInput(_("请写明不能协助的原因。"), code="reason_missing")
    move(task, verb, by=desk.person, why=text, reply=text or task.reply)
    post(
        AssistanceReplyV1(
            task_id=task.task_id,
            step=task.state,  # type: ignore[arg-type]
            text=text,
            who=desk.person.display_name,
            at=clock.now(),
        ),
        to=Address.province(task.province_code),
        sender=Address.organisation(desk.organisation.pk),
        thread=task.task_id,
        by=desk.person,
        in_reply_to=task.letter_id,
    )
    return task
