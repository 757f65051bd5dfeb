"""Who sees a joint action, who plans it, who is told. What of its targets they see is told by `campaigns.veil`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Post, Unit, User
from accounts.selectors import below, heads, visible_unit_ids
from federation.letters.addressees import other_provinces as provinces_but_this
from federation.parties.models import Organisation
from federation.parties.selectors import holders
from federation.transfers.selectors import receivers as desk_of_province
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from tenants.campaigns.models import (
    JointAction,
    JointPlanner,
    JointProvince,
    JointSeat,
    JointTarget,
    PeopleAsked,
    TargetClue,
    TargetMark,
    TargetOfficer,
)

State = JointAction.State
_TOLD = (State.ANNOUNCED, State.UNDERWAY, State.CLOSED, State.CALLED_OFF)
_WIDE = (Post.Role.DISPATCHER, Post.Role.LEADER)


def may_plan(person: User) -> bool:
    """Whether this person may begin a joint action: dispatchers and leaders."""
    return person.has_role(*_WIDE)


def actions_of(person: User) -> QuerySet[JointAction]:
    """Actions this person may know of, the latest hour first.

    Planners always; leaders of the leading unit always; once it is announced those who go, and dispatchers and leaders
    of units that take part; when the hour has come every officer of such a unit.
    """
    own = Q(planned_by=person) | Q(Exists(JointPlanner.objects.filter(action=OuterRef("pk"), person=person)))
    going = Exists(TargetOfficer.objects.filter(target__action=OuterRef("pk"), person=person))
    known = own | (Q(state__in=_TOLD) & Q(going))
    wide = _wide_unit_ids(person)
    if wide:
        taking_part = Exists(JointTarget.objects.filter(action=OuterRef("pk"), unit_id__in=wide))
        led = _led_unit_ids(person)
        known |= Q(state__in=_TOLD) & (Q(taking_part) | Q(lead_unit_id__in=wide))
        known |= Q(lead_unit_id__in=led) | (Q(lead_unit_id__in=wide) & ~Q(origin=""))
    if person.unit_id and person.has_role(Post.Role.OFFICER):
        theirs = Exists(JointTarget.objects.filter(action=OuterRef("pk"), unit_id=person.unit_id))
        known |= Q(theirs, zero_hour__lte=clock.now(), state__in=(State.ANNOUNCED, State.UNDERWAY, State.CLOSED))
    return JointAction.objects.filter(known).select_related("lead_unit", "planned_by", "campaign")


def _wide_unit_ids(person: User) -> set[UUID]:
    return visible_unit_ids(person) if person.has_role(*_WIDE) else set()


def _led_unit_ids(person: User) -> set[UUID]:
    return {post.unit_id for post in person.posts.all() if post.role == Post.Role.LEADER and post.unit_id is not None}


def access_action(person: User, action_id: UUID, *, to_plan: bool = False) -> JointAction:
    """One action; to_plan: locked, for who plans it. Raises NotFound404, NotAllowed."""
    found = actions_of(person).filter(pk=action_id).first()
    if found is None:
        raise NotFound404()
    if not to_plan:
        return found
    if not plans(person, found):
        raise NotAllowed()
    return JointAction.objects.select_for_update(of=("self",)).select_related("lead_unit").get(pk=found.pk)


def plans(person: User, action: JointAction) -> bool:
    """Whether this person plans an action. One that came by letter is planned by the desk of the whole province."""
    if action.planned_by_id == person.pk:
        return True
    if action.origin and any(post.role in _WIDE and post.unit_id == action.lead_unit_id for post in person.posts.all()):
        return True
    return JointPlanner.objects.filter(action=action, person=person).exists()


def leads_action(person: User, action: JointAction) -> bool:
    """Whether this person may call off or close: who plans it, or heads the leading unit."""
    return plans(person, action) or heads(person, action.lead_unit_id)


def plans_anything(person: Any) -> bool:
    """Whether the pages of joint actions are this person's."""
    return person.is_authenticated and person.has_role(Post.Role.OFFICER, *_WIDE)


