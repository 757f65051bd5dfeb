"""A file that came in: kept, checked whole before anything is written, then taken in by a person.

The signature, the digests, the number and every row are looked at first; the report says what would be made, changed
or left out. Taking in writes the good rows, each in a transaction of its own, so one cut off goes on where it stopped
and the same row never becomes two records.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Actor
from connections import selectors as connections
from connections import traffic
from connections.models import Connection
from evidence.store import make_key, store, work_dir
from kernel import clock
from kernel.errors import BadInput, Conflict, Problem, TooLarge
from kernel.ids import uuid7
from notify.services import tell
from provinces.alone import alone
from provinces.context import required
from tenants.parcels import columns, packing, selectors, sheets
from tenants.parcels import kinds as registry
from tenants.parcels.columns import Wrong
from tenants.parcels.kinds import Checked, Given, RecordKind, Taken
from tenants.parcels.models import Report, ReportRow, TakenRecord
from tenants.parcels.packing import Package, Refused
from tenants.parcels.services.settings import living_keys, setting_of

logger = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
AT_ONCE_BYTES, AT_ONCE_ROWS = 1_000_000, 100
"""Up to so much is done while the person waits; more goes to a worker."""
KEPT = timedelta(days=30)
_CHUNK = 500
_STUCK_AFTER = timedelta(minutes=5)
Effect = ReportRow.Effect


# Bringing -------------------------------------------------------------------------------------------------------------


def bring(*, by: User, connection: Connection, stream: BinaryIO, file_name: str, size_bytes: int) -> Report:
    """Keep a file and check it: a small one at once, a long one by a worker. The same file again is the same report.

    by: a carrier, or the service account of the connection. Raises NotAllowed, BadInput `file_empty`, TooLarge,
    Conflict `connection_off`.
    """
    if not by.is_service:
        selectors.require_carrier(by)
    if connections.active(connection.pk) is None:
        raise Conflict(_("这个对接没有启用，不能交换文件。请安全管理员启用后再试。"), code="connection_off")
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(
            _("文件超过 {limit_mb} MB。请分成几包。"),
            code="file_too_large",
            limit_mb=settings.MAX_UPLOAD_BYTES // 1_000_000,
        )
    if not size_bytes:
        raise BadInput(_("文件是空的。请重新选择文件。"), code="file_empty")
    report_id = uuid7()
    key = make_key(required().name, "parcel", report_id)
    digests = store().put(key, stream, "application/octet-stream")
    try:
        with transaction.atomic():
            report = Report.objects.create(
                pk=report_id,
                connection_id=connection.pk,
                connection_name=connection.name,
                file_name=file_name[:200],
                object_key=key,
                sha256=digests.sha256,
                size_bytes=digests.size_bytes,
                by_id=by.pk,
                by_name=by.display_name,
            )
            trail.record(report, "bring", by=by, data={"sha256": digests.sha256})
    except IntegrityError:
        store().delete(key)
        return _same_file(connection.pk, digests.sha256)
    if digests.size_bytes <= AT_ONCE_BYTES:
        return check(report.pk)
    enqueue(report.pk)
    return report


def _same_file(connection_id: UUID, sha256: str) -> Report:
    """What became of the same bytes before. What came to nothing may be brought again."""
    return Report.objects.filter(connection_id=connection_id, sha256=sha256).order_by("-pk")[0]


def enqueue(report_id: UUID) -> None:
    """Hand it to a worker; the sweep finds it where no broker is."""
    from tenants.parcels.tasks import go_on

    try:
        go_on.delay(str(report_id))
    except Exception:  # whatever a broker that is down raises
        logger.warning("parcel report %s waits for the sweep: no broker", report_id, exc_info=True)


def go_on(report_id: UUID) -> Report:
    """Do what a report waits for. For a worker."""
    report = Report.objects.get(pk=report_id)
    return check(report_id) if report.state == Report.State.CHECKING else take_rows(report_id)


# Checking -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Raw:
    """A record as it came, before its columns were looked at."""

    kind: str
    line: int
    ref: str
    raw: dict[str, Any]
    problem: str = ""
    from_sheet: bool = False


@dataclass
class _File:
    """A file that was opened. package: None for a table filled in by hand."""

    raws: list[_Raw]
    package: Package | None
    notes: list[dict[str, Any]]
    facts: dict[str, Any]


def check(report_id: UUID) -> Report:
    """Look at everything and write down what it would do. Writes no record. Safe to run twice."""
    report = Report.objects.get(pk=report_id)
    with alone(report.pk) as is_alone:
        report.refresh_from_db()  # another may have done it meanwhile
        if not is_alone or report.state != Report.State.CHECKING:
            return report
        connection = connections.active(report.connection_id)
        by = User.objects.filter(pk=report.by_id, is_active=True).first()
        try:
            if connection is None or by is None:
                raise Refused("connection_off")
            with _opened(report, connection) as file:
                lines = _Checking(report, connection, by, file).lines()
            if not lines:
                raise Refused("no_records")
        except Refused as why:
            return _refuse(report, why)
        counts = _count(line.effect for line in lines)
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


@contextmanager
def _opened(report: Report, connection: Connection) -> Iterator[_File]:
    with _copy_of(report) as copy:
        head = copy.read(4)
        copy.seek(0)
        if not packing.is_zip(head):
            raise Refused("not_a_package")
        if packing.is_workbook(copy):
            copy.seek(0)
            yield _by_hand(report, connection, copy.read())
            return
        copy.seek(0)
        with closing(packing.open_package(copy)) as package:
            yield _signed(report, connection, package)


@contextmanager
def _copy_of(report: Report) -> Iterator[BinaryIO]:
    """Its bytes in a file that can be read in any order."""
    with tempfile.TemporaryFile(prefix="parcel-", dir=work_dir()) as copy:
        with store().open(report.object_key, sha256=report.sha256) as stream:
            shutil.copyfileobj(stream, copy, 1 << 20)
        copy.seek(0)
        yield copy


def _by_hand(report: Report, connection: Connection, content: bytes) -> _File:
    if not setting_of(connection.pk).sheets_allowed:
        raise Refused("sheets_not_allowed")
    notes: list[dict[str, Any]] = [{"code": "unsigned", "data": {"name": report.by_name}}]
    return _File(_from_sheets(content, connection, notes), None, notes, {"signed": False})


def _from_sheets(content: bytes, connection: Connection, notes: list[dict[str, Any]]) -> list[_Raw]:
    try:
        rows = list(sheets.read(content, registry.kinds_of(connection, incoming=True), notes))
    except (BadInput, TooLarge) as error:
        raise Refused("not_a_package") from error
    return [
        _Raw(row.kind.name, row.line, str(row.raw.get(columns.REF, "")).strip(), dict(row.raw), from_sheet=True)
        for row in rows
    ]


def _signed(report: Report, connection: Connection, package: Package) -> _File:
    """Whose it is, for whom, which number, and whether it is signed. Raises Refused."""
    said = package.manifest
    own = {each.fingerprint for each in packing.own_keys(required().name)}
    if isinstance(said.get("key"), dict) and str(said["key"].get("fingerprint")) in own:
        raise Refused("own_parcel")
    if str(said.get("connection_id", "")).lower() != str(connection.pk) or said.get("addressee") != required().name:
        raise Refused("another_connection")
    fingerprint = _verified(connection, package)
    sequence = said.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 < sequence < 2**31:
        raise Refused("manifest_unreadable")
    used = Report.objects.filter(
        connection_id=connection.pk, sequence=sequence, state__in=[Report.State.TAKING, Report.State.TAKEN]
    )
    if used.exclude(pk=report.pk).exists():
        raise Refused("sequence_used", sequence=sequence)
    notes: list[dict[str, Any]] = []
    answers = said.get("in_reply_to")
    made_at = _made_at(said, connection, notes)
    facts = {
        "signed": True,
        "key_fingerprint": fingerprint,
        "sequence": sequence,
        "answers": answers if isinstance(answers, int) and 0 < answers < 2**31 else None,
        "made_at": made_at,
    }
    missing = _missing_before(connection.pk, sequence)
    if missing:
        notes.append({"code": "gap", "data": {"missing": missing}})
    return _File(_records(package, connection, notes), package, notes, facts)


def _verified(connection: Connection, package: Package) -> str:
    keys = living_keys(connection.pk)
    if not keys:
        raise Refused("no_partner_key")
    signature = package.signature()
    if not signature:
        raise Refused("signature_missing")
    for key in keys:
        if packing.is_signed(key.pem, signature, package.manifest_bytes):
            return key.fingerprint
    raise Refused("signature_wrong")


def _made_at(said: dict[str, Any], connection: Connection, notes: list[dict[str, Any]]) -> datetime | None:
    try:
        found = parse_datetime(str(said.get("made_at", "")))
    except ValueError:
        return None
    if found is None or found.tzinfo is None:
        return None
    ahead = (found - clock.now()).total_seconds()
    if ahead > connection.clock_window_s:
        notes.append({"code": "clock_off", "data": {"minutes": round(ahead / 60)}})
    return found


def _missing_before(connection_id: UUID, sequence: int) -> list[int]:
    gone = [Report.State.REFUSED, Report.State.DROPPED]
    came = set(
        Report.objects.filter(connection_id=connection_id, sequence__lt=sequence)
        .exclude(state__in=gone)
        .values_list("sequence", flat=True)
    )
    return [number for number in range(max(1, sequence - 200), sequence) if number not in came][:20]


def _records(package: Package, connection: Connection, notes: list[dict[str, Any]]) -> list[_Raw]:
    data = package.text(packing.RECORDS)
    if data is None:
        sheet = package.text(packing.SHEETS)
        if sheet is None:
            raise Refused("file_missing", name=packing.RECORDS)
        return _from_sheets(sheet, connection, notes)
    found = []
    for each in packing.read_records(data):
        if len(found) >= packing.MOST_RECORDS:
            raise Refused("too_many_rows", most=packing.MOST_RECORDS)
        inner = each.record.get("data")
        problem = each.problem or ("" if isinstance(inner, dict) else "line_unreadable")
        ref = each.record.get("id")
        found.append(
            _Raw(
                str(each.record.get("kind", ""))[:40],
                each.line,
                str(ref)[:120] if isinstance(ref, str | int) else "",
                dict(inner) if isinstance(inner, dict) else {},
                problem,
            )
        )
    return found


class _Checking:
    """Every row of one file, in the order of the file."""

    def __init__(self, report: Report, connection: Connection, by: User, file: _File) -> None:
        self._report, self._connection, self._by, self._file = report, connection, by, file
        self._kinds = {each.name: each for each in registry.kinds_of(connection, incoming=True)}
        self._seen: dict[tuple[str, str], int] = {}
        self._taken: dict[tuple[str, str], TakenRecord] = {}

    def lines(self) -> list[ReportRow]:
        read = [(raw, *self._read(raw)) for raw in self._file.raws]
        self._know([(row.kind, row.ref) for _raw, row, said in read if said is not None])
        return [self._judged(row, said) if said is not None else row for _raw, row, said in read]

    def _read(self, raw: _Raw) -> tuple[ReportRow, dict[str, Any] | None]:
        """The row, and what it says unless it is wrong already."""
        row = ReportRow(report=self._report, kind=raw.kind, line=raw.line, ref=raw.ref, raw=_kept(raw))
        kind = self._kinds.get(raw.kind)
        if raw.problem:
            return _rejected(row, raw.problem), None
        if kind is None:
            known = [str(each.label) for each in self._kinds.values()]
            return _rejected(row, "kind_unknown", value=raw.kind, kinds=known), None
        cells = {name: value for name, value in raw.raw.items() if name != columns.REF}
        try:
            ref = columns.read((sheets.REF_COLUMN,), {columns.REF: raw.ref}, strict=False).get(columns.REF, "")
            said = columns.read(kind.columns, cells, strict=not raw.from_sheet)
        except Wrong as wrong:
            row.column, row.value = wrong.column, wrong.value[:200]
            return _rejected(row, wrong.code, **_named(kind, wrong)), None
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
            return _rejected(row, "doubled", other=self._seen[key])
        self._seen[key] = row.line
        known = self._taken.get(key)
        if known is not None and known.digest == row.digest:
            row.effect, row.record_id = Effect.SAME, known.record_id
            return row
        if known is not None and not kind.rewritable:
            return _rejected(row, "ref_reused", ref=row.ref)
        return _as_checked(row, _asked(kind, self._given(row, said, known)), kind)

    def _given(self, row: ReportRow, said: dict[str, Any], known: TakenRecord | None) -> Given:
        row.said = said
        return _given_of(row, self._connection, self._by, self._file.package, known)


def _kept(raw: _Raw) -> dict[str, Any]:
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


def _rejected(row: ReportRow, code: str, **data: Any) -> ReportRow:
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


def _given_of(
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


# Taking in ------------------------------------------------------------------------------------------------------------


def take(*, by: User, report: Report) -> Report:
    """Take the good rows in, by a person: a few at once, many by a worker. Again is no harm.

    Raises NotAllowed, Conflict (`connection_off`, `key_ended`, `sequence_used`), MoveRefused.
    """
    selectors.require_carrier(by)
    if report.state == Report.State.TAKEN:
        return report
    if connections.active(report.connection_id) is None:
        raise Conflict(_("这个对接没有启用，不能交换文件。请安全管理员启用后再试。"), code="connection_off")
    living = {key.fingerprint for key in living_keys(report.connection_id)}
    if report.state == Report.State.CHECKED and report.signed and report.key_fingerprint not in living:
        raise Conflict(
            _("签这个包的密钥在检查以后停用了，不能收入。请放弃这一份，请对方用现用的密钥重新签名后再发。"),
            code="key_ended",
        )
    fields: dict[str, Any] = {} if report.taken_by_id else {"taken_by_id": by.pk, "taken_by_name": by.display_name}
    try:
        with transaction.atomic():
            report = move(report, "take", by=by, touched_at=clock.now(), **fields)
    except IntegrityError as error:
        raise Conflict(
            _("第 {sequence} 包已收过另一份。请与对方核对哪一份是对的。"),
            code="sequence_used",
            sequence=report.sequence,
        ) from error
    if report.lines.filter(effect__in=[Effect.NEW, Effect.CHANGE]).count() <= AT_ONCE_ROWS:
        return take_rows(report.pk)
    enqueue(report.pk)
    return report


def lock_of(connection_id: UUID) -> UUID:
    """What keeps two files of a connection from being written at once: both may bring the same record."""
    return uuid5(connection_id, "taking")


def take_rows(report_id: UUID) -> Report:
    """Write what is left to write. Safe to run twice; one file of a connection at a time, the next one follows."""
    report = Report.objects.get(pk=report_id)
    with alone(lock_of(report.connection_id)) as is_alone:
        if is_alone:
            report = _write(report)
    if is_alone and report.state == Report.State.TAKEN:
        waiting = Report.objects.filter(connection_id=report.connection_id, state=Report.State.TAKING)
        for pk in waiting.order_by("pk").values_list("pk", flat=True)[:1]:
            enqueue(pk)
    return report


def _write(report: Report) -> Report:
    report.refresh_from_db()  # another may have done it meanwhile
    connection = connections.active(report.connection_id)
    by = User.objects.filter(pk=report.taken_by_id, is_active=True).first()
    if report.state != Report.State.TAKING or connection is None or by is None:
        return report
    known = {each.name: each for each in registry.kinds_of(connection, incoming=True)}
    with _package(report) as package:
        while rows := list(report.lines.filter(effect__in=[Effect.NEW, Effect.CHANGE])[:_CHUNK]):
            for row in rows:
                _take_one(row, report, connection, by, known.get(row.kind), package)
            left = report.lines.filter(effect__in=[Effect.NEW, Effect.CHANGE]).count()
            Report.objects.filter(pk=report.pk).update(rows_done=report.rows - left, touched_at=clock.now())
    for kind in known.values():
        if kind.finish is not None:
            _told(kind, report, connection, by)
    return _finish(report, by)


def _told(kind: RecordKind, report: Report, connection: Connection, by: User) -> None:
    made = report.lines.filter(kind=kind.name, effect=Effect.MADE).order_by("line", "pk")
    if kind.finish is not None and made:
        kind.finish(connection, by, [Taken(said=each.said, record_id=each.record_id) for each in made])


@contextmanager
def _package(report: Report) -> Iterator[Package | None]:
    """The package again, for its attachments."""
    if not report.signed:
        yield None
        return
    with _copy_of(report) as copy, closing(packing.open_package(copy)) as package:
        yield package


def _take_one(
    row: ReportRow, report: Report, connection: Connection, by: User, kind: RecordKind | None, package: Package | None
) -> None:
    try:
        if kind is None or kind.take is None:
            raise Conflict(_("这种记录现在不收。请联系系统管理员。"), code="kind_gone")
        if kind.keep is not None:
            kind.keep(_given_of(row, connection, by, package, None))
        with transaction.atomic():
            known = TakenRecord.objects.filter(connection_id=connection.pk, kind=row.kind, ref=row.ref).first()
            if known is not None and known.digest == row.digest:
                row.effect, row.record_id = Effect.SAME, known.record_id
            else:
                made = kind.take(_given_of(row, connection, by, package, known))
                row.effect = Effect.CHANGED if made.changed else Effect.MADE
                row.record_id, row.url, row.title = made.record_id, made.url[:200], (made.title or row.title)[:200]
                TakenRecord.objects.update_or_create(
                    connection_id=connection.pk,
                    kind=row.kind,
                    ref=row.ref,
                    defaults={"digest": row.digest, "record_id": made.record_id, "report_id": report.pk},
                )
            row.save(update_fields=["effect", "record_id", "url", "title"])
    except Problem as problem:
        _rejected(row, "refused", why=problem.detail)
        row.save(update_fields=["effect", "code", "data"])
    except IntegrityError:
        logger.warning("row %s of parcel report %s was refused by the database", row.line, report.pk, exc_info=True)
        _rejected(row, "refused", why=str(_("与已有的记录冲突。请核对后重发这一条。")))
        row.save(update_fields=["effect", "code", "data"])


def _finish(report: Report, by: User) -> Report:
    found = report.lines.values("effect").order_by().annotate(n=Count("pk"))
    counts = {**dict.fromkeys(Effect.values, 0), **{row["effect"]: row["n"] for row in found}}
    with transaction.atomic():
        done = move(report, "finish", by=by, taken_at=clock.now(), counts=counts, rows_done=report.rows)
        if report.rows > AT_ONCE_ROWS:
            tell(
                to=[by.pk],
                code="parcel_taken",
                title=_("数据包收入完成"),
                body=f"{report.connection_name} · {report.file_name}",
                url=f"/parcels/in/{report.pk}/",
            )
    return done


def drop(*, by: User, report: Report, why: str = "") -> Report:
    """Leave a checked file aside."""
    selectors.require_carrier(by)
    return move(report, "drop", by=by, why=why.strip())


def _count(effects: Any) -> dict[str, int]:
    counts = dict.fromkeys(Effect.values, 0)
    for each in effects:
        counts[str(each)] += 1
    return counts


def sweep() -> int:
    """Take up what a worker left lying; delete files that are over. Returns how many files went."""
    moment, gone = clock.now(), 0
    for report in Report.objects.filter(state__in=Report.MOVING, touched_at__lt=moment - _STUCK_AFTER)[:20]:
        Report.objects.filter(pk=report.pk).update(touched_at=moment)
        enqueue(report.pk)
    over = Report.objects.filter(touched_at__lt=moment - KEPT).exclude(object_key="").exclude(state__in=Report.MOVING)
    for report in over.exclude(state=Report.State.CHECKED)[:100]:
        store().delete(report.object_key)
        Report.objects.filter(pk=report.pk).update(object_key="")
        gone += 1
    return gone
