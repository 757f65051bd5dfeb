"""联席会议: call, answer, write minutes, confirm them, do what was decided; and what the letters of others do here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from audit.trail import Person
from federation.agreements import selectors
from federation.agreements.errors import (
    GroupEmpty,
    HostOnly,
    MeetingWrong,
    MinutesWrong,
    NotAKeeper,
    NotAMember,
    OwnerOnly,
    WhyMissing,
)
from federation.agreements.models import Action, Agreement, Meeting, Minutes, Seat
from federation.agreements.services.common import MACHINE, own
from federation.contracts.addresses import Address
from federation.contracts.agreements import (
    MeetingActionDoneV1,
    MeetingActionV1,
    MeetingAnsweredV1,
    MeetingCalledV1,
    MeetingConfirmedV1,
    MeetingMinutesV1,
)
from federation.letters import receipts
from federation.letters.addressees import standing
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7
from notify.services import tell

REMIND_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """One action of the minutes. action_id: of one that earlier minutes had already."""

    text: str
    owner: str
    due_on: date
    unit: str = ""
    action_id: UUID | None = None


def _keeper(by: Person) -> None:
    if isinstance(by, User) and not selectors.keeps_meetings(by):
        raise NotAKeeper()


def _others(meeting: Meeting) -> list[Address]:
    codes = Seat.objects.filter(meeting_id=meeting.pk, invited=True).values_list("party", flat=True)
    found = [Address.province(code) for code in sorted(set(codes) | {meeting.host}) if code != own()]
    return [each for each in found if standing(each) == "active"]


# The host -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def call(
    *, by: Person, agreement: Agreement, title: str, starts_at: datetime, agenda: Sequence[str], place: str = ""
) -> Meeting:
    """Invite all members of an agreement in force. Raises NotAKeeper, NotAMember, GroupEmpty, MeetingWrong."""
    _keeper(by)
    members = selectors.members_of(agreement.pk)
    if own() not in members:
        raise NotAMember()
    if members == (own(),):
        raise GroupEmpty(title=agreement.title)
    lines = [line.strip() for line in agenda if line.strip()]
    if not title.strip() or not lines:
        raise MeetingWrong()
    message = MeetingCalledV1(
        meeting_id=uuid7(), agreement_id=agreement.pk, number=1, title=title.strip(), place=place.strip(),
        starts_at=starts_at, agenda=tuple(lines), parties=members, who=by.display_name[:40], at=clock.now(),
    )  # fmt: skip
    meeting = _keep_call(message, host=own())
    post(message, _others(meeting), thread=meeting.pk, by=by)
    return meeting


@transaction.atomic
def change(*, by: Person, meeting: Meeting, call_off: bool = False, **fields: Any) -> Meeting:
    """Another day, place or agenda, or no meeting at all; the members are told. Raises NotAKeeper, HostOnly."""
    _keeper(by)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.host != own():
        raise HostOnly()
    parties = tuple(sorted(Seat.objects.filter(meeting_id=meeting.pk, invited=True).values_list("party", flat=True)))
    said = {"title": meeting.title, "place": meeting.place, "starts_at": meeting.starts_at, "agenda": meeting.agenda}
    message = MeetingCalledV1(
        meeting_id=meeting.pk, agreement_id=meeting.agreement_id, number=meeting.number + 1, parties=parties,
        called_off=call_off, who=by.display_name[:40], at=clock.now(), **(said | fields),
    )  # fmt: skip
    meeting = _keep_call(message, host=own(), by=by)
    post(message, _others(meeting), thread=meeting.pk, by=by)
    return meeting


def _keep_call(message: MeetingCalledV1, *, host: str, by: Person = MACHINE) -> Meeting:
    meeting, made = Meeting.objects.get_or_create(
        pk=message.meeting_id,
        defaults={
            "agreement_id": message.agreement_id,
            "host": host,
            "number": message.number,
            "title": message.title,
            "place": message.place,
            "starts_at": message.starts_at,
            "agenda": list(message.agenda),
            "called_by": message.who,
            "called_at": message.at,
        },
    )
    if made:
        for code in message.parties:
            said = {"coming": True, "answered_at": message.at} if code == host else {}
            Seat.objects.update_or_create(meeting_id=meeting.pk, party=code, defaults={"invited": True, **said})
    elif message.number > meeting.number:
        Meeting.objects.filter(pk=meeting.pk).update(
            number=message.number, title=message.title, place=message.place, starts_at=message.starts_at,
            agenda=list(message.agenda),
        )  # fmt: skip
        meeting.refresh_from_db()
        if message.called_off and meeting.state == Meeting.State.CALLED:
            move(meeting, "call_off", by=by)
    return meeting


@transaction.atomic
def write_minutes(
    *, by: Person, meeting: Meeting, minutes: str, decisions: Sequence[str] = (), actions: Sequence[ToDo] = ()
) -> Minutes:
    """Send the minutes for the members to confirm; after an objection, a new number replaces the last.

    Raises NotAKeeper, HostOnly, MinutesWrong, MoveRefused (a meeting that was called off).
    """
    _keeper(by)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.host != own():
        raise HostOnly()
    invited = set(Seat.objects.filter(meeting_id=meeting.pk, invited=True).values_list("party", flat=True))
    if not minutes.strip() or any(not each.text.strip() or each.owner not in invited for each in actions):
        raise MinutesWrong()
    last = meeting.minutes.order_by("-number").values_list("number", flat=True).first() or 0
    message = MeetingMinutesV1(
        meeting_id=meeting.pk,
        number=last + 1,
        minutes=minutes.strip(),
        decisions=tuple(each.strip() for each in decisions if each.strip()),
        actions=tuple(
            MeetingActionV1(
                action_id=each.action_id or uuid7(), text=each.text.strip(), owner=each.owner, unit=each.unit.strip(),
                due_on=each.due_on,
            )
            for each in actions
        ),
        who=by.display_name[:40],
        at=clock.now(),
    )  # fmt: skip
    made = _keep_minutes(meeting, message, by=by)
    Seat.objects.filter(meeting_id=meeting.pk, party=own()).update(
        confirmed_number=message.number, spoke_at=clock.now()
    )
    _settle(meeting)
    post(message, _others(meeting), thread=meeting.pk, by=by)
    return made


def _keep_minutes(meeting: Meeting, message: MeetingMinutesV1, *, by: Person = MACHINE) -> Minutes:
    made, new = Minutes.objects.get_or_create(
        meeting=meeting,
        number=message.number,
        defaults={
            "text": message.minutes,
            "decisions": list(message.decisions),
            "written_by": message.who,
            "at": message.at,
        },
    )
    if not new:
        return made
    move(meeting, "minute", by=by)
    named = {each.action_id for each in message.actions}
    for row in meeting.actions.filter(state=Action.State.OPEN).exclude(pk__in=named):
        move(row, "drop", by=by)
    for each in message.actions:
        row, fresh = Action.objects.get_or_create(
            pk=each.action_id,
            defaults={
                "meeting": meeting, "text": each.text, "owner": each.owner, "unit": each.unit, "due_on": each.due_on
            },
        )  # fmt: skip
        if not fresh and row.meeting_id == meeting.pk:
            Action.objects.filter(pk=row.pk).update(
                text=each.text, owner=each.owner, unit=each.unit, due_on=each.due_on
            )
    return made


def _settle(meeting: Meeting) -> None:
    """All members of the last minutes' number have confirmed: they stand."""
    meeting.refresh_from_db()
    last = meeting.minutes.order_by("-number").values_list("number", flat=True).first()
    if meeting.state != Meeting.State.MINUTED or last is None:
        return
    seats = Seat.objects.filter(meeting_id=meeting.pk, invited=True)
    if all(seat.confirmed_number >= last for seat in seats):
        move(meeting, "confirm", by=MACHINE)