def targets_of(action: JointAction) -> QuerySet[JointTarget]:
    """The targets with what their rows show. To be looked at through `campaigns.veil` only."""
    return (
        JointTarget.objects.filter(action=action)
        .select_related("action", "unit", "inspection")
        .prefetch_related(
            Prefetch("officers", TargetOfficer.objects.select_related("person")),
            Prefetch("marks", TargetMark.objects.order_by("at", "pk")),
            Prefetch("people_asked", PeopleAsked.objects.exclude(state=PeopleAsked.State.CALLED_OFF)),
            Prefetch("clues", TargetClue.objects.select_related("clue")),
        )
        .order_by("number")
    )


def access_target(person: User, target_id: UUID, *, lock: bool = False) -> JointTarget:
    """One target of an action this person may know of. Raises NotFound404."""
    row = JointTarget.objects.filter(pk=target_id).values("action_id").first()
    if row is None:
        raise NotFound404()
    action = access_action(person, row["action_id"])
    if lock:
        target = JointTarget.objects.select_for_update(of=("self",)).get(pk=target_id)
    else:
        target = targets_of(action).get(pk=target_id)
    target.action = action
    return target


def access_province(person: User, province_id: UUID) -> JointProvince:
    """One invited province, for who plans. Raises NotFound404, NotAllowed."""
    row = JointProvince.objects.filter(pk=province_id).first()
    if row is None:
        raise NotFound404()
    row.action = access_action(person, row.action_id, to_plan=True)
    return row


def access_seat(person: User, seat_id: UUID) -> JointSeat:
    """One named seat of another department, for who plans. Raises NotFound404, NotAllowed."""
    row = JointSeat.objects.filter(pk=seat_id).first()
    if row is None:
        raise NotFound404()
    row.action = access_action(person, row.action_id, to_plan=True)
    return row


def access_ask(person: User, ask_id: UUID) -> PeopleAsked:
    """One question for a right holder's people, for who plans. Raises NotFound404, NotAllowed."""
    row = PeopleAsked.objects.select_related("target").filter(pk=ask_id).first()
    if row is None:
        raise NotFound404()
    row.target.action = access_action(person, row.target.action_id, to_plan=True)
    return row


def addressees_of(target: JointTarget) -> list[UUID]:
    """Who is told of a target: those who go; where nobody is named, dispatchers and leaders of its unit."""
    going = list(TargetOfficer.objects.filter(target=target).values_list("person_id", flat=True))
    if going or target.unit_id is None:
        return going
    posts = Post.held.filter(unit_id=target.unit_id, role__in=_WIDE)
    return list(posts.values_list("user_id", flat=True).distinct())


def other_provinces() -> list[tuple[str, str]]:
    """(code, title) of every open province but this one."""
    return provinces_but_this()


def arrivals_for_province() -> list[UUID]:
    """Who is told that another province asks this one: dispatchers and leaders of the top unit."""
    return desk_of_province()


def organisations_answering() -> QuerySet[Organisation]:
    """Right holders that can be asked for people."""
    return holders()


MOST_OFFERED = 300
"""More people than this are not offered in one list: the head of the unit names who goes."""


def officers_offered(unit: Unit, *, everybody: bool = False) -> list[User]:
    """Officers of a unit and of those below, for a list to choose from; nobody where they are too many.

    everybody: dispatchers and leaders too.
    """
    rows = User.people.filter(is_active=True, unit_id__in=below(unit)).select_related("unit")
    roles = (Post.Role.OFFICER, *_WIDE) if everybody else (Post.Role.OFFICER,)
    found = list(rows.filter(posts__role__in=roles).distinct().order_by("unit__code", "username")[: MOST_OFFERED + 1])
    return found if len(found) <= MOST_OFFERED else []
