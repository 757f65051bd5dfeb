"""What the steps of a letter share: who may take them, who is told, how pages hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import Post, Unit, User
from accounts.selectors import heads, heads_of
from audit.trail import Actor
from kernel import clock
from kernel.errors import BadInput, NotAllowed, Words
from notify import live
from notify.services import tell
from tenants.clues.selectors import dispatchers_of
from tenants.correspondence.calendar import working_days
from tenants.correspondence.errors import NotWaiting
from tenants.correspondence.kinds import words_of
from tenants.correspondence.models import OfficialLetter

MACHINE = Actor(None, "系统")
State = OfficialLetter.State


def url(letter: OfficialLetter) -> str:
    """The page of a letter."""
    return reverse("correspondence:letter", args=[letter.pk], urlconf=settings.URLCONFS["province"])


def need(text: str, sentence: Words, code: str) -> str:
    """`text` without spaces around it. Raises BadInput if there is none."""
    if not text.strip():
        raise BadInput(sentence, code=code)
    return text.strip()


def require_state(letter: OfficialLetter, *states: str) -> None:
    """Raise NotWaiting unless the letter is in one of these."""
    if letter.state not in states:
        raise NotWaiting(state_name=letter.get_state_display())


def announce(letter: OfficialLetter, verb: str) -> None:
    """Pages that show the letter renew themselves."""
    live.publish([f"official:{letter.pk}", "official"], "official", {"id": str(letter.pk), "verb": verb})


def tell_people(
    people: Iterable[User | UUID | None], letter: OfficialLetter, code: str, title: Words, *, but: UUID | None = None,
    urgent: bool = False,
) -> None:  # fmt: skip
    """A notice with the letter's number and subject. Whoever acts is not told of it."""
    ids = {each.pk if isinstance(each, User) else each for each in people if each is not None} - {but, None}
    body = f"{words_of(letter.kind)} {letter.document_no or ''} {letter.title}".replace("  ", " ")
    tell(to=[each for each in ids if each], code=code, title=title, body=body, url=url(letter), urgent=urgent)


# Who may --------------------------------------------------------------------------------------------------------------


def may_draft(person: User) -> bool:
    """Officers and dispatchers write; leaders sign."""
    return person.unit_id is not None and person.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER)


def works_on(person: User, letter: OfficialLetter) -> bool:
    """Whether this person keeps the draft: who wrote it, or a dispatcher of the issuing unit."""
    return letter.drafted_by_id == person.pk or keeps_desk(person, letter.own_unit)


def may_check(person: User, letter: OfficialLetter) -> bool:
    """审核: a dispatcher or leader of the issuing unit or of one above it."""
    return keeps_desk(person, letter.own_unit) or heads(person, letter.own_unit_id)


def may_issue(person: User, letter: OfficialLetter) -> bool:
    """签发: a leader of the issuing unit or of one above it."""
    return heads(person, letter.own_unit_id)


def keeps_desk(person: User, unit: Unit) -> bool:
    """Whether this person dispatches at the desk of a unit: there or at one above it."""
    line, step = set(), unit
    while step is not None:
        line.add(step.pk)
        step = step.parent  # type: ignore[assignment]
    return any(each.role == Post.Role.DISPATCHER and each.unit_id in line for each in person.posts.all())


def may_receive(person: User, letter: OfficialLetter) -> bool:
    """Who answers for a received letter: the desk of the unit it came to, its leaders, and whoever handles it."""
    if letter.handler_id == person.pk:
        return True
    return keeps_desk(person, letter.own_unit) or heads(person, letter.own_unit_id)


def require(may: bool, sentence: Words | None = None, code: str = "not_allowed") -> None:
    """Raise NotAllowed unless so."""
    if not may:
        raise NotAllowed(sentence, code=code) if sentence else NotAllowed()


def checkers(letter: OfficialLetter) -> list[User]:
    """Who is asked to check: dispatchers at the desk of the issuing unit, its leaders where there is nobody else."""
    found = [each for each in dispatchers_of(letter.own_unit) if each.pk != letter.drafted_by_id]
    return found or [each for each in heads_of(letter.own_unit) if each.pk != letter.drafted_by_id]


def issuers(letter: OfficialLetter) -> list[User]:
    """Who is asked to issue."""
    done = {letter.drafted_by_id, letter.checked_by_id}
    return [each for each in heads_of(letter.own_unit) if each.pk not in done]


def receivers(letter: OfficialLetter) -> list[User]:
    """Who is told of what comes to a received letter."""
    if letter.handler is not None and letter.handler.is_active:
        return [letter.handler]
    return dispatchers_of(letter.own_unit)


def end_of_working_day(days: int, start: datetime | None = None) -> tuple[datetime, bool]:
    """The last moment of so many working days from now, and whether a year without a table was run through."""
    due = clock.add_working_days(start or clock.now(), days, working_days())
    return clock.at_end(due.date), due.provisional
