"""The doors to official letters, to partners and to what hangs on letters.

A letter is seen by the people of the unit that issues or received it, by dispatchers and leaders above that unit, and
by who drafted or handles it. Everything else is not there.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Post, User
from accounts.selectors import led_unit_ids, visible_unit_ids
from evidence import doors
from evidence.models import Exhibit
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required
from tenants.clues.models import Clue
from tenants.clues.selectors import desk_unit_ids
from tenants.correspondence.models import LetterFile, LetterItem, OfficialLetter, Partner
from webui.nav import MOST_SHOWN

State, Direction = OfficialLetter.State, OfficialLetter.Direction
_READERS = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


def letters_of(person: User) -> QuerySet[OfficialLetter]:
    """Letters this person may see, newest first."""
    seen = Q(own_unit_id__in=visible_unit_ids(person)) | Q(drafted_by_id=person.pk) | Q(handler_id=person.pk)
    seen |= Q(assistance__officers__contains=[{"user_id": str(person.pk)}])
    return OfficialLetter.objects.filter(seen).select_related("own_unit", "clue", "case", "partner", "handler")


def letter(person: User, letter_id: UUID) -> OfficialLetter:
    """One letter. Raises NotFound404."""
    found = letters_of(person).filter(pk=letter_id).first()
    if found is None:
        raise NotFound404()
    return found


def letter_to_change(person: User, letter_id: UUID, *, direction: str = "") -> OfficialLetter:
    """One letter, locked, for who is going to write; what may be written is the services' to say.

    direction: a letter of the other one is not there. Raises NotFound404.
    """
    found = letter(person, letter_id)
    if direction and found.direction != direction:
        raise NotFound404()
    return OfficialLetter.objects.select_for_update(of=("self",)).select_related("own_unit", "clue").get(pk=found.pk)


def any_letter(letter_id: UUID, *, lock: bool = False) -> OfficialLetter:
    """One letter for the machine. Raises NotFound404."""
    rows = OfficialLetter.objects.select_related("own_unit", "clue", "partner")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=letter_id).first()
    if found is None:
        raise NotFound404()
    return found


def out_letter(origin_id: UUID, *, to: str, lock: bool = True) -> OfficialLetter:
    """A letter of ours that another party speaks of; nobody speaks of what went to somebody else.

    Raises NotFound404.
    """
    named = Q(peer_party=to) | Q(copies__party=to)
    found = OfficialLetter.objects.filter(named, pk=origin_id, direction=Direction.OUT).values_list("pk", flat=True)
    if not found:
        raise NotFound404()
    return any_letter(origin_id, lock=lock)


def in_letter(origin_id: UUID, *, sender: str) -> OfficialLetter:
    """A received letter by the sender's id, locked. Raises NotFound404."""
    found = (
        OfficialLetter.objects.select_for_update(of=("self",))
        .select_related("own_unit", "clue")
        .filter(direction=Direction.IN, peer_party=sender, origin_id=origin_id)
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


BOXES = ("all", "mine", "to_check", "to_issue", "waiting", "received", "to_receive", "overdue", "sent")


def box(person: User, name: str, *, now: datetime | None = None) -> QuerySet[OfficialLetter]:
    """The letters of one list."""
    rows = letters_of(person)
    if name == "mine":
        return rows.filter(direction=Direction.OUT, drafted_by_id=person.pk)
    if name == "to_check":
        return rows.filter(state=State.CHECKING).exclude(drafted_by_id=person.pk).filter(_checked_by(person))
    if name == "to_issue":
        done = Q(drafted_by_id=person.pk) | Q(checked_by_id=person.pk)
        return rows.filter(state=State.ISSUING, own_unit_id__in=led_unit_ids(person)).exclude(done)
    if name == "waiting":
        return rows.filter(state=State.ISSUED)
    if name == "sent":
        return rows.filter(direction=Direction.OUT).exclude(state__in=OfficialLetter.IN_HAND)
    if name == "received":
        return rows.filter(direction=Direction.IN)
    if name == "to_receive":
        return rows.filter(direction=Direction.IN, state__in=(State.DELIVERED, State.RECEIVED))
    if name == "overdue":
        return rows.filter(overdue(now or clock.now()))
    return rows


def _checked_by(person: User) -> Q:
    return Q(own_unit_id__in=desk_unit_ids(person))


def overdue(now: datetime) -> Q:
    """What is late: not signed for in time, or no answer in time."""
    unsigned = Q(state__in=(State.SENT, State.DELIVERED, State.RECEIVED), accept_by__lt=now)
    unanswered = Q(
        state__in=(State.SENT, State.DELIVERED, State.RECEIVED, State.ACCEPTED), feedback_by__lt=now, answered_at=None
    )
    return unsigned | unanswered


def waits_for(person: User) -> int:
    """What waits for this person: to check, to sign for, to issue. Officers wait for others: nothing is counted."""
    if not person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER):
        return 0
    units = desk_unit_ids(person)
    wanted = Q(state=State.CHECKING, own_unit_id__in=units) & ~Q(drafted_by_id=person.pk)
    if person.has_role(Post.Role.DISPATCHER):
        wanted |= Q(direction=Direction.IN, state__in=(State.DELIVERED, State.RECEIVED), own_unit_id__in=units)
    if person.has_role(Post.Role.LEADER):
        done = Q(drafted_by_id=person.pk) | Q(checked_by_id=person.pk)
        wanted |= Q(state=State.ISSUING, own_unit_id__in=led_unit_ids(person)) & ~done
    return OfficialLetter.objects.filter(wanted).order_by()[: MOST_SHOWN + 1].count()


def of_clue(person: User, clue: Clue) -> list[OfficialLetter]:
    """Letters about a clue that this person may see, and may see the letters of; newest first."""
    return list(OfficialLetter.objects.filter(clue=clue).select_related("own_unit").order_by("-id"))


def file_of(letter_row: OfficialLetter, file_format: str) -> LetterFile | None:
    """The printed letter, the sealed one first."""
    return letter_row.files.filter(format=file_format).order_by("-sealed").first()


def partners(*, with_closed: bool = False) -> QuerySet[Partner]:
    """Departments that are written to."""
    return Partner.objects.all() if with_closed else Partner.objects.filter(is_active=True)


def partner(partner_id: UUID) -> Partner:
    """One department. Raises NotFound404."""
    found = Partner.objects.filter(pk=partner_id).first()
    if found is None:
        raise NotFound404()
    return found


def may_keep_partners(person: User) -> bool:
    """Dispatchers, leaders and the bureau's administrator keep the list."""
    return person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER, Post.Role.BUREAU_ADMIN)


def require_reader(person: User) -> None:
    """Raise NotAllowed for who works on no matters."""
    if not person.has_role(*_READERS):
        raise NotAllowed()


def door_to_exhibit(person: User, exhibit: Exhibit) -> bool:
    """The door `evidence` asks: what is on a letter's list, or was scanned for it, is seen by who sees the letter.

    A redacted copy is seen by whoever sees what it was made from: it is picked for a letter.
    """
    if required().kind != "province" or not person.has_role(*_READERS):
        return False
    if exhibit.redacted_from is not None and doors.open_to(person, exhibit.redacted_from):
        return True  # less than what this person may see already
    lines = LetterItem.objects.filter(exhibit_id=exhibit.pk).values("letter_id")
    seen = letters_of(person)
    named = (
        Q(pk__in=lines) | Q(seal_scan_id=exhibit.pk) | Q(course__scan_id=exhibit.pk) | Q(results__scan_id=exhibit.pk)
    )
    return seen.filter(named).exists()
