"""提醒: half-way, three days, one day, on the day, overdue; each once. And nobody is never the holder (edge 9).

A reminder is sent once for one due date: a date that was moved is spoken of again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.selectors import heads_of, holders
from audit import trail
from audit.trail import Actor
from kernel import clock
from kernel.errors import Words
from notify.services import tell
from tenants.clues import selectors, supervised
from tenants.clues.models import Clue, ClueAlarm, Supervision
from tenants.clues.services import clocks, correcting, supervising
from tenants.clues.services.steps import announce, tell_people, url

MACHINE = Actor(None, "系统")
Kind = ClueAlarm.Kind
State = Clue.State
AHEAD = timedelta(days=31)
"""How far ahead clues are looked at: half of the longest term, holidays in."""
TITLES: dict[str, Words] = {
    Kind.HALFWAY: _("线索期限已过半"),
    Kind.IN_THREE_DAYS: _("线索还有三个工作日到期"),
    Kind.TOMORROW: _("线索还有一个工作日到期"),
    Kind.TODAY: _("线索今天到期"),
    Kind.OVERDUE: _("线索已超期"),
}
ORDER_TITLES: dict[str, Words] = {
    Kind.TOMORROW: _("督办还有一个工作日到期"),
    Kind.TODAY: _("督办今天到期"),
    Kind.OVERDUE: _("督办已超期"),
}


@dataclass
class Round:
    """What one round did."""

    reminded: int = 0
    rescued: int = 0
    reckoned: int = 0


def round_of_alarms(*, now: datetime | None = None) -> Round:
    """One round over all open clues of the province. Safe to run often; each clue is a transaction of its own."""
    now, done = now or clock.now(), Round()
    done.reckoned += correcting.follow(now=now)
    for clue in _with_moving_clocks():
        with transaction.atomic():
            done.reckoned += clocks.reckon(clue, now=now)
    for clue in _left_alone():
        done.rescued += _rescue(clue)
    rows = list(
        Clue.objects.filter(state__in=Clue.OPEN, due_at__lte=now + AHEAD).select_related(
            "holder", "holder_unit", "desk_unit"
        )
    )
    sent = _sent([each.pk for each in rows])
    for clue in rows:
        done.reminded += _remind(clue, now, sent)
    done.reminded += _remind_of_orders(now)
    done.reminded += _tell_of_missing_tables()
    return done


def _with_moving_clocks() -> Iterable[Clue]:
    """Open clues whose date may differ from what is written: paused, hanging on a request, or provisional."""
    moving = Q(verify_by_provisional=True) | Q(pauses__end=None, pauses__isnull=False) | Q(matters__isnull=False)
    rows = Clue.objects.filter(moving, state__in=Clue.OPEN).distinct().order_by("pk")
    return rows.prefetch_related(
        "pauses", "extensions", "matters", "dispatches", "assessments", "disputes", "supervisions"
    )


# Nobody is never the holder -------------------------------------------------------------------------------------------


def _left_alone() -> list[Clue]:
    """Open clues whose holder has left or moved, or whose unit was closed."""
    gone = Q(holder__is_active=False) | Q(holder__isnull=False) & ~Q(holder__posts__role=Post.Role.OFFICER)
    rows = (
        Clue.objects.filter(Q(holder_unit__is_active=False) | gone, state__in=Clue.OPEN)
        .select_related("holder", "holder_unit__parent", "desk_unit")
        .distinct()
    )
    return [each for each in rows if not _led_by_holder(each)]


def _led_by_holder(clue: Clue) -> bool:
    """A head who took it over is no officer, and is not gone."""
    person = clue.holder
    return bool(
        clue.holder_unit.is_active
        and person is not None
        and person.is_active
        and person.posts.filter(role=Post.Role.LEADER).exists()
    )


@transaction.atomic
def _rescue(clue: Clue) -> int:
    """The head of the unit has it from now on; where there is no head at all, the desk hears of it."""
    unit = clue.holder_unit
    while not unit.is_active and unit.parent is not None:
        unit = unit.parent
    leaders = heads_of(unit)
    head = leaders[0] if leaders else None
    before = clue.holder.display_name if clue.holder else clue.holder_unit.name
    if (clue.holder_unit_id, clue.holder_id) == (unit.pk, head.pk if head else None):
        return 0
    won = Clue.objects.filter(pk=clue.pk, holder_unit_id=clue.holder_unit_id, holder_id=clue.holder_id).update(
        holder_unit=unit, holder=head
    )
    if not won:
        return 0
    clue.refresh_from_db()
    trail.record(clue, "back_to_head", by=MACHINE, data={"before": before, "head": head.display_name if head else ""})
    people = leaders[:1] or selectors.dispatchers_of(clue.desk_unit)
    tell_people(people, clue, "clue_back_to_head", _("承办人已离岗，线索转由您处理"))
    announce(clue, "back_to_head")
    return 1


# Reminders ------------------------------------------------------------------------------------------------------------


def _sent(about: Sequence[UUID]) -> set[tuple[UUID, str, date]]:
    return set(ClueAlarm.objects.filter(about__in=about).values_list("about", "kind", "for_day"))


def kind_for(due: date, today: date, *, begin: date | None = None) -> str:
    """The reminder that is due on a day; empty if none is. begin: from when half the term is counted."""
    if today > due:
        return Kind.OVERDUE
    if today == due:
        return Kind.TODAY
    if clock.add_working_days(today, 1).date >= due:
        return Kind.TOMORROW
    if clock.add_working_days(today, 3).date >= due:
        return Kind.IN_THREE_DAYS
    if begin is not None and (today - begin) * 2 >= (due - begin):
        return Kind.HALFWAY
    return ""


def _remind(clue: Clue, now: datetime, sent: set[tuple[UUID, str, date]]) -> int:
    assert clue.due_at is not None
    due, today = clock.local_date(clue.due_at), clock.local_date(now)
    begin = clock.local_date(clue.clock_from or clue.registered_at) if clue.state == State.VERIFYING else None
    kind = kind_for(due, today, begin=begin)
    if not kind or (clue.pk, kind, due) in sent:
        return 0
    with transaction.atomic():
        if not _once(clue, kind, due, clue.pk):
            return 0
        overdue = kind == Kind.OVERDUE
        people = _who_acts(clue)
        if overdue:
            people += heads_of(clue.holder_unit)[:1]
            if clue.holder_unit_id != clue.desk_unit_id:
                people += selectors.dispatchers_of(clue.desk_unit)
        told = {each.pk: each for each in people}.values()
        tell_people(told, clue, f"clue_{kind}", TITLES[kind], urgent=overdue)
        if overdue:
            announce(clue, "overdue")
    return 1


def _who_acts(clue: Clue) -> list[User]:
    """The person who can do the next thing: the holder, the desk's dispatchers, or all who work in the unit."""
    if clue.holder is not None and clue.holder.is_active:
        return [clue.holder]
    if clue.state in Clue.AT_THE_DESK and clue.holder_unit_id == clue.desk_unit_id:
        return selectors.dispatchers_of(clue.desk_unit)
    return selectors.people_of_unit(clue.holder_unit)


