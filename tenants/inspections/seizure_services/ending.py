"""How it ends, and what is alarmed before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, NotAllowed
from notify.services import tell
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_term as term
from tenants.inspections.models import (
    PropertyListRow,
    Seizure,
    SeizureAlarm,
    SeizureDecision,
)
from tenants.inspections.seizure_services.deciding import give_decision
from tenants.inspections.seizure_services.steps import announce, need, officer_ids, tell_officers, url

State = Seizure.State


@transaction.atomic
def release(*, by: User, seizure_id: UUID, kind: str, reason: str, returned_to: str) -> Seizure:
    """Give the goods back: decided by the head; by an officer alone where the law leaves no choice.

    That is when the term is over, or when the head did not approve what had been carried out.
    """
    seizure = selectors.access_seizure(by, seizure_id)
    standing = term.standing_of(seizure)
    forced = seizure.state == State.MUST_RELEASE or bool(standing and standing.unlawful)
    seizure = selectors.access_seizure(by, seizure_id, lock="" if selectors.heads(by, seizure.unit_id) else "officer")
    if not forced and not selectors.heads(by, seizure.unit_id):
        raise NotAllowed(_("解除要由负责人决定。请报请负责人解除。"), code="head_only")
    if kind not in Seizure.Release.values:
        raise BadInput(_("请选择解除的情形。"), code="release_kind_wrong")
    need(reason, _("请写明解除的理由。"), "reason_missing")
    need(returned_to, _("请填写财物退还给谁。"), "returned_to_missing")
    now = clock.now()
    move(
        seizure,
        "release",
        by=by,
        why=reason.strip(),
        released_at=now,
        release_kind=kind,
        release_reason=reason.strip(),
        returned_to=returned_to.strip(),
    )
    for row in seizure.property_list.rows.filter(state=PropertyListRow.State.SEIZED):
        move(row, "return", by=by)
    for open_pause in seizure.pauses.filter(end=None):
        open_pause.end = now
        open_pause.save(update_fields=["end"])
    give_decision(seizure, SeizureDecision.Kind.RELEASE, by=by, reason=reason.strip())
    tell_officers(seizure, "seizure_decided", _("查封扣押已解除"))
    announce(seizure)
    return seizure


def raise_alarms(*, now: datetime | None = None) -> int:
    """Tell officers and heads of terms that end within five days or are over, and of reports that are late.

    Once a day for each seizure and kind; safe to run often. Returns how many alarms were raised.
    """
    now = now or clock.now()
    raised = 0
    for seizure in selectors.open_seizures():
        standing, urgent = term.standing_of(seizure, now=now), term.report_of(seizure, now=now)
        if urgent is not None and urgent.late and urgent.reported_at is None:
            raised += _alarm(seizure, SeizureAlarm.Kind.REPORT_LATE, now, urgent.words)
        if standing is not None and standing.unlawful:
            raised += _alarm(seizure, SeizureAlarm.Kind.OVER, now, standing.words)
        elif standing is not None and standing.alarming:
            raised += _alarm(seizure, SeizureAlarm.Kind.ENDING, now, standing.words)
    return raised


@transaction.atomic
def _alarm(seizure: Seizure, kind: str, now: datetime, words: str) -> int:
    _row, new = SeizureAlarm.objects.get_or_create(seizure=seizure, kind=kind, day=clock.local_date(now))
    if new:
        title = {
            SeizureAlarm.Kind.ENDING: _("查封扣押即将期满"),
            SeizureAlarm.Kind.OVER: _("查封扣押已超期，应当立即解除"),
            SeizureAlarm.Kind.REPORT_LATE: _("当场查封扣押超过 24 小时没有补报"),
        }[SeizureAlarm.Kind(kind)]
        people = [*officer_ids(seizure), *(head.pk for head in selectors.heads_of(seizure.unit))]
        tell(
            to=people,
            code="seizure_alarm",
            title=title,
            body=words,
            url=url(seizure),
            urgent=kind == SeizureAlarm.Kind.OVER,
        )
        announce(seizure)
    return int(new)
