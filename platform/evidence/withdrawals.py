"""A private photo that was sent by mistake: asked back with a reason, decided by a head, hidden from view.

What is withdrawn is not deleted. The original, both digests, custody and log stay; nobody is shown the picture.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from audit import trail
from audit.move import move
from evidence import custody, hooks
from evidence.models import Exhibit, Withdrawal
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed

APPROVERS = (Post.Role.LEADER, Post.Role.BUREAU_ADMIN)


def ask(exhibit: Exhibit, *, by: User, reason: str) -> Withdrawal:
    """Ask that a photo be taken from view. Raises BadInput without a reason, Conflict when that was asked already."""
    if not reason.strip():
        raise BadInput(_("申请撤回要写明原因。请填写原因后再提交。"), code="reason_missing")
    if exhibit.view_only:
        raise NotAllowed(_("来函附件由发来的一方撤回。请与对方联系。"), code="withdrawal_of_others")
    try:
        with transaction.atomic():
            row = Withdrawal.objects.create(
                exhibit=exhibit,
                reason=reason.strip()[:500],
                asked_by_id=by.pk,
                asked_by_name=by.display_name,
            )
            trail.record(exhibit, "ask_withdrawal", by=by, why=row.reason)
    except IntegrityError as error:
        raise Conflict(_("已经申请过撤回。请等批复，或刷新页面看结果。"), code="withdrawal_asked") from error
    return row


def decide(row: Withdrawal, *, by: User, approve: bool, answer: str = "") -> Withdrawal:
    """Approve or refuse. Nobody decides what they asked for. An approval tells the apps above, who tell the brand.

    Raises NotAllowed, MoveRefused; BadInput for a refusal without a word.
    """
    if not by.has_role(*APPROVERS) or row.asked_by_id == by.pk:
        raise NotAllowed(_("撤回由局领导或系统管理员批准，本人不能批准自己的申请。"), code="withdrawal_approver")
    if not approve and not answer.strip():
        raise BadInput(_("不批准要写明理由。请填写后再提交。"), code="reason_missing")
    now = clock.now()
    with transaction.atomic():
        row = move(
            row,
            "approve" if approve else "refuse",
            by=by,
            why=answer[:500],
            decided_by_id=by.pk,
            decided_by_name=by.display_name,
            decided_at=now,
            answer=answer.strip()[:500],
        )
        if approve:
            hide(row.exhibit, by=by, purpose=row.reason, data={"asked_by": row.asked_by_name})
            hooks.withdrawn(row.exhibit, reason=row.reason, by=by)
    return row


def hide(exhibit: Exhibit, *, by: Any, purpose: str, data: dict[str, Any] | None = None) -> Exhibit:
    """From now on the picture is shown to nobody at this seat. Twice is once."""
    with transaction.atomic():
        if exhibit.state == Exhibit.State.WITHDRAWN:
            return exhibit
        exhibit = move(exhibit, "withdraw", by=by, why=purpose[:500], withdrawn_at=clock.now())
        custody.record(exhibit, custody.Act.WITHDRAWN, by=by, purpose=purpose, data=data)
    return exhibit


def may_decide(request: HttpRequest) -> bool:
    """Whether the list of what waits is this person's."""
    person = request.user
    return person.is_authenticated and person.has_role(*APPROVERS)


def waiting(request: HttpRequest) -> int:
    """How many requests wait, for the navigation."""
    return Withdrawal.objects.filter(state=Withdrawal.State.ASKED).count()
