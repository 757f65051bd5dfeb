"""What a log of operations says: the same lots from the same set of operations, in whatever order they came.

Pure: no database, no clock. `static/inspections/merge.js` does the same on the phone; tests compare the two.

Values by kind (numbers are decimal text, at most three places):

    lot      {"fields": {...}}                                   a lot is written down, with what is known of it
    add      {"delta": "12"}                                     so many more, or fewer; sums, whoever says it
    set      {"quantity": "60", "covers": [ids]}                 one officer's count of the whole lot
    split    {"lot": id, "quantity": "2", "fields": {...}}       so many of the lot are a lot of their own
    detail   {"fields": {...}}                                   the last word on each field counts
    resolve  {"quantity": "58", "covers": [ids], "why": "..."}   a person decided between counts

covers: the operations on this lot that the phone showed when the count was made: they are in the number already, and
what is not covered is added to it. An officer's later count replaces their earlier one; where two officers' counts
differ both are kept, and no quantity stands until somebody resolves them or they agree. Order is by (turn, id).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,3})?")
BASES = frozenset({"set", "resolve"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. Ids are text, as in JSON. by: id of the officer."""

    id: str
    lot_id: str
    kind: str
    value: Mapping[str, Any]
    turn: int
    by: str
    by_name: str = ""
    at: datetime | None = None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the order that everybody shares."""
        return (self.turn, self.id)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several counts that differ: what the lot would hold if this one were right."""

    operation_id: str
    by: str
    by_name: str
    quantity: Decimal
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LotState:
    """What is known of a lot. quantity: None while not counted, or while `candidates` differ."""

    id: str
    quantity: Decimal | None
    candidates: tuple[Candidate, ...] = ()
    counted_by: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    split_from: str | None = None
    written_down: bool = False


def number(text: object) -> Decimal | None:
    """A quantity as operations write it; None if it is none."""
    return Decimal(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else None


def lots_of(operation: Operation) -> tuple[str, ...]:
    """Ids of the lots that an operation changes."""
    return (operation.lot_id, str(operation.value["lot"])) if operation.kind == "split" else (operation.lot_id,)


def merge(operations: Iterable[Operation]) -> dict[str, LotState]:
    """Every lot that the operations speak of. The same operation twice is once."""
    by_lot: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        for lot_id in lots_of(operation):
            by_lot.setdefault(lot_id, {})[operation.id] = operation
    return {lot_id: merge_lot(lot_id, each.values()) for lot_id, each in by_lot.items()}


def merge_lot(lot_id: str, operations: Iterable[Operation]) -> LotState:
    """One lot, of the operations that change it."""
    ordered = sorted(operations, key=lambda operation: operation.place)
    deltas = {each.id: delta for each in ordered if (delta := _delta(each, lot_id)) is not None}
    bases = {each.id: each for each in ordered if each.kind in BASES and each.lot_id == lot_id}
    covered = {base_id: _closure(base_id, bases) for base_id in bases}
    standing = _standing(list(bases.values()), covered)
    candidates = tuple(
        Candidate(
            operation_id=base.id,
            by=base.by,
            by_name=base.by_name,
            quantity=Decimal(base.value["quantity"])
            + sum((delta for key, delta in deltas.items() if key not in covered[base.id]), Decimal(0)),
            at=base.at,
        )
        for base in standing
    )
    totals = {candidate.quantity for candidate in candidates}
    if totals:
        quantity = totals.pop() if len(totals) == 1 else None
    else:
        quantity = sum(deltas.values(), Decimal(0)) if deltas else None
    counting = [each for each in ordered if each.id in deltas or each.id in bases]
    born = next((each for each in ordered if each.kind == "split" and each.value["lot"] == lot_id), None)
    return LotState(
        id=lot_id,
        quantity=quantity,
        candidates=candidates if quantity is None else (),
        counted_by=tuple(dict.fromkeys(each.by_name for each in counting)),
        fields=_fields(ordered, lot_id),
        split_from=born.lot_id if born else None,
        written_down=born is not None or any(each.kind == "lot" for each in ordered),
    )


def _delta(operation: Operation, lot_id: str) -> Decimal | None:
    if operation.kind == "add":
        return Decimal(operation.value["delta"])
    if operation.kind == "split":
        quantity = Decimal(operation.value["quantity"])
        return quantity if operation.value["lot"] == lot_id else -quantity
    return None


def _closure(base_id: str, bases: Mapping[str, Operation]) -> set[str]:
    """What a count has in it already: what it covers, and what the counts it covers do."""
    found: set[str] = set()
    ahead = list(bases[base_id].value.get("covers", ()))
    while ahead:
        key = ahead.pop()
        if key not in found and key != base_id:
            found.add(key)
            if key in bases:
                ahead += bases[key].value.get("covers", ())
    return found


def _standing(bases: Sequence[Operation], covered: Mapping[str, set[str]]) -> list[Operation]:
    """The counts that are replaced by none: the last of each officer, unless a person decided over it."""
    last = {base.by: base.id for base in bases if base.kind == "set"}
    decided = set().union(*(covered[base.id] for base in bases if base.kind == "resolve"))
    replaced = set().union(*covered.values())
    return [
        base
        for base in bases
        if (base.kind == "resolve" and base.id not in replaced)
        or (base.kind == "set" and last[base.by] == base.id and base.id not in decided)
    ]


def _fields(ordered: Sequence[Operation], lot_id: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for operation in ordered:
        # A split tells what the new lot is, not what the old one was.
        if operation.kind == "split" and operation.value["lot"] != lot_id:
            continue
        fields.update(operation.value.get("fields", {}))
    return fields
