"""The doors to the ledger: pages of rows, counts, views, batches and exports of one person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from accounts.selectors import visible_unit_ids
from divisions.selectors import children, counties_by_parent
from kernel import clock
from kernel.errors import BadInput, NotFound404
from provinces.kept import Pages, PagesOf
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger.asked import Asked
from tenants.clues.ledger.columns import Column, not_needed
from tenants.clues.models import BatchRow, BatchRun, Clue, ClueExport, LedgerTaste, LedgerView
from tenants.clues.selectors import clues_seen_by, seen_from, sees_the_desk

PAGE = 50
LAST_PAGE = 200
"""Pages further down are reached by a narrower filter, the other order, or an export."""
COUNTED = 1000
"""So many rows are counted; beyond, the planner's estimate is shown, and said to be one."""
MOST_CHOSEN = 1000
SHOWN_REFUSED = 8
UNDOABLE = (BatchRun.Kind.PROPOSED, BatchRun.Kind.DISPATCH, BatchRun.Kind.PRIORITY, BatchRun.Kind.TAGS)


@dataclass(frozen=True)
class Total:
    """How many rows a filter has. exact: counted; otherwise about so many."""

    count: int
    exact: bool

    @property
    def pages(self) -> int:
        """Pages that can be turned to."""
        return max(1, min(-(-self.count // PAGE), LAST_PAGE))


@dataclass(frozen=True)
class Page:
    """One page of the ledger."""

    clues: list[Clue]
    number: int
    total: Total
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def is_last_reachable(self) -> bool:
        """Whether there are more, but not by turning pages."""
        return self.number == LAST_PAGE and self.total.count > LAST_PAGE * PAGE


def rows_for(person: User, asked: Asked) -> QuerySet[Clue]:
    """The rows a person may see and asks for, in no order and with nothing joined."""
    return asking.narrowed(clues_seen_by(person).select_related(None).order_by(), asked, person)


def by_newest(person: User, asked: Asked) -> QuerySet[Clue] | PagesOf[Clue]:
    """The same for a list by pages, each with its holder."""
    if asked == Asked():
        return _OPEN_BY_NEWEST[sees_the_desk(person)].of(visible_unit_ids(person), person.pk)
    return rows_for(person, asked).select_related("holder_unit", "holder")


def _open(at_the_desk: bool) -> Pages[Clue]:
    return Pages(
        lambda units, person_id: (
            Clue.objects.filter(seen_from(units, person_id, at_the_desk=at_the_desk), state__in=Clue.OPEN)
            .select_related("holder_unit", "holder")
            .defer(*not_needed(()))
        ),
        order=["-id"],
    )


_OPEN_BY_NEWEST = {at_the_desk: _open(at_the_desk) for at_the_desk in (False, True)}


def ordered(person: User, asked: Asked) -> QuerySet[Clue]:
    """The same in the order asked for."""
    return rows_for(person, asked).order_by(*asking.ordering(asked.sort))


def page(person: User, asked: Asked, number: int, columns: Sequence[Column]) -> Page:
    """A page of fifty. Ids first: what is shown beside them is joined to fifty rows and not to all."""
    number = min(max(number, 1), LAST_PAGE)
    begin = (number - 1) * PAGE
    ids = list(ordered(person, asked).values_list("pk", flat=True)[begin : begin + PAGE + 1])
    has_next = len(ids) > PAGE and number < LAST_PAGE
    counted = Total(len(ids), exact=True) if number == 1 and len(ids) <= PAGE else total(person, asked)
    return Page(whole(ids[:PAGE], columns), number, counted, has_next)


def whole(ids: Sequence[UUID], columns: Sequence[Column]) -> list[Clue]:
    """Clues by id with their units, in the order of the ids. The caller has asked a door for them."""
    rows = (
        Clue.objects.filter(pk__in=ids)
        .select_related("desk_unit", "holder_unit", "holder", "proposed_unit")
        .defer(*(not_needed(columns) - {"division_why"}))
        .in_bulk()
    )
    return [rows[pk] for pk in ids if pk in rows]


def total(person: User, asked: Asked) -> Total:
    """How many rows; counted to a thousand, estimated beyond."""
    rows = rows_for(person, asked)
    counted = rows[: COUNTED + 1].count()
    if counted <= COUNTED:
        return Total(counted, exact=True)
    plan = json.loads(rows.values("pk").explain(format="json"))
    return Total(max(int(plan[0]["Plan"]["Plan Rows"]), counted), exact=False)


def number_of(rows: QuerySet[Clue], most: int = 99) -> int:
    """A count for a chip: exact up to `most`, then most + 1."""
    return rows[: most + 1].count()


def chosen(person: User, ids: Iterable[UUID] | None, asked: Asked | None) -> list[UUID]:
    """Ids of the clues somebody chose: these (those not theirs are absent), or all that match a filter.

    Raises NotFound404 if one of the ids is not there; BadInput `batch_empty`, `batch_too_many`.
    """
    if asked is not None:
        found = list(ordered(person, asked).values_list("pk", flat=True)[: MOST_CHOSEN + 1])
    else:
        wanted = list(dict.fromkeys(ids or ()))[: MOST_CHOSEN + 1]
        there = set(clues_seen_by(person).order_by().filter(pk__in=wanted).values_list("pk", flat=True))
        if len(there) != len(wanted):
            raise NotFound404()
        found = wanted
    if not found:
        raise BadInput(_("还没有选择线索。请先在台账里勾选。"), code="batch_empty")
    if len(found) > MOST_CHOSEN:
        raise BadInput(
            _("一次最多办理 {most} 条。请缩小筛选范围，分几次办理。"), code="batch_too_many", most=MOST_CHOSEN
        )
    return found


# Views and tastes -----------------------------------------------------------------------------------------------------


def keeps_desk(person: User) -> bool:
    """Whether this person works at a desk: a dispatcher or leader."""
    return person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER)


def views_of(person: User) -> QuerySet[LedgerView]:
    """A person's own views, and those shared with their unit."""
    units = {person.unit_id, *person.posts.values_list("unit_id", flat=True)} - {None}
    return LedgerView.objects.filter(Q(owner=person) | Q(unit_id__in=units)).select_related("owner", "unit")


def view(person: User, view_id: UUID, *, own: bool = False) -> LedgerView:
    """One view this person may open; own: that they made. Raises NotFound404."""
    rows = views_of(person).filter(owner=person) if own else views_of(person)
    found = rows.filter(pk=view_id).first()
    if found is None:
        raise NotFound404()
    return found


def taste_of(person: User) -> LedgerTaste:
    """How this person likes the ledger; the usual if they never said."""
    found = LedgerTaste.objects.select_related("opens_with").filter(user=person).first()
    return found or LedgerTaste(user=person)


def batch(person: User, batch_id: UUID) -> BatchRun:
    """One's own batch. Raises NotFound404."""
    found = BatchRun.objects.filter(pk=batch_id, by=person).first()
    if found is None:
        raise NotFound404()
    return found


def batches_of(person: User) -> QuerySet[BatchRun]:
    """One's own batches, newest first, with how their rows ended."""
    counts = {name: Count("rows", filter=Q(rows__state=name)) for name in ("done", "refused", "undone", "kept")}
    return BatchRun.objects.filter(by=person).annotate(size=Count("rows"), **counts)


@dataclass(frozen=True)
class Outcome:
    """How a batch stands: its rows by how they ended, and whether it can still be taken back."""

    run: BatchRun
    counts: dict[str, int]
    refused: list[BatchRow]
    may_undo: bool

    @property
    def size(self) -> int:
        return sum(self.counts.values())

    @property
    def worked(self) -> int:
        """Rows that are behind it."""
        return self.size - self.counts.get("done" if self.run.state == BatchRun.State.UNDOING else "waiting", 0)


def outcome_of(run: BatchRun) -> Outcome:
    """How a batch stands. The caller has asked a door for it."""
    rows = run.rows.select_related("clue")
    counts = dict(run.rows.order_by().values_list("state").annotate(n=Count("pk")))
    open_until = run.undo_until is not None and run.undo_until > clock.now()
    may_undo = run.state == BatchRun.State.DONE and open_until and bool(counts.get("done")) and run.kind in UNDOABLE
    return Outcome(run, counts, list(rows.filter(state__in=["refused", "kept"])[:SHOWN_REFUSED]), may_undo)


def export(person: User, export_id: UUID) -> ClueExport:
    """One's own export. Raises NotFound404."""
    found = ClueExport.objects.filter(pk=export_id, by=person).first()
    if found is None:
        raise NotFound404()
    return found


def exports_of(person: User) -> QuerySet[ClueExport]:
    """One's own exports, newest first."""
    return ClueExport.objects.filter(by=person)


# What may be chosen ---------------------------------------------------------------------------------------------------


def units_to_choose(person: User) -> QuerySet[Unit]:
    """Units whose clues this person may see."""
    return Unit.objects.filter(pk__in=visible_unit_ids(person), is_active=True)


def divisions_to_choose(province: str) -> list[tuple[Any, list[Any]]]:
    """Prefectures of a province, each with its counties."""
    if not province:
        return []
    below = counties_by_parent(province)
    return [(city, below.get(city.code, [])) for city in children(province)]


def panel_to_choose(person: User) -> QuerySet[User]:
    """People of the units this person may see, who may be asked to assess."""
    roles = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
    rows = User.people.filter(is_active=True, unit_id__in=visible_unit_ids(person), posts__role__in=roles)
    return rows.select_related("unit").distinct().order_by("unit__code", "username")[:200]
