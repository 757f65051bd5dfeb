"""Why something a directory said waits for a person of the bureau: a code, and a sentence that says what to do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.move import move
from audit.trail import Person
from kernel import clock
from scim.models import Mismatch

SENTENCES: dict[str, Promise] = {
    "two_matches": _(
        "账号、执法证号、手机号分别对上了不同的人：{people}。没有写入。请核对谁是同一人，改正其中一边，再同步。"
    ),
    "cert_differs": _(
        "账号或手机号对上了{people}，但执法证号不同：这边 {here}，目录 {there}。没有写入。"
        "请核对是不是同一人，再改正一边。"
    ),
    "name_differs": _(
        "手机号已由{people}使用，姓名不同，可能是号码换了人。没有写入。请先改正{people}的手机号，再同步。"
    ),
    "taken_twice": _("目录里另一条记录已经对应{people}。没有写入。请在目录里合并重复的人，再同步。"),
    "administrator_kept": _(
        "{people}是管理员，账号、手机号、邮箱不能由目录改动，其余已跳过。请在“人员”页核实本人后修改。"
    ),
    "last_administrator": _("{people}是本局最后一位{office}，没有停用。请先任命接任的人，再同步。"),
    "suspended_here": _("{people}由本局在页面上停用，目录要求启用，没有执行。确需恢复的，请在“人员”页办理。"),
}


def sentence(code: str, data: dict[str, Any]) -> str:
    """What is wrong and what to do, in the language that is active now."""
    return str(SENTENCES[code]).format_map({key: _spoken(value) for key, value in data.items()})


def note(connection_id: UUID, code: str, *, key: str, name: str, about: list[UUID], data: dict[str, Any]) -> Mismatch:
    """Put it on the list, or count it once more. In a transaction of its own where the caller's was undone."""
    now = clock.now()
    with transaction.atomic():
        row, made = Mismatch.objects.get_or_create(
            connection_id=connection_id,
            code=code,
            key=key[:200],
            state=Mismatch.State.OPEN,
            defaults={
                "name": name[:80],
                "about": [str(each) for each in about],
                "data": data,
                "first_at": now,
                "last_at": now,
            },
        )
        if not made:
            Mismatch.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=now, data=data)
    return row


def settle(connection_id: UUID, *, by: Person, codes: tuple[str, ...] = (), keys: tuple[str, ...] = ()) -> None:
    """Close what stood open about these keys: it has gone through since."""
    rows = Mismatch.objects.filter(connection_id=connection_id, state=Mismatch.State.OPEN, key__in=keys)
    for row in rows.filter(code__in=codes) if codes else rows:
        move(row, "settle", by=by)


def _spoken(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
