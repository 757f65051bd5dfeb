"""Records as sheets: what goes out for people to read, the template they fill in, what they bring, what goes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.tables import Sheet, book, read_sheets
from kernel.text import squeeze
from tenants.parcels.columns import REF
from tenants.parcels.kinds import Column, Record, RecordKind
from tenants.parcels.packing import MOST_RECORDS, Refused

REASON, LINE = _("原因"), _("行号")
REF_COLUMN = Column(
    name=REF, label=_("编号"), longest=120, hint=_("对方系统里这一条的编号，同一条每次写法要一样；没有可以不填。")
)
_ABOUT = _("说明")
_HEADER_WITHIN = 5
_KINDS = {
    "text": _("文字"),
    "date": _("日期，如 2026-11-20"),
    "moment": _("时间，如 2026-11-20 09:30"),
    "number": _("数字"),
    "yes_no": _("是或否"),
    "list": _("几项之间用顿号隔开"),
}


def in_columns(kind: RecordKind) -> tuple[Column, ...]:
    """The columns of a sheet that comes in."""
    return (REF_COLUMN, *kind.columns)


def written(value: Any, column: Column) -> str:
    """A value as a cell says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_now("是")) if value else str(_now("否"))
    if isinstance(value, list | tuple):
        return "、".join(str(each) for each in value)
    if column.choices and str(value) in column.choices:
        return str(column.choices[str(value)])
    return str(value)


def outward(
    title: str, facts: Sequence[tuple[str, str]], kinds: Sequence[tuple[RecordKind, Sequence[Record]]]
) -> bytes:
    """The readable copy of a parcel. Chinese, whoever makes it."""
    with translation.override("zh-hans"):
        sheets = [
            Sheet(title=str(_ABOUT), header=[title, ""], rows=[list(each) for each in facts], widths=(24, 70)),
            *(_out_sheet(kind, records) for kind, records in kinds),
        ]
        return book(sheets)


def _out_sheet(kind: RecordKind, records: Sequence[Record]) -> Sheet:
    columns = kind.out_columns or kind.columns
    rows = [[str(each.id), *(written(each.said.get(column.name), column) for column in columns)] for each in records]
    header = [str(REF_COLUMN.label), *(str(column.label) for column in columns)]
    return Sheet(title=str(kind.label), header=header, rows=rows, widths=[38, *[22] * len(columns)])


def template(kinds: Sequence[RecordKind]) -> bytes:
    """An empty workbook to fill in: a sheet a kind, lists to pick from, and a sheet on what each column takes."""
    with translation.override("zh-hans"):
        about = Sheet(
            title=str(_ABOUT),
            header=[_now("工作表"), _now("列"), _now("必填"), _now("怎么填"), _now("可以填")],
            rows=[_about(kind, column) for kind in kinds for column in in_columns(kind)],
            widths=(14, 22, 8, 40, 60),
        )
        return book([about, *(_empty(kind) for kind in kinds)])


def _about(kind: RecordKind, column: Column) -> list[str]:
    how = str(column.hint) or str(_KINDS[column.kind])
    if column.kind == "text" and not column.choices:
        how = f"{how}（{_now('最多 %(n)s 字') % {'n': column.longest}}）"
    choices = "、".join(str(each) for each in column.choices.values())
    return [str(kind.label), str(column.label), _now("是") if column.needed else "", how, choices]


def _empty(kind: RecordKind, rows: Iterable[Sequence[str]] = (), more: Sequence[str] = ()) -> Sheet:
    columns = in_columns(kind)
    choices = {
        at: [str(each) for each in column.choices.values()] for at, column in enumerate(columns) if column.choices
    }
    choices |= {at: ["是", "否"] for at, column in enumerate(columns) if column.kind == "yes_no"}
    header = [f"{column.label}*" if column.needed else str(column.label) for column in columns]
    return Sheet(
        title=str(kind.label),
        header=[*header, *more],
        rows=rows,
        widths=[20] * (len(columns) + len(more)),
        choices=choices,
    )


@dataclass(frozen=True)
class Returned:
    """One row that goes back: its cells by column name, why, and where it stood."""

    raw: Mapping[str, Any]
    line: int
    reason: str


def returned(kinds: Sequence[tuple[RecordKind, Sequence[Returned]]]) -> bytes:
    """What was not taken in, in the shape of the template, with the reason: mended, it can be brought again."""
    sheets = []
    for kind, rows in kinds:
        columns = in_columns(kind)
        filled = [
            [*(written(row.raw.get(column.name), column) for column in columns), row.reason, str(row.line)]
            for row in rows
        ]
        sheets.append(_empty(kind, filled, (str(REASON), str(LINE))))
    return book(sheets or [Sheet(title=str(_ABOUT), header=[_now("没有退回的行。")], rows=[])])


@dataclass(frozen=True)
class SheetRow:
    """One row of a sheet by column name. kind: whose sheet it stands on."""

    kind: RecordKind
    line: int
    raw: dict[str, str]


def read(content: bytes, kinds: Sequence[RecordKind], notes: list[dict[str, Any]]) -> Iterator[SheetRow]:
    """Rows of the sheets that are called as a kind is. What was not read is told in notes.

    Raises Refused; BadInput, TooLarge for what is no workbook.
    """
    by_title = {_plain(str(kind.label)): kind for kind in kinds} | {_plain(kind.name): kind for kind in kinds}
    with translation.override("zh-hans"):
        by_title |= {_plain(str(kind.label)): kind for kind in kinds}
    count = 0
    for title, rows in read_sheets(content):
        kind = by_title.get(_plain(title))
        if kind is None:
            if _plain(title) != _plain("说明") and len(rows) > 1:
                notes.append({"code": "sheet_unread", "data": {"sheet": title[:40]}})
            continue
        at, positions, unread = _header(kind, rows)
        if unread:
            notes.append({"code": "columns_unread", "data": {"sheet": title[:40], "columns": unread[:10]}})
        if not positions:
            continue
        for line, cells in rows:
            if line <= at:
                continue
            raw = {
                name: cells[place] for name, place in positions.items() if place < len(cells) and cells[place].strip()
            }
            if not raw:
                continue
            count += 1
            if count > MOST_RECORDS:
                raise Refused("too_many_rows", most=MOST_RECORDS)
            yield SheetRow(kind, line, raw)


def _header(kind: RecordKind, rows: Sequence[tuple[int, list[str]]]) -> tuple[int, dict[str, int], list[str]]:
    """(row of the header, column name -> position, headers nobody knows); the row that knows most."""
    known: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            known |= {_plain(str(column.label)): column.name for column in in_columns(kind)}
    known |= {_plain(column.name): column.name for column in in_columns(kind)}
    ours = {_plain("原因"), _plain("行号"), _plain("Reason"), _plain("Row")}
    best: tuple[int, dict[str, int], list[str]] = (0, {}, [])
    for line, cells in rows[:_HEADER_WITHIN]:
        found: dict[str, int] = {}
        unread = []
        for place, cell in enumerate(cells):
            name = known.get(_plain(cell))
            if name is not None:
                found.setdefault(name, place)
            elif cell.strip() and _plain(cell) not in ours:
                unread.append(cell.strip()[:40])
        if len(found) > len(best[1]):
            best = (line, found, unread)
    return best


def _plain(text: str) -> str:
    return squeeze(text).lower().strip("*＊")


def facts(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """Words and values for the first sheet."""
    return [(str(words), moment(value) if hasattr(value, "astimezone") else str(value)) for words, value in pairs]


def moment(value: Any) -> str:
    """A moment as people in China write it."""
    return value.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M") if value else ""
