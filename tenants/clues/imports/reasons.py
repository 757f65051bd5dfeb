"""Why a row was left out, and what to do about it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "empty": _("没有线索内容，也没有店铺、主体或链接。请补上后重新导入这一行。"),
    "too_long": _("超过 {other} 个字。请缩短后重新导入这一行。"),
    "lost_digits": _("表格软件把长号码存成了数字，末几位已丢失。请把这一列设为文本，重新填写号码。"),
    "day": _("不是日期。请写成 2026-11-22 的样子。"),
    "day_ahead": _("日期晚于今天。请核对。"),
    "value": _("不是金额。请只写数字，例如 1200.50。"),
    "value_range": _("金额不能是负数，也不能超过一万亿元。请核对。"),
    "line_doubled": _("与第 {other} 行相同，只导入第 {other} 行。"),
    "ref_doubled": _("来源单号与第 {other} 行相同，只导入第 {other} 行。请核对单号。"),
    "known": _("已登记为线索 {other}，不再重复登记。"),
    "refused": _("登记时被退回：{other}"),
}


def sentence(code: str, *, other: str = "") -> str:
    """The sentence of one reason, in the active language."""
    return str(REASONS[code]).format(other=other) if code else ""
