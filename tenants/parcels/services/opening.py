"""A file that came in is opened: a table filled in by hand, or a signed package of this connection, in its order.

Whose it is, for whom, under which number and whether it is signed is looked at before any record is read.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.dateparse import parse_datetime

from connections.models import Connection
from evidence.store import store, work_dir
from kernel import clock
from kernel.errors import BadInput, TooLarge
from provinces.context import required
from tenants.parcels import columns, packing, sheets
from tenants.parcels import kinds as registry
from tenants.parcels.models import Report
from tenants.parcels.packing import Package, Refused
from tenants.parcels.services.settings import living_keys, setting_of


@dataclass(frozen=True)
class RawRecord:
    """A record as it came, before its columns were looked at."""

    kind: str
    line: int
    ref: str
    raw: dict[str, Any]
    problem: str = ""
    from_sheet: bool = False


@dataclass
class OpenedFile:
    """A file that was opened. package: None for a table filled in by hand."""

    raws: list[RawRecord]
    package: Package | None
    notes: list[dict[str, Any]]
    facts: dict[str, Any]


@contextmanager
def opened(report: Report, connection: Connection) -> Iterator[OpenedFile]:
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
def package_of(report: Report) -> Iterator[Package | None]:
    """The package again, for its attachments."""
    if not report.signed:
        yield None
        return
    with _copy_of(report) as copy, closing(packing.open_package(copy)) as package:
        yield package


@contextmanager
def _copy_of(report: Report) -> Iterator[BinaryIO]:
    """Its bytes in a file that can be read in any order."""
    with tempfile.TemporaryFile(prefix="parcel-", dir=work_dir()) as copy:
        with store().open(report.object_key, sha256=report.sha256) as stream:
            shutil.copyfileobj(stream, copy, 1 << 20)
        copy.seek(0)
        yield copy


def _by_hand(report: Report, connection: Connection, content: bytes) -> OpenedFile:
    if not setting_of(connection.pk).sheets_allowed:
        raise Refused("sheets_not_allowed")
    notes: list[dict[str, Any]] = [{"code": "unsigned", "data": {"name": report.by_name}}]
    return OpenedFile(_from_sheets(content, connection, notes), None, notes, {"signed": False})


def _from_sheets(content: bytes, connection: Connection, notes: list[dict[str, Any]]) -> list[RawRecord]:
    try:
        rows = list(sheets.read(content, registry.kinds_of(connection, incoming=True), notes))
    except (BadInput, TooLarge) as error:
        raise Refused("not_a_package") from error
    return [
        RawRecord(row.kind.name, row.line, str(row.raw.get(columns.REF, "")).strip(), dict(row.raw), from_sheet=True)
        for row in rows
    ]


def _signed(report: Report, connection: Connection, package: Package) -> OpenedFile:
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
    return OpenedFile(_records(package, connection, notes), package, notes, facts)


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


def _records(package: Package, connection: Connection, notes: list[dict[str, Any]]) -> list[RawRecord]:
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
            RawRecord(
                str(each.record.get("kind", ""))[:40],
                each.line,
                str(ref)[:120] if isinstance(ref, str | int) else "",
                dict(inner) if isinstance(inner, dict) else {},
                problem,
            )
        )
    return found
