"""Reports as files. What came from outside never becomes a formula in somebody's spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel.late import Late

openpyxl = Late("openpyxl")


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LONGEST_CELL = 32_000
_LONGEST_LIST, _LISTED_ROWS = 255, 5_000


def safe_cell(text: str) -> str:
    """The text with a quote before it where a spreadsheet program would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unsafe_cell(text: str) -> str:
    """The text without the quote that `safe_cell` put before it: our own workbooks come back as they were."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def csv_line(cells: Iterable[str]) -> str:
    """One line of CSV, with safe cells."""
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet of text: a header row in bold that stays in sight, then rows as they come.

    choices: column, counted from 0 -> what may be picked there from a list (short lists only).
    """

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[str]]
    widths: Sequence[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> bytes:
    """A workbook of one sheet of text: header row in bold that stays in sight, then the rows as they come."""
    return book([Sheet(title=title, header=header, rows=rows, widths=widths)])


def book(sheets: Iterable[Sheet]) -> bytes:
    """A workbook of several sheets of text, in their order."""
    made = openpyxl.Workbook(write_only=True)
    for each in sheets:
        _fill(made.create_sheet(each.title[:31]), each)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _fill(sheet: Any, said: Sheet) -> None:
    sheet.freeze_panes = "A2"
    for position, width in enumerate(said.widths, start=1):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(position)].width = width
    for position, words in said.choices.items():
        listed = ",".join(words)
        if len(listed) <= _LONGEST_LIST:
            picked = openpyxl.worksheet.datavalidation.DataValidation(
                type="list", formula1=f'"{listed}"', allow_blank=True
            )
            letter = openpyxl.utils.get_column_letter(position + 1)
            picked.add(f"{letter}2:{letter}{_LISTED_ROWS}")
            sheet.data_validations.append(picked)
    bold = openpyxl.styles.Font(bold=True)

    def cell(text: str, font: Any = None) -> Any:
        made = openpyxl.cell.WriteOnlyCell(
            sheet, value=safe_cell(openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text))[:_LONGEST_CELL]
        )
        made.data_type = "s"
        if font is not None:
            made.font = font
        return made

    sheet.append([cell(text, bold) for text in said.header])
    for row in said.rows:
        sheet.append([cell(text) for text in row])
