"""Counting: phones append operations, once each, and the lots are what the operations say (`merge`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from audit import trail
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404, Problem
from kernel.ids import uuid7
from tenants.inspections import merge, selectors
from tenants.inspections.fields import ALL, checked, columns_of
from tenants.inspections.models import CountOperation, Inspection, Lot, LotMove, LotPhoto
from tenants.inspections.services.steps import State, changed, require_open

MOST = 500
LARGEST_TURN = 2**53 - 1
Kind = CountOperation.Kind
_PROJECTED = (*ALL, "quantity", "candidates", "counted_by", "version", "arrived_version", "split_from_id")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One operation as a phone sends it. value: by kind, see `merge`. turn: its Lamport clock. at: the phone's time."""

    id: UUID
    lot_id: UUID
    kind: str
    value: Mapping[str, Any]
    turn: int
    at: datetime


@dataclass
class Appended:
    """version: of the inspection now. refused: what was not taken, by operation, as problems."""

    version: int
    accepted: list[UUID] = field(default_factory=list)
    known: list[UUID] = field(default_factory=list)
    refused: dict[UUID, Problem] = field(default_factory=dict)


@transaction.atomic
def append(*, by: User, inspection_id: UUID, device_id: UUID, operations: Sequence[Said]) -> Appended:
    """Take what a phone has to say, once each, in any order. What cannot be used is refused by itself; the rest stands.

    What arrives after the inspection was closed is kept and shown apart (`late_operations`), and counts once it is
    opened again. Raises NotFound404, NotAllowed, BadInput `too_many_operations`.
    """
    if len(operations) > MOST:
        raise BadInput(_("一次最多送 {limit} 条操作，请分批。"), code="too_many_operations", limit=MOST)
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    if inspection.state == State.CANCELLED:
        require_open(inspection)
    known = {row.pk: row for row in CountOperation.objects.filter(pk__in=[each.id for each in operations])}
    owners = _owners(operations)
    result = Appended(inspection.version)
    rows: dict[UUID, CountOperation] = {}
    now = clock.now()
    for each in operations:
        before = known.get(each.id) or rows.get(each.id)
        try:
            value = _value(each)
            if before is not None:
                _require_same(before, each, value, by)
                result.known.append(each.id)
                continue
            _require_here(each, value, inspection, owners)
        except Problem as problem:
            result.refused[each.id] = problem
            continue
        rows[each.id] = CountOperation(
            pk=each.id,
            inspection=inspection,
            version=inspection.version + len(rows) + 1,
            device_id=device_id,
            by=by,
            by_name=by.display_name,
            lot_id=each.lot_id,
            new_lot_id=UUID(value["lot"]) if each.kind == Kind.SPLIT else None,
            kind=each.kind,
            value=value,
            turn=each.turn,
            at=each.at,
            received_at=now,
        )
        result.accepted.append(each.id)
    if rows:
        CountOperation.objects.bulk_create(rows.values())
        result.version = changed(inspection, "count", by=len(rows))
        _write_lots(inspection, rows.values(), owners)
    return result


def _owners(operations: Iterable[Said]) -> dict[UUID, Lot]:
    """The lots that operations speak of and that exist."""
    ids = {each.lot_id for each in operations}
    for each in operations:
        if each.kind == Kind.SPLIT:
            try:
                ids.add(UUID(str(each.value.get("lot"))))
            except ValueError:
                continue  # refused by `_value`
    return Lot.objects.in_bulk(ids)