def _remind_of_orders(now: datetime) -> int:
    today = clock.local_date(now)
    rows = list(
        Supervision.objects.filter(
            state=Supervision.State.ORDERED, due_on__lte=today + timedelta(days=11)
        ).select_related("clue__holder", "clue__holder_unit", "clue__desk_unit", "case__unit", "ordered_by")
    )
    sent, things, count = _sent([each.pk for each in rows]), supervised.things_of(rows), 0
    for row in rows:
        kind, thing = kind_for(row.due_on, today), things.get(row.pk)
        if thing is None or not thing.open or kind not in ORDER_TITLES or (row.pk, kind, row.due_on) in sent:
            continue
        with transaction.atomic():
            if not _once(row.clue, kind, row.due_on, row.pk):
                continue
            supervising.remind(row, thing, ORDER_TITLES[kind], overdue=kind == Kind.OVERDUE)
        count += 1
    return count


def _once(clue: Clue | None, kind: str, for_day: date, about: UUID) -> bool:
    _row, new = ClueAlarm.objects.get_or_create(about=about, kind=kind, for_day=for_day, defaults={"clue": clue})
    return new


@transaction.atomic
def _tell_of_missing_tables() -> int:
    """Dates that ran into a year without a table of holidays: the administrators hear of it once a year (edge 14)."""
    told = 0
    rows = Clue.objects.filter(verify_by_provisional=True, state__in=Clue.OPEN, verify_by__isnull=False)
    covered = clock.national_calendar().years
    for clue in rows.order_by("verify_by"):
        assert clue.verify_by is not None
        year = max(clue.verify_by.year, clock.today().year)
        about = UUID(int=year)
        if year in covered or ClueAlarm.objects.filter(about=about, kind=Kind.PROVISIONAL).exists():
            continue
        if _once(clue, Kind.PROVISIONAL, date(year, 1, 1), about):
            tell(
                to=[each.pk for each in holders(Post.Role.BUREAU_ADMIN)],
                code="holiday_table_missing",
                title=_("缺少节假日表，线索期限为暂定"),
                body=_("有线索的期限算到了 %(year)s 年，系统里还没有这一年的节假日表。装入新表后自动重算。")
                % {"year": year},
                url=url(clue),
            )
            told += 1
    return told
