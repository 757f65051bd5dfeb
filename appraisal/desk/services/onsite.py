"""Help on the spot: offered, agreed, declined, finished."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.desk import selectors
from appraisal.desk.models import DeskAppointment, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services.steps import to_province, write_line
from audit.move import move
from federation.contracts.appraisal import OnsiteV1
from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7


@transaction.atomic
def offer_onsite(
    *,
    desk: Desk,
    task_id: UUID,
    meet_at: datetime | None,
    contact: str,
    note: str = "",
    appointment_id: UUID | None = None,
) -> DeskAppointment:
    """Offer to come to the place. appointment_id makes it once."""
    task = selectors.access_task(desk, task_id, lock=True)
    if appointment_id and (known := task.appointments.filter(pk=appointment_id).first()):
        return known
    if meet_at is not None and meet_at <= clock.now():
        raise BadInput(_("约定时间要晚于现在。"), code="meet_at_past")
    appointment = DeskAppointment.objects.create(
        pk=appointment_id or uuid7(),
        task=task,
        state="offered",
        meet_at=meet_at,
        who=desk.person.display_name,
        contact=contact,
        note=note,
    )
    _tell_onsite(task, appointment, "offered", desk.person)
    return appointment


@transaction.atomic
def answer_onsite(
    *, desk: Desk, appointment_id: UUID, verb: str, meet_at: datetime | None = None, contact: str = "", note: str = ""
) -> DeskAppointment:
    """Agree to (with a time), decline or finish an appointment. verb: agree, decline, finish."""
    found = selectors.access_appointment(desk, appointment_id)
    task = selectors.access_task(desk, found.task_id, lock=True)
    appointment = task.appointments.select_for_update().get(pk=appointment_id)
    when = meet_at or appointment.meet_at
    if verb == "agree" and when is None:
        raise BadInput(_("请先定一个到场时间。"), code="meet_at_missing")
    move(
        appointment,
        verb,
        by=desk.person,
        why=note,
        meet_at=when,
        who=desk.person.display_name,
        contact=contact or appointment.contact,
        note=note,
    )
    _tell_onsite(task, appointment, appointment.state, desk.person)
    return appointment


def _tell_onsite(task: DeskTask, appointment: DeskAppointment, step: str, by: User) -> None:
    now = clock.now()
    meet_at = appointment.meet_at.isoformat() if appointment.meet_at else None
    write_line(
        task, "onsite", "brand", by.display_name, at=now, text=appointment.note, data={"step": step, "meet_at": meet_at}
    )
    to_province(
        task,
        OnsiteV1(
            request_id=task.request_id,
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
