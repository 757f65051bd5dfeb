"""The doors to agreements: what holds between two provinces, who is in a group, what a person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Post, User
from federation.agreements.models import Action, Agreement, Answer, Departure, Meeting, Recognition, Revision, Seat
from federation.agreements.models.agreement import Form
from federation.contracts.addresses import Address
from federation.letters.addressees import bureaux
from federation.letters.words import party_names
from federation.published.models import OpenAgreement
from kernel import clock
from kernel.errors import NotFound404
from provinces.context import required
from provinces.hosts import DIRECTORY

ACCEPTANCE_DAYS, FEEDBACK_DAYS, ASSISTANCE_DAYS = 5, 30, 15
"""What holds where nothing was agreed, in working days."""
WARN_DAYS = 30
_NEAREST_FIRST = (Form.PAIR, Form.THEME, Form.GROUP)
_READERS = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


# What holds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """What holds for letters of one kind between two provinces.

    Days are working days. direct: the letter goes to the addressee without the office's proposal. source: "agreement"
    or "national" (nothing agreed, or no longer in force).
    """

    acceptance_days: int
    feedback_days: int
    direct: bool
    agreement_id: UUID | None
    agreement_title: str
    source: str


def terms_between(one: str, other: str, kind: str, *, day: date | None = None) -> Terms:
    """What holds between two provinces for letters of a kind on a day, as far as this party knows.

    The nearest agreement counts: a pair's before a theme's before a region's, and of several the one that came into
    force last. With none in force the national defaults hold. day: today unless given.
    """
    day = day or clock.today()
    found = [
        (_NEAREST_FIRST.index(Form(agreement.form)), -(revision.entered_at or revision.proposed_at).timestamp(),
         agreement, revision)
        for agreement, revision in in_force_with({one, other}, day=day)
        if kind in revision.scope
    ]  # fmt: skip
    if not found:
        feedback = ASSISTANCE_DAYS if kind == "assistance" else FEEDBACK_DAYS
        return Terms(ACCEPTANCE_DAYS, feedback, True, None, "", "national")
    _rank, _age, agreement, revision = min(found, key=lambda each: each[:2])
    return Terms(
        revision.acceptance_days,
        revision.assistance_days if kind == "assistance" else revision.feedback_days,
        revision.direct,
        agreement.pk,
        agreement.title,
        "agreement",
    )


def in_force_with(parties: Iterable[str], *, day: date | None = None) -> list[tuple[Agreement, Revision]]:
    """Agreements in force on a day among whose members all of these are, with the revision that holds."""
    day = day or clock.today()
    found = Agreement.objects.filter(state__in=(Agreement.State.IN_FORCE, Agreement.State.EXPIRED))
    for party in parties:
        found = found.filter(members__contains=[party])
    agreements = list(found)
    revisions = Revision.objects.in_bulk([each.current_id for each in agreements if each.current_id])
    held = [(each, revisions[each.current_id]) for each in agreements if each.current_id in revisions]
    return [(each, revision) for each, revision in held if revision.valid_from <= day <= revision.valid_until]


@dataclass(frozen=True)
class Recognised:
    """That something of one province's is recognised by another: by which agreement, on what conditions, until when."""

    agreement_id: UUID
    agreement_title: str
    conditions: str
    until: date


def recognised(giver: str, taker: str, what: str, *, day: date | None = None) -> Recognised | None:
    """Whether `taker` recognises this of `giver` on a day (互认), by an agreement in force; None when not.

    what: verdict, opinion_letter, test_report or known_fake.
    """
    day = day or clock.today()
    for agreement, revision in in_force_with({giver, taker}, day=day):
        for row in revision.recognitions.filter(Q(until=None) | Q(until__gte=day), what=what):
            if not row.from_parties or giver in row.from_parties:
                until = min(row.until or revision.valid_until, revision.valid_until)
                return Recognised(agreement.pk, agreement.title, row.conditions, until)
    return None


# Groups ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupRow:
    """A group that this party can share with: the agreement's id, and its members with this party among them."""

    id: UUID
    title: str
    form: str
    topic: str
    members: tuple[str, ...]
    valid_until: date

    @property
    def others(self) -> tuple[str, ...]:
        """Everybody but this party: to whom something goes that is sent to the group."""
        own = required().name
        return tuple(code for code in self.members if code != own)


def members_of(group_id: UUID) -> tuple[str, ...]:
    """Province codes of an agreement's members while it is in force, this party among them where it is one.

    Empty for an agreement that this party does not know, or that is not in force: nobody means nobody.
    """
    found = Agreement.objects.filter(pk=group_id, state=Agreement.State.IN_FORCE).first()
    if found is None or _current(found) is None:
        return ()
    return tuple(found.members)


