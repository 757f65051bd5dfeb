"""The closing sheet of an action: totals, targets, who was there, marks. Made of what this person may see."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from accounts.models import User
from kernel import clock
from kernel.late import Late
from tenants.campaigns import presenters, selectors
from tenants.campaigns.models import JointAction, TargetMark
from tenants.clues.services.exports import MEDIA

openpyxl = Late("openpyxl")

XLSX = MEDIA["xlsx"]


def workbook(person: User, action: JointAction) -> IO[bytes]:
    """Four sheets in an open temporary file that stands at its beginning. The caller closes it."""
    board = presenters.board(person, action)
    book = openpyxl.Workbook(write_only=True)
    _summary(book.create_sheet(_("总表")), action, board)
    _targets(book.create_sheet(_("各目标")), board)
    _people(book.create_sheet(_("参与人员")), action, board)
    _marks(book.create_sheet(_("收到与到位")), action)
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _summary(page: Any, action: JointAction, board: presenters.Board) -> None:
    total = board.total
    for name, value in (
        (_("行动名称"), action.name),
        (_("代号"), action.code_name),
        (_("牵头单位"), action.origin_name or action.lead_unit.name),
        (_("零时"), _when(action.zero_hour)),
        (_("状态"), action.get_state_display()),
        (_("目标"), board.count),
        (_("已收到"), board.received),
        (_("已到位"), board.in_place),
        (_("已检查"), board.begun),
        (_("已结束"), board.ended),
        (_("发现"), total.found_words),
        (_("批数"), total.lots),
        (_("已问"), total.asked),
        (_("已答"), total.answered),
        (_("认定侵权假冒"), total.counterfeit),
        (_("已扣押批数"), total.seized),
        (_("货值（元）"), total.value_yuan),
        (_("行动总结"), action.closing_words),
        (_("制表时间"), _when(clock.now())),
    ):
        _row(page, (name, value), bold_first=True)
    for row in presenters.provinces(action):
        province = row["row"]
        state = _("逾期未答复") if row["late"] else province.get_state_display()
        _row(page, (province.name, state, province.words))


def _targets(page: Any, board: presenters.Board) -> None:
    _head(
        page,
        *(_("序号"), _("当事人"), _("地址"), _("区划"), _("承办单位"), _("执法人员"), _("状态"), _("结果"), _("发现")),
        *(_("批数"), _("已问"), _("已答"), _("认定侵权假冒"), _("已扣押批数"), _("货值（元）"), _("开始"), _("结束")),
        *(_("情况说明"), _("挂牌督办")),
    )
    hidden = _("零时前不公开")
    for each in board.rows:
        seen, found = each.seen, each.seen.figures
        _row(
            page,
            (
                seen.number,
                hidden if seen.hidden else seen.party_name,
                hidden if seen.hidden else seen.address,
                seen.division,
                seen.unit_name,
                "、".join(seen.officers),
                seen.state_name,
                seen.outcome_name,
                found.found_words,
                found.lots,
                found.asked,
                found.answered,
                found.counterfeit,
                found.seized,
                found.value_yuan,
                _when(seen.began_at),
                _when(seen.ended_at),
                seen.words,
                _("是") if seen.supervised else "",
            ),
        )


def _people(page: Any, action: JointAction, board: presenters.Board) -> None:
    _head(page, _("类别"), _("单位或部门"), _("姓名"), _("电话"), _("目标"), _("授权或分工"))
    for each in board.rows:
        for name in each.seen.officers:
            _row(page, (_("执法人员"), each.seen.unit_name, name, "", each.seen.number, ""))
        for escort in each.seen.escorts:
            authority = f"{escort.authority_no} {escort.why or escort.valid_until}".strip()
            _row(
                page,
                (_("权利人"), escort.organisation, escort.name, escort.phone, each.seen.number, authority),
            )
    for seat in action.seats.all():
        _row(page, (_("其他部门"), seat.department, seat.name, seat.phone, "", seat.duty))


def _marks(page: Any, action: JointAction) -> None:
    _head(page, _("目标"), _("标记"), _("姓名"), _("单位"), _("时间"), _("第几次零时"), _("说明"))
    for target in selectors.targets_of(action):
        for mark in target.marks.all():
            kind = str(TargetMark.Kind(mark.kind).label)
            _row(page, (target.number, kind, mark.who, mark.unit_name, _when(mark.at), mark.hour, mark.note))


def _head(page: Any, *words: str) -> None:
    cells = [openpyxl.cell.WriteOnlyCell(page, value=word) for word in words]
    for cell in cells:
        cell.font = openpyxl.styles.Font(bold=True)
    page.append(cells)


def _row(page: Any, values: Sequence[Any], *, bold_first: bool = False) -> None:
    cells = [_cell(page, value) for value in values]
    if bold_first:
        cells[0].font = openpyxl.styles.Font(bold=True)
    page.append(cells)


def _cell(page: Any, value: Any) -> Any:
    """Text is kept as text: what a stranger wrote must not become a formula in somebody's office program."""
    if not isinstance(value, str):
        return openpyxl.cell.WriteOnlyCell(page, value=value)
    cell = openpyxl.cell.WriteOnlyCell(page, value=openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell


def _when(moment: Any) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""
