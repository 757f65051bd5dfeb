"""The price table as a file: rows read and looked at whole before any of them is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.trail import Person
from billing_free.prices.models import Price
from billing_free.prices.services import check_price, set_price
from billing_free.usage.meters import METERS
from kernel.errors import BadInput, Problem
from kernel.tables import read_rows

COLUMNS = ("meter", "yuan", "note")


@dataclass(frozen=True)
class Line:
    """One price of a file. number: its row there."""

    number: int
    meter: str
    fen: int
    note: str


class PriceFileWrong(BadInput):
    """Nothing of the file was written. Data: problems, one text a row that is wrong."""

    code = "price_file_wrong"
    sentence = _("价格文件有 {count} 行不对，一行也没有登记。请改正后再来：")


def read(content: bytes, *, valid_from: date) -> list[Line]:
    """Lines of a CSV or workbook with the columns meter, yuan, note. Raises PriceFileWrong, BadInput `file_unreadable`.

    An empty yuan leaves a meter as it is.
    """
    rows = list(read_rows(content))
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if "meter" not in header or "yuan" not in header:
        raise PriceFileWrong(count=1, problems=[str(_("第一行要写列名：meter,yuan,note。"))])
    places = {name: header.index(name) for name in COLUMNS if name in header}
    lines: list[Line] = []
    problems: list[str] = []
    for number, cells in rows[1:]:
        said = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
        if not said["yuan"]:
            continue
        try:
            line = _line(number, said, seen={each.meter for each in lines})
            check_price(fen=line.fen, valid_from=valid_from)
            lines.append(line)
        except Problem as problem:
            problems.append(str(_("第 {row} 行：{why}")).format(row=number, why=problem.detail))
    if problems:
        raise PriceFileWrong(count=len(problems), problems=problems)
    return lines


def _line(number: int, said: dict[str, str], *, seen: set[str]) -> Line:
    if said["meter"] not in METERS:
        raise BadInput(
            _("没有项目“{meter}”。可以写：{known}。"),
            code="meter_unknown",
            meter=said["meter"][:40],
            known=sorted(METERS),
        )
    if said["meter"] in seen:
        raise BadInput(_("项目“{meter}”写了两行。请只留一行。"), code="meter_doubled", meter=said["meter"])
    try:
        fen = Decimal(said["yuan"]) * 100
    except InvalidOperation:
        fen = Decimal("NaN")
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise BadInput(
            _("单价“{yuan}”不对，要写元，最多两位小数，例如 0.75。"), code="price_wrong", yuan=said["yuan"][:20]
        )
    return Line(number, said["meter"], int(fen), said.get("note", ""))


def write(lines: list[Line], *, valid_from: date, by: Person) -> list[Price]:
    """Write all of them, or none. A price that is written for that month already is left."""
    with transaction.atomic():
        return [
            set_price(meter=line.meter, fen=line.fen, valid_from=valid_from, note=line.note, by=by)
            for line in lines
            if not _stands(line, valid_from)
        ]


def _stands(line: Line, valid_from: date) -> bool:
    last = Price.objects.filter(meter=line.meter, valid_from=valid_from).order_by("-id").first()
    return last is not None and (last.fen, last.note) == (line.fen, line.note)
