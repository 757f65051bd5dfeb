"""Bodies as programs send them. What is not UTF-8 is refused in words, with the line where it begins."""

from __future__ import annotations

import codecs
import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser

from kernel.errors import BadInput, Problem

CHARSETS = {"utf-8": "utf-8-sig", "ascii": "utf-8-sig", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030"}
LIST_MARKS = ("；", ";")


class WrongEncoding(BadInput):
    """The bytes are not text in the encoding that was named."""

    code = "wrong_encoding"
    sentence = _(
        "第 {line} 行不是 {charset} 编码的文字（常见原因是按 GBK 保存）。请改存为 UTF-8 后重发，"
        "或在 Content-Type 里注明 charset=gb18030。"
    )


def refuse_foreign_bytes(data: bytes, charset: str = "utf-8", line: int = 1) -> str:
    """`data` as text. line: number of its first line. Raises WrongEncoding."""
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise WrongEncoding(line=line + data[: error.start].count(b"\n"), charset=charset.upper()) from error


class Json(JSONParser):
    """`application/json`, UTF-8 alone (RFC 8259)."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        data = stream.read()
        if isinstance(data, bytes):
            refuse_foreign_bytes(data)
        try:
            return super().parse(io.BytesIO(data), media_type, {**(parser_context or {}), "encoding": "utf-8"})
        except RecursionError as error:
            raise ParseError("nested too deeply") from error


@dataclass(frozen=True)
class RawRow:
    """One row as it came: its content, or why it cannot be read. line: in the body, from 1; None inside a JSON list."""

    content: Any
    line: int | None = None
    problem: Problem | None = None


class JsonLines(BaseParser):
    """`application/x-ndjson`: one JSON object a line, each read by itself."""

    media_type = "application/x-ndjson"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> list[RawRow]:
        charset = _charset(media_type)
        lines = stream.read().removeprefix(codecs.BOM_UTF8).split(b"\n")
        return [_json_line(data, number, charset) for number, data in enumerate(lines, 1) if data.strip()]


class Csv(BaseParser):
    """`text/csv` with a header of field names. An empty cell is a field left out; lists stand in a cell, `;` between.

    Decoded line by line, so that one line in another encoding does not take the others with it.
    """

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> list[RawRow]:
        charset = _charset(media_type)
        lines = stream.read().removeprefix(codecs.BOM_UTF8).split(b"\n")
        head = _cells(refuse_foreign_bytes(lines[0], charset)) if lines else []
        if not any(head):
            raise BadInput(_("第一行要写各列的字段名。请按接口说明补上后重发。"), code="header_missing", line=1)
        rows = []
        for number, data in _records(lines[1:], first=2):
            if data.strip():
                rows.append(_csv_line(head, data, number, charset))
        return rows


def _charset(media_type: Any) -> str:
    named = "utf-8"
    for part in str(media_type or "").split(";")[1:]:
        name, _equals, value = part.strip().partition("=")
        if name.lower() == "charset":
            named = value.strip().strip('"').lower()
    if named not in CHARSETS:
        raise BadInput(
            _("不认识编码 {charset}。请用 utf-8，或注明 charset=gb18030。"), code="charset_unknown", charset=named
        )
    return CHARSETS[named].removesuffix("-sig")


def _json_line(data: bytes, number: int, charset: str) -> RawRow:
    try:
        return RawRow(json.loads(refuse_foreign_bytes(data, charset, number)), number)
    except Problem as problem:
        return RawRow(None, number, problem)
    except (ValueError, RecursionError):
        sentence = _("第 {line} 行不是完整的 JSON。请检查引号和括号后重发这一行。")
        return RawRow(None, number, BadInput(sentence, code="line_unreadable", line=number))


def _records(lines: list[bytes], first: int) -> list[tuple[int, bytes]]:
    """Lines, those joined that a quoted cell runs over. A quote is the same byte in every encoding read here."""
    records: list[tuple[int, bytes]] = []
    held: list[bytes] = []
    begun, is_open = first, False
    for number, line in enumerate(lines, first):
        begun = begun if held else number
        held.append(line)
        is_open ^= line.count(b'"') % 2 == 1
        if not is_open:
            records.append((begun, b"\n".join(held)))
            held = []
    if held:
        records.append((begun, b"\n".join(held)))
    return records


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader(io.StringIO(text.rstrip("\r"))), [])]


def _csv_line(head: list[str], data: bytes, number: int, charset: str) -> RawRow:
    try:
        cells = _cells(refuse_foreign_bytes(data, charset, number))
    except Problem as problem:
        return RawRow(None, number, problem)
    except csv.Error:
        cells = []
    if not 0 < len(cells) <= len(head):
        sentence = _("第 {line} 行有 {found} 格，标题行有 {wanted} 格。请对齐后重发这一行。")
        return RawRow(
            None,
            number,
            BadInput(sentence, code="cells_differ", line=number, found=len(cells), wanted=len(head)),
        )
    return RawRow(Cells((name, _values(cell)) for name, cell in zip(head, cells, strict=False) if cell), number)


class Cells(MultiValueDict):  # type: ignore[type-arg] # Django gives it no parameters
    """A row of text: read like a form, where a number comes without knowing that it is one."""


def _values(cell: str) -> list[str]:
    for mark in LIST_MARKS:
        if mark in cell:
            return [part.strip() for part in cell.split(mark)]
    return [cell]