def _value(said: Said) -> dict[str, Any]:
    """The value as it is kept. Raises BadInput."""
    value = said.value
    if not 0 <= said.turn <= LARGEST_TURN:
        raise BadInput(_("turn 超出范围。"), code="turn_wrong")
    match said.kind:
        case Kind.LOT:
            return {"fields": checked(value.get("fields", {}))}
        case Kind.DETAIL:
            fields = checked(value.get("fields", {}))
            if not fields:
                raise BadInput(_("没有写明改了哪些内容。"), code="fields_missing")
            return {"fields": fields}
        case Kind.ADD:
            delta = _number(value.get("delta"))
            if not delta:
                raise BadInput(_("加减的数量不能是 0。"), code="delta_zero")
            return {"delta": _text(delta)}
        case Kind.SET | Kind.RESOLVE:
            kept = {"quantity": _text(_quantity(value.get("quantity"))), "covers": _ids(value.get("covers", []))}
            if said.kind == Kind.RESOLVE:
                kept["why"] = str(value.get("why", ""))[:200]
            return kept
        case Kind.SPLIT:
            quantity = _quantity(value.get("quantity"))
            child = _ids([value.get("lot")])[0]
            if not quantity or child == str(said.lot_id):
                raise BadInput(_("请写明拆出多少，例如 2。"), code="split_nothing")
            why = str(value.get("why", ""))[:200]
            return {"lot": child, "quantity": _text(quantity), "why": why, "fields": checked(value.get("fields", {}))}
    raise BadInput(_("没有这种操作。请更新应用后再试。"), code="operation_kind_unknown", kind=said.kind)


def _number(text: object) -> Decimal:
    found = merge.number(text)
    if found is None:
        raise BadInput(
            _("数量要写成数字，最多 9 位整数、3 位小数，例如 60 或 2.5。"),
            code="quantity_unreadable",
            quantity=str(text),
        )
    return found


def _quantity(text: object) -> Decimal:
    found = _number(text)
    if found < 0:
        raise BadInput(_("数量不能小于 0；数过没有就写 0。"), code="quantity_negative", quantity=str(text))
    return found


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _ids(values: object) -> list[str]:
    try:
        return [str(UUID(str(each))) for each in values] if isinstance(values, list | tuple) else [str(UUID(""))]
    except ValueError as error:
        raise BadInput(_("操作编号不是 UUID。请更新应用后再试。"), code="operation_id_wrong") from error


def _require_same(row: CountOperation, said: Said, value: dict[str, Any], by: User) -> None:
    same = (row.lot_id, row.kind, row.value, row.turn, row.by_id) == (said.lot_id, said.kind, value, said.turn, by.pk)
    if not same:
        raise Conflict(_("这个操作编号已用于另一条操作。请更新应用后再试。"), code="operation_differs")


def _require_here(said: Said, value: dict[str, Any], inspection: Inspection, owners: Mapping[UUID, Lot]) -> None:
    """A lot is of this inspection, or was once, or is new."""
    for lot_id in {said.lot_id, UUID(value["lot"])} if said.kind == Kind.SPLIT else {said.lot_id}:
        lot = owners.get(lot_id)
        if lot is None or lot.inspection_id == inspection.pk:
            continue
        if not LotMove.objects.filter(lot=lot, from_inspection=inspection).exists():
            raise NotFound404()


# What the operations say ----------------------------------------------------------------------------------------------


def as_operation(row: CountOperation) -> merge.Operation:
    """A kept operation as `merge` takes it."""
    return merge.Operation(
        id=str(row.pk),
        lot_id=str(row.lot_id),
        kind=row.kind,
        value=row.value,
        turn=row.turn,
        by=str(row.by_id),
        by_name=row.by_name,
        at=row.at,
    )


def late_operations(inspection: Inspection) -> list[CountOperation]:
    """What phones sent after the inspection was closed: kept, and not counted until it is opened again."""
    if inspection.ended_at is None:
        return []
    return list(CountOperation.objects.filter(inspection=inspection, received_at__gt=inspection.ended_at))


def _operations_on(lot_ids: Iterable[UUID]) -> dict[UUID, list[CountOperation]]:
    """All that was said of lots, wherever it was said, without what came after a close."""
    ids = set(lot_ids)
    touching = Q(lot_id__in=ids) | Q(new_lot_id__in=ids)
    found: dict[UUID, list[CountOperation]] = defaultdict(list)
    rows = CountOperation.objects.filter(touching).exclude(
        Q(inspection__ended_at__isnull=False) & Q(received_at__gt=F("inspection__ended_at"))
    )
    for row in rows:
        for text in merge.lots_of(as_operation(row)):
            if (lot_id := UUID(text)) in ids:
                found[lot_id].append(row)
    return found


