"""The progress table as an Excel file: rows with totals, tasks, members. Made of what this person may see."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from federation.jointcases import presenters
from federation.jointcases.selectors import Inside
from kernel.late import Late

openpyxl = Late("openpyxl")


def workbook(inside: Inside) -> IO[bytes]:
    """Three sheets in an open temporary file that stands at its beginning. The caller closes it."""
    book = openpyxl.Workbook(write_only=True)
    _progress(book.create_sheet(_("进展")), inside)
    _tasks(book.create_sheet(_("任务")), inside)
    _members(book.create_sheet(_("成员单位")), inside)
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _progress(page: Any, inside: Inside) -> None:
    found = presenters.progress(inside)
    _head(
        page,
        *(_("地方"), _("单位"), _("当事人"), _("商品"), _("数量"), _("计量单位"), _("货值（元）"), _("立案日期")),
        *(_("移送公安日期"), _("采取强制措施人数"), _("下一步"), _("说明"), _("已办结")),
    )
    for each in found["rows"]:
        it = each["it"]
        _row(
            page,
            (
                *(it.place, each["unit"], it.party_name, it.goods, it.quantity, it.unit, it.value_yuan, it.filed_on),
                *(it.referred_on, it.detained, it.next_step, each["row"].explained or it.words),
                _("是") if it.ended else "",
            ),
        )
    total = found["totals"]
    _row(
        page,
        (
            *(_("合计"), total.rows, "", "", found["quantities"], "", total.value_yuan, total.filed, total.referred),
            *(total.detained, "", "", total.ended),
        ),
        bold=True,
    )


def _tasks(page: Any, inside: Inside) -> None:
    _head(page, _("任务"), _("承办单位"), _("期限"), _("办理情况"), _("结果"))
    for each in presenters.tasks(inside):
        task = each["task"]
        _row(page, (task.is_.title, each["holder"], task.is_.due_on, str(each["words"]), task.result))


def _members(page: Any, inside: Inside) -> None:
    _head(page, _("单位"), _("所属"), _("类别"), _("席位"), _("工作"))
    for each in presenters.seats(inside):
        _row(page, (each["seat"].is_.name, each["party"], str(each["kind"]), str(each["state"]), each["did"]))


def _head(page: Any, *words: str) -> None:
    _row(page, words, bold=True)


def _row(page: Any, values: Sequence[Any], *, bold: bool = False) -> None:
    cells = [_cell(page, value) for value in values]
    for cell in cells if bold else []:
        cell.font = openpyxl.styles.Font(bold=True)
    page.append(cells)


def _cell(page: Any, value: Any) -> Any:
    """Text is kept as text: what a stranger wrote must not become a formula in somebody's office program."""
    if not isinstance(value, str):
        return openpyxl.cell.WriteOnlyCell(page, value=value)
    cell = openpyxl.cell.WriteOnlyCell(page, value=openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
