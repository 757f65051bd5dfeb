"""What a leader reads of one inspection or of a day: found, answered, seized, open; for a page, and as a sheet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel import clock
from kernel.late import Late
from tenants.inspections import presenters, selectors
from tenants.inspections.models import Inspection
from tenants.inspections.presenters import LotRow
from tenants.inspections.services import missing
from tenants.inspections.value import Valuation, valuation

openpyxl = Late("openpyxl")


@dataclass(frozen=True)
class Seized:
    """What was seized on an inspection, told by whoever keeps seizures: words of one line, and the lots."""

    words: str
    lot_ids: frozenset[Any] = frozenset()
    url: str = ""


Seizures = Callable[[Inspection], Iterable[Seized]]
_seizures: list[Seizures] = []


def register_seizures(func: Seizures) -> Seizures:
    """Let `func(inspection)` tell what was seized; called in `AppConfig.ready`."""
    if func not in _seizures:
        _seizures.append(func)
    return func


@dataclass(frozen=True)
class Part:
    """One inspection of a report."""

    inspection: Inspection
    title: str
    state: dict[str, str]
    officers: str
    rows: list[LotRow]
    totals: list[presenters.Total]
    value: presenters.Bar
    asked: int
    answered: int
    waiting: list[str]
    unserved: list[str]
    seized: list[Seized]
    open: list[str]
    late: int


@dataclass(frozen=True)
class Report:
    """All of it. day: None for a report of one inspection."""

    parts: list[Part] = field(default_factory=list)
    day: date | None = None
    totals: list[presenters.Total] = field(default_factory=list)
    total_yuan: str = ""
    lots: int = 0
    asked: int = 0
    answered: int = 0
    duty: int = 0
    made_at: Any = None


def of(inspections: Sequence[Inspection], *, day: date | None = None) -> Report:
    """The report of these inspections, as they are now."""
    parts, quantities, total = [], dict[str, Decimal](), Decimal(0)
    for inspection in inspections:
        value = valuation(inspection, selectors.lots_of(inspection, voided=False))
        parts.append(_part(inspection, value))
        total += value.infringing.low + value.unanswered.low + value.cleared.low
        for unit, quantity in value.quantities.items():
            quantities[unit] = quantities.get(unit, Decimal(0)) + quantity
    return Report(
        parts=parts,
        day=day,
        totals=[
            presenters.Total(unit or _("未写单位"), presenters.plain(quantity))
            for unit, quantity in sorted(quantities.items())
        ],
        total_yuan=presenters.money(total),
        lots=sum(len(part.rows) for part in parts),
        asked=sum(part.asked for part in parts),
        answered=sum(part.answered for part in parts),
        duty=sum(part.value.duty for part in parts),
        made_at=clock.now(),
    )


def _part(inspection: Inspection, value: Valuation) -> Part:
    rows = presenters.lot_rows(inspection, value.lots)
    asked = [row for row in rows if row.lot.questions.all()]
    return Part(
        inspection=inspection,
        title=presenters.title(inspection),
        state=presenters.state_chip(inspection),
        officers="、".join(f"{each.name}（{each.certificate_no}）" for each in selectors.officers_of(inspection)),
        rows=rows,
        totals=presenters.totals(value),
        value=presenters.bar(value),
        asked=len(asked),
        answered=sum(row.verdict is not None for row in rows),
        waiting=_told_once(row for row in asked if row.verdict is None and row.asked_tone != "wait"),
        unserved=sorted({row.lot.claimed_brand for row in asked if row.asked_tone == "wait"}),
        seized=[each for func in _seizures for each in func(inspection)],
        open=_open(inspection, rows) if inspection.ended_at is None else [],
        late=sum(row.late for row in rows),
    )


GAPS = {
    "count_differs": gettext_lazy("两人清点不一致，待核对"),
    "count": gettext_lazy("还没有清点"),
    "count_negative": gettext_lazy("拆出的比原有的多，待核对"),
    "unit": gettext_lazy("没有计量单位"),
    "goods": gettext_lazy("没有品牌或品名"),
    "supplier": gettext_lazy("没有问供货方"),
    "price_basis": gettext_lazy("没有选计价依据"),
}
NAMED = 3
"""So many lots are named of those that lack the same; how many there are is said always."""


def _open(inspection: Inspection, rows: Sequence[LotRow]) -> list[str]:
    """What is still to be done, each thing once however many lots lack it."""
    found, lots = [], dict[str, list[str]]()
    names = {row.lot.pk: row.name for row in rows}
    for gap in missing(inspection):
        if gap.lot_id is None or gap.code not in GAPS:
            found.append(str(gap.words))
        else:
            lots.setdefault(gap.code, []).append(names.get(gap.lot_id, ""))
    return found + [_of_lots(str(GAPS[code]), each) for code, each in lots.items()]


def _told_once(rows: Iterable[LotRow]) -> list[str]:
    """Who has not answered yet, about how many lots."""
    waiting: dict[str, list[str]] = {}
    for row in rows:
        waiting.setdefault(row.asked, []).append(row.name)
    return [_of_lots(asked, each) for asked, each in waiting.items()]


def _of_lots(words: str, lots: Sequence[str]) -> str:
    """A sentence with the lots it is about: some by name, all by number."""
    distinct = list(dict.fromkeys(lots))
    named = "、".join(distinct[:NAMED]) + ("…" if len(distinct) > NAMED else "")
    count = ngettext("%(n)d 批", "%(n)d 批", len(lots)) % {"n": len(lots)}
    return _("%(words)s（%(count)s：%(named)s）") % {"words": words, "count": count, "named": named}


def sheet(report: Report) -> IO[bytes]:
    """The report as a workbook of two sheets, in an open temporary file that stands at its beginning.

    Numbers are numbers; text that begins like a formula is kept as text. The caller closes the file.
    """
    book = openpyxl.Workbook(write_only=True)
    goods, summary = book.create_sheet(_("各批")), book.create_sheet(_("各次检查"))
    bold = openpyxl.styles.Font(bold=True)

    def head(page: Any, *words: str) -> None:
        cells = [openpyxl.cell.WriteOnlyCell(page, value=word) for word in words]
        for cell in cells:
            cell.font = bold
        page.append(cells)

    head(
        goods,
        *(_("检查编号"), _("序号"), _("品名"), _("标称品牌"), _("规格型号"), _("批号或生产日期"), _("摆放位置")),
        *(_("包装状态"), _("数量"), _("单位"), _("清点人"), _("计价依据"), _("单价（元）"), _("货值（元）")),
        *(_("辨认结论"), _("鉴定人员"), _("现场签名"), _("进货价"), _("供货方"), _("物流单号"), _("备注")),
    )
    head(
        summary,
        *(_("检查编号"), _("当事人"), _("执法人员"), _("状态"), _("批数"), _("已问"), _("已答"), _("货值（元）")),
        *(_("假冒货值（元）"), _("是否达到移送线"), _("尚缺")),
    )
    for part in report.parts:
        for row in part.rows:
            goods.append([_cell(goods, each) for each in _goods_row(part, row)])
        summary.append(
            [
                _cell(summary, each)
                for each in (
                    *(part.inspection.number, part.title, part.officers, part.state["label"]),
                    *(len(part.rows), part.asked, part.answered, part.value.total, part.value.infringing),
                    *(_("是") if part.value.duty else _("否"), "；".join(part.open)),
                )
            ]
        )
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _goods_row(part: Part, row: LotRow) -> tuple[Any, ...]:
    lot = row.lot
    return (
        *(part.inspection.number, row.number, row.name, lot.claimed_brand, lot.spec, lot.batch_no, lot.stood_where),
        *(lot.get_package_state_display() if lot.package_state else "", lot.quantity, lot.unit, row.counted),
        *(row.basis, _decimal(row.price), _decimal(row.value)),
        *(
            row.verdict_label or row.asked,
            row.appraiser,
            row.signed_words,
            lot.purchase_price_yuan,
            row.supplier,
            lot.waybill_no,
            lot.note,
        ),
    )


def _decimal(text: str) -> Decimal | str:
    """An amount as a number; a span of two stays text."""
    return Decimal(text.replace(",", "")) if text and "–" not in text else text


def _cell(page: Any, value: Any) -> Any:
    """Text is kept as text: what a stranger wrote must not become a formula in somebody's office program."""
    if not isinstance(value, str):
        return value
    cell = openpyxl.cell.WriteOnlyCell(page, value=openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
