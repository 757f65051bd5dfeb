"""部署, 零时, 标记, 检查, 结果, 结束: from the announcement to the last target's end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.ids import uuid7
from tenants.campaigns import figures, selectors, veil
from tenants.campaigns.errors import HourNotCome, TargetsOpen, TargetsWithoutHolder
from tenants.campaigns.models import JointAction, JointProvince, JointTarget, TargetMark
from tenants.campaigns.services import reporting, telling
from tenants.campaigns.services.planning import require_open, require_own
from tenants.campaigns.services.steps import MACHINE, changed_action
from tenants.clues.models import ClueMatter
from tenants.clues.selectors import works_for
from tenants.inspections import services as inspections
from tenants.inspections.models import Inspection

State = JointAction.State
Target = JointTarget.State
Mark = TargetMark.Kind
LATE_REPORTS = timedelta(days=30)
"""How long after the end of an action figures of its inspections are still taken up."""


@transaction.atomic
def announce(*, by: User, action_id: UUID) -> JointAction:
    """Everybody who goes is told; provinces are written to. Each target has a holder first.

    Raises TargetsWithoutHolder, BadInput `joint_no_targets`, `joint_hour_past`, `number_words_missing`.
    """
    action = selectors.access_action(by, action_id, to_plan=True)
    require_own(action)
    targets = list(action.targets.exclude(state=Target.DROPPED))
    if not targets:
        raise BadInput(_("还没有目标。请先列出目标再部署。"), code="joint_no_targets")
    nobodys = [target.number for target in targets if target.unit_id is None and not target.party]
    if nobodys:
        raise TargetsWithoutHolder(numbers=nobodys)
    if action.zero_hour <= clock.now():
        raise BadInput(_("零时要晚于现在。请改时间。"), code="joint_hour_past")
    action = move(action, "announce", by=by)
    telling.announced(action)
    telling.plan_changed(action, by)
    changed_action(action.pk)
    return action


@transaction.atomic
def move_hour(*, by: User, action_id: UUID, zero_hour: datetime, why: str = "") -> JointAction:
    """Another hour. Who said received must say it again; right holders and provinces hear it. Not once it has come."""
    action = selectors.access_action(by, action_id, to_plan=True)
    require_open(action)
    require_own(action)
    if veil.has_come(action):
        raise Conflict(_("零时已到，目标已经公开，不能再改时间。"), code="joint_hour_has_come")
    if zero_hour <= clock.now():
        raise BadInput(_("零时要晚于现在。请改时间。"), code="joint_hour_past")
    before = action.zero_hour
    if zero_hour == before:
        return action
    if action.state == State.DRAFT:
        action.zero_hour = zero_hour
        action.save(update_fields=["zero_hour"])
        trail.record(action, "move_hour", by=by, why=why)
    else:
        action = move(action, "move_hour", by=by, why=why, zero_hour=zero_hour, hour=action.hour + 1)
        telling.hour_moved(action, before)
        telling.plan_changed(action, by, why)
    telling.people_hear(action, by, meet_at=zero_hour)
    changed_action(action.pk)
    return action


@transaction.atomic
def call_off(*, by: User, action_id: UUID, why: str) -> JointAction:
    """Nobody goes. What was hidden stays hidden."""
    action = selectors.access_action(by, action_id)
    if not selectors.leads_action(by, action):
        raise NotAllowed()
    action = JointAction.objects.select_for_update(of=("self",)).select_related("lead_unit").get(pk=action.pk)
    require_own(action)
    if not why.strip():
        raise BadInput(_("请写明取消的原因。"), code="joint_why_missing")
    if veil.has_come(action):
        raise Conflict(_("零时已到，不能取消。请逐个目标写明结果后结束行动。"), code="joint_hour_has_come")
    told = action.state != State.DRAFT
    action = move(action, "call_off", by=by, why=why, closing_words=why.strip()[:2000], closed_at=clock.now())
    telling.called_off(action, told=told)
    telling.plan_changed(action, by, why)
    telling.people_hear(action, by, off=True)
    changed_action(action.pk)
    return action


# Marks ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def mark(
    *,
    by: User,
    target_id: UUID,
    kind: str,
    hour: int | None = None,
    at: datetime | None = None,
    note: str = "",
    mark_id: UUID | None = None,
) -> TargetMark:
    """已收到, 已到位 or 不能参加, by who goes there. mark_id, at: of the phone that may send it late; twice is once.

    hour: the setting of the zero hour that was on the screen: a mark for an earlier one is kept and does not count.
    """
    target = selectors.access_target(by, target_id)
    if mark_id is not None:
        known = TargetMark.objects.filter(pk=mark_id).first()
        if known is not None and known.target_id == target.pk:
            return known
    if not may_work(by, target):
        raise NotAllowed()
    if kind not in Mark.values:
        raise BadInput(_("请选择已收到、已到位或不能参加。"), code="joint_mark_unknown", mark=kind)
    if kind == Mark.UNABLE and not note.strip():
        raise BadInput(_("请写明不能参加的原因，策划人员要据此换人。"), code="joint_note_missing")
    if target.action.state in (State.DRAFT, State.CALLED_OFF):
        require_open(target.action)
    now = clock.now()
    row = TargetMark.objects.create(
        pk=mark_id or uuid7(),
        target=target,
        kind=kind,
        hour=min(hour or target.action.hour, target.action.hour),
        person=by,
        who=by.display_name,
        unit_name=by.unit.name if by.unit else "",
        note=note.strip()[:200],
        at=min(at or now, now),
        received_at=now,
    )
    if kind == Mark.UNABLE:
        telling.tell_planners(target.action, _("统一行动“{name}”有人不能参加：目标 {n}"), n=target.number)
    reporting.mark_out(target, row)
    changed_action(target.action_id)
    return row


def may_work(person: User, target: JointTarget) -> bool:
    """Those who go; where nobody is named, the officers of its unit and whoever heads it."""
    going = list(target.officers.all())
    if going:
        return any(each.person_id == person.pk for each in going) or (
            target.unit_id is not None and heads(person, target.unit_id)
        )
    return target.unit_id is not None and (works_for(person, target.unit_id) or heads(person, target.unit_id))


# At the hour ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, by: User, target_id: UUID, inspection_id: UUID | None = None) -> Inspection:
    """One tap at the target: the inspection is opened with the place filled in. Not before the hour; twice is once.

    Raises HourNotCome, NotAllowed, BadInput, and what `inspections.open_inspection` raises.
    """
    selectors.access_target(by, target_id)
    target = selectors.access_target(by, target_id, lock=True)
    action = target.action
    if not may_work(by, target) or not by.has_role("officer"):
        raise NotAllowed()
    require_open(action)
    if not veil.has_come(action):
        raise HourNotCome(code_name=action.code_name)
    if target.inspection is not None:
        return target.inspection
    county = target.division_code or (target.unit.division_code[:6] if target.unit else "")
    inspection = inspections.open_inspection(
        by=by,
        place=inspections.Place(county_code=county, place=target.address[:200]),
        inspection_id=inspection_id,
    )
    move(target, "start", by=by, inspection=inspection, began_at=clock.now())
    for each in target.clues.all():
        ClueMatter.objects.get_or_create(clue_id=each.clue_id, kind=ClueMatter.Kind.INSPECTION, record_id=inspection.pk)
    changed_action(action.pk)
    return inspection


@transaction.atomic
def end_target(*, by: User, target_id: UUID, outcome: str, words: str = "") -> JointTarget:
    """What came of it. Where nothing was done, the leading side says why, so that nothing stays open."""
    selectors.access_target(by, target_id)
    target = selectors.access_target(by, target_id, lock=True)
    action = target.action
    if action.state in (State.DRAFT, State.CALLED_OFF) or not veil.has_come(action):
        raise HourNotCome(code_name=action.code_name)
    if not (may_work(by, target) or selectors.leads_action(by, action)):
        raise NotAllowed()
    if outcome not in JointTarget.Outcome.values:
        raise BadInput(_("请从列表中选择结果。"), code="joint_outcome_unknown", outcome=outcome)
    if outcome != JointTarget.Outcome.FOUND and not words.strip():
        raise BadInput(_("请写明情况，例如大门紧锁、已搬走、未行动的原因。"), code="joint_words_missing")
    if outcome == JointTarget.Outcome.FOUND and target.inspection_id is None and not words.strip():
        raise BadInput(_("没有从这里开始检查的，请写明查获情况和检查编号。"), code="joint_words_missing")
    kept = figures.of_inspection(target.inspection) if target.inspection else figures.Figures.of_json(target.figures)
    target = move(
        target, "end", by=by, outcome=outcome, words=words.strip()[:1000], ended_at=clock.now(),
        ended_by_name=by.display_name, figures=kept.as_json(),
    )  # fmt: skip
    target.action = action
    reporting.result_out(target)
    changed_action(action.pk)
    return target


@transaction.atomic
def report_late(*, by: User, target_id: UUID, outcome: str, words: str) -> JointTarget:
    """补报: a result that came or changed after the target, or the whole action, had ended."""
    selectors.access_target(by, target_id)
    target = selectors.access_target(by, target_id, lock=True)
    action = target.action
    if not (may_work(by, target) or selectors.leads_action(by, action)):
        raise NotAllowed()
    if target.state != Target.ENDED:
        raise Conflict(_("目标还没有结束，请直接填写结果。"), code="joint_target_open")
    if outcome not in JointTarget.Outcome.values or not words.strip():
        raise BadInput(_("补报要选结果并写明情况。"), code="joint_words_missing")
    target.outcome, target.words = outcome, words.strip()[:1000]
    if target.inspection is not None:
        target.figures = figures.of_inspection(target.inspection).as_json()
    target.save(update_fields=["outcome", "words", "figures"])
    trail.record(target, "report_late", by=by, why=words)
    reporting.result_out(target)
    changed_action(action.pk)
    return target


@transaction.atomic
def drop_target(*, by: User, target_id: UUID, why: str) -> JointTarget:
    """A target is not gone to any more; the reason stays."""
    target = selectors.access_target(by, target_id)
    action = selectors.access_action(by, target.action_id, to_plan=True)
    require_open(action)
    require_own(action)
    if not why.strip():
        raise BadInput(_("请写明撤下的原因。"), code="joint_why_missing")
    target = move(target, "drop", by=by, why=why, words=why.strip()[:1000], ended_at=clock.now())
    telling.plan_changed(action, by)
    changed_action(action.pk)
    return target


@transaction.atomic
def close(*, by: User, action_id: UUID, words: str) -> JointAction:
    """The action ends when each target has an end. Raises TargetsOpen with the numbers of those that have none."""
    action = selectors.access_action(by, action_id)
    if not selectors.leads_action(by, action):
        raise NotAllowed()
    action = JointAction.objects.select_for_update(of=("self",)).select_related("lead_unit").get(pk=action.pk)
    require_open(action)
    if not veil.has_come(action):
        raise HourNotCome(code_name=action.code_name)
    still = list(action.targets.filter(state__in=JointTarget.OPEN).values_list("number", flat=True))
    if still:
        raise TargetsOpen(numbers=still)
    if not words.strip():
        raise BadInput(_("请写一句行动总结。"), code="joint_words_missing")
    action = move(action, "close", by=by, closing_words=words.strip()[:2000], closed_at=clock.now(), closed_by=by)
    telling.plan_changed(action, by)
    changed_action(action.pk)
    return action


# The machine's part ---------------------------------------------------------------------------------------------------


def mind(*, now: datetime | None = None) -> int:
    """Tell that an hour has come, once; take up and report what changed at targets. Safe to run twice."""
    now = now or clock.now()
    due = JointAction.objects.filter(state=State.ANNOUNCED, zero_hour__lte=now).values_list("pk", flat=True)
    begun = sum(_begin(action_id, now) for action_id in list(due))
    for action in _reporting_still(now):
        _take_up(action)
    return begun


@transaction.atomic
def _begin(action_id: UUID, now: datetime) -> bool:
    action = JointAction.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=action_id).first()
    if action is None or action.state != State.ANNOUNCED or action.zero_hour > now:
        return False
    action = move(action, "begin", by=MACHINE, told_open_at=now)
    telling.hour_has_come(action)
    changed_action(action.pk)
    return True


def _reporting_still(now: datetime) -> Iterable[JointAction]:
    rows = JointAction.objects.filter(state__in=(State.UNDERWAY, State.CLOSED), zero_hour__gte=now - LATE_REPORTS)
    return list(rows)


@transaction.atomic
def _take_up(action: JointAction) -> None:
    rows = action.targets.filter(inspection__isnull=False).select_related("inspection__unit", "inspection__site")
    for target in rows.select_for_update(of=("self",), skip_locked=True):
        assert target.inspection is not None
        now_found = figures.of_inspection(target.inspection).as_json()
        if now_found != target.figures:
            target.figures = now_found
            target.save(update_fields=["figures"])
            target.action = action
            reporting.result_out(target)
            changed_action(action.pk)


def silent_provinces(action: JointAction, now: datetime | None = None) -> list[JointProvince]:
    """Provinces that were written to and have not answered in their time."""
    rows = action.provinces.filter(state=JointProvince.State.INVITED, due_at__lt=now or clock.now())
    return list(rows)
