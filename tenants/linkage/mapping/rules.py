"""A row of a mapping, what is wrong with a set of them, and what they make of a record.

    {"message": "referral", "target": "ajxx.ajbh", "label": "案件编号", "source": "case.number", "constant": "",
     "format": "text", "pattern": "", "table": {}, "needed": true, "longest": 50, "choices": []}

A row either takes one of our fields (`sources.SOURCES`, a closed list) or says a constant. No expression, no template:
what leaves is what a row names, and nothing can be smuggled out in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree import ElementTree

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.errors import BadInput, Problem
from tenants.linkage.models import Outgoing
from tenants.linkage.sources import SOURCES

FORMATS: dict[str, Promise] = {
    "text": _("文字"),
    "date": _("日期"),
    "moment": _("日期时间"),
    "number": _("数字"),
    "list": _("几项合成一段"),
}
PATTERNS = {
    "%Y-%m-%d": "2026-11-20",
    "%Y%m%d": "20261120",
    "%Y年%m月%d日": "2026年11月20日",
    "%Y-%m-%d %H:%M:%S": "2026-11-20 09:30:00",
    "%Y%m%d%H%M%S": "20261120093000",
    "%Y-%m-%dT%H:%M:%S%z": "2026-11-20T09:30:00+0800",
}
REQUIRED_KINDS = (Outgoing.Kind.REFERRAL, Outgoing.Kind.WITHDRAWAL)
"""Without these a mapping is of no use: what is sent must be able to be taken back."""
MOST_ROWS = 400
_TARGET = re.compile(
    r"[A-Za-z_\u4e00-\u9fff][\w\-\u4e00-\u9fff]{0,59}(?:\.[A-Za-z_\u4e00-\u9fff][\w\-\u4e00-\u9fff]{0,59}){0,5}"
)
WORDS: dict[str, Promise] = {
    "rows_wrong": _("对照表读不出来。请按导出的格式改好后再导入。"),
    "message_unknown": _("报送事项“{value}”不认识。"),
    "target_wrong": _("对方字段名“{value}”不合规定：用字母、数字、下划线或汉字，层级之间用点。"),
    "target_doubled": _("对方字段重复。请删去一行。"),
    "target_clash": _("对方字段既是一项又是一组（“{value}”）。请改其中一个。"),
    "source_closed": _("“{value}”不能报送：可报送的字段是固定清单，举报人、身份证件等身份保护信息不在其中。"),
    "source_missing": _("对方必填，但没有对应我方字段，也没有固定值。请补上。"),
    "source_gone": _("我方字段“{value}”已不存在，这一项会丢失，所以没有送。请系统管理员改好对照表并启用新版本。"),
    "field_lost": _("上一版有必填的“{value}”，这一版没有了。请补上；确实不再需要的，先在上一版改为选填。"),
    "kind_missing": _("没有“{value}”的对照。能送出的也要能撤回，请补上。"),
    "table_gap": _("代码表缺少“{value}”。请补上对方的代码。"),
    "table_value": _("代码“{value}”不在对方可选值内。请核对。"),
    "constant_long": _("固定值超过对方规定的 {longest} 个字。请缩短。"),
    "mapping_missing": _("这个平台还没有启用的字段对照。请系统管理员编制、安全管理员启用；排队的会自动送出。"),
    "value_missing": _("对方必填，但案件里没有“{value}”。请在案件里补上后重新排队。"),
    "value_long": _("“{value}”有 {found} 个字，超过对方规定的 {longest} 个。请缩短后重新排队。"),
    "value_unknown": _("“{value}”没有对应的对方代码。请系统管理员补上代码表。"),
    "value_wrong": _("“{value}”换不成对方要的格式。请核对案件里的内容。"),
    "not_mapped": _("对照里没有这一类报送（{value}）。请系统管理员补上。"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One field of theirs. See the module."""

    message: str
    target: str
    label: str = ""
    source: str = ""
    constant: str = ""
    format: str = "text"
    pattern: str = ""
    table: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False
    longest: int = 0
    choices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is kept and exported."""
        return {**asdict(self), "table": dict(self.table), "choices": list(self.choices)}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is wrong. message, target: where."""

    code: str
    message: str = ""
    target: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return Problem(WORDS[self.code], **self.data).detail

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a message that is held."""
        return {"code": self.code, "message": self.message, "target": self.target, "data": dict(self.data)}


def finding(said: Mapping[str, Any]) -> Finding:
    """A Finding out of its JSON."""
    return Finding(code=said["code"], message=said.get("message", ""), target=said.get("target", ""), data=said["data"])


def read(rows: Any) -> list[Row]:
    """Rows out of JSON that somebody wrote. Raises BadInput `mapping_rows_wrong`."""
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise unreadable()
    return [_row(each) for each in rows]


def kept(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows as a version keeps them."""
    return [Row(**{**each, "choices": tuple(each["choices"])}) for each in rows]