def groups_open_to_me() -> list[GroupRow]:
    """Groups, themes and pairs in force of which this party is a member, by title."""
    return [
        GroupRow(agreement.pk, agreement.title, agreement.form, agreement.topic, tuple(agreement.members),
                 revision.valid_until)
        for agreement, revision in sorted(in_force_with([required().name]), key=lambda each: each[0].title)
        if agreement.state == Agreement.State.IN_FORCE
    ]  # fmt: skip


def _current(agreement: Agreement) -> Revision | None:
    day = clock.today()
    return Revision.objects.filter(
        pk=agreement.current_id, valid_from__lte=day, valid_until__gte=day
    ).first()  # fmt: skip


def open_provinces() -> dict[str, str]:
    """Code and title of every province that can be a party now: of this installation and of others, not 总局."""
    superior = DIRECTORY.superior()
    left_out = superior.seat.name if superior else ""
    return {each.address.name: each.title for each in bureaux() if each.address.name != left_out}


# Who may --------------------------------------------------------------------------------------------------------------


def _top_post(person: Any, *roles: str) -> bool:
    if not getattr(person, "is_authenticated", False) or required().kind != "province":
        return False
    return bool(person.posts.filter(role__in=roles, unit__isnull=False, unit__parent=None).exists())


def speaks_for_province(person: Any) -> bool:
    """Leaders of the provincial bureau: propose, consent, leave."""
    return _top_post(person, Post.Role.LEADER)


def keeps_meetings(person: Any) -> bool:
    """Leaders and dispatchers of the provincial bureau: call a meeting, write and confirm minutes."""
    return _top_post(person, Post.Role.LEADER, Post.Role.DISPATCHER)


def may_read(request: HttpRequest) -> bool:
    """Whether the pages of agreements are this person's."""
    return reads(request.user)


def reads(person: Any) -> bool:
    """Officers, dispatchers and leaders of a province; the office's people, who see what they were told of."""
    if not getattr(person, "is_authenticated", False):
        return False
    kind = required().kind
    if kind == "office":
        return bool(person.has_role(Post.Role.OFFICE_ADMIN))
    return kind == "province" and bool(person.has_role(*_READERS))


def waiting_for(request: HttpRequest) -> int:
    """How many proposals wait for this province's word, for the rail."""
    if required().kind != "province":
        return 0
    return len(unanswered()) + minutes_waiting().count()


def unanswered() -> list[Revision]:
    """Proposals on which this province has not said anything yet, and groups that began without it and are open."""
    own = required().name
    answered = Answer.objects.filter(party=own).values("revision_id")
    left = Departure.objects.filter(party=own).values_list("agreement_id", "at")
    gone = dict(left)
    rows = (
        Revision.objects.filter(
            Q(state=Revision.State.PROPOSED)
            | Q(state=Revision.State.IN_FORCE, quorum__isnull=False, valid_until__gte=clock.today()),
            parties__contains=[own],
        )
        .exclude(pk__in=answered)
        .select_related("agreement")
    )
    return [row for row in rows if row.agreement_id not in gone or gone[row.agreement_id] < row.proposed_at]


def leaders() -> list[UUID]:
    """Whom to tell that a proposal came: leaders of the provincial bureau; at the office its people."""
    return _people(Post.Role.LEADER)


def keepers() -> list[UUID]:
    """Whom to tell of meetings."""
    return _people(Post.Role.LEADER, Post.Role.DISPATCHER)


def _people(*roles: str) -> list[UUID]:
    if required().kind == "office":
        posts = Post.held.filter(role=Post.Role.OFFICE_ADMIN)
    else:
        posts = Post.held.filter(role__in=roles, unit__isnull=False, unit__parent=None)
    return list(posts.values_list("user_id", flat=True).distinct())


# Agreements -----------------------------------------------------------------------------------------------------------


def agreements(person: Any, *, state: str = "", form: str = "") -> QuerySet[Agreement]:
    """All that this party knows of, newest first. Raises NotFound404 for who may not read them."""
    if not reads(person):
        raise NotFound404()
    rows = Agreement.objects.order_by("-created_at")
    rows = rows.filter(state=state) if state in Agreement.State.values else rows
    return rows.filter(form=form) if form in Form.values else rows


def access_agreement(person: Any, agreement_id: UUID) -> Agreement:
    """One agreement. Raises NotFound404."""
    found = agreements(person).filter(pk=agreement_id).first()
    if found is None:
        raise NotFound404()
    return found


def access_revision(person: Any, agreement_id: UUID, revision_id: UUID) -> Revision:
    """One revision of one agreement. Raises NotFound404."""
    agreement = access_agreement(person, agreement_id)
    found = agreement.revisions.filter(pk=revision_id).select_related("agreement").first()
    if found is None:
        raise NotFound404()
    return found


