"""How long: pauses, and the thirty days more that a head may grant."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move, refusal
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_term as term
from tenants.inspections.models import (
    Seizure,
    SeizureDecision,
    SeizureExtension,
    SeizurePause,
)
from tenants.inspections.seizure_services.deciding import give_decision
from tenants.inspections.seizure_services.keeping import held
from tenants.inspections.seizure_services.steps import announce, need, tell_heads, tell_officers

State = Seizure.State


@transaction.atomic
def pause(*, by: User, seizure_id: UUID, kind: str, institution: str, told_at: datetime, until: date) -> SeizurePause:
    """A technical appraisal begins; its time does not count, and the party was told of its term in writing.

    A right holder's identification is none of these and does not stop the term.
    """
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    held(seizure)
    if kind not in SeizurePause.Kind.values:
        raise BadInput(_("只有检测、检验、检疫和技术鉴定不计入期限；权利人的辨认不中止期限。"), code="pause_kind_wrong")
    need(institution, _("请填写检测或鉴定机构。"), "institution_missing")
    standing = term.standing_of(seizure)
    if standing is not None and standing.unlawful:
        raise Conflict(_("期限已满，不能再中止。请立即解除。"), code="term_over")
    if seizure.pauses.filter(end=None).exists():
        raise Conflict(_("已有一项鉴定在进行。请先结束它。"), code="pause_open")
    row = SeizurePause.objects.create(
        seizure=seizure, kind=kind, institution=institution.strip(), told_at=told_at, until=until, by=by
    )
    trail.record(seizure, "pause", by=by, data={"kind": kind, "until": until.isoformat()})
    announce(seizure)
    return row


@transaction.atomic
def resume(*, by: User, seizure_id: UUID) -> SeizurePause:
    """The appraisal is over; the term runs on."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    row = seizure.pauses.filter(end=None).first()
    if row is None:
        raise Conflict(_("现在没有进行中的鉴定。"), code="no_pause")
    row.end = clock.now()
    row.save(update_fields=["end"])
    trail.record(seizure, "resume", by=by)
    announce(seizure)
    return row


@transaction.atomic
def ask_extension(*, by: User, seizure_id: UUID, days: int, reason: str) -> SeizureExtension:
    """Ask in writing for up to 30 more days; before the term is over, once."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    if seizure.state != State.IN_FORCE:
        raise refusal(seizure, "release")
    _term_runs(seizure)
    if not 1 <= days <= term.LONGEST_EXTENSION_DAYS:
        raise BadInput(_("最多延长 30 天。请填 1 至 30。"), code="days_wrong")
    need(reason, _("请写明延长的理由：情况怎样复杂。"), "reason_missing")
    try:
        with transaction.atomic():
            row = SeizureExtension.objects.create(seizure=seizure, days=days, reason=reason.strip(), asked_by=by)
    except IntegrityError as error:
        raise Conflict(_("已经申请或批准过延长，只能延长一次。"), code="extended_already") from error
    trail.record(seizure, "ask_extension", by=by, why=reason.strip(), data={"days": days})
    tell_heads(seizure, "seizure_proposed", _("有一件查封扣押延期等您审批"))
    announce(seizure)
    return row


@transaction.atomic
def decide_extension(*, by: User, seizure_id: UUID, approve: bool, reason: str = "") -> SeizureExtension:
    """The head decides on the extension asked for. Too late is too late: an expired term is not brought back."""
    seizure = selectors.access_seizure(by, seizure_id, lock="head")
    row = seizure.extensions.select_for_update().filter(state=SeizureExtension.State.ASKED).first()
    if row is None:
        raise Conflict(_("没有等待审批的延期申请。"), code="no_extension_asked")
    if row.asked_by_id == by.pk:
        raise NotAllowed(_("报批人不能自己批准。请由另一位负责人审批。"), code="not_your_own")
    if approve:
        _term_runs(seizure)
    else:
        need(reason, _("不批准要写明理由。"), "reason_missing")
    move(
        row,
        "approve" if approve else "refuse",
        by=by,
        why=reason.strip(),
        decided_by=by,
        decided_at=clock.now(),
        answer=(reason.strip() or "同意。")[:500],
    )
    if approve:
        give_decision(seizure, SeizureDecision.Kind.EXTEND, by=by, reason=row.reason, days=row.days)
    tell_officers(seizure, "seizure_decided", _("查封扣押延期已审批"))
    announce(seizure)
    return row


def _term_runs(seizure: Seizure) -> None:
    standing = term.standing_of(seizure)
    if standing is None or standing.unlawful:
        raise Conflict(_("期限已满，不能再延长。请立即解除。"), code="term_over")
