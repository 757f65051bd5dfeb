"""The same lists as files: a workbook or CSV. Envelopes only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.tables import csv_line, workbook
from webui.times import duration_words

MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(form: str, name: str, title: str, header: list[str], rows: Iterable[list[str]]) -> HttpResponse:
    """A file to keep. form: "csv", else a workbook."""
    if form == "csv":
        text = "\ufeff" + "".join([csv_line(header), *(csv_line(row) for row in rows)])
        made, ending = HttpResponse(text, content_type="text/csv; charset=utf-8"), "csv"
    else:
        made, ending = HttpResponse(workbook(title, header, rows, [22] * len(header)), content_type=XLSX), "xlsx"
    made["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    made["Cache-Control"] = "no-store"
    return made


def official_rows(rows: Iterable[Any]) -> tuple[list[str], Iterable[list[str]]]:
    """Header and lines of the list of official letters."""
    header = [
        _("种类"), _("文号"), _("发件方"), _("收件方"), _("发出"), _("应办结"), _("状态"), _("由谁办"),
        _("催办次数"),
    ]  # fmt: skip
    lines = (
        [
            row.kind, row.document_no, row.sender, row.addressee, moment(row.written_at), moment(row.due_at),
            row.state_name, row.to_act, str(row.chased.times if row.chased else 0),
        ]
        for row in rows
    )  # fmt: skip
    return header, lines


def figure_rows(rows: Iterable[Any]) -> tuple[list[str], Iterable[list[str]]]:
    """Header and lines of the figures. rows: (name, name, Figure)."""
    header = [
        _("发件省"), _("收件省"), _("函件"), _("按时接收"), _("按时接收率"), _("已答复"), _("期限内答复率"),
        _("答复用时中位"), _("答复用时九成"), _("已退回"), _("评价数"), _("平均评价"),
    ]  # fmt: skip
    lines = (
        [
            one, other, str(row.letters), f"{row.on_time}/{row.on_time_of}", share(row.on_time_share),
            str(row.answered), share(row.in_term_share), span(row.median_s), span(row.p90_s), str(row.returned),
            str(row.rated), "" if row.score is None else f"{row.score:.1f}",
        ]
        for one, other, row in rows
    )  # fmt: skip
    return header, lines


def moment(when: Any) -> str:
    """In China's time, to the minute."""
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M") if when else ""


def share(value: float | None) -> str:
    """As a percentage."""
    return "" if value is None else f"{value:.0%}"


def span(seconds: float | None) -> str:
    """In words."""
    return "" if seconds is None else duration_words(seconds)
