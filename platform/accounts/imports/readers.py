"""Rows out of a CSV or XLSX file, one at a time."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kernel.errors import BadInput, TooLarge

MAX_UNPACKED_BYTES = 300_000_000
MAX_ROWS = 100_000
_EXACT = 10**15
_LOST = "\ue000"  # of the private use area: marks a LostDigits cell in the CSV that `plain` makes


class LostDigits(str):
    """A long number that a spreadsheet kept as floating point: its last digits are not to be trusted."""


def plain(content: bytes) -> bytes:
    """The file as CSV, row for row: a workbook takes ten times as long to read, and is walked through four times.

    Raises BadInput `file_unreadable`, TooLarge.
    """
    if not _is_workbook(content):
        return content
    out = io.StringIO()
    writer = csv.writer(out)
    for number, cells in enumerate(_xlsx(content), start=1):
        _check_number(number)
        writer.writerow([_LOST + cell if isinstance(cell, LostDigits) else cell for cell in cells] or [""])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def read_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row number as a spreadsheet counts, cells as text) of each row that is not empty, the header first.

    The kind of file is told by its bytes, never by its name; CSV may be UTF-8 (with or without BOM), GB 18030 or
    UTF-16. Raises BadInput `file_unreadable`, TooLarge.
    """
    rows = _xlsx(content) if _is_workbook(content) else _csv(content)
    for number, cells in enumerate(rows, start=1):
        _check_number(number)
        if any(cell.strip() for cell in cells):
            yield number, cells


def _is_workbook(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def _check_number(number: int) -> None:
    if number > MAX_ROWS:
        raise TooLarge(_("文件超过 {limit} 行。请分成几个文件上传。"), code="too_many_rows", limit=MAX_ROWS)


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    head = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(",\t;，", key=head.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [LostDigits(cell[1:]) if cell.startswith(_LOST) else cell for cell in cells]
    except csv.Error as error:
        raise _unreadable() from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _unreadable()


def _xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise TooLarge(_("表格展开后太大。请删去无关的工作表和图片，或另存为 CSV。"), code="file_too_large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ParseError, ValueError) as error:
        raise _unreadable() from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong size, and rows would be cut off
        for cells in sheet.iter_rows(values_only=True):
            yield [_text(cell) for cell in cells]
    except (IndexError, KeyError, ParseError, zipfile.BadZipFile) as error:
        raise _unreadable() from error
    finally:
        book.close()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float) and abs(cell) >= _EXACT:
        return LostDigits(f"{cell:.0f}")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _unreadable() -> BadInput:
    return BadInput(
        _("读不出这个文件。请用 Excel 工作簿（.xlsx），或另存为 CSV（UTF-8 或 GB18030）后再上传。"),
        code="file_unreadable",
    )