def _write_lots(inspection: Inspection, said: Iterable[CountOperation], owners: Mapping[UUID, Lot]) -> None:
    touched = {UUID(text) for row in said for text in merge.lots_of(as_operation(row))}
    _project(inspection, touched, owners)


def _project(inspection: Inspection, lot_ids: Iterable[UUID], owners: Mapping[UUID, Lot]) -> None:
    """Write lots as their operations say they are now. The inspection is locked and its version is the new one."""
    made, moved_on = [], {}
    kept: list[Lot] = []
    before: dict[UUID, dict[str, Any]] = {}
    operations = _operations_on(lot_ids)
    for lot_id, rows in operations.items():
        state = merge.merge_lot(str(lot_id), [as_operation(row) for row in rows])
        lot = owners.get(lot_id)
        if lot is None:
            lot = Lot(pk=lot_id, inspection=inspection, made_at=min(row.received_at for row in rows))
            made.append(lot)
        else:
            kept.append(lot)
            if lot.inspection_id != inspection.pk:
                moved_on[lot.pk] = lot
            before[lot.pk] = {name: getattr(lot, name) for name in _PROJECTED}
        _fill(lot, state)
        lot.version = inspection.version
    _name([*made, *kept])
    for lot in moved_on.values():
        other = Inspection.objects.select_for_update(of=("self",)).get(pk=lot.inspection_id)
        lot.version = changed(other, "count")
        _arrives(lot, other)  # its operations are sent again to those who count there
    for lot in kept:
        fresh = {name: getattr(lot, name) for name in _PROJECTED if getattr(lot, name) != before[lot.pk][name]}
        Lot.objects.filter(pk=lot.pk).update(**fresh)
    if made:
        _make(made)


def _make(made: list[Lot]) -> None:
    """New lots. A part that was split off stands on the lot it came from, which may be made in the same call."""
    parents = {lot.pk: lot.split_from_id for lot in made}
    for lot in made:
        lot.split_from_id = None
    Lot.objects.bulk_create(made)
    there = set(Lot.objects.filter(pk__in=[each for each in parents.values() if each]).values_list("pk", flat=True))
    for lot_id, parent_id in parents.items():
        if parent_id in there:
            Lot.objects.filter(pk=lot_id).update(split_from_id=parent_id)
    _copy_photos(parents)


def _name(lots: Iterable[Lot]) -> None:
    """Who chose a product from the catalogue need not write its name and brand."""
    unnamed = [lot for lot in lots if lot.product_id and not (lot.product_name and lot.claimed_brand)]
    products = catalogue.products(lot.product_id for lot in unnamed) if unnamed else {}
    for lot in unnamed:
        if (product := products.get(lot.product_id)) is not None:
            lot.product_name = lot.product_name or product.full_name[:120]
            lot.claimed_brand = lot.claimed_brand or product.brand.name
            lot.category = lot.category or product.category.name


def _copy_photos(parents: Mapping[UUID, UUID | None]) -> None:
    """What was split off was in the pictures of the whole."""
    photos = LotPhoto.objects.filter(lot_id__in=[each for each in parents.values() if each])
    by_lot: dict[UUID, list[LotPhoto]] = defaultdict(list)
    for photo in photos:
        by_lot[photo.lot_id].append(photo)
    copies = [
        LotPhoto(
            lot_id=lot_id,
            exhibit_id=photo.exhibit_id,
            shows=photo.shows,
            shot_code=photo.shot_code,
            kept_reason=photo.kept_reason,
            added_by_id=photo.added_by_id,
            added_at=photo.added_at,
        )
        for lot_id, parent_id in parents.items()
        if parent_id
        for photo in by_lot[parent_id]
    ]
    LotPhoto.objects.bulk_create(copies, ignore_conflicts=True)


def _fill(lot: Lot, state: merge.LotState) -> None:
    lot.quantity = state.quantity
    lot.candidates = [
        {
            "operation_id": each.operation_id,
            "by": each.by,
            "by_name": each.by_name,
            "quantity": _text(each.quantity),
            "at": each.at.isoformat() if each.at else None,
        }
        for each in state.candidates
    ]
    lot.counted_by = list(state.counted_by)
    if state.split_from:
        lot.split_from_id = UUID(state.split_from)
    columns = columns_of(state.fields)
    if columns["product_id"] and columns["product_id"] == lot.product_id:
        # The catalogue's names, which nobody wrote, were put there when the product was chosen.
        for name in ("product_name", "claimed_brand", "category"):
            columns[name] = columns[name] or getattr(lot, name)
    for name, value in columns.items():
        setattr(lot, name, value)


