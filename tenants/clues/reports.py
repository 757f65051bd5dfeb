"""研判台账 as a workbook: one line an assessment, with its panel, opinions, date and what came of it (C-16)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from kernel import clock
from kernel.late import Late
from tenants.clues.models import Assessment

openpyxl = Late("openpyxl")


def assessments_workbook(rows: Iterable[Assessment]) -> bytes:
    """The ledger of assessments. Times are China's."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(str(_("研判台账")))
    sheet.append(
        [
            _("线索编号"), _("摘要"), _("提交研判"), _("研判期限"), _("参加人员"), _("各方意见"), _("研判意见"),
            _("处理建议"), _("研判时间"), _("结论人"), _("分流去向"), _("线索状态"),
        ]
    )  # fmt: skip
    for row in rows:
        members = list(row.members.all())
        sheet.append(
            [
                _plain(each)
                for each in (
                    row.clue.number,
                    row.clue.title,
                    _moment(row.opened_at),
                    row.due_on.isoformat(),
                    "、".join(f"{each.name}（{each.unit_name}）" for each in members),
                    "\n".join(f"{each.name}：{each.opinion}" for each in members if each.opinion),
                    row.opinion,
                    row.get_advice_display() if row.advice else "",
                    _moment(row.concluded_at),
                    row.concluded_by.display_name if row.concluded_by else "",
                    row.clue.holder_unit.name,
                    row.clue.get_state_display(),
                )
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def _plain(text: str) -> str:
    """A cell that is text: never a formula, whatever somebody wrote."""
    text = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(text))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
