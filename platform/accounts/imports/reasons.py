"""Why a row was left out, and what to do about it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "missing": _("没有填写。请补上后重新导入这一行。"),
    "too_long": _("超过 {other} 个字。请缩短后重新导入这一行。"),
    "phone": _("不是手机号。请填 11 位手机号，或带国家代码的号码。"),
    "date": _("不是日期。请写成 2027-12-31 的样子。"),
    "lost_digits": _("表格软件把长号码存成了数字，末几位已丢失。请把这一列设为文本，重新填写号码。"),
    "division": _("不是行政区划代码。请填 6 位或 9 位数字。"),
    "role_unknown": _("没有这个角色。可填：执法人员、线索管理员、局领导。"),
    "role_administrator": _("管理员岗位不能导入。请由安全管理员在人员页任命。"),
    "cert_doubled": _("执法证号与第 {other} 行相同，以第 {other} 行为准。请核对证号后重新导入这一行。"),
    "username_doubled": _("账号与第 {other} 行相同，以第 {other} 行为准。请换一个账号后重新导入这一行。"),
    "phone_doubled": _("手机号与第 {other} 行相同，以第 {other} 行为准。请核对后重新导入这一行。"),
    "username_taken": _("账号已属于另一人（执法证号 {other}）。请核对账号或证号。"),
    "phone_taken": _("手机号已属于账号 {other}。请核对号码，或先改那个账号的号码。"),
    "unit_unknown": _("没有这个单位编码。请在本行写明单位名称和单位类别，或先在机构页新建。"),
    "unit_closed": _("这个单位已停用。请填在用单位的编码。"),
    "unit_kind": _("没有这种单位类别。请填机构页列出的类别。"),
    "section": _("没有这种股室类型。可填：知识产权股、网广股、质量股、消保股、价监股、食品股、综合执法大队。"),
    "unit_differs": _("同一单位编码在第 {other} 行是另一个名称或类别。请统一后重新导入这一行。"),
    "unit_parent": _("没有这个上级单位编码。请先导入或新建上级单位。"),
    "unit_ring": _("上级单位绕成了一圈。请改正上级单位编码。"),
}


def sentence(code: str, *, other: str = "") -> str:
    """The sentence of one reason, in the active language."""
    return str(REASONS[code]).format(other=other)
