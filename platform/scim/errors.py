"""Refusals of the people sync, beside those of `accounts`. Each is shown in Chinese and English at once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict, NotAllowed


class RemovalHeld(Conflict):
    """Too many people would be put out, moved or lose roles: this one waits for the security administrator.

    Data: allowed, done, hours. Nothing was changed; sending it again later is right.
    """

    code = "removal_held"
    sentence = _(
        "{hours} 小时内从这个目录停用、调离、去掉角色的人已有 {done} 位，达到上限 {allowed} 位。"
        "这一项没有执行，已拦下等安全管理员决定；放行后再同步即可。其他变更照常。"
    )


class RemovalRejected(Conflict):
    """The security administrator said no to this removal."""

    code = "removal_rejected"
    sentence = _("安全管理员已驳回这项停用或变更，没有执行。请先在目录里核对此人是否确已离开，再联系本局安全管理员。")


class Unmatched(Conflict):
    """The person cannot be told from others, or not be changed from outside: a person of the bureau must look.

    `code` is one of `scim.mismatches`.
    """

    code = "person_unmatched"


class VersionOld(Conflict):
    """The person or unit was changed since it was read."""

    code = "version_old"
    status = 412
    sentence = _("这一项在您读取之后已有变动，没有写入。请重新读取，再提交。")


class UnitUnknown(BadInput):
    """No unit in use has this code. Data: unit_code."""

    code = "unit_unknown"
    sentence = _("没有编码为 {unit_code} 的在用单位，此人没有写入。请先同步单位（Groups），或改正单位编码。")


class RoleGiven(NotAllowed):
    """A directory gives everyday roles only. Data: role."""

    code = "role_not_given_here"
    sentence = _("“{role}”不能由目录授予：只能是 officer、dispatcher、leader。管理员岗位由安全管理员在页面上任命。")


class ValueWrong(BadInput):
    """A value that cannot be kept. Data: attribute, and what the sentence names."""

    code = "value_wrong"
    sentence = _("{attribute} 的值不能用：最长 {longest} 个字。请在目录里改短后再同步。")


class DateWrong(BadInput):
    """certUntil is no date. Data: value."""

    code = "date_wrong"
    sentence = _("certUntil“{value}”不是日期。请写成 2027-12-31 这样。")


class GroupFixed(NotAllowed):
    """The three role groups are there by themselves."""

    code = "group_fixed"
    sentence = _("角色组是固定的，不能新建、改名或删除，只能增减成员。")


class MembersUnknown(BadInput):
    """A group names a member that is not there. Data: member."""

    code = "member_unknown"
    sentence = _("成员 {member} 不在这里。请先同步此人，再把他放进组。")


class FilterUnknown(BadInput):
    """A filter asks for what is not looked up here. Data: attribute."""

    code = "filter_unknown"
    sentence = _(
        "不能按 {attribute} 这样查。可查的属性见接口说明，常用的有 userName、externalId、active、meta.lastModified。"
    )


class TooManyOperations(BadInput):
    """A bulk call with too much in it. Data: most."""

    code = "bulk_too_large"
    status = 413
    sentence = _("一次最多 {most} 项操作。请分成几次发送。")
