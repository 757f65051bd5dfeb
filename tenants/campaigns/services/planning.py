"""策划: what, when, who leads, how secret; targets, those who go, provinces, planners, seats of other departments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Unit, User
from audit import trail
from divisions.resolving import Hints, resolve
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from kernel.ids import uuid7
from tenants.campaigns import selectors, veil
from tenants.campaigns.errors import ActionOver
from tenants.campaigns.models import (
    Campaign,
    JointAction,
    JointPlanner,
    JointProvince,
    JointSeat,
    JointTarget,
    TargetClue,
    TargetOfficer,
)
from tenants.campaigns.services import telling
from tenants.campaigns.services.steps import changed_action
from tenants.clues import selectors as clue_doors
from tenants.clues.models import Clue

State = JointAction.State
DESCRIBED = frozenset({"name", "code_name", "opens_to", "plan_words"})
TARGET_FIELDS = frozenset(
    {"party_name", "address", "division_code", "what", "assembly", "supervised", "supervised_words"}
)


@transaction.atomic
def plan(
    *,
    by: User,
    name: str,
    code_name: str,
    zero_hour: datetime,
    opens_to: str = JointAction.OpensTo.OFFICERS,
    plan_words: str = "",
    lead_unit_id: UUID | None = None,
    campaign: Campaign | None = None,
    action_id: UUID | None = None,
) -> JointAction:
    """Begin a plan; nobody but planners and the heads of the leading unit know of it. Twice is once."""
    if not selectors.may_plan(by):
        raise NotAllowed()
    if action_id is not None and JointAction.objects.filter(pk=action_id).exists():
        return selectors.access_action(by, action_id)
    unit = _lead_unit(by, lead_unit_id)
    _require_hour_ahead(zero_hour)
    if not name.strip() or not code_name.strip():
        raise BadInput(_("请填写行动名称和代号。代号会出现在通知里，不要写出当事人或地点。"), code="joint_name_missing")
    action = JointAction.objects.create(
        pk=action_id or uuid7(),
        name=name.strip()[:120],
        code_name=code_name.strip()[:40],
        lead_unit=unit,
        planned_by=by,
        zero_hour=zero_hour,
        opens_to=_level(opens_to),
        plan_words=plan_words.strip(),
        campaign=campaign,
        contact_name=by.display_name[:40],
        contact_phone=(by.phone or "")[:30],
    )
    trail.record(action, "plan", by=by, to_state=action.state)
    return action


def _lead_unit(by: User, unit_id: UUID | None) -> Unit:
    units = [post.unit for post in by.posts.select_related("unit") if post.role in ("dispatcher", "leader")]
    own = next((unit for unit in units if unit is not None), by.unit)
    if unit_id is None:
        if own is None:
            raise NotFound404()
        return own
    if unit_id not in people.visible_unit_ids(by):
        raise NotFound404()
    return people.unit(unit_id)


def _level(code: str) -> str:
    if code not in JointAction.OpensTo.values:
        raise BadInput(_("请从列表中选择零时前谁可见。"), code="joint_level_unknown", level=code)
    return code


def _require_hour_ahead(zero_hour: datetime) -> None:
    if zero_hour <= clock.now():
        raise BadInput(_("零时要晚于现在。请改时间。"), code="joint_hour_past")


def require_open(action: JointAction) -> None:
    """Raises ActionOver once it was closed or called off."""
    if action.state in (State.CLOSED, State.CALLED_OFF):
        raise ActionOver(state=action.state, state_name=action.get_state_display())


def require_own(action: JointAction) -> None:
    """What the leading province decides is not decided by one that was invited."""
    if action.origin:
        raise Conflict(
            _("这次行动由{name}牵头，时间、保密和目标由对方决定。需要改动，请联系对方。"),
            code="joint_led_elsewhere",
            name=action.origin_name,
        )


@transaction.atomic
def describe(*, by: User, action_id: UUID, **fields: Any) -> JointAction:
    """Change name, code name, level or words. Whoever saw a target already has seen it."""
    action = selectors.access_action(by, action_id, to_plan=True)
    require_open(action)
    require_own(action)
    unknown = set(fields) - DESCRIBED
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    if "opens_to" in fields:
        _level(fields["opens_to"])
    for name, value in fields.items():
        setattr(action, name, value.strip() if isinstance(value, str) else value)
    if not action.name or not action.code_name:
        raise BadInput(_("请填写行动名称和代号。代号会出现在通知里，不要写出当事人或地点。"), code="joint_name_missing")
    action.save(update_fields=[*fields] or None)
    trail.record(action, "describe", by=by, data={"fields": sorted(fields)})
    telling.plan_changed(action, by)
    changed_action(action.pk)
    return action


# Targets --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_target(
    *,
    by: User,
    action_id: UUID,
    unit_id: UUID | None = None,
    province: str = "",
    clue_ids: Sequence[UUID] = (),
    officer_ids: Sequence[UUID] = (),
    target_id: UUID | None = None,
    **fields: Any,
) -> JointTarget:
    """One more place: typed, or from clues of one party. Added after the hour it is open at once, and is told so."""
    action = selectors.access_action(by, action_id, to_plan=True)
    require_open(action)
    require_own(action)
    if target_id is not None and JointTarget.objects.filter(pk=target_id).exists():
        return selectors.access_target(by, target_id)
    unknown = set(fields) - TARGET_FIELDS
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    clues = [clue_doors.clue(by, each) for each in dict.fromkeys(clue_ids)]
    if clues:
        fields = _from_clues(clues) | {name: value for name, value in fields.items() if value not in ("", None)}
    if not fields.get("party_name", "").strip() and not fields.get("address", "").strip():
        raise BadInput(_("请写当事人或地址，至少一项。"), code="joint_target_empty")
    _refuse_twice(action, clues)
    number = (action.targets.aggregate(last=Max("number"))["last"] or 0) + 1
    target = JointTarget(
        pk=target_id or uuid7(), action=action, number=number, added_after_hour=veil.has_come(action), **_cut(fields)
    )
    _place(target)
    _hold(target, unit_id or (_unit_of(clues) if not province else None), province)
    target.save(force_insert=True)
    TargetClue.objects.bulk_create(TargetClue(target=target, clue=clue) for clue in clues)
    _name_officers(target, officer_ids)
    trail.record(target, "add", by=by, to_state=target.state)
    _after(action, target, by)
    return target


def _from_clues(clues: Sequence[Clue]) -> dict[str, Any]:
    first = clues[0]
    goods = [
        each.product_name if each.product_name.startswith(each.brand_name) else f"{each.brand_name} {each.product_name}"
        for clue in clues
        for each in clue.products.all()
    ]
    return {
        "party_name": first.subject_name,
        "address": first.address_raw,
        "division_code": first.division_code,
        "what": "、".join(dict.fromkeys(each.strip() for each in goods)) or first.title,
    }


def _unit_of(clues: Sequence[Clue]) -> UUID | None:
    return clues[0].holder_unit_id if clues else None


def _refuse_twice(action: JointAction, clues: Sequence[Clue]) -> None:
    """A clue is gone after in one target that goes on, of whatever action."""
    taken = (
        TargetClue.objects.filter(clue__in=clues, target__state__in=JointTarget.OPEN)
        .exclude(target__action__state=State.CALLED_OFF)
        .select_related("clue")
        .first()
    )
    if taken is not None:
        raise Conflict(
            _("线索 {number} 已经是一次行动的目标，不能再列。"), code="joint_clue_taken", number=taken.clue.number
        )


def _cut(fields: dict[str, Any]) -> dict[str, Any]:
    sizes = {"party_name": 120, "address": 300, "what": 500, "assembly": 200, "supervised_words": 300}
    return {
        name: value.strip()[: sizes.get(name, 1000)] if isinstance(value, str) else value
        for name, value in fields.items()
    }


def _place(target: JointTarget) -> None:
    """The county, from the address where nobody said it."""
    if not target.division_code and target.address:
        target.division_code = resolve(target.address, hints=Hints()).code[:6]


def _hold(target: JointTarget, unit_id: UUID | None, province: str) -> None:
    target.unit, target.party, target.party_title = None, "", ""
    if province:
        title = dict(selectors.other_provinces()).get(province)
        if title is None:
            raise BadInput(_("请从列表中选择外省。"), code="province_unknown")
        target.party, target.party_title = f"province:{province}", title
    elif unit_id is not None:
        target.unit = people.unit(unit_id)


def _name_officers(target: JointTarget, officer_ids: Sequence[UUID]) -> None:
    """Those who go; the first named leads. Officers of this bureau only."""
    found = {person.pk: person for person in _officers(officer_ids)}
    missing = [each for each in officer_ids if each not in found]
    if missing:
        raise NotFound404()
    target.officers.exclude(person_id__in=found).delete()
    for place, each in enumerate(dict.fromkeys(officer_ids)):
        TargetOfficer.objects.update_or_create(target=target, person=found[each], defaults={"leads": place == 0})


def _officers(ids: Iterable[UUID]) -> Iterable[User]:
    return User.people.filter(pk__in=list(ids), is_active=True, posts__role="officer").distinct()


@transaction.atomic
def change_target(
    *,
    by: User,
    target_id: UUID,
    unit_id: UUID | None = None,
    province: str = "",
    officer_ids: Sequence[UUID] | None = None,
    **fields: Any,
) -> JointTarget:
    """Correct a target, give it to another, name who goes. A head of its unit may name who goes as well."""
    target = selectors.access_target(by, target_id, lock=True)
    action = target.action
    require_open(action)
    unknown = set(fields) - TARGET_FIELDS
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    planner = selectors.plans(by, action)
    own_unit = target.unit_id is not None and people.heads(by, target.unit_id)
    if not planner and (fields or unit_id or province or not own_unit):
        raise NotAllowed()
    if fields and action.origin and set(fields) - {"assembly"}:
        require_own(action)
    if target.state not in JointTarget.OPEN:
        raise Conflict(_("这个目标已经结束，不能再改。"), code="joint_target_over")
    for name, value in _cut(fields).items():
        setattr(target, name, value)
    _place(target)
    if unit_id or province:
        if province:
            require_own(action)
        _hold(target, unit_id, province)
        if province:
            target.officers.all().delete()
    target.save()
    if officer_ids is not None:
        _name_officers(target, officer_ids)
    trail.record(target, "change", by=by, data={"fields": sorted(fields)})
    _after(action, target, by)
    return target


def _after(action: JointAction, target: JointTarget, by: User) -> None:
    if action.state in (State.ANNOUNCED, State.UNDERWAY):
        telling.target_told(action, target, by)
        telling.plan_changed(action, by)
    changed_action(action.pk)


# Who else takes part --------------------------------------------------------------------------------------------------


@transaction.atomic
def add_planner(*, by: User, action_id: UUID, person_id: UUID) -> JointPlanner:
    """Somebody of this bureau plans too: an officer, dispatcher or leader."""
    action = selectors.access_action(by, action_id, to_plan=True)
    require_open(action)
    person = people.person(person_id)
    if not person.is_active or not person.has_role("officer", "dispatcher", "leader"):
        raise NotFound404()
    row, made = JointPlanner.objects.get_or_create(action=action, person=person)
    if made:
        trail.record(action, "add_planner", by=by, data={"person": str(person.pk)})
        changed_action(action.pk)
    return row


@transaction.atomic
def add_seat(*, by: User, action_id: UUID, department: str, name: str, phone: str = "", duty: str = "") -> JointSeat:
    """A person of another department, without an account, on the plan and in the closing sheet."""
    action = selectors.access_action(by, action_id, to_plan=True)
    require_open(action)
    if not department.strip() or not name.strip():
        raise BadInput(_("请填写部门和姓名。"), code="joint_seat_empty")
    seat = JointSeat.objects.create(
        action=action,
        department=department.strip()[:80],
        name=name.strip()[:40],
        phone=phone.strip()[:30],
        duty=duty.strip()[:120],
    )
    trail.record(seat, "add", by=by)
    changed_action(action.pk)
    return seat


@transaction.atomic
def remove_seat(*, by: User, seat_id: UUID) -> None:
    """A department comes no more."""
    seat = selectors.access_seat(by, seat_id)
    require_open(seat.action)
    trail.record(seat, "remove", by=by)
    seat.delete()
    changed_action(seat.action_id)


@transaction.atomic
def add_province(*, by: User, action_id: UUID, province: str) -> JointProvince:
    """Another province is to be asked. It is written to when the action is announced, at once if it is already."""
    action = selectors.access_action(by, action_id, to_plan=True)
    require_open(action)
    require_own(action)
    title = dict(selectors.other_provinces()).get(province)
    if title is None:
        raise BadInput(_("请从列表中选择外省。"), code="province_unknown")
    row, made = JointProvince.objects.get_or_create(
        action=action, party=f"province:{province}", defaults={"name": title}
    )
    if made:
        trail.record(row, "name", by=by, to_state=row.state)
        if action.state in (State.ANNOUNCED, State.UNDERWAY):
            telling.invite(action, by)
        changed_action(action.pk)
    return row