def changes(inspection: Inspection, *, since: int, limit: int, lots: bool = True) -> dict[str, Any]:
    """What came after a version, for a phone that holds it: `version`, `cursor`, `operations`, `lots`, `state`, `late`.

    operations: at most `limit`, oldest first; with them what was said elsewhere of lots that were moved here. lots:
    those that changed, as they are now, unless the phone merges by itself and needs no more. Ask again with `cursor`
    until it equals `version`.
    """
    operations = selectors.operations_since(inspection, since, limit + 1)
    more = len(operations) > limit
    cursor = operations[limit - 1].version if more else inspection.version
    carried = []
    if inspection.arrivals_version > since:
        arrived = Lot.objects.filter(inspection=inspection, arrived_version__gt=since).values_list("pk", flat=True)
        carried = selectors.operations_carried(arrived, inspection)
    changed_lots = list(selectors.lots_of(inspection).filter(version__gt=since)) if lots else []
    for lot in changed_lots:
        lot.inspection = inspection
    return {
        "version": inspection.version,
        "cursor": cursor,
        "operations": [*carried, *operations[:limit]],
        "lots": changed_lots,
        "state": inspection.state,
        "late": len(late_operations(inspection)),
    }


# One operation from the server's own pages ----------------------------------------------------------------------------


def say(*, by: User, inspection_id: UUID, lot_id: UUID, kind: str, device_id: UUID, **value: Any) -> Lot:
    """One operation of somebody who works on the server's pages. Raises what `append` refuses."""
    operation = Said(id=uuid7(), lot_id=lot_id, kind=kind, value=value, turn=next_turn(lot_id), at=clock.now())
    done = append(by=by, inspection_id=inspection_id, device_id=device_id, operations=[operation])
    for problem in done.refused.values():
        raise problem
    return selectors.access_lot(by, lot_id)


def next_turn(lot_id: UUID) -> int:
    """A turn after all that was said of a lot."""
    last = CountOperation.objects.filter(lot_id=lot_id).order_by("-turn").values_list("turn", flat=True).first()
    return (last or 0) + 1


def covers_of(lot_id: UUID) -> list[str]:
    """All that was counted of a lot so far: what a new count or a decision has seen."""
    rows = _operations_on([lot_id])[lot_id]
    return [str(row.pk) for row in rows if row.kind in (Kind.ADD, Kind.SET, Kind.SPLIT, Kind.RESOLVE)]


def write_down(*, by: User, inspection_id: UUID, device_id: UUID, lot_id: UUID | None = None, **fields: Any) -> Lot:
    """A new lot, with what is known of it: a whole shelf may have a photo and a count first, details later."""
    lot_id = lot_id or uuid7()
    return say(by=by, inspection_id=inspection_id, lot_id=lot_id, kind=Kind.LOT, device_id=device_id, fields=fields)


def detail(*, by: User, lot_id: UUID, device_id: UUID, **fields: Any) -> Lot:
    """Fill in or correct what is known of a lot."""
    lot = selectors.access_lot(by, lot_id)
    return say(
        by=by, inspection_id=lot.inspection_id, lot_id=lot_id, kind=Kind.DETAIL, device_id=device_id, fields=fields
    )


def count(*, by: User, lot_id: UUID, device_id: UUID, quantity: str) -> Lot:
    """This officer's count of a whole lot."""
    lot = selectors.access_lot(by, lot_id)
    covers = covers_of(lot_id)
    return say(
        by=by, inspection_id=lot.inspection_id, lot_id=lot_id, kind=Kind.SET, device_id=device_id,
        quantity=quantity, covers=covers,
    )  # fmt: skip