def unreadable() -> BadInput:
    """The error of rows that cannot be read."""
    return BadInput(WORDS["rows_wrong"], code="mapping_rows_wrong")


def _row(said: Any) -> Row:
    if not isinstance(said, dict) or set(said) - {*Row.__dataclass_fields__}:
        raise unreadable()
    texts = {
        name: said.get(name, "") for name in ("message", "target", "label", "source", "constant", "format", "pattern")
    }
    table, choices = said.get("table") or {}, said.get("choices") or []
    longest = said.get("longest") or 0
    if (
        any(not isinstance(each, str) or len(each) > 300 or "\x00" in each for each in texts.values())
        or not isinstance(table, dict)
        or not isinstance(choices, list)
        or any(not isinstance(each, str) for each in [*table, *table.values(), *choices])
        or not isinstance(longest, int)
        or not 0 <= longest <= 100_000
    ):
        raise unreadable()
    texts["format"] = texts["format"] or "text"
    if texts["format"] not in FORMATS or (texts["pattern"] and texts["pattern"] not in PATTERNS):
        raise unreadable()
    return Row(**texts, table=table, choices=tuple(choices), needed=bool(said.get("needed")), longest=longest)


def check(rows: Sequence[Row], before: Sequence[Row] = ()) -> list[Finding]:
    """What is wrong with a mapping. before: the version in force, so that a field that was lost is noticed."""
    found: list[Finding] = []
    seen: set[tuple[str, str]] = set()
    for row in rows:
        found += _of_row(row)
        if (row.message, row.target) in seen:
            found.append(_at(row, "target_doubled"))
        seen.add((row.message, row.target))
    for message, target in sorted(seen):
        if any(other.startswith(f"{target}.") for kind, other in seen if kind == message):
            found.append(Finding(code="target_clash", message=message, target=target, data={"value": target}))
    for row in before:
        if row.needed and (row.message, row.target) not in seen:
            found.append(_at(row, "field_lost", value=row.label or row.target))
    covered = {row.message for row in rows}
    for kind in REQUIRED_KINDS:
        if kind not in covered:
            found.append(Finding(code="kind_missing", message=kind, data={"value": str(Outgoing.Kind(kind).label)}))
    return found


def _at(row: Row, code: str, **data: Any) -> Finding:
    return Finding(code=code, message=row.message, target=row.target, data=data)


def _of_row(row: Row) -> list[Finding]:
    found = []
    if row.message not in Outgoing.Kind.values:
        found.append(_at(row, "message_unknown", value=row.message[:40]))
    if _TARGET.fullmatch(row.target) is None:
        found.append(_at(row, "target_wrong", value=row.target[:60]))
    if row.source and row.source not in SOURCES:
        found.append(_at(row, "source_closed", value=row.source[:60]))
    elif not row.source and not row.constant and row.needed:
        found.append(_at(row, "source_missing"))
    elif row.table and row.source:
        missing = [
            str(SOURCES[row.source].choices[each]) for each in SOURCES[row.source].choices if each not in row.table
        ]
        if missing:
            found.append(_at(row, "table_gap", value=missing[0]))
    if row.choices:
        said = [*row.table.values(), *([row.constant] if row.constant else [])]
        wrong = [each for each in said if each not in row.choices]
        if wrong:
            found.append(_at(row, "table_value", value=wrong[0]))
    if row.constant and row.longest and len(row.constant) > row.longest:
        found.append(_at(row, "constant_long", longest=row.longest))
    return found


