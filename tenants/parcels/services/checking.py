"""A file is checked whole before anything is written: every row says what it would make, change or leave out."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit.move import move
from audit.trail import Actor
from connections import selectors as connections
from connections import traffic
from connections.models import Connection
from kernel import clock
from kernel.errors import Problem
from provinces.alone import alone
from tenants.parcels import columns, packing, sheets
from tenants.parcels import kinds as registry
from tenants.parcels.columns import Wrong
from tenants.parcels.kinds import Checked, Given, RecordKind
from tenants.parcels.models import Report, ReportRow, TakenRecord
from tenants.parcels.packing import Package, Refused
from tenants.parcels.services.opening import OpenedFile, RawRecord, opened

MACHINE = Actor(None, "系统")
MOST_TRIES = 5
"""A file whose check breaks off so often, or takes its worker with it, is refused; why stands in the log."""
_CHUNK = 500
Effect = ReportRow.Effect


def check(report_id: UUID) -> Report:
    """Look at everything and write down what it would do. Writes no record. Safe to run twice."""
    report = Report.objects.get(pk=report_id)
    with alone(report.pk) as is_alone:
        report.refresh_from_db()  # another may have done it meanwhile
        if not is_alone or report.state != Report.State.CHECKING:
            return report
        if report.tries >= MOST_TRIES:
            return _refuse(report, Refused("broken_off"))
        Report.objects.filter(pk=report.pk).update(tries=F("tries") + 1)
        connection = connections.active(report.connection_id)
        by = User.objects.filter(pk=report.by_id, is_active=True).first()
        try:
            if connection is None or by is None:
                raise Refused("connection_off")
            with opened(report, connection) as file:
                lines = _Checking(report, connection, by, file).lines()
            if not lines:
                raise Refused("no_records")
        except Refused as why:
            return _refuse(report, why)
        counts = {**dict.fromkeys(Effect.values, 0), **Counter(str(line.effect) for line in lines)}
        with transaction.atomic():
            report.lines.all().delete()
            ReportRow.objects.bulk_create(lines, batch_size=1_000)
            report = move(
                report,
                "check",
                by=MACHINE,
                rows=len(lines),
                counts=counts,
                notes=file.notes,
                touched_at=clock.now(),
                **file.facts,
            )
        traffic.note(
            connection.pk, direction="in", what="parcel", ok=True, reference=str(report.sequence or report.file_name)
        )
    return report


def _refuse(report: Report, why: Refused) -> Report:
    data = {key: str(value) for key, value in why.data.items()}
    traffic.note(
        report.connection_id, direction="in", what="parcel", ok=False, code=why.code, reference=report.file_name[:80]
    )
    return move(report, "refuse", by=MACHINE, refused=why.code, refused_data=data, touched_at=clock.now())


class _Checking:
    """Every row of one file, in the order of the file."""

    def __init__(self, report: Report, connection: Connection, by: User, file: OpenedFile) -> None:
        self._report, self._connection, self._by, self._file = report, connection, by, file
        self._kinds = {each.name: each for each in registry.kinds_of(connection, incoming=True)}
        self._seen: dict[tuple[str, str], int] = {}
        self._taken: dict[tuple[str, str], TakenRecord] = {}

    def lines(self) -> list[ReportRow]:
        read = [(raw, *self._read(raw)) for raw in self._file.raws]
        self._know([(row.kind, row.ref) for _raw, row, said in read if said is not None])
        return [self._judged(row, said) if said is not None else row for _raw, row, said in read]

    def _read(self, raw: RawRecord) -> tuple[ReportRow, dict[str, Any] | None]:
        """The row, and what it says unless it is wrong already."""
        row = ReportRow(report=self._report, kind=raw.kind, line=raw.line, ref=raw.ref, raw=_kept(raw))
        kind = self._kinds.get(raw.kind)
        if raw.problem:
            return rejected(row, raw.problem), None
        if kind is None:
            known = [str(each.label) for each in self._kinds.values()]
            return rejected(row, "kind_unknown", value=raw.kind, kinds=known), None
        cells = {name: value for name, value in raw.raw.items() if name != columns.REF}
        try:
            ref = columns.read((sheets.REF_COLUMN,), {columns.REF: raw.ref}, strict=False).get(columns.REF, "")
            said = columns.read(kind.columns, cells, strict=not raw.from_sheet)
        except Wrong as wrong:
            row.column, row.value = wrong.column, wrong.value[:200]
            return rejected(row, wrong.code, **_named(kind, wrong)), None
        row.digest = packing.digest_of(said)
        row.ref = ref or f"#{row.digest[:40]}"
        row.said = said
        row.title = str(said.get(kind.title, ""))[:200]
        return row, said

    def _know(self, wanted: list[tuple[str, str]]) -> None:
        """Which of these were taken in before, in one query per some hundred."""
        for start in range(0, len(wanted), _CHUNK):
            refs = {ref for _kind, ref in wanted[start : start + _CHUNK]}
            for each in TakenRecord.objects.filter(connection_id=self._connection.pk, ref__in=refs):
                self._taken[each.kind, each.ref] = each

    def _judged(self, row: ReportRow, said: dict[str, Any]) -> ReportRow:
        kind, key = self._kinds[row.kind], (row.kind, row.ref)
        if key in self._seen:
            return rejected(row, "doubled", other=self._seen[key])
        self._seen[key] = row.line
        known = self._taken.get(key)
        if known is not None and known.digest == row.digest:
            row.effect, row.record_id = Effect.SAME, known.record_id
            return row
        if known is not None and not kind.rewritable:
            return rejected(row, "ref_reused", ref=row.ref)
        return _as_checked(row, _asked(kind, self._given(row, said, known)), kind)

    def _given(self, row: ReportRow, said: dict[str, Any], known: TakenRecord | None) -> Given:
        row.said = said
        return given_of(row, self._connection, self._by, self._file.package, known)


def _kept(raw: RawRecord) -> dict[str, Any]:
    """A row's cells for the table that goes back: by column name, as text, cut where somebody wrote a book."""
    cells = {columns.REF: raw.ref, **raw.raw}
    return {str(name)[:60]: _cell(value) for name, value in list(cells.items())[:60]}


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each)[:500] for each in value[:50]]
    return value if isinstance(value, bool) or value is None else str(value).replace("\x00", "")[:8_000]


