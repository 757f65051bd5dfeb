"""The table of holidays was added to or corrected: open terms are reckoned anew, ended ones stay, and each is listed.

Only what this bureau reckons for itself: a day that was told to somebody else in a letter stays as it was told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.selectors import holders
from audit import trail
from audit.trail import Actor
from kernel import clock
from kernel.clock import Due, WorkCalendar
from notify.services import tell
from tenants.clues import selectors
from tenants.clues.models import Assessment, Clue, ClueAlarm, Dispatch, Dispute, Telling, TermCorrection
from tenants.clues.services import clocks
from tenants.clues.services.steps import announce
from workdays import selectors as workdays
from workdays.models import Arrangement

MACHINE = Actor(None, "系统")
What = TermCorrection.What


def follow(*, now: datetime | None = None) -> int:
    """Go over the open clues of the province for the years that were loaded since this was last done.

    Each clue is a transaction of its own, so a run that breaks off is gone on with. Returns how many terms changed.
    """
    last = ClueAlarm.objects.filter(kind=ClueAlarm.Kind.CORRECTED).order_by("-about").first()
    rows = workdays.loaded_since(last.about if last else None)
    if not rows:
        return 0
    now, newest = now or clock.now(), rows[-1]
    before, after = workdays.in_force(without=rows[0].pk), workdays.in_force(up_to=newest.pk)
    first = _first_change(before, after)
    if first is not None:
        for clue_id in _touched(first):
            _go_over(clue_id, newest.pk, before, after, now)
    return _close(newest)


def _first_change(before: WorkCalendar, after: WorkCalendar) -> date | None:
    """The first day that the two tell differently; a year that is known now counts from its first day."""
    days = {
        day for day in before.exceptions.keys() | after.exceptions.keys()
        if before.is_working_day(day) != after.is_working_day(day)
    }  # fmt: skip
    days |= {date(year, 1, 1) for year in after.years - before.years}
    return min(days, default=None)


def _touched(first: date) -> Iterator[UUID]:
    """Clues with an open term that ends on that day or later, or that is provisional."""
    at = clock.at_start(first)
    is_open = Q(state__in=Clue.OPEN) & (
        Q(verify_by__gte=first)
        | Q(verify_by_provisional=True)
        | Q(dispatches__ending="", dispatches__sign_by__gte=at)
        | Q(assessments__concluded_at=None, assessments__due_on__gte=first)
        | Q(disputes__settled_at=None, disputes__due_on__gte=first)
    )
    rows = Clue.objects.filter(is_open).order_by("pk").values_list("pk", flat=True).distinct()
    yield from rows
    told = Telling.objects.filter(state=Telling.State.DUE, due_on__gte=first).exclude(
        feedback__clue__state__in=Clue.OPEN
    )
    yield from told.order_by("feedback__clue_id").values_list("feedback__clue_id", flat=True).distinct()


def _go_over(clue_id: UUID, arrangement_id: UUID, before: WorkCalendar, after: WorkCalendar, now: datetime) -> None:
    with transaction.atomic():
        clue = Clue.objects.select_for_update(no_key=True).get(pk=clue_id)
        if TermCorrection.objects.filter(clue=clue, arrangement_id=arrangement_id).exists():
            return  # a run that broke off was here
        moved: dict[What, tuple[date, date]] = {}
        for what, row, start, old in _own_terms(clue):
            due = _again(clock.local_date(start), old, before, after)
            said: dict[str, Any] = {"sign_by": clock.at_end(due.date)} if what == What.SIGN else {"due_on": due.date}
            if hasattr(row, "due_provisional"):
                said["due_provisional"] = due.provisional
            if any(getattr(row, name) != value for name, value in said.items()):
                type(row)._base_manager.filter(pk=row.pk).update(**said)
            if due.date != old:
                moved[what] = (old, due.date)
        old_check = clue.verify_by
        changed = clue.state in Clue.OPEN and clocks.reckon(clue, now=now, calendar=after)
        if changed and old_check is not None and clue.verify_by is not None and clue.verify_by != old_check:
            moved[What.CHECK] = (old_check, clue.verify_by)
        TermCorrection.objects.bulk_create(
            TermCorrection(clue=clue, arrangement_id=arrangement_id, what=what, before=old, after=new)
            for what, (old, new) in moved.items()
        )
        for what, (old, new) in moved.items():
            trail.record(
                clue, "term_corrected", by=MACHINE, why=f"{what.label} {old} → {new}", data={"what": str(what)}
            )
        if moved:
            announce(clue, "term_corrected")


def _own_terms(clue: Clue) -> Iterator[tuple[What, Any, datetime, date]]:
    """Terms of steps that are open: what, the row, when it began, its last day as written."""
    for sent in Dispatch.objects.filter(clue=clue, ending=""):
        yield What.SIGN, sent, sent.at, clock.local_date(sent.sign_by)
    for study in Assessment.objects.filter(clue=clue, concluded_at=None):
        yield What.ASSESS, study, study.opened_at, study.due_on
    for dispute in Dispute.objects.filter(clue=clue, settled_at=None):
        yield What.DISPUTE, dispute, dispute.opened_at, dispute.due_on
    for telling in Telling.objects.filter(feedback__clue=clue, state=Telling.State.DUE).select_related("feedback"):
        yield What.TELL, telling, telling.feedback.at, telling.due_on


def _again(start: date, due: date, before: WorkCalendar, after: WorkCalendar) -> Due:
    """The last day of a term that is as many working days long as it was by the calendar of before."""
    owed = sum(before.is_working_day(date.fromordinal(n)) for n in range(start.toordinal() + 1, due.toordinal() + 1))
    return clock.add_working_days(start, owed, after)


@transaction.atomic
def _close(newest: Arrangement) -> int:
    """Note that all was gone over, and tell each person once how many of theirs were."""
    _row, new = ClueAlarm.objects.get_or_create(
        about=newest.pk, kind=ClueAlarm.Kind.CORRECTED, for_day=date(newest.year, 1, 1)
    )
    rows = list(
        TermCorrection.objects.filter(arrangement_id=newest.pk).select_related("clue__holder", "clue__desk_unit")
    )
    if not new or not rows:
        return 0
    people: dict[UUID, set[UUID]] = defaultdict(set)
    clues = {row.clue_id: row.clue for row in rows}
    for clue in clues.values():
        for person in _theirs(clue):
            people[person.pk].add(clue.pk)
    for person_id, theirs in people.items():
        _tell([person_id], len(theirs), newest)
    rest = [each.pk for each in holders(Post.Role.BUREAU_ADMIN) if each.pk not in people]
    _tell(rest, len(clues), newest)
    return len(rows)


def _theirs(clue: Clue) -> list[User]:
    if clue.holder is not None and clue.holder.is_active:
        return [clue.holder]
    return list(selectors.dispatchers_of(clue.desk_unit))


def _tell(to: list[UUID], count: int, newest: Arrangement) -> None:
    if to:
        tell(
            to=to,
            code="clue_terms_corrected",
            title=_("节假日表更新，线索期限已重算"),
            body=_("%(year)s 年的节假日表已更新，%(n)s 条在办线索的期限重算了。办结的不变。")
            % {"year": newest.year, "n": count},
            url=reverse("clues:corrections", urlconf=settings.URLCONFS["province"]),
        )
