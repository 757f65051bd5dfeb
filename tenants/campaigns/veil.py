"""The one door to what a target is: names and addresses are hidden below the chosen level until the zero hour.

Pages, API, sheets, notices, titles and searches take targets as `Seen` from here and never from the row. Whether the
hour has come is asked of the clock each time, so that nothing has to run at the hour for it to open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import led_unit_ids
from divisions.selectors import path_names
from kernel import clock
from tenants.campaigns import selectors
from tenants.campaigns.figures import Figures, of_target
from tenants.campaigns.models import JointAction, JointTarget, PeopleAsked, TargetMark

OpensTo = JointAction.OpensTo
State = JointAction.State
_ORDER = [OpensTo.PLANNERS, OpensTo.LEADERS, OpensTo.UNIT_HEADS, OpensTo.OFFICERS, OpensTo.ALL]


def has_come(action: JointAction, at: datetime | None = None) -> bool:
    """Whether the hour of an action that goes on has come. One called off before stays hidden for good."""
    if action.state in (State.UNDERWAY, State.CLOSED):
        return True
    return action.state == State.ANNOUNCED and (at or clock.now()) >= action.zero_hour


class Eyes:
    """One person before one action: what of its targets they see. Asked once, used for all targets."""

    def __init__(self, person: User, action: JointAction) -> None:
        self.person, self.action = person, action
        self.come = has_come(action)
        self.plans = selectors.plans(person, action)
        self._level = _ORDER.index(OpensTo(action.opens_to))
        self._led: set[UUID] | None = None

    def open(self, target: JointTarget) -> bool:
        """Whether what and where this target is may be seen. The person may know of the action already."""
        if self.come or self.plans or self.action.opens_to == OpensTo.ALL:
            return True
        if self._level >= 1 and self.action.lead_unit_id in self._led_units():
            return True
        if self._level >= 2 and target.unit_id in self._led_units():
            return True
        return self._level >= 3 and goes_to(self.person, target)

    def _led_units(self) -> set[UUID]:
        if self._led is None:
            self._led = led_unit_ids(self.person)
        return self._led


def goes_to(person: User, target: JointTarget) -> bool:
    """Whether this person is one of those who go there."""
    return any(each.person_id == person.pk for each in target.officers.all())


@dataclass(frozen=True)
class Escort:
    """Somebody a right holder sends. valid: whether the authority holds on the day of the hour; why: where not."""

    name: str
    title: str
    phone: str
    organisation: str
    authority_no: str
    valid_until: str
    valid: bool
    why: str = ""


@dataclass(frozen=True)
class Seen:
    """A target as one person may see it. Of a hidden one only number, unit and standing are there."""

    id: UUID
    action_id: UUID
    number: int
    hidden: bool
    title: str
    unit_name: str
    holder: str
    state: str
    state_name: str
    party_name: str = ""
    address: str = ""
    division: str = ""
    division_code: str = ""
    what: str = ""
    assembly: str = ""
    supervised: bool = False
    supervised_words: str = ""
    outside: bool = False
    late_added: bool = False
    mine: bool = False
    officers: tuple[str, ...] = ()
    officer_ids: tuple[UUID, ...] = ()
    received: str = ""
    received_at: datetime | None = None
    in_place: str = ""
    in_place_at: datetime | None = None
    unable: str = ""
    mark_again: bool = False
    escorts: tuple[Escort, ...] = ()
    escorts_waiting: tuple[str, ...] = ()
    clues: tuple[tuple[UUID, str], ...] = ()
    inspection_id: UUID | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    outcome_name: str = ""
    words: str = ""
    figures: Figures = field(default_factory=Figures)

    @property
    def open(self) -> bool:
        """Whether it has no end yet."""
        return self.state in JointTarget.OPEN


def see(eyes: Eyes, target: JointTarget, places: dict[str, str] | None = None) -> Seen:
    """One target through these eyes. places: names of divisions that were looked up together."""
    action, shown, mine = eyes.action, eyes.open(target), goes_to(eyes.person, target)
    marks = [each for each in target.marks.all() if each.hour == action.hour]
    earlier = any(each.kind == TargetMark.Kind.RECEIVED and each.hour < action.hour for each in target.marks.all())
    received, in_place = _newest(marks, TargetMark.Kind.RECEIVED), _newest(marks, TargetMark.Kind.IN_PLACE)
    unable = _newest(marks, TargetMark.Kind.UNABLE)
    label = _("目标 %(n)s") % {"n": target.number}
    facts: dict[str, Any] = {}
    if shown:
        facts = {
            "party_name": target.party_name,
            "address": target.address,
            "division": _place(target.division_code, places),
            "division_code": target.division_code,
            "what": target.what,
            "supervised_words": target.supervised_words,
            "clues": tuple((each.clue_id, each.clue.number) for each in target.clues.all()),
            "inspection_id": target.inspection_id,
            "words": target.words,
        }
    if shown or mine:
        facts["assembly"] = target.assembly
        facts["escorts"] = tuple(escorts(action, target))
        facts["escorts_waiting"] = tuple(
            each.organisation_name for each in target.people_asked.all() if each.state == PeopleAsked.State.ASKED
        )
    return Seen(
        id=target.pk,
        action_id=action.pk,
        number=target.number,
        hidden=not shown,
        title=f"{label} {target.party_name}" if shown and target.party_name else label,
        unit_name=target.unit.name if target.unit else target.party_title,
        holder=_holder(target),
        state=target.state,
        state_name=target.get_state_display(),
        supervised=target.supervised,
        outside=bool(target.party),
        late_added=target.added_after_hour,
        mine=mine,
        officers=tuple(each.person.display_name for each in target.officers.all()),
        officer_ids=tuple(each.person_id for each in target.officers.all()),
        received=received.who if received else "",
        received_at=received.at if received else None,
        in_place=in_place.who if in_place else "",
        in_place_at=in_place.at if in_place else None,
        unable=f"{unable.who} {unable.note}".strip() if unable else "",
        mark_again=earlier and received is None and not has_come(action),
        began_at=target.began_at,
        ended_at=target.ended_at,
        outcome=target.outcome,
        outcome_name=target.get_outcome_display() if target.outcome else "",
        figures=of_target(target) if shown else Figures(),
        **facts,
    )


def see_all(person: User, action: JointAction, targets: Iterable[JointTarget] | None = None) -> list[Seen]:
    """All targets of an action through this person's eyes, by number."""
    rows, eyes = list(selectors.targets_of(action) if targets is None else targets), Eyes(person, action)
    places = path_names({row.division_code for row in rows if row.division_code})
    return [see(eyes, row, places) for row in rows]


