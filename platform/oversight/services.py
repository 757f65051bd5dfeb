"""Taking lines out of the trail as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from audit import reads
from gateway import pacing
from kernel import clock
from kernel.errors import BadInput, TooLarge
from kernel.tables.writing import csv_line, workbook
from oversight import selectors
from oversight.asking import Asked
from oversight.selectors import Line

MOST_LINES = 20_000
_STEP = 1000
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
}


def ask(asked: Asked, *, by: User, exported: str = "") -> None:
    """Write down that an auditor asked, and by which fields; what was asked for is kept as digests."""
    terms = [value for value in (asked.person, asked.number, asked.term) if value]
    what = ",".join([*([exported] if exported else []), *asked.used()])
    reads.note(selectors.OWN_LABEL, by=by, what=what or "list", terms=terms)


def export(asked: Asked, form: str, *, by: User) -> bytes:
    """All lines that fit, as one file. Itself written down. Raises BadInput, TooLarge (`export_too_long`)."""
    if form not in MEDIA:
        raise BadInput(_("格式只能是 xlsx、csv 或 jsonl。"), code="format_unknown")
    pacing.require("exports", user=by)
    lines = list(_all(asked, by=by))
    ask(asked, by=by, exported=f"export {form} {len(lines)}")
    if form == "jsonl":
        return "".join(json.dumps(said, ensure_ascii=False) + "\n" for said in map(as_json, lines)).encode()
    header = [_("时间"), _("类别"), _("人员"), _("经由"), _("记录"), _("编号"), _("记录编号"), _("动作"), _("状态")]
    header += [_("页面")]
    rows = (_cells(line) for line in lines)
    if form == "csv":
        return ("\ufeff" + csv_line(header) + "".join(csv_line(row) for row in rows)).encode()
    return workbook(_("审计记录"), header, rows, widths=(20, 8, 14, 14, 18, 24, 38, 24, 20, 40))


def _all(asked: Asked, *, by: User) -> Iterator[Line]:
    before, count = None, 0
    while True:
        page = selectors.find(by, asked, before=before, limit=_STEP)
        yield from page[:_STEP]
        count += len(page[:_STEP])
        if len(page) <= _STEP:
            return
        if count >= MOST_LINES:
            raise TooLarge(
                _("超过 {most} 条。请缩小时间范围或加条件，分次导出。"), code="export_too_long", most=MOST_LINES
            )
        before = page[_STEP - 1].id


def _cells(line: Line) -> list[str]:
    at = f"{line.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"
    way = _("查阅") if line.is_read else _("办理")
    record = str(line.record_id or "")
    return [at, way, line.by_name, line.through, line.kind, line.number, record, line.did, line.states, line.route]


def as_json(line: Line) -> dict[str, object]:
    """A line for a program: codes, no words."""
    return {
        "id": str(line.id),
        "at": line.at.isoformat(),
        "what": "read" if line.is_read else "step",
        "record_kind": line.label,
        "record_id": str(line.record_id) if line.record_id else None,
        "number": line.number,
        "verb": line.verb,
        "from_state": line.from_state,
        "to_state": line.to_state,
        "by_id": str(line.by_id) if line.by_id else None,
        "by_name": line.by_name,
        "through": line.through,
        "way": line.way,
        "route": line.route,
        "detail": line.what,
    }
