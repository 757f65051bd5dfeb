"""Statements as files: a workbook or CSV."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from billing_free.usage import presenters
from billing_free.usage.models import Statement
from kernel.tables import csv_line, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = ("xlsx", "csv")


def of_statements(statements: Sequence[Statement], name: str, form: str) -> HttpResponse:
    """All lines of these statements, with a line of the sum for each. form: "csv", else a workbook."""
    header = [
        _("单位"), _("月份"), _("版次"), _("项目"), _("用量"), _("单位（计量）"), _("计价单位"), _("自建单价（元）"),
        _("自建费用（元）"), _("应付（元）"),
    ]  # fmt: skip
    body = [cells for row in presenters.rows(statements) for cells in _cells(row)]
    if form == "csv":
        text = "\ufeff" + "".join([csv_line(header), *(csv_line(cells) for cells in body)])
        made = HttpResponse(text, content_type="text/csv; charset=utf-8")
    else:
        made = HttpResponse(workbook(_("用量结算单"), header, body, [24] * len(header)), content_type=XLSX)
    made["Content-Disposition"] = f'attachment; filename="{name}.{"csv" if form == "csv" else "xlsx"}"'
    made["Cache-Control"] = "private, no-store"
    return made


def _cells(row: presenters.Row) -> list[list[str]]:
    said = row.statement
    first = [row.party, f"{said.month:%Y-%m}", str(said.version)]
    found = [
        [*first, line.title, line.shown.replace(",", ""), line.unit, line.priced, _plain(line.price), _plain(line.home)]
        + ["0.00"]
        for line in presenters.lines(said.lines)
    ]
    return [*found, [*first, _("合计"), "", "", "", "", _plain(row.home), "0.00"]]


def _plain(money: str) -> str:
    return money.removeprefix("¥").replace(",", "")