def revisions_of(agreement: Agreement) -> list[Revision]:
    """All revisions, newest first, each with its recognitions and `words`, what every party said."""
    rows = list(agreement.revisions.prefetch_related("recognitions").order_by("-number", "-id"))
    said: dict[UUID, dict[str, Answer]] = {}
    for answer in Answer.objects.filter(agreement_id=agreement.pk):
        said.setdefault(answer.revision_id, {})[answer.party] = answer
    names = names_of(code for row in rows for code in row.parties)
    for row in rows:
        heard = said.get(row.pk, {})
        row.words = [(code, names[code], heard.get(code)) for code in row.parties]  # type: ignore[attr-defined]
        row.consents = sum(  # type: ignore[attr-defined]
            1 for answer in heard.values() if answer.word == Answer.Word.CONSENTED and answer.party in row.parties
        )
    return rows


def departures_of(agreement: Agreement) -> QuerySet[Departure]:
    """Who left, and why."""
    return Departure.objects.filter(agreement_id=agreement.pk)


def current_of(agreement: Agreement) -> Revision | None:
    """The revision that holds or held last."""
    return Revision.objects.filter(pk=agreement.current_id).prefetch_related("recognitions").first()


def ending_soon(*, days: int = WARN_DAYS) -> list[tuple[Agreement, Revision]]:
    """Agreements in force that run out within so many days."""
    last = clock.today() + timedelta(days=days)
    rows = Agreement.objects.filter(state=Agreement.State.IN_FORCE)
    revisions = Revision.objects.in_bulk([row.current_id for row in rows if row.current_id])
    found = [(row, revisions[row.current_id]) for row in rows if row.current_id in revisions]
    return sorted(
        (each for each in found if clock.today() <= each[1].valid_until <= last), key=lambda each: each[1].valid_until
    )


def open_elsewhere(person: Any) -> list[OpenAgreement]:
    """Agreements of others that are open to be seen, from the office's register."""
    if not reads(person) or required().kind != "province":
        return []
    known = set(Agreement.objects.values_list("pk", flat=True))
    return [row for row in OpenAgreement.objects.filter(ended_at=None).order_by("title") if row.pk not in known]


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Titles of provinces by code."""
    wanted = set(codes)
    names = party_names(str(Address.province(code)) for code in wanted)
    return {code: names[f"province:{code}"] for code in wanted}


def recognitions_of(revision: Revision) -> list[tuple[Recognition, str]]:
    """What is recognised, each with whose it is in words."""
    rows = list(revision.recognitions.all())
    names = names_of(code for row in rows for code in row.from_parties)
    return [(row, "、".join(names[code] for code in row.from_parties) or _("所有成员")) for row in rows]


# Meetings -------------------------------------------------------------------------------------------------------------


def meetings_of(agreement: Agreement) -> QuerySet[Meeting]:
    """Meetings of an agreement, the next or last first."""
    return Meeting.objects.filter(agreement_id=agreement.pk)


def access_meeting(person: Any, agreement_id: UUID, meeting_id: UUID) -> Meeting:
    """One meeting of one agreement. Raises NotFound404."""
    access_agreement(person, agreement_id)
    found = Meeting.objects.filter(pk=meeting_id, agreement_id=agreement_id).first()
    if found is None or required().kind != "province":
        raise NotFound404()
    return found


def seats_of(meeting: Meeting) -> list[tuple[str, Seat]]:
    """The invited members by name."""
    rows = list(Seat.objects.filter(meeting_id=meeting.pk, invited=True))
    names = names_of(row.party for row in rows)
    return [(names[row.party], row) for row in rows]


def actions_of(meeting: Meeting) -> list[tuple[str, Action]]:
    """What is to be done, each with its owner's name."""
    rows = list(meeting.actions.exclude(state=Action.State.DROPPED))
    names = names_of(row.owner for row in rows)
    return [(names[row.owner], row) for row in rows]


def access_action(person: User, agreement_id: UUID, meeting_id: UUID, action_id: UUID) -> Action:
    """One action of one meeting. Raises NotFound404."""
    found = access_meeting(person, agreement_id, meeting_id).actions.filter(pk=action_id).first()
    if found is None:
        raise NotFound404()
    return found


def minutes_waiting() -> QuerySet[Meeting]:
    """Meetings whose minutes this province has neither confirmed nor objected to."""
    own = required().name
    open_ids = Seat.objects.filter(party=own, invited=True).values("meeting_id")
    waiting = Meeting.objects.filter(state=Meeting.State.MINUTED, pk__in=open_ids).exclude(host=own)
    done = [
        seat.meeting_id
        for seat in Seat.objects.filter(party=own, meeting_id__in=waiting.values("pk"))
        if max(seat.confirmed_number, seat.objected_number) >= _last_number(seat.meeting_id)
    ]
    return waiting.exclude(pk__in=done)


def _last_number(meeting_id: UUID) -> int:
    last = Meeting.objects.get(pk=meeting_id).minutes.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def own_actions() -> QuerySet[Action]:
    """What this province has to do, by day."""
    return Action.objects.filter(owner=required().name, state=Action.State.OPEN).select_related("meeting")
