"""An import as a matter with a life: brought and shown, columns matched, checked, run in the background, reported.

Each row is checked once and kept with what becomes of it. The run takes what is ready, some hundred in a transaction,
so that one cut off goes on where it stopped; a row that was registered meanwhile, by whatever way, becomes a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move, refusal
from audit.trail import Person, record
from kernel import clock
from kernel.errors import BadInput, NotAllowed, Problem, TooLarge, Unavailable
from kernel.soon import soon
from kernel.tables import as_csv, plain, read_rows, shape_of
from notify import live
from notify.services import tell
from provinces.alone import alone
from tenants.clues import hooks
from tenants.clues.imports import checking, columns
from tenants.clues.imports.checking import Bad, Line
from tenants.clues.models import Clue, ClueImport, ClueImportFile, ClueImportRow, ClueSource
from tenants.clues.services.manual import desk_of, hints_for, keeps_a_desk
from tenants.clues.services.registering import NewClue, Product, Source, register, register_many

KINDS = (Clue.SourceKind.HOTLINE_12315, Clue.SourceKind.MONITORING, Clue.SourceKind.PLATFORM, Clue.SourceKind.MEDIA)
"""Whose clues come by file."""
FROM_ROW = "clues.ImportRow"
MAX_BYTES, MAX_ROWS, CHUNK, SHOWN = 20_000_000, 20_000, 200, 20
_MOST_COLUMNS, _LONGEST_CELL = 60, 200
Outcome = ClueImportRow.Outcome


def bring(*, by: User, kind: str, name: str, content: bytes, file_name: str, pasted: bool = False) -> ClueImport:
    """Keep a file or a paste, find out how it is written, and match its columns as far as they say.

    Raises NotAllowed; BadInput (`file_empty`, `file_unreadable`, `import_kind`, `import_name`), TooLarge.
    """
    if not keeps_a_desk(by):
        raise NotAllowed()
    if kind not in KINDS:
        raise BadInput(_("这种来源不能成批导入。请选 12315、线上监测、电商平台或媒体。"), code="import_kind")
    name = " ".join(name.split()) or ("12315" if kind == Clue.SourceKind.HOTLINE_12315 else "")
    if not name:
        raise BadInput(_("请填写来源单位，例如监测平台的名称。同一来源每次写法要一样。"), code="import_name")
    if len(content) > MAX_BYTES:
        raise too_large()
    if not content.strip():
        raise BadInput(_("文件是空的。请重新选择文件。"), code="file_empty")
    shape = shape_of(content)
    content = plain(content, filled=True)
    rows = _first(content, MAX_ROWS + 11)
    if len(rows) < 2:
        raise BadInput(_("只有一行，没有线索可导入。第一行是表头，线索从第二行起。"), code="import_no_rows")
    if len(rows) > MAX_ROWS + 10:
        raise TooLarge(_("一次最多导入 {limit} 行。请分成几个文件。"), code="too_many_rows", limit=MAX_ROWS)
    at = columns.header_row(rows)
    job = ClueImport(
        desk_unit=desk_of(by),
        kind=kind,
        name=name[:120],
        file_name=file_name[:200],
        pasted=pasted,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        by=by,
    )
    _look(job, rows, at)
    job.columns = columns.guess(job.header, columns.kept_for(kind, job.name))
    content = _without_reporters(job, content)
    job.fill_down = [] if shape.is_workbook else _merged_looking(rows, at, job.columns)
    with transaction.atomic():
        job.save(force_insert=True)
        ClueImportFile.objects.create(job=job, content=content)
        record(job, "bring", by=by, data={"rows": job.rows, "kind": kind})
    return job


def too_large() -> TooLarge:
    """The error of a file over the limit."""
    return TooLarge(
        _("文件超过 {limit_mb} MB。请分成几个文件上传。"), code="file_too_large", limit_mb=MAX_BYTES // 1_000_000
    )


def check(
    job: ClueImport,
    *,
    by: User,
    matched: Mapping[str, int],
    header_row: int | None = None,
    fill_down: Sequence[int] = (),
) -> ClueImport:
    """Check every row with these columns, and keep what becomes of each. May be done again with others.

    Raises BadInput for columns that cannot be right, NotAllowed, MoveRefused.
    """
    _require(by)
    content = _content(job)
    if header_row is not None and header_row != job.header_row:
        rows = _first(content, MAX_ROWS + 11)
        if header_row not in {number for number, _cells in rows[:20]}:
            raise BadInput(_("表头只能在前 20 行里。请看预览后改。"), code="import_header_row")
        _look(job, rows, header_row)
        content = _without_reporters(job, content)
        matched = matched or columns.guess(job.header, columns.kept_for(job.kind, job.name))
    job.columns = columns.checked(matched, job.header)
    job.fill_down = [position for position in fill_down if 0 <= position < len(job.header)]
    lines = [_row(job, each) for each in _checked(job, content)]
    counts = _counts(line.outcome for line in lines)
    with transaction.atomic():
        move(
            job,
            "check",
            by=by,
            header_row=job.header_row,
            header=job.header,
            sample=job.sample,
            columns=job.columns,
            fill_down=job.fill_down,
            rows=len(lines),
            counts=counts,
        )
        ClueImportFile.objects.filter(job=job).update(content=content)
        job.lines.all().delete()
        ClueImportRow.objects.bulk_create(lines, batch_size=1_000)
        columns.keep(job.kind, job.name, job.header, job.columns)
    return job


def confirm(job: ClueImport, *, by: User) -> ClueImport:
    """Bring in what is ready, in the background. Raises BadInput when nothing is, MoveRefused."""
    _require(by)
    if not job.lines.filter(outcome=Outcome.READY).exists():
        raise BadInput(_("没有可导入的行。请看核对结果，改好文件再上传。"), code="import_nothing_ready")
    with transaction.atomic():
        move(job, "confirm", by=by)
        transaction.on_commit(lambda: enqueue(job.pk))
    return job


def drop(job: ClueImport, *, by: User) -> ClueImport:
    """Let it be. The file goes; clues that were made stay."""
    _require(by)
    with transaction.atomic():
        move(job, "drop", by=by, finished_at=clock.now())
        ClueImportFile.objects.filter(job=job).delete()
    return job


def start_again(job: ClueImport, *, by: User) -> ClueImport:
    """Hand over an import once more that was cut off or never reached a worker. Raises MoveRefused, Unavailable."""
    _require(by)
    if job.state not in ClueImport.MOVES["start"][0]:
        raise refusal(job, "start")
    if not enqueue(job.pk):
        raise Unavailable(_("后台暂时没有应答，导入仍在排队。请几分钟后再点“现在开始”。"), code="broker_down")
    return job


def enqueue(job_id: UUID) -> bool:
    """Hand the import to a worker. False when the broker is down: it stays queued, and its page offers to try again."""
    from tenants.clues.tasks_intake import run_import

    return soon(run_import, str(job_id))


def unfinished() -> list[UUID]:
    """Imports that wait for a worker, or whose worker may be gone. `run` sees to it that none is done twice at once."""
    return list(ClueImport.objects.filter(state__in=ClueImport.MOVING).values_list("pk", flat=True))


def run(job_id: UUID | str) -> ClueImport:
    """Register what is ready. Safe to run twice, also at once; what was cut off goes on where it stopped."""
    job = ClueImport.objects.select_related("by", "desk_unit").get(pk=job_id)
    with alone(job.pk) as is_alone:
        if not is_alone or job.state not in ClueImport.MOVES["start"][0]:
            return job
        by = job.by
        move(job, "start", by=by)
        try:
            while _chunk(job, by):
                done = job.lines.exclude(outcome=Outcome.READY).count()
                ClueImport.objects.filter(pk=job.pk).update(rows_done=done)
                live.publish(["clues"], "clue", {"import_id": str(job.pk)})
        except Exception:
            move(job, "fail", by=by, finished_at=clock.now())
            raise
        _finish(job, by)
    return job


def _finish(job: ClueImport, by: User) -> None:
    counts = _counts(job.lines.values_list("outcome", flat=True))
    with transaction.atomic():
        move(job, "finish", by=by, finished_at=clock.now(), counts=counts, rows_done=job.rows)
        ClueImportFile.objects.filter(job=job).delete()
        tell(
            to=[by.pk],
            code="clue_import_done",
            title=_("线索导入完成"),
            body=f"{job.file_name} · {counts['made']}",
            url=f"/clues/imports/{job.pk}/",
        )


def _chunk(job: ClueImport, by: User) -> bool:
    """Register the next rows, all or one by one. False when nothing is left."""
    rows = list(job.lines.filter(outcome=Outcome.READY).order_by("row_number")[:CHUNK])
    if not rows:
        return False
    _mark_known(job, rows)
    rows = [row for row in rows if row.outcome == Outcome.READY]
    try:
        with transaction.atomic():
            _register(job, rows, by)
    except (Problem, IntegrityError):
        for row in rows:
            _one(job, row, by)
    return True


def _register(job: ClueImport, rows: list[ClueImportRow], by: User) -> None:
    clues = register_many([_new(job, row) for row in rows], by=by)
    for row, clue in zip(rows, clues, strict=True):
        hooks.changed(clue, "register")
        row.outcome, row.clue = Outcome.MADE, clue
    ClueImportRow.objects.bulk_update(rows, ["outcome", "clue"])


def _one(job: ClueImport, row: ClueImportRow, by: User) -> None:
    """One row by itself, so that its fault is its own."""
    try:
        with transaction.atomic():
            clue = register(_new(job, row), by=by)
            hooks.changed(clue, "register")
            row.outcome, row.clue = Outcome.MADE, clue
            row.save(update_fields=["outcome", "clue"])
    except IntegrityError:
        _mark_known(job, [row])
        if row.outcome == Outcome.READY:
            raise
    except Problem as problem:
        _mark_known(job, [row])
        if row.outcome == Outcome.READY:
            row.outcome, row.clue, row.code, row.other = Outcome.REJECTED, None, "refused", problem.detail[:80]
            row.save(update_fields=["outcome", "clue", "code", "other"])


def _mark_known(job: ClueImport, rows: list[ClueImportRow]) -> None:
    """What was registered meanwhile, by another file or by hand, is a duplicate."""
    known = _known(job, [Line(row.row_number, row.said, row.digest) for row in rows])
    found = []
    for row in rows:
        clue = known.get(row.row_number)
        if clue is not None:
            row.outcome, row.code, row.clue, row.other = Outcome.DUPLICATE, "known", clue, clue.number
            found.append(row)
    ClueImportRow.objects.bulk_update(found, ["outcome", "code", "clue", "other"])


def _new(job: ClueImport, row: ClueImportRow) -> NewClue:
    said: Mapping[str, Any] = row.said
    account = " ".join(filter(None, (said.get("platform", ""), said.get("subject_account", ""))))
    subject = said.get("subject_name", "")
    kind = Clue.SubjectKind.UNKNOWN
    if subject:
        kind = Clue.SubjectKind.ENTERPRISE if "公司" in subject or said.get("subject_code") else Clue.SubjectKind.SHOP
    elif account:
        kind = Clue.SubjectKind.ONLINE_ACCOUNT
    brand, product = said.get("brand", ""), said.get("product", "")
    reporters = bool(columns.reporters(job.header))
    return NewClue(
        desk=job.desk_unit,
        source=_source(job, said, row.digest),
        content=checking.content_of(said),
        title=str(said.get("title") or said.get("content") or " ".join(filter(None, (account or subject, product))))[
            :120
        ],
        subject_kind=kind,
        subject_name=subject,
        subject_code=said.get("subject_code", ""),
        subject_phone=said.get("subject_phone", ""),
        subject_account=account[:200],
        address_raw=said.get("address_raw", ""),
        place_role=_role_of(job),
        hints=hints_for(job.desk_unit),
        channel=checking.channel_of(said, job.kind),
        violations=checking.violations_of(said),
        estimated_value=Decimal(said["estimated_value"]) if said.get("estimated_value") else None,
        secrecy=Clue.Secrecy.REPORTER_PROTECTED if reporters else Clue.Secrecy.ORDINARY,
        products=[Product(brand_name=(brand or product)[:80], product_name=product[:120], code=said.get("code", ""))]
        if brand or product
        else [],
    )


def _role_of(job: ClueImport) -> str:
    """What the address column is by its header: 发货地 and 注册地 say so, everything else is where the shop is."""
    position = job.columns.get("address_raw")
    title = job.header[position] if position is not None else ""
    if "发货" in title:
        return Clue.PlaceRole.SENDER
    if "注册" in title or "住所" in title:
        return Clue.PlaceRole.LICENCE
    return Clue.PlaceRole.SHOP if title else ""


def _source(job: ClueImport, said: Mapping[str, Any], digest: str) -> Source:
    ref = said.get("ref", "")
    return Source(
        kind=job.kind,
        name=job.name,
        ref=ref,
        outlet_day=checking.day_of(said["outlet_day"]) if said.get("outlet_day") else None,
        link=said["link"] if str(said.get("link", "")).lower().startswith(("http://", "https://")) else "",
        record_kind="" if ref else FROM_ROW,
        record_id="" if ref else digest,
    )


def _known(job: ClueImport, lines: Sequence[Line]) -> dict[int, Clue]:
    """Row number -> the clue that its number or its words belong to already. Those of 12315 are one series."""
    refs = {line.ref: line.row_number for line in lines if line.ref}
    digests = {line.digest: line.row_number for line in lines if not line.ref}
    sources = ClueSource.objects.select_related("clue")
    by_ref = sources.filter(kind=job.kind, ref__in=refs)
    if job.kind != Clue.SourceKind.HOTLINE_12315:
        by_ref = by_ref.filter(name=job.name)
    found = {refs[each.ref]: each.clue for each in by_ref}
    found |= {
        digests[each.record_id]: each.clue for each in sources.filter(record_kind=FROM_ROW, record_id__in=digests)
    }
    return found


def _checked(job: ClueImport, content: bytes) -> Iterator[Line | Bad | tuple[Line, Clue]]:
    """Each row below the header: good, bad, or known with its clue."""
    below = (each for each in read_rows(content) if each[0] > job.header_row)
    rows = checking.filled_down(below, job.fill_down)
    refs: dict[str, int] = {}
    digests: dict[str, int] = {}
    done = (checking.check(number, cells, job.columns) for number, cells in rows)
    while batch := list(islice(done, 1_000)):
        known = _known(job, [each for each in batch if isinstance(each, Line)])
        for each in batch:
            if isinstance(each, Bad):
                yield each
                continue
            seen, key, code = (refs, each.ref, "ref_doubled") if each.ref else (digests, each.digest, "line_doubled")
            if key in seen:
                yield Bad(each.row_number, "ref" if each.ref else "content", each.ref[:200], code, str(seen[key]))
                continue
            seen[key] = each.row_number
            clue = known.get(each.row_number)
            yield each if clue is None else (each, clue)


def _row(job: ClueImport, found: Line | Bad | tuple[Line, Clue]) -> ClueImportRow:
    if isinstance(found, Bad):
        doubled = found.code in ("line_doubled", "ref_doubled")
        return ClueImportRow(
            job=job,
            row_number=found.row_number,
            outcome=Outcome.DUPLICATE if doubled else Outcome.REJECTED,
            code=found.code,
            column=found.column,
            value=found.value,
            other=found.other,
        )
    if isinstance(found, Line):
        return ClueImportRow(
            job=job, row_number=found.row_number, outcome=Outcome.READY, said=found.said, digest=found.digest
        )
    line, clue = found
    return ClueImportRow(
        job=job,
        row_number=line.row_number,
        outcome=Outcome.DUPLICATE,
        said=line.said,
        digest=line.digest,
        code="known",
        other=clue.number,
        clue=clue,
    )


def _counts(outcomes: Any) -> dict[str, int]:
    counts = dict.fromkeys(Outcome.values, 0)
    for each in outcomes:
        counts[str(each)] += 1
    return counts


def counts_now(job: ClueImport) -> dict[str, int]:
    """How many rows stand at what, at this moment."""
    rows = job.lines.values("outcome").order_by().annotate(n=Count("pk"))
    return {**dict.fromkeys(Outcome.values, 0), **{row["outcome"]: row["n"] for row in rows}}


def _first(content: bytes, most: int) -> list[tuple[int, list[str]]]:
    return list(islice(read_rows(content), most))


def _look(job: ClueImport, rows: Sequence[tuple[int, list[str]]], at: int) -> None:
    """Set the header, how many rows are below it, and the first of them."""
    header = next((cells for number, cells in rows if number == at), [])
    while header and not header[-1].strip():
        header = header[:-1]
    if len(header) > _MOST_COLUMNS:
        raise TooLarge(_("超过 {limit} 列。请只留与线索有关的列。"), code="too_many_columns", limit=_MOST_COLUMNS)
    below = [each for each in rows if each[0] > at]
    job.header_row, job.header, job.rows = at, [title.strip()[:80] for title in header], len(below)
    hidden = {position for position, title in enumerate(job.header) if columns.is_reporter(title)}
    job.sample = [
        {
            "row": number,
            "cells": [
                "***" if i in hidden and cell else cell[:_LONGEST_CELL] for i, cell in enumerate(cells[: len(header)])
            ],
        }
        for number, cells in below[:SHOWN]
    ]


def _without_reporters(job: ClueImport, content: bytes) -> bytes:
    """The file without what it says of whoever reports: not even the file that waits keeps it."""
    hidden = [position for position, title in enumerate(job.header) if columns.is_reporter(title)]
    if not hidden:
        return content

    def emptied() -> Iterator[list[str]]:
        last = 0
        for number, cells in read_rows(content):
            yield from ([""] for _gap in range(number - last - 1))  # rows keep their numbers
            last = number
            if number > job.header_row:
                cells = ["" if position in hidden else cell for position, cell in enumerate(cells)]
            yield cells

    return as_csv(emptied())


def _merged_looking(rows: Sequence[tuple[int, list[str]]], at: int, matched: Mapping[str, int]) -> list[int]:
    """Leading columns that look like merged cells: said once, empty below, said again.

    Groups stand on the left. A gap further right is more likely something nobody knew, and is left to a person.
    """
    below = [cells for number, cells in rows if number > at][:500]
    grouping = {matched[name] for name in ("platform", "subject_account", "subject_name", "brand") if name in matched}
    header = next((cells for number, cells in rows if number == at), [])
    found = []
    for position, title in enumerate(header):
        if columns.normal(title) in ("序号", "序", "no", "#"):
            continue
        said = [position < len(cells) and bool(cells[position].strip()) for cells in below]
        if position not in grouping or not said or not said[0] or said.count(False) / len(said) < 0.2:
            break
        found.append(position)
    return found


def _content(job: ClueImport) -> bytes:
    kept = ClueImportFile.objects.filter(job=job).first()
    if kept is None:
        raise refusal(job, "check")
    return bytes(kept.content)


def _require(by: Person) -> None:
    if isinstance(by, User) and not keeps_a_desk(by):
        raise NotAllowed()
