"""What is asked of a brand outside any request: consultations and 执法协助."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.requests import selectors
from appraisal.requests.models import AssistanceTask, Consultation, ConsultationLine, Line
from appraisal.requests.services.steps import county_of_place
from federation.contracts.addresses import Address
from federation.contracts.appraisal import AssistanceTaskV1, ConsultationV1
from federation.letters.post import post
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7
from notify import live


@transaction.atomic
def consult(
    *, by: User, organisation_id: UUID, subject: str, text: str, consultation_id: UUID | None = None
) -> Consultation:
    """Open a consultation with a brand and say the first line."""
    organisation = parties.access_organisation(organisation_id)
    if not subject.strip():
        raise BadInput(_("请写明咨询主题。"), code="subject_missing")
    consultation, made = Consultation.objects.get_or_create(
        pk=consultation_id or uuid7(),
        defaults={
            "unit": selectors.home_unit(by),
            "officer": by,
            "organisation_id": organisation.pk,
            "organisation_name": organisation.name,
            "subject": subject.strip(),
        },
    )
    if not made:
        return selectors.access_consultation(by, consultation.pk)
    say_in_consultation(by=by, consultation_id=consultation.pk, text=text)
    return consultation


@transaction.atomic
def say_in_consultation(*, by: User, consultation_id: UUID, text: str, line_id: UUID | None = None) -> ConsultationLine:
    """One more line of a consultation."""
    consultation = selectors.access_consultation(by, consultation_id)
    if not text.strip():
        raise BadInput(_("请先写一句话。"), code="text_missing")
    now = clock.now()
    line, made = ConsultationLine.objects.get_or_create(
        pk=line_id or uuid7(),
        consultation=consultation,
        defaults={"side": Line.Side.BUREAU, "who": by.display_name, "text": text.strip(), "at": now},
    )
    if made:
        consultation.last_at = now
        consultation.save(update_fields=["last_at"])
        post(
            ConsultationV1(
                consultation_id=consultation.pk,
                line_id=line.pk,
                organisation_id=consultation.organisation_id,
                subject=consultation.subject,
                unit_name=consultation.unit.name,
                who=by.display_name,
                text=line.text,
                at=now,
            ),
            to=Address.organisation(consultation.organisation_id),
            thread=consultation.pk,
            by=by,
        )
        live.publish([f"consultation:{consultation.pk}"], "line", {})
    return line


@transaction.atomic
def ask_assistance(
    *,
    by: User,
    organisation_id: UUID,
    subject: str,
    text: str,
    county_code: str,
    reply_by: datetime,
    task_id: UUID | None = None,
) -> AssistanceTask:
    """Ask an enterprise for help by a day (执法协助). task_id makes it once."""
    if task_id and (known := AssistanceTask.objects.filter(pk=task_id).first()):
        return selectors.access_assistance(by, known.pk)
    organisation = parties.access_organisation(organisation_id)
    now = clock.now()
    if reply_by <= now:
        raise BadInput(_("答复期限要晚于现在。"), code="reply_by_past")
    unit = selectors.home_unit(by)
    task = AssistanceTask.objects.create(
        pk=task_id or uuid7(),
        unit=unit,
        officer=by,
        organisation_id=organisation.pk,
        organisation_name=organisation.name,
        subject=subject,
        text=text,
        reply_by=reply_by,
    )
    post(
        AssistanceTaskV1(
            task_id=task.pk,
            organisation_id=organisation.pk,
            subject=subject,
            text=text,
            county_code=county_of_place(county_code),
            unit_name=unit.name,
            officer_name=by.name,
            reply_by=reply_by,
            at=now,
        ),
        to=Address.organisation(organisation.pk),
        thread=task.pk,
        by=by,
        due_at=reply_by,
    )
    return task