def see_one(person: User, target: JointTarget) -> Seen:
    """One target through this person's eyes."""
    return see(Eyes(person, target.action), target)


def _place(code: str, places: dict[str, str] | None) -> str:
    if not code:
        return ""
    return (path_names([code]) if places is None else places).get(code, "")


def escorts(action: JointAction, target: JointTarget) -> list[Escort]:
    """Who right holders send to a target, and whether their authority holds on the day of the hour as it is now."""
    day, found = clock.local_date(action.zero_hour).isoformat(), []
    for asked in target.people_asked.all():
        if asked.state != PeopleAsked.State.NAMED:
            continue
        for each in asked.people:
            valid = each["valid_from"] <= day <= each["valid_until"]
            why = "" if valid else _("授权有效期 %(a)s 至 %(b)s，行动当天无效，请对方换人") % {
                "a": each["valid_from"], "b": each["valid_until"],
            }  # fmt: skip
            found.append(
                Escort(
                    name=each["name"],
                    title=each.get("title", ""),
                    phone=each.get("phone", ""),
                    organisation=asked.organisation_name,
                    authority_no=each["authority_no"],
                    valid_until=each["valid_until"],
                    valid=valid,
                    why=why,
                )
            )
    return found


def _holder(target: JointTarget) -> str:
    lead = next((each.person.display_name for each in target.officers.all()), "")
    place = target.unit.name if target.unit else target.party_title
    return f"{place} {lead}".strip()


def _newest(marks: list[TargetMark], kind: str) -> TargetMark | None:
    return next((each for each in reversed(marks) if each.kind == kind), None)
