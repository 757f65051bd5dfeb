"""导出台账: a worker writes what its asker may see, row by row, into a file of bounded size in memory.

The rows come a slice at a time; the file says who took it, when, and by which filter.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO, Any, cast
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Post, User
from accounts.standing import in_good_standing
from audit import trail
from audit.move import move
from evidence import made
from evidence.made import MACHINE, MOST_TRIES
from evidence.store import StoredObject, make_key, store, work_dir
from gateway import pacing
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused
from kernel.late import Late
from kernel.soon import soon
from notify.services import tell
from provinces.alone import alone
from provinces.context import required
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger import rows as doors
from tenants.clues.ledger.asked import Asked
from tenants.clues.ledger.columns import COLUMNS, Beside, Column, chosen
from tenants.clues.models import Clue, ClueExport

openpyxl = Late("openpyxl")

KEPT = timedelta(days=3)
SLICE = 1000
MEDIA = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
_LIKE_A_FORMULA = re.compile(r"^[\s\u3000]*[=+\-@＝＋－＠\t\r]")
_A_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?%?$")
_LONGEST_CELL = 32_000
_ID_BYTES = 16
Row = list[Any]


def ask(*, by: User, asked: Asked, names: Sequence[str], form: str) -> ClueExport:
    """Have a worker write the ledger as filtered. names: the columns; `*` for all of the register.

    Over the bureau's fair share it waits its turn (`not_before`), and the sweep starts it. Raises BadInput.
    """
    if form not in ClueExport.Form.values:
        raise BadInput(gettext_lazy("导出格式只能选 XLSX 或 CSV。"), code="export_form")
    wanted = list(COLUMNS) if "*" in names else [each.name for each in chosen(names)]
    going = ClueExport.objects.filter(by=by, form=form, query=asked.query, columns=wanted, state__in=ClueExport.GOING)
    if (there := going.first()) is not None:
        return there
    wait_s = pacing.wait_s("exports", user=by)
    with transaction.atomic():
        row = ClueExport.objects.create(
            form=form,
            query=asked.query[: asking.LONGEST_QUERY],
            columns=wanted,
            language=translation.get_language() or "zh-hans",
            by=by,
            not_before=clock.now() + timedelta(seconds=wait_s) if wait_s else None,
        )
        trail.record(row, "ask", by=by, data={"query": row.query, "columns": wanted, "form": form})
        if not wait_s:
            transaction.on_commit(lambda: _enqueue(row.pk))
    return row


def _enqueue(export_id: UUID) -> None:
    from tenants.clues.ledger_tasks import export_ledger

    soon(export_ledger, str(export_id))


def run(export_id: UUID) -> ClueExport:
    """Write an export that was asked for. Safe to run twice: a second one leaves it to the one that is at it."""
    row = ClueExport.objects.select_related("by").get(pk=export_id)
    with alone(row.pk) as is_alone:
        row.refresh_from_db()  # another may have done it meanwhile
        return _run(row) if is_alone and not row.waits_s else row


def _run(row: ClueExport) -> ClueExport:
    try:
        row = move(row, "start", by=MACHINE, touched_at=clock.now(), tries=row.tries + 1, done=0)
    except MoveRefused:
        return row
    person = row.by
    if not in_good_standing(person.pk) or not person.has_role(*READERS):
        return move(row, "fail", by=MACHINE, why="not allowed")
    progress = made.Progress(row)
    try:
        with translation.override(row.language), tempfile.TemporaryFile(dir=work_dir()) as file:
            count = write(row, person, file, progress=lambda done, total: progress(done=done, total=total))
            file.seek(0)
            key = make_key(required().name, "bundle", row.pk)
            digests = store().put(key, file, MEDIA[row.form])
    except Exception:
        if row.tries >= MOST_TRIES:
            move(row, "fail", by=MACHINE, why="broken off")
        raise
    try:
        return _finish(row, key, digests, count)
    except MoveRefused:
        return ClueExport.objects.get(pk=row.pk)


def _finish(row: ClueExport, key: str, stored: StoredObject, count: int) -> ClueExport:
    with transaction.atomic():
        done = move(
            row, "finish", by=MACHINE, noted={"rows": count, "sha256": stored.sha256}, object_key=key,
            sha256=stored.sha256, size_bytes=stored.size_bytes, done=count, total=count, ready_at=clock.now(),
            touched_at=clock.now(), expires_at=clock.now() + KEPT,
        )  # fmt: skip
        tell(
            to=[row.by_id],
            code="clue_export_ready",
            title=gettext_lazy("线索台账导出好了，可以下载"),
            url=f"/clues/exports/{row.pk}/",
        )
    return done


READERS = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


def write(row: ClueExport, person: User, file: IO[bytes], *, progress: Callable[[int, int], None]) -> int:
    """Write the file. progress(done, total) is called after each slice. Returns how many clues it holds."""
    asked, columns = asking.read(QueryDict(row.query)), chosen(row.columns)
    query = doors.ordered(person, asked)
    total, done = query.count(), 0
    progress(0, total)
    sheet = _Csv(file) if row.form == ClueExport.Form.CSV else _Xlsx(file, columns)
    sheet.head(_who(person, asked, total), [str(each.label) for each in columns])
    for clues in _slices(query, columns):
        beside = Beside(clues)
        for clue in clues:
            sheet.row([each.value(clue, beside) for each in columns])
        done += len(clues)
        progress(done, max(total, done))
    sheet.close()
    return done


def _slices(query: Any, columns: Sequence[Column]) -> Iterator[list[Clue]]:
    """The clues a thousand at a time. Only the ids of all are held, sixteen bytes each."""
    ids = b"".join(pk.bytes for pk in query.values_list("pk", flat=True).iterator(chunk_size=SLICE))
    for begin in range(0, len(ids), SLICE * _ID_BYTES):
        part = ids[begin : begin + SLICE * _ID_BYTES]
        yield doors.whole([UUID(bytes=part[at : at + _ID_BYTES]) for at in range(0, len(part), _ID_BYTES)], columns)


def _who(person: User, asked: Asked, total: int) -> str:
    unit = person.unit.name if person.unit else ""
    return _("线索台账 · 导出人 {who} · 导出时间 {at} · {total} 条 · 筛选 {query}").format(
        who=f"{unit} {person.display_name}".strip(),
        at=f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
        total=total,
        query=asked.query or _("在办"),
    )


def plain(value: Any) -> Any:
    """A value as a file holds it: moments in the country's time, numbers as numbers, text without what XML forbids."""
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(value, str):
        return openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
    return value


