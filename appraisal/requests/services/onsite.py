"""Help on the spot: asked for, agreed, declined, finished."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.requests import selectors
from appraisal.requests.models import Appointment, AppraisalRequest, Line
from appraisal.requests.services.steps import to_brand, write_line
from audit.move import move
from federation.contracts.appraisal import OnsiteV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7


@transaction.atomic
def ask_onsite(
    *,
    by: User,
    request_id: UUID,
    meet_at: datetime | None,
    contact: str,
    note: str = "",
    appointment_id: UUID | None = None,
) -> Appointment:
    """Ask the brand to come to the place. appointment_id makes it once."""
    request = selectors.access_request(by, request_id, lock=True)
    if appointment_id and (known := request.appointments.filter(pk=appointment_id).first()):
        return known
    if request.sent_at is None or request.organisation_id is None:
        raise Conflict(_("申请发出后才能约现场协助。"), code="not_sent")
    if meet_at is not None and meet_at <= clock.now():
        raise BadInput(_("约定时间要晚于现在。"), code="meet_at_past")
    appointment = Appointment.objects.create(
        pk=appointment_id or uuid7(),
        request=request,
        state=Appointment.Step.ASKED,
        meet_at=meet_at,
        contact=contact,
        note=note,
    )
    _tell_onsite(request, appointment, "asked", by)
    return appointment


@transaction.atomic
def answer_onsite(*, by: User, appointment_id: UUID, verb: str, note: str = "") -> Appointment:
    """Agree to, decline or finish an appointment. verb: agree, decline, finish."""
    found = Appointment.objects.filter(pk=appointment_id).first()
    request = selectors.access_request(by, found.request_id if found else appointment_id, lock=True)
    appointment = request.appointments.select_for_update().get(pk=appointment_id)
    move(appointment, verb, by=by, why=note)
    _tell_onsite(request, appointment, appointment.state, by)
    return appointment


def _tell_onsite(request: AppraisalRequest, appointment: Appointment, step: str, by: User) -> None:
    now = clock.now()
    write_line(
        request,
        Line.Kind.ONSITE,
        Line.Side.BUREAU,
        by.display_name,
        at=now,
        text=appointment.note,
        data={"step": step, "meet_at": appointment.meet_at.isoformat() if appointment.meet_at else None},
    )
    to_brand(
        request,
        OnsiteV1(
            request_id=request.pk,
            appointment_id=appointment.pk,
            step=step,  # type: ignore[arg-type]
            meet_at=appointment.meet_at,
            who=by.display_name,
            contact=appointment.contact,
            note=appointment.note,
            at=now,
        ),
        by,
    )
