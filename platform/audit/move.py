"""The one place where a state changes.

A model that moves has a field `state` and a table of its life:

    MOVES = {"send": ({State.DRAFT}, State.SENT)}     verb: (states it may leave, state it enters)
    VERBS = {"send": _("发送")}                        optional: what the verbs are called
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import models, router, transaction

from audit import trail
from kernel.errors import MoveRefused

Row = TypeVar("Row", bound=models.Model)
_TRIES = 5


def move(
    row: Row,
    verb: str,
    *,
    by: trail.Person,
    why: str = "",
    noted: Mapping[str, object] | None = None,
    **fields: Any,
) -> Row:
    """Take one step of `row`'s life, once; set `fields` with it; write the trail in the same transaction.

    The UPDATE names the state it leaves, so of two people at the same moment one wins and the other is refused.
    noted: JSON for the trail. Returns `row`, read again. Raises MoveRefused, writing nothing and leaving the
    caller's transaction usable, if the step is not open; ValueError for a verb the model does not have.
    """
    moves = _moves(row)
    if verb not in moves:
        raise ValueError(f"{row._meta.label} has no step {verb!r}")
    if "state" in fields:
        raise ValueError("the state follows from the step")
    sources, target = moves[verb]
    using = router.db_for_write(type(row), instance=row)
    rows = type(row)._base_manager.using(using).filter(pk=row.pk)
    left = str(row.state) if row.state in sources else None  # type: ignore[attr-defined]
    # No savepoint: nothing is written before a refusal, and the refusal is raised outside the block.
    with transaction.atomic(using=using, savepoint=False):
        for _ in range(_TRIES):
            if left is not None and rows.filter(state=left).update(state=target, **fields):
                row.refresh_from_db()
                trail.record(row, verb, by=by, why=why, from_state=left, to_state=str(target), data=noted)
                return row
            # What we hold is old: read what it is now, and try from there if the step is open from there too.
            left = rows.values_list("state", flat=True).first()
            if left not in sources:
                break
    raise refusal(row, verb, state=left or "")


def move_each(rows: Sequence[Row], verb: str, *, by: trail.Person, why: str = "", **fields: Any) -> None:
    """The same step for many rows of one model that leave the same state, in two statements: all, or none.

    The rows hold the new state and `fields` afterwards. Raises MoveRefused for the first that cannot, writing nothing.
    """
    if not rows:
        return
    sources, target = _moves(rows[0])[verb]
    left = str(rows[0].state)  # type: ignore[attr-defined]
    for row in rows:
        if row.state not in sources or str(row.state) != left:  # type: ignore[attr-defined]
            raise refusal(row, verb)
    model, using = type(rows[0]), router.db_for_write(type(rows[0]), instance=rows[0])
    with transaction.atomic(using=using):
        there = model._base_manager.using(using).filter(pk__in=[row.pk for row in rows], state=left)
        if there.update(state=target, **fields) != len(rows):
            raise refusal(rows[0], verb)
        trail.record_each(rows, verb, by=by, why=why, from_state=left, to_state=str(target))
    for row in rows:
        for name, value in {"state": target, **fields}.items():
            setattr(row, name, value)


def possible(row: models.Model, *, state: str | None = None) -> list[str]:
    """The verbs open to `row` in its state, or in the one given. Who may take them is another question."""
    current = row.state if state is None else state  # type: ignore[attr-defined]
    return [verb for verb, (sources, _) in _moves(row).items() if current in sources]


def refusal(row: models.Model, verb: str, *, state: str | None = None) -> MoveRefused:
    """The MoveRefused of `row` for `verb`, with names a reader knows. `state`: what the database says, if newer."""
    current = row.state if state is None else state  # type: ignore[attr-defined]
    field = row._meta.get_field("state")
    names: Mapping[Any, Any] = dict(field.flatchoices) if isinstance(field, models.Field) else {}
    verbs: Mapping[str, Any] = getattr(row, "VERBS", {})
    open_now = possible(row, state=current)
    return MoveRefused(
        record=row._meta.label_lower,
        record_id=row.pk,
        state=str(current),
        verb=verb,
        possible=open_now,
        state_name=names.get(current, str(current)),
        verb_name=verbs.get(verb, verb),
        possible_names=[verbs.get(name, name) for name in open_now],
    )


def _moves(row: models.Model) -> Mapping[str, tuple[set[str], str]]:
    moves: Mapping[str, tuple[set[str], str]] = row.MOVES  # type: ignore[attr-defined]
    return moves
