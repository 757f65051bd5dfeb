"""Rows out of a CSV or XLSX file, one at a time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, TooLarge
from kernel.late import Late

openpyxl = Late("openpyxl")

MAX_UNPACKED_BYTES = 300_000_000
MAX_ROWS = 100_000
_EXACT = 10**15
_LOST = "\ue000"  # of the private use area: marks a LostDigits cell in the CSV that `plain` makes
_MERGE = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
_MOST_MERGED = 200_000  # cells; a sheet merged to its last row is a mistake, not a list
_MERGES_LIE_IN_BYTES = 8_000_000
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError,
    EOFError, IndexError, KeyError, OSError, RuntimeError, ValueError,
)  # fmt: skip
"""What a damaged workbook makes its reader raise."""


class LostDigits(str):
    """A long number that a spreadsheet kept as floating point: its last digits are not to be trusted."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written. encoding: "" for a workbook; "mixed" where lines of several were put together."""

    is_workbook: bool
    encoding: str = ""
    delimiter: str = ""


def shape_of(content: bytes) -> Shape:
    """How the file is written, told by its bytes, never by its name. Raises BadInput `file_unreadable`."""
    if _is_workbook(content):
        return Shape(True)
    text, encoding = _decoded(content)
    return Shape(False, encoding, _delimiter(text))


def plain(content: bytes, *, filled: bool = False) -> bytes:
    """The file as CSV in UTF-8, row for row: a workbook takes ten times as long to read, and is walked through often.

    filled: merged cells of a workbook are taken apart and each part says what the whole said; text is written anew.
    Raises BadInput `file_unreadable`, TooLarge.
    """
    if not _is_workbook(content) and not filled:
        return content
    return as_csv(_xlsx(content, filled=filled) if _is_workbook(content) else _csv(content))


def as_csv(rows: Iterable[list[str]]) -> bytes:
    """Rows as CSV in UTF-8 that `read_rows` reads as they are. Raises TooLarge."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, cells in enumerate(rows, start=1):
        _check_number(number)
        writer.writerow([_LOST + cell if isinstance(cell, LostDigits) else cell for cell in cells] or [""])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def read_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row number as a spreadsheet counts, cells as text) of each row that is not empty, the header first.

    The kind of file is told by its bytes, never by its name; CSV may be UTF-8 (with or without BOM), GB 18030, UTF-16,
    or lines of the first two put together. Raises BadInput `file_unreadable`, TooLarge.
    """
    rows = _xlsx(content) if _is_workbook(content) else _csv(content)
    for number, cells in enumerate(rows, start=1):
        _check_number(number)
        if any(cell.strip() for cell in cells):
            yield number, cells


def read_sheets(content: bytes) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """(title, rows as `read_rows` tells them) of every sheet of a workbook that is in sight.

    Raises BadInput `file_unreadable`, TooLarge.
    """
    if not _is_workbook(content):
        raise _unreadable()
    book, found = _opened(content), []
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            rows = []
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                _check_number(number)
                texts = [_text(cell) for cell in cells]
                if any(text.strip() for text in texts):
                    rows.append((number, texts))
            found.append((str(sheet.title), rows))
    except _BROKEN as error:
        raise _unreadable() from error
    finally:
        book.close()
    return found


def _is_workbook(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def _check_number(number: int) -> None:
    if number > MAX_ROWS:
        raise TooLarge(_("文件超过 {limit} 行。请分成几个文件上传。"), code="too_many_rows", limit=MAX_ROWS)


def _csv(content: bytes) -> Iterator[list[str]]:
    text, _encoding = _decoded(content)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            yield [LostDigits(cell[1:]) if cell.startswith(_LOST) else cell for cell in cells]
    except csv.Error as error:
        raise _unreadable() from error


def _delimiter(text: str) -> str:
    """The sign that the first lines have most of: a title above the header has none."""
    lines = [line for line in text[:20_000].splitlines()[:10] if line.strip()] or [""]
    return max(",\t;，", key=lambda sign: (max(line.count(sign) for line in lines), sign == ","))


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding it was in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif b"\x00" in content:  # of commas and line breaks; no other encoding of text has it
        encodings = ["utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"]
    else:
        encodings = ["utf-8"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NO_TEXT.search(text):
            return text, encoding.removesuffix("-sig")
    if encodings in (["utf-8"], ["utf-8-sig"]):
        return _line_by_line(content.removeprefix(b"\xef\xbb\xbf"))
    raise _unreadable()


def _line_by_line(content: bytes) -> tuple[str, str]:
    """Lines of GB 18030, or of several encodings put together. No byte of a Chinese character is a line break."""
    lines, seen = [], set()
    for line in content.split(b"\n"):
        for encoding in ("utf-8", "gb18030"):
            try:
                text = line.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not line.isascii():
                seen.add(encoding)
            lines.append(text)
            break
        else:
            raise _unreadable()
    joined = "\n".join(lines)
    if _NO_TEXT.search(joined):
        raise _unreadable()
    return joined, seen.pop() if len(seen) == 1 else "mixed"


def _opened(content: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise TooLarge(_("表格展开后太大。请删去无关的工作表和图片，或另存为 CSV。"), code="file_too_large")
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except _BROKEN as error:
        raise _unreadable() from error


def _xlsx(content: bytes, *, filled: bool = False) -> Iterator[list[str]]:
    book = _opened(content)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong size, and rows would be cut off
        merged = _merged(content, str(sheet._worksheet_path)) if filled else {}
        said: dict[tuple[int, int], str] = {}
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            row = [_text(cell) for cell in cells]
            yield _filled(row, number, merged, said) if merged else row
    except _BROKEN as error:
        raise _unreadable() from error
    finally:
        book.close()


def _merged(content: bytes, path: str) -> dict[int, list[tuple[int, tuple[int, int]]]]:
    """Row -> (column, the corner that speaks for it) of every cell in a merged range, all counted from 1.

    The ranges stand after the rows, so the streaming reader never tells them.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed, packed.open(path.lstrip("/")) as stream:
        data = stream.read()
    tail = data[max(data.rfind(b"</sheetData>"), 0) :][:_MERGES_LIE_IN_BYTES]
    found: dict[int, list[tuple[int, tuple[int, int]]]] = {}
    total = 0
    for each in _MERGE.finditer(tail):
        left, top, right, bottom = openpyxl.utils.cell.range_boundaries(each[1].decode())
        total += (right - left + 1) * (bottom - top + 1)
        if total > _MOST_MERGED:
            raise TooLarge(
                _("合并的单元格太多。请取消整列或整表的合并后再上传。"), code="too_many_merged", limit=_MOST_MERGED
            )
        for row in range(top, bottom + 1):
            found.setdefault(row, []).extend((column, (top, left)) for column in range(left, right + 1))
    return found


def _filled(
    row: list[str], number: int, merged: dict[int, list[tuple[int, tuple[int, int]]]], said: dict[tuple[int, int], str]
) -> list[str]:
    for column, corner in merged.get(number, ()):
        row.extend([""] * (column - len(row)))
        if (number, column) == corner:
            said[corner] = row[column - 1]
        else:
            row[column - 1] = said.get(corner, "")
    return row


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
