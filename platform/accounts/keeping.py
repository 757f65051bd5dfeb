"""People stay as long as records name them; what an import brought goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Subject

_PEOPLE = _("案卷要写明经办人，人员、单位和岗位停用后也保留。")
KINDS = [
    Kind(
        code="sessions",
        title=_("登录会话"),
        model="accounts.Session",
        date_of="expire_date",
        default_days=0,
        own_task="accounts.sweep_all",
    ),
    Kind(
        code="people_imports",
        title=_("人员导入文件"),
        model="accounts.ImportJob",
        date_of="finished_at",
        default_days=90,
        parts=("accounts.ImportFile", "accounts.ImportBadRow"),
        note=_("导入的表格里有姓名和手机号。"),
    ),
]
KEPT = {f"accounts.{name}": _PEOPLE for name in ("User", "Unit", "Post")}


def _person(by: Any, record_id: UUID) -> tuple[str, str] | None:
    from accounts.models import Post, User

    if not by.has_role(Post.Role.LEADER, Post.Role.SECURITY_ADMIN):
        return None
    row = User.people.filter(pk=record_id).first()
    return (row.display_name, "") if row else None


SUBJECTS = [Subject(kind="person", title=_("人员"), model="accounts.User", find=_person, far=False)]
