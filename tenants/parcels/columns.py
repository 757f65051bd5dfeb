"""One row checked by its columns: what it says, or what is wrong with it and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from kernel import clock
from kernel.canonical import instant
from kernel.tables import LostDigits, unsafe_cell
from kernel.text import half_width, squeeze
from tenants.parcels.kinds import Column

REF = "ref"
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M")
_MOJIBAKE = re.compile("\ufffd|锟斤拷|烫烫烫|[\u00c0-\u00ff]{4,}")
_YES = {"是": True, "有": True, "true": True, "1": True, "yes": True, "y": True}
_NO = {"否": False, "无": False, "没有": False, "false": False, "0": False, "no": False, "n": False}
_SPLIT = re.compile(r"[、,，;；\n]")
_MOST_LISTED = 50


class Wrong(Exception):
    """What is wrong with a row. column: its name. data: for the sentence."""

    def __init__(self, code: str, column: str = "", value: str = "", **data: object) -> None:
        super().__init__(code)
        self.code, self.column, self.value, self.data = code, column, value, data


def read(columns: tuple[Column, ...], raw: Mapping[str, Any], *, strict: bool) -> dict[str, Any]:
    """What a row says by its columns, JSON. strict: a name that no column has is a mistake. Raises Wrong.

    Empty is left out, as if it were not said.
    """
    known = {each.name for each in columns}
    if strict:
        for name in raw:
            if name not in known:
                raise Wrong("column_unknown", str(name)[:60])
    said: dict[str, Any] = {}
    for column in columns:
        value = _one(column, raw.get(column.name))
        if value is not None:
            said[column.name] = value
        elif column.needed:
            raise Wrong("missing", column.name)
    return said


def _one(column: Column, raw: Any) -> Any:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if column.kind == "list":
        return _listed(column, raw)
    if column.kind == "yes_no" and isinstance(raw, bool):
        return raw
    if column.kind == "number" and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        raise Wrong("not_text", column.name, str(raw)[:200])
    if isinstance(raw, LostDigits) and column.kind == "text":
        raise Wrong("lost_digits", column.name, str(raw)[:200])
    return _text(column, unsafe_cell(str(raw).replace("\x00", "").strip()))


def _text(column: Column, text: str) -> Any:
    if _MOJIBAKE.search(text):
        raise Wrong("mojibake", column.name, text[:200])
    if column.kind == "date":
        return _day(column, text)
    if column.kind == "moment":
        return _moment(column, text)
    if column.kind == "number":
        return _number(column, text)
    if column.kind == "yes_no":
        found = {**_YES, **_NO}.get(squeeze(text).lower())
        if found is None:
            raise Wrong("unknown_value", column.name, text[:200], choices=["是", "否"])
        return found
    if column.choices:
        return _chosen(column, text)
    if len(text) > column.longest:
        raise Wrong("too_long", column.name, text[:200], longest=column.longest, found=len(text))
    return text


def _chosen(column: Column, text: str) -> str:
    by_words = {str(words): value for value, words in column.choices.items()}
    if text in column.choices:
        return text
    if text in by_words:
        return by_words[text]
    raise Wrong("unknown_value", column.name, text[:200], choices=list(by_words))


def _listed(column: Column, raw: Any) -> list[str]:
    parts = raw if isinstance(raw, list) else _SPLIT.split(str(raw))
    found = []
    for each in parts:
        if not isinstance(each, str):
            raise Wrong("not_text", column.name, str(each)[:200])
        if each.strip():
            found.append(str(_text(Column(name=column.name, label="", longest=column.longest), each.strip())))
    if len(found) > _MOST_LISTED:
        raise Wrong("too_long", column.name, "", longest=_MOST_LISTED, found=len(found))
    return found


def _day(column: Column, text: str) -> str:
    plain = half_width(text).split(" ")[0].split("T")[0]
    for form in _DAYS:
        try:
            found = datetime.strptime(plain, form).date()
        except ValueError:
            continue
        if date(1970, 1, 1) <= found < date(2200, 1, 1):
            return found.isoformat()
    raise Wrong("date_wrong", column.name, text[:200])


def _moment(column: Column, text: str) -> str:
    plain = half_width(text).strip()
    found: datetime | None = None
    for form in _MOMENTS:
        try:
            found = datetime.strptime(plain, form)
            break
        except ValueError:
            continue
    if found is None:
        try:
            found = datetime.fromisoformat(plain)
        except ValueError as error:
            raise Wrong("moment_wrong", column.name, text[:200]) from error
    if not 1970 <= found.year < 2200:
        raise Wrong("moment_wrong", column.name, text[:200])
    return instant(found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI))


def _number(column: Column, text: str) -> str:
    try:
        value = Decimal(squeeze(text).replace(",", ""))
    except InvalidOperation as error:
        raise Wrong("number_wrong", column.name, text[:200]) from error
    if not value.is_finite() or abs(value) >= 10**12:
        raise Wrong("number_wrong", column.name, text[:200])
    return f"{value:f}"