def resolve(*, by: User, lot_id: UUID, device_id: UUID, quantity: str, why: str = "") -> Lot:
    """Decide between counts that differ. Both stay in the log."""
    lot = selectors.access_lot(by, lot_id)
    covers = covers_of(lot_id)
    return say(
        by=by, inspection_id=lot.inspection_id, lot_id=lot_id, kind=Kind.RESOLVE, device_id=device_id,
        quantity=quantity, covers=covers, why=why,
    )  # fmt: skip


def split(
    *,
    by: User,
    lot_id: UUID,
    device_id: UUID,
    quantity: str,
    why: str = "",
    new_lot_id: UUID | None = None,
    **fields: Any,
) -> Lot:
    """So many of a lot differ from the rest: they become a lot of their own, with what was known of it and its photos.

    fields: what is different. Returns the new lot. Raises BadInput `split_too_many` for more than there are.
    """
    lot = selectors.access_lot(by, lot_id)
    wanted = _quantity(quantity)
    if lot.quantity is None or wanted >= lot.quantity:
        raise BadInput(
            _("要拆出的数量应小于这一批的 {there}。"),
            code="split_too_many",
            there="?" if lot.quantity is None else _text(lot.quantity),
            quantity=quantity,
        )
    child = new_lot_id or uuid7()
    say(
        by=by, inspection_id=lot.inspection_id, lot_id=lot_id, kind=Kind.SPLIT, device_id=device_id,
        lot=str(child), quantity=quantity, why=why, fields=described(lot) | fields,
    )  # fmt: skip
    return selectors.access_lot(by, child)


def described(lot: Lot) -> dict[str, Any]:
    """What is known of a lot, as fields of an operation; counts of what was sold stay where they are."""
    kept = (name for name in ALL if name not in ("void_reason", "sold_quantity", "sold_amount_yuan", "gains_yuan"))
    return {name: str(value) for name in kept if (value := getattr(lot, name)) not in (None, "")}


# From one inspection to another ---------------------------------------------------------------------------------------


@transaction.atomic
def move_lot(*, by: User, lot_id: UUID, to_inspection_id: UUID, why: str) -> Lot:
    """The lot was written down on the wrong inspection. It goes with its operations, photos and answers; both keep it.

    What another phone still says of it on the old inspection reaches it. Raises Conflict, BadInput, NotFound404.
    """
    if not why.strip():
        raise BadInput(_("请写明为什么移到另一次检查。"), code="reason_missing")
    here = selectors.access_lot(by, lot_id).inspection_id
    # Always in one order: two that move lots between the same two inspections do not wait for each other.
    locked = {each: selectors.access_inspection(by, each, lock=True) for each in sorted({here, to_inspection_id})}
    lot = Lot.objects.get(pk=lot_id)
    if lot.inspection_id != here or here == to_inspection_id:
        raise Conflict(_("这一批已经不在原来的检查里。请刷新页面。"), code="lot_moved_already")
    source, target = locked[here], locked[to_inspection_id]
    require_open(source)
    require_open(target)
    LotMove.objects.create(
        lot=lot, from_inspection=source, to_inspection=target, why=why.strip()[:200], by=by, by_name=by.display_name
    )
    changed(source, "lot_moved")
    lot.version = changed(target, "lot_moved")
    _arrives(lot, target)
    lot.inspection = target
    lot.save(update_fields=["inspection", "version", "arrived_version"])
    for row, other in ((source, target), (target, source)):
        trail.record(row, "move_lot", by=by, why=why, data={"lot_id": str(lot.pk), "other": str(other.pk)})
    return lot


def _arrives(lot: Lot, inspection: Inspection) -> None:
    lot.arrived_version = lot.version
    Inspection.objects.filter(pk=inspection.pk).update(arrivals_version=lot.version)


def count_again(inspection: Inspection) -> None:
    """Write every lot anew: after an inspection was opened again, what came late counts. Locked, its version new."""
    owners = Lot.objects.filter(inspection=inspection).in_bulk()
    late = CountOperation.objects.filter(inspection=inspection)
    ids = {*owners, *late.values_list("lot_id", flat=True)}
    ids |= set(late.filter(kind=Kind.SPLIT).values_list("new_lot_id", flat=True))
    _project(inspection, ids, Lot.objects.in_bulk(ids))