def build(rows: Sequence[Row], record: Mapping[str, Any], kind: str) -> tuple[dict[str, Any], list[Finding]]:
    """(what is sent, what is wrong). With anything wrong nothing is sent, so the first is then of no use."""
    mine = [row for row in rows if row.message == kind]
    if not mine:
        return {}, [Finding(code="not_mapped", message=kind, data={"value": str(Outgoing.Kind(kind).label)})]
    said: dict[str, Any] = {}
    found: list[Finding] = []
    for row in mine:
        value, wrong = _value(row, record)
        if wrong is not None:
            found.append(wrong)
        else:
            _put(said, row.target, value)
    return said, found


def _value(row: Row, record: Mapping[str, Any]) -> tuple[str, Finding | None]:
    if row.source and row.source not in SOURCES:
        return "", _at(row, "source_gone", value=row.source[:60])
    label = str(SOURCES[row.source].label) if row.source else row.label
    if row.source and row.source not in record:
        return "", _at(row, "source_gone", value=row.source)
    raw = record[row.source] if row.source else row.constant
    if raw in ("", [], None):
        raw = row.constant
    if raw in ("", [], None):
        return "", _at(row, "value_missing", value=label) if row.needed else None
    try:
        text = _formatted(row, raw)
    except (ValueError, InvalidOperation):
        return "", _at(row, "value_wrong", value=label)
    if row.table:
        if text not in row.table:
            return "", _at(row, "value_unknown", value=text[:40])
        text = row.table[text]
    if row.choices and text not in row.choices:
        return "", _at(row, "value_unknown", value=text[:40])
    if row.longest and len(text) > row.longest:
        return "", _at(row, "value_long", value=label, found=len(text), longest=row.longest)
    return text, None


def _formatted(row: Row, raw: Any) -> str:
    if row.format in ("date", "moment"):
        moment = datetime.fromisoformat(str(raw)).astimezone(clock.SHANGHAI)
        return moment.strftime(row.pattern or ("%Y-%m-%d" if row.format == "date" else "%Y-%m-%d %H:%M:%S"))
    if row.format == "number":
        return f"{Decimal(str(raw)):f}"
    if isinstance(raw, list):
        return "、".join(str(each) for each in raw)
    return str(raw)


def _put(said: dict[str, Any], target: str, value: str) -> None:
    *groups, last = target.split(".")
    for name in groups:
        said = said.setdefault(name, {})
    said[last] = value


def as_bytes(payload: Mapping[str, Any], *, form: str, root: str = "message") -> bytes:
    """What is sent, as JSON or XML in UTF-8."""
    if form == "json":
        return json.dumps(payload, ensure_ascii=False).encode()
    top = ElementTree.Element(root)
    _fill(top, payload)
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True))


def _fill(element: ElementTree.Element, said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        child = ElementTree.SubElement(element, name)
        if isinstance(value, Mapping):
            _fill(child, value)
        else:
            child.text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", str(value))


def usual() -> list[Row]:
    """A mapping to begin with: our own names, one row a field that the kind of message says."""
    common = [
        "message.id",
        "message.kind",
        "message.made_at",
        "message.reason",
        "bureau.name",
        "case.number",
        "case.title",
    ]
    referral = [name for name in SOURCES if name.startswith(("referral.", "party."))]
    parts: dict[str, list[str]] = {
        Outgoing.Kind.REFERRAL: [
            *common,
            "case.cause",
            "case.filed_at",
            *[each for each in referral if "handed" not in each],
        ],
        Outgoing.Kind.PENALTY: [
            *common,
            "case.cause",
            "case.outcome",
            "case.closed_at",
            "case.closing_words",
            "party.name",
            "party.uscc",
        ],
        Outgoing.Kind.WITHDRAWAL: [*common, "message.withdraws", "referral.document_no"],
        Outgoing.Kind.RECONSIDERATION: [*common, "referral.document_no"],
        Outgoing.Kind.SUPERVISION: [*common, "referral.document_no"],
        Outgoing.Kind.HANDOVER: [*common, "referral.document_no", "referral.handed_over_at"],
    }
    needed = {"message.id", "message.kind", "case.number", "referral.document_no", "referral.suspected_crime"}
    formats = {"moment": "moment", "number": "number", "list": "list"}
    return [
        Row(
            message=str(kind),
            target=name,
            label=str(SOURCES[name].label),
            source=name,
            format=formats.get(SOURCES[name].kind, "text"),
            needed=name in needed and not (kind == Outgoing.Kind.WITHDRAWAL and name.startswith("referral.")),
        )
        for kind, names in parts.items()
        for name in dict.fromkeys(names)
    ]
