"""One row of a file, checked by itself: what it says of a clue, or what is wrong with it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _now

from kernel import clock, uscc
from kernel.canonical import canonical_json
from kernel.tables import LostDigits
from kernel.text import half_width, squeeze
from tenants.clues.models import Clue

_LONGEST = {
    "ref": 120,
    "content": 6000,
    "title": 1000,
    "subject_name": 120,
    "subject_code": 40,
    "subject_phone": 30,
    "platform": 60,
    "subject_account": 120,
    "link": 500,
    "address_raw": 1000,
    "brand": 80,
    "product": 500,
    "code": 120,
}
_SAME = ("content", "title", "subject_name", "subject_code", "platform", "subject_account", "link", "address_raw",
         "brand", "product", "code", "outlet_day")  # fmt: skip
"""What tells one row from another where the source gives no number of its own."""
_CHANNELS = {"线上": "online", "网络": "online", "网上": "online", "online": "online", "线上线下": "both",
             "线下": "offline", "实体": "offline", "实体店": "offline", "门店": "offline",
             "offline": "offline"}  # fmt: skip
_VIOLATIONS: tuple[tuple[str, str], ...] = (
    ("假冒专利", Clue.Violation.INFRINGED_PATENT),
    ("专利", Clue.Violation.INFRINGED_PATENT),
    ("商标", Clue.Violation.COUNTERFEIT_TRADEMARK),
    ("侵权", Clue.Violation.COUNTERFEIT_TRADEMARK),
    ("仿冒", Clue.Violation.COUNTERFEIT_TRADEMARK),
    ("假冒", Clue.Violation.COUNTERFEIT_TRADEMARK),
    ("山寨", Clue.Violation.COUNTERFEIT_TRADEMARK),
    ("伪劣", Clue.Violation.FAKE_SHODDY),
    ("掺假", Clue.Violation.FAKE_SHODDY),
    ("以次充好", Clue.Violation.FAKE_SHODDY),
    ("混淆", Clue.Violation.UNFAIR_COMPETITION),
    ("不正当竞争", Clue.Violation.UNFAIR_COMPETITION),
    ("虚假宣传", Clue.Violation.FALSE_ADVERTISING),
    ("广告", Clue.Violation.FALSE_ADVERTISING),
    ("无证", Clue.Violation.NO_LICENCE),
    ("无照", Clue.Violation.NO_LICENCE),
    ("食品", Clue.Violation.FOOD_SAFETY),
)
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_YUAN = re.compile(r"^(?:￥|¥|人民币|rmb)?([+-]?[\d,]*\.?\d+)(万元|万|元)?$", re.IGNORECASE)
_CENT = Decimal("0.01")
_MOST_YUAN = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with a row. column: the field. other: what it collides with."""

    row_number: int
    column: str
    value: str
    code: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What a row says, by field; JSON. digest: the same for the same row of another file."""

    row_number: int
    said: dict[str, Any] = field(default_factory=dict)
    digest: str = ""

    @property
    def ref(self) -> str:
        return str(self.said.get("ref", ""))


class _Refused(Exception):
    def __init__(self, column: str, value: str, code: str, other: str = "") -> None:
        super().__init__(code)
        self.column, self.value, self.code, self.other = column, value, code, other


def filled_down(rows: Iterator[tuple[int, list[str]]], positions: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    """Rows in which an empty cell of these columns says what stands above it, as merged cells do once saved as CSV."""
    last: dict[int, str] = {}
    for number, cells in rows:
        for position in positions:
            if position < len(cells) and cells[position].strip():
                last[position] = cells[position]
            elif position in last:
                cells = [*cells, *[""] * (position + 1 - len(cells))]
                cells[position] = last[position]
        yield number, cells


def check(row_number: int, cells: Sequence[str], columns: Mapping[str, int]) -> Line | Bad:
    """The row as a Line, or what is wrong with it. Text stays as it was written, but for spaces around it."""
    try:
        said = _said(cells, columns)
    except _Refused as why:
        return Bad(row_number, why.column, why.value[:200], why.code, why.other)
    told = {name: _plainly(str(said[name])) for name in _SAME if said.get(name)}
    return Line(row_number, said, hashlib.sha256(canonical_json(told)).hexdigest())


def _plainly(text: str) -> str:
    """Text as it is compared: widths, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _said(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, Any]:
    said = {name: text for name in columns if (text := _cell(cells, columns, name))}
    if not any(said.get(name) for name in ("content", "title", "subject_name", "subject_account", "link")):
        raise _Refused("content", "", "empty")
    if "ref" in said:
        said["ref"] = squeeze(said["ref"])
    for name in ("outlet_day",):
        if name in said:
            said[name] = day_of(said[name]).isoformat()
    if "estimated_value" in said:
        said["estimated_value"] = str(_yuan("estimated_value", said["estimated_value"]))
    elif "unit_price" in said and "quantity" in said:
        said |= _product_of(said)
    if "subject_code" in said and not uscc.is_valid(said["subject_code"]):
        said["code_as_written"] = said.pop("subject_code")  # a wrong code is no reason to lose a clue
    elif "subject_code" in said:
        said["subject_code"] = uscc.normalise(said["subject_code"])
    return said