def harmless(text: str) -> str:
    """Text that an office program would run as a formula, led by an apostrophe. Numbers with a sign stay numbers."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) and not _A_NUMBER.match(text) else text


class _Csv:
    """UTF-8 with the mark that Excel needs to see Chinese."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(cast("io.BufferedIOBase", file), encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._text)

    def head(self, words: str, labels: Sequence[str]) -> None:
        self._rows.writerow([words])
        self._rows.writerow(labels)

    def row(self, values: Row) -> None:
        self._rows.writerow([self._cell(plain(each)) for each in values])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return harmless(value)
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d %H:%M")
        return value.isoformat() if isinstance(value, date) else value

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class _Xlsx:
    """A workbook that is written as it comes and never held whole."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self._file = file
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet(_("线索台账"))
        self._sheet.freeze_panes = "B3"
        for place, column in enumerate(columns, start=1):
            self._sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width = column.width

    def head(self, words: str, labels: Sequence[str]) -> None:
        self._sheet.append([self._text(words)])
        cells = [self._text(each) for each in labels]
        for cell in cells:
            cell.font = openpyxl.styles.Font(bold=True)
        self._sheet.append(cells)

    def row(self, values: Row) -> None:
        self._sheet.append([self._cell(plain(each)) for each in values])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value) if value else None
        return float(value) if isinstance(value, Decimal) else value

    def _text(self, value: str) -> Any:
        """Text stays text, whatever it begins with."""
        cell = openpyxl.cell.WriteOnlyCell(self._sheet, value=value)
        cell.data_type = "s"
        return cell

    def close(self) -> None:
        self._book.save(self._file)


def hand_out(row: ClueExport, *, by: User) -> None:
    """Write that it is being fetched. Raises Conflict when it is not there, or not there any more."""
    if row.state != ClueExport.State.READY or (row.expires_at and row.expires_at <= clock.now()):
        raise Conflict(
            gettext_lazy("这个台账文件现在不能下载：还没有做好，或已过保留期。需要时请重新导出。"),
            code="export_not_ready",
        )
    trail.record(row, "download", by=by, data={"sha256": row.sha256})


def sweep() -> int:
    """Delete what was kept long enough; take up what was left lying. Returns how many objects went."""
    return made.sweep(ClueExport, enqueue=_enqueue, give_up=lambda row: move(row, "fail", by=MACHINE, why="broken off"))
