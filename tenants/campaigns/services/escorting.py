"""派员: right holders are asked for people at a target; they answer with names and authority."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Actor
from federation.contracts.joint_action import JointPeopleAnsweredV1
from federation.letters.post import Envelope
from kernel.errors import BadInput, Conflict, NotFound404
from tenants.campaigns import selectors, veil
from tenants.campaigns.models import JointAction, JointTarget, PeopleAsked
from tenants.campaigns.services import telling
from tenants.campaigns.services.planning import require_open
from tenants.campaigns.services.steps import changed_action


@transaction.atomic
def ask(
    *,
    by: User,
    target_id: UUID,
    organisation_id: UUID,
    needed: int = 1,
    goods: str = "",
    meet_at: datetime | None = None,
) -> PeopleAsked:
    """Ask a right holder for people. They learn county, hour, goods and whom to call: no name and no street.

    goods is sent as written; where nothing is written it stays empty, since a target's own words may name the party.
    """
    seen = selectors.access_target(by, target_id)
    action = selectors.access_action(by, seen.action_id, to_plan=True)
    require_open(action)
    target = JointTarget.objects.select_related("unit").get(pk=seen.pk)
    target.action = action
    organisation = selectors.organisations_answering().filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound404()
    if target.party:
        raise Conflict(_("外省的目标由该省自己请权利人派员。"), code="joint_people_elsewhere")
    if not 1 <= needed <= 20:
        raise BadInput(_("人数请填 1 至 20。"), code="joint_needed_wrong")
    known = (
        PeopleAsked.objects.filter(target=target, organisation_id=organisation_id)
        .exclude(state=PeopleAsked.State.CALLED_OFF)
        .first()
    )
    if known is not None:
        return known
    asked = PeopleAsked.objects.create(
        target=target,
        organisation_id=organisation.pk,
        organisation_name=str(organisation)[:80],
        needed=needed,
        goods=goods.strip()[:200],
        meet_at=meet_at or action.zero_hour,
        asked_by=by,
    )
    trail.record(asked, "ask", by=by, to_state=asked.state)
    telling.ask_people(asked, action, by)
    changed_action(action.pk)
    return asked


@transaction.atomic
def call_off(*, by: User, ask_id: UUID) -> PeopleAsked:
    """Nobody of this right holder is needed any more."""
    asked = selectors.access_ask(by, ask_id)
    action = asked.target.action
    asked = move(asked, "call_off", by=by, revision=asked.revision + 1)
    telling.ask_people(asked, action, by)
    changed_action(action.pk)
    return asked


def answered(message: JointPeopleAnsweredV1, envelope: Envelope) -> None:
    """Who comes, or that nobody does. The newest answer counts; what came for a question taken back is kept silent."""
    asked = (
        PeopleAsked.objects.select_for_update(of=("self",))
        .filter(pk=message.ask_id, organisation_id=envelope.sender.organisation_id)
        .first()
    )
    if asked is None:
        raise NotFound404()
    if asked.state == PeopleAsked.State.CALLED_OFF or (asked.answered_at and asked.answered_at > message.at):
        return
    asked = move(
        asked,
        "name" if message.step == "named" else "decline",
        by=Actor(None, asked.organisation_name),
        why=message.text,
        people=[person.model_dump() for person in message.people],
        answer_words=message.text,
        answered_at=message.at,
        answered_by=message.who,
    )
    target = selectors.targets_of(JointAction.objects.get(pk=asked.target.action_id)).get(pk=asked.target_id)
    action = target.action
    lapsed = [each.name for each in veil.escorts(action, target) if not each.valid]
    words = _("{organisation}已为“{name}”派员，目标 {n}")
    if message.step == "declined":
        words = _("{organisation}不能为“{name}”派员，目标 {n}")
    elif lapsed:
        words = _("{organisation}为“{name}”派的人授权到期，目标 {n}，请对方换人")
    telling.tell_planners(action, words, organisation=asked.organisation_name, n=target.number)
    changed_action(action.pk)