def _named(kind: RecordKind, wrong: Wrong) -> dict[str, Any]:
    """Data of a sentence, with the column as people call it."""
    label = next((str(each.label) for each in sheets.in_columns(kind) if each.name == wrong.column), wrong.column)
    return {"column": label, "value": wrong.value[:40], **wrong.data}


def rejected(row: ReportRow, code: str, **data: Any) -> ReportRow:
    row.effect, row.code, row.data = Effect.REJECTED, code, data
    return row


def _asked(kind: RecordKind, given: Given) -> Checked:
    assert kind.check is not None
    try:
        return kind.check(given)
    except Problem as problem:
        return Checked(effect="rejected", code="refused", data={"why": problem.detail})


def _as_checked(row: ReportRow, found: Checked, kind: RecordKind) -> ReportRow:
    row.effect, row.record_id = Effect(found.effect), found.record_id
    if row.effect == Effect.REJECTED:
        row.code, row.column = found.code, found.column
        row.value = str(row.said.get(found.column, ""))[:200]
        row.data = {"value": row.value, **found.data}
    return row


def given_of(
    row: ReportRow, connection: Connection, by: User, package: Package | None, known: TakenRecord | None
) -> Given:
    return Given(
        connection=connection,
        by=by,
        ref=row.ref,
        said=row.said,
        before=known.record_id if known else None,
        open=package.open if package else lambda sha256: None,
    )