# A member -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_call(*, by: Person, meeting: Meeting, coming: bool, people: str = "") -> Seat:
    """Say whether this member comes, and who. Raises NotAKeeper, NotAMember."""
    _keeper(by)
    seat = _own_seat(meeting)
    message = MeetingAnsweredV1(
        meeting_id=meeting.pk, coming=coming, people=people.strip()[:300], who=by.display_name[:40], at=clock.now()
    )
    _keep_answer(message, party=own())
    post(message, _others(meeting), thread=meeting.pk, by=by)
    seat.refresh_from_db()
    return seat


@transaction.atomic
def confirm_minutes(*, by: Person, meeting: Meeting, number: int, confirmed: bool, objection: str = "") -> Seat:
    """Confirm the minutes of that number, or say what is wrong. Raises NotAKeeper, NotAMember, WhyMissing."""
    _keeper(by)
    seat = _own_seat(meeting)
    if not confirmed and not objection.strip():
        raise WhyMissing()
    if not meeting.minutes.filter(number=number).exists():
        raise NotFound404()
    message = MeetingConfirmedV1(
        meeting_id=meeting.pk, number=number, confirmed=confirmed, objection=objection.strip()[:1000],
        who=by.display_name[:40], at=clock.now(),
    )  # fmt: skip
    _keep_word(message, party=own())
    post(message, _others(meeting), thread=meeting.pk, by=by)
    _settle(meeting)
    seat.refresh_from_db()
    return seat


@transaction.atomic
def finish_action(*, by: Person, action: Action, words: str = "") -> Action:
    """The owner says that it is done. Raises NotAKeeper, OwnerOnly, MoveRefused."""
    _keeper(by)
    if action.owner != own():
        raise OwnerOnly()
    moment = clock.now()
    action = move(action, "finish", by=by, done_at=moment, done_words=words.strip()[:500])
    message = MeetingActionDoneV1(
        meeting_id=action.meeting_id, action_id=action.pk, words=action.done_words, who=by.display_name[:40], at=moment
    )
    to = _others(action.meeting)
    if to:
        post(message, to, thread=action.meeting_id, by=by)
    return action


