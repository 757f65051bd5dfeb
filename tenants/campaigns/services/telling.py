"""Who hears what: people by notice, which names no target; provinces and right holders by letter, each its own part."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import issuing_unit
from audit.move import move
from audit.numbering import issue
from audit.trail import Person
from federation.contracts.addresses import Address
from federation.contracts.joint_action import (
    JointInvitationV1,
    JointPeopleAskedV1,
    JointPlanV1,
    PlannedTargetV1,
    PlanV1,
)
from federation.letters.post import post
from kernel import clock
from kernel.errors import Words
from notify.services import tell
from tenants.campaigns import selectors
from tenants.campaigns.models import JointAction, JointProvince, JointTarget, PeopleAsked
from tenants.campaigns.services.steps import QUIET_CHANNELS, RING_CHANNELS

State = JointAction.State
NUMBER_WORD = "协行"
CODE = "joint_action"


def page(action: JointAction) -> str:
    """Where a notice leads. The address holds an id alone."""
    return f"/joint/{action.pk}/"


def _tell(action: JointAction, to: Iterable[UUID], title: Words, *, urgent: bool = False) -> None:
    """A notice of an action: its code name and nothing of any target."""
    tell(
        to=set(to),
        code=CODE,
        title=title,
        url=page(action),
        urgent=urgent,
        channels=RING_CHANNELS if urgent else QUIET_CHANNELS,
    )


def everybody(action: JointAction) -> set[UUID]:
    """Those who go, and the dispatchers and leaders of units for which nobody is named."""
    return {each for target in action.targets.all() for each in selectors.addressees_of(target)}


def announced(action: JointAction) -> None:
    """Everybody who goes is told, and asked to say that they received it."""
    _tell(action, everybody(action), _("统一行动“{name}”已部署，请确认收到").format(name=action.code_name))


def target_told(action: JointAction, target: JointTarget, by: User) -> None:
    """Those of one target are told that it was added or changed, at once if the hour has come."""
    late = target.added_after_hour
    words = _("统一行动“{name}”新增一个目标，请立即查看") if late else _("统一行动“{name}”有您的目标，请确认收到")
    _tell(action, set(selectors.addressees_of(target)) - {by.pk}, words.format(name=action.code_name), urgent=late)


def tell_planners(action: JointAction, words: Words, **data: object) -> None:
    """Those who plan hear something that they must act on. words: with {name} for the code name."""
    planners = {each.person_id for each in action.planners.all()}
    if action.planned_by_id is not None:
        planners.add(action.planned_by_id)
    if action.origin:
        planners |= set(selectors.arrivals_for_province())
    _tell(action, planners, str(words).format(name=action.code_name, **data), urgent=True)


def hour_moved(action: JointAction, before: datetime) -> None:
    """Who said received must say it again for the new hour."""
    title = _("统一行动“{name}”改了零时：{hour}，请重新确认收到").format(
        name=action.code_name, hour=f"{action.zero_hour.astimezone(clock.SHANGHAI):%m-%d %H:%M}"
    )
    _tell(action, everybody(action), title, urgent=True)


def called_off(action: JointAction, *, told: bool) -> None:
    """Nobody goes."""
    if told:
        _tell(action, everybody(action), _("统一行动“{name}”已取消").format(name=action.code_name), urgent=True)


def hour_has_come(action: JointAction) -> None:
    """The targets are open."""
    _tell(action, everybody(action), _("统一行动“{name}”零时已到，开始行动").format(name=action.code_name))


# Other provinces ------------------------------------------------------------------------------------------------------


def invite(action: JointAction, by: User) -> None:
    """Write to each named province that was not written to yet: a numbered letter with its own targets."""
    for province in action.provinces.filter(state=JointProvince.State.NAMED):
        number = issue(issuing_unit(action.lead_unit).agency_word, NUMBER_WORD)
        letter = post(
            JointInvitationV1(plan=_plan_for(action, province.party)),
            to=Address.parse(province.party),
            thread=action.pk,
            by=by,
            document_no=number,
            purpose="joint_action",
        )
        now = clock.now()
        move(
            province, "invite", by=by, letter_id=letter.pk, document_no=number, invited_at=now,
            due_at=clock.due_at(now, clock.Term(1, clock.Unit.WORKING_DAY)).at,
        )  # fmt: skip


def plan_changed(action: JointAction, by: Person, why: str = "") -> None:
    """Provinces that were invited get the plan as it is now; those of new targets are invited."""
    if action.origin or action.state == State.DRAFT:
        return
    action.revision += 1
    JointAction.objects.filter(pk=action.pk).update(revision=action.revision)
    known = dict(selectors.other_provinces())
    for party in set(action.targets.exclude(party="").values_list("party", flat=True)):
        code = party.removeprefix("province:")
        JointProvince.objects.get_or_create(action=action, party=party, defaults={"name": known.get(code, code)})
    written = list(action.provinces.exclude(state=JointProvince.State.NAMED))
    for province in written:
        post(
            JointPlanV1(plan=_plan_for(action, province.party, why)),
            to=Address.parse(province.party),
            thread=action.pk,
            by=by,
            purpose="joint_action",
        )
    if action.state in (State.ANNOUNCED, State.UNDERWAY) and isinstance(by, User):
        invite(action, by)


def _plan_for(action: JointAction, party: str, why: str = "") -> PlanV1:
    standing = {State.CALLED_OFF: "called_off", State.CLOSED: "closed"}.get(State(action.state), "announced")
    return PlanV1(
        action_id=action.pk,
        revision=max(action.revision, 1),
        name=action.name,
        code_name=action.code_name,
        lead_unit_name=action.lead_unit.name,
        contact_name=action.contact_name,
        contact_phone=action.contact_phone,
        zero_hour=action.zero_hour,
        hour=action.hour,
        opens_to=action.opens_to,  # type: ignore[arg-type]
        standing=standing,  # type: ignore[arg-type]
        why=why[:500],
        targets=tuple(
            PlannedTargetV1(
                target_id=target.pk,
                number=target.number,
                division_code=target.division_code,
                party_name=target.party_name,
                address=target.address,
                what=target.what,
                assembly=target.assembly,
                dropped=target.state == JointTarget.State.DROPPED,
            )
            for target in action.targets.filter(party=party)
        ),
    )


# Right holders --------------------------------------------------------------------------------------------------------


def ask_people(asked: PeopleAsked, action: JointAction, by: Person) -> None:
    """Ask, or say again what changed: a county and an hour, no name and no street."""
    target = asked.target
    unit = target.unit or action.lead_unit
    post(
        JointPeopleAskedV1(
            ask_id=asked.pk,
            revision=asked.revision,
            organisation_id=asked.organisation_id,
            code_name=action.code_name,
            county_code=(target.division_code or unit.division_code)[:6],
            meet_at=asked.meet_at,
            unit_name=unit.name,
            contact_name=action.contact_name,
            contact_phone=action.contact_phone,
            goods=asked.goods,
            needed=asked.needed,
            called_off=asked.state == PeopleAsked.State.CALLED_OFF,
            at=clock.now(),
        ),
        to=Address.organisation(asked.organisation_id),
        thread=asked.pk,
        by=by,
        purpose="joint_action",
    )


def people_hear(action: JointAction, by: Person, *, meet_at: datetime | None = None, off: bool = False) -> None:
    """Right holders that were asked hear of a moved hour, or that nobody is needed."""
    rows = PeopleAsked.objects.filter(target__action=action).exclude(state=PeopleAsked.State.CALLED_OFF)
    for asked in rows.select_related("target__unit"):
        asked.revision += 1
        if off:
            asked = move(asked, "call_off", by=by, revision=asked.revision)
        else:
            asked.meet_at = meet_at or asked.meet_at
            asked.save(update_fields=["revision", "meet_at"])
        ask_people(asked, action, by)
