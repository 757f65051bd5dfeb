"""Help on the spot: offered, agreed, declined, finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.desk import selectors
from appraisal.desk.models import DeskAppointment, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services.steps import to_province, write_line
from audit.move import move
from federation.contracts.appraisal import OnsiteV1
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import BadInput, NotFound404
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


@transaction.atomic
def arrive(*, desk: Desk, task_ids: Sequence[UUID]) -> list[DeskAppointment]:
    """This person stands on the premises where the goods of these tasks are. Told once for each task and person.

    Raises Uncovered with the one most useful reason when their authority covers none of the goods, NotFound404.
    """
    if not task_ids:
        raise NotFound404(_("这次检查没有问到贵企业，或二维码不完整。请执法人员重新出示。"), code="scene_empty")
    now = clock.now()
    arrived = []
    for task_id in task_ids:
        task = selectors.access_task(desk, task_id, lock=True)
        number = covering(desk, task, now)
        if known := task.appointments.filter(state="done", who=desk.person.display_name).first():
            arrived.append(known)
            continue
        appointment = DeskAppointment.objects.create(
            task=task,
            state="done",
            meet_at=now,
            who=desk.person.display_name,
            note=str(_("授权委托书 {number}")).format(number=number),
        )
        _tell_onsite(task, appointment, "done", desk.person)
        arrived.append(appointment)
    return arrived


def covering(desk: Desk, task: DeskTask, now: datetime) -> str:
    """The number of the authorisation by which this person may answer for at least one of the goods."""
    refused: Exception | None = None
    for item in task.items.all():
        try:
            held = parties.authority(
                desk.person,
                principal=desk.organisation,
                product=catalogue.product(item.product_id),
                province_code=task.province_code,
                at=now,
            )
        except parties.Uncovered as reason:
            refused = refused or reason
            continue
        return held.number
    raise refused or NotFound404()