def _own_seat(meeting: Meeting) -> Seat:
    found = Seat.objects.filter(meeting_id=meeting.pk, party=own(), invited=True).first()
    if found is None:
        raise NotAMember()
    return found


def _keep_answer(message: MeetingAnsweredV1, *, party: str) -> None:
    row, _made = Seat.objects.get_or_create(meeting_id=message.meeting_id, party=party)
    if row.answered_at is None or row.answered_at < message.at:
        Seat.objects.filter(pk=row.pk).update(coming=message.coming, people=message.people, answered_at=message.at)


def _keep_word(message: MeetingConfirmedV1, *, party: str) -> None:
    row, _made = Seat.objects.get_or_create(meeting_id=message.meeting_id, party=party)
    if message.confirmed:
        fields: dict[str, Any] = {"confirmed_number": max(row.confirmed_number, message.number)}
    else:
        fields = {
            "objected_number": max(row.objected_number, message.number),
            "objection": message.objection,
        }
    Seat.objects.filter(pk=row.pk).update(spoke_at=message.at, **fields)


# What arrives ---------------------------------------------------------------------------------------------------------


def _tell_keepers(meeting: Meeting, title: Any) -> None:
    tell(
        to=selectors.keepers(),
        code="meeting",
        title=title,
        url=f"/agreements/{meeting.agreement_id}/meetings/{meeting.pk}/",
    )


def _of(meeting_id: UUID, envelope: Envelope, *, by_host: bool = False) -> Meeting | None:
    found = Meeting.objects.select_for_update(of=("self",)).filter(pk=meeting_id).first()
    if found is not None and by_host and found.host != envelope.sender.name:
        raise NotFound404()
    return found


def called(message: MeetingCalledV1, envelope: Envelope) -> None:
    """A member calls a meeting, or changes it. Only of an agreement whose members we both are or were."""
    agreement = Agreement.objects.filter(pk=message.agreement_id).first()
    host = envelope.sender.name
    if agreement is None or own() not in message.parties or host not in message.parties:
        raise NotFound404()
    found = _of(message.meeting_id, envelope, by_host=True)
    if found is None and host not in agreement.members:
        raise NotFound404()
    meeting = _keep_call(message, host=host)
    name = selectors.names_of([host])[host]
    words = _("{name} 取消了会议：{title}") if message.called_off else _("{name} 请本省参加：{title}")
    _tell_keepers(meeting, words.format(name=name, title=meeting.title))


def answer_came(message: MeetingAnsweredV1, envelope: Envelope) -> None:
    """Whether another member comes; it may arrive before the call itself."""
    _keep_answer(message, party=envelope.sender.name)


def minutes_came(message: MeetingMinutesV1, envelope: Envelope) -> None:
    """The host's minutes."""
    meeting = _of(message.meeting_id, envelope, by_host=True)
    if meeting is None:
        raise NotFound404()
    receipts.over(meeting.pk, envelope.kind)  # those before are confirmed no more
    _keep_minutes(meeting, message)
    Seat.objects.filter(meeting_id=meeting.pk, party=meeting.host).update(
        confirmed_number=message.number, spoke_at=message.at
    )
    _settle(meeting)
    _tell_keepers(meeting, _("请确认会议纪要：{title}").format(title=meeting.title))


def word_came(message: MeetingConfirmedV1, envelope: Envelope) -> None:
    """Another member confirms or objects."""
    _keep_word(message, party=envelope.sender.name)
    meeting = _of(message.meeting_id, envelope)
    if meeting is None:
        return
    _settle(meeting)
    if not message.confirmed and meeting.host == own():
        name = selectors.names_of([envelope.sender.name])[envelope.sender.name]
        _tell_keepers(meeting, _("{name} 对会议纪要有不同意见：{title}").format(name=name, title=meeting.title))


def action_done(message: MeetingActionDoneV1, envelope: Envelope) -> None:
    """The owner of an action has done it."""
    row = Action.objects.filter(pk=message.action_id, meeting_id=message.meeting_id).first()
    if row is None or row.owner != envelope.sender.name:
        raise NotFound404()
    if row.state == Action.State.OPEN:
        move(row, "finish", by=MACHINE, done_at=message.at, done_words=message.words)


# Every day ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def remind() -> int:
    """Tell the keepers of what this province has to do within three days, or is late with. Once a day each."""
    now, count = clock.now(), 0
    last = clock.today() + timedelta(days=REMIND_DAYS)
    for row in selectors.own_actions().filter(due_on__lte=last):
        if row.reminded_at is not None and row.reminded_at > now - timedelta(days=1):
            continue
        Action.objects.filter(pk=row.pk).update(reminded_at=now)
        _tell_keepers(row.meeting, _("会议任务 {day} 到期：{text}").format(day=row.due_on, text=row.text[:60]))
        count += 1
    return count