def _cell(cells: Sequence[str], columns: Mapping[str, int], name: str) -> str:
    position = columns[name]
    if position >= len(cells):
        return ""
    raw = cells[position]
    if isinstance(raw, LostDigits) and name in ("ref", "code", "subject_code", "subject_account"):
        raise _Refused(name, str(raw), "lost_digits")
    text = str(raw).replace("\x00", "").strip()
    if text in ("-", "--", "/", "无", "NULL", "null", "#N/A"):
        return ""
    longest = _LONGEST.get(name, 200)
    if len(text) > longest:
        raise _Refused(name, text, "too_long", str(longest))
    return text


def day_of(text: str) -> date:
    plain = half_width(text).strip()
    for part in (plain, plain.split(" ")[0], plain.split("T")[0]):
        for form in _DAYS:
            try:
                found = datetime.strptime(part, form).date()
            except ValueError:
                continue
            if found > clock.today():
                raise _Refused("outlet_day", text, "day_ahead")
            return found
    raise _Refused("outlet_day", text, "day")


def _yuan(name: str, text: str) -> Decimal:
    found = _YUAN.match(squeeze(text))
    if found is None:
        raise _Refused(name, text, "value")
    try:
        value = Decimal(found[1].replace(",", "")) * (10_000 if (found[2] or "").startswith("万") else 1)
    except InvalidOperation as error:
        raise _Refused(name, text, "value") from error
    if not 0 <= value < _MOST_YUAN:
        raise _Refused(name, text, "value_range")
    return value.quantize(_CENT)


def _product_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Price by quantity where both are numbers; what is not a number is left as words."""
    try:
        value = _yuan("unit_price", said["unit_price"]) * Decimal(squeeze(said["quantity"]).replace(",", ""))
    except (_Refused, InvalidOperation):
        return {}
    return {"estimated_value": str(value.quantize(_CENT))} if 0 <= value < _MOST_YUAN else {}


def channel_of(said: Mapping[str, Any], kind: str) -> str:
    """Online or offline: as the row says, or as what it names makes plain."""
    found = _CHANNELS.get(squeeze(str(said.get("channel", ""))).lower())
    if found:
        return found
    online = bool(said.get("platform") or said.get("link") or said.get("subject_account"))
    if online or kind in (Clue.SourceKind.MONITORING, Clue.SourceKind.PLATFORM):
        return Clue.Channel.BOTH if said.get("address_raw") and not online else Clue.Channel.ONLINE
    return Clue.Channel.OFFLINE


def violations_of(said: Mapping[str, Any]) -> list[str]:
    """The kinds of violation that the words of the row name."""
    words = str(said.get("violation") or said.get("title") or "")
    return list(dict.fromkeys(str(value) for word, value in _VIOLATIONS if word in words))[:3]


def content_of(said: Mapping[str, Any]) -> str:
    """The row in words: what it says of the matter, and below what the columns say that have no field of their own."""
    lines = [str(said.get("content") or said.get("title") or "")]
    for name, label in (
        ("platform", _now("平台")),
        ("subject_account", _now("店铺或账号")),
        ("product", _now("商品")),
        ("unit_price", _now("单价")),
        ("quantity", _now("数量")),
        ("violation", _now("违法类型")),
        ("code_as_written", _now("信用代码（校验不符，按原文）")),
        ("link", _now("链接")),
    ):
        if said.get(name):
            lines.append(f"{label}：{said[name]}")
    return "\n".join(line for line in lines if line)[:8000]
