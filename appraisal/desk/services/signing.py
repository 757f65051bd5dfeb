"""A name written on glass on the premises, below what was concluded there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.desk import selectors
from appraisal.desk.models import DeskSceneSignature
from appraisal.desk.selectors import Desk
from appraisal.desk.services.onsite import covering
from appraisal.desk.services.steps import State, to_province, write_line
from appraisal.desk.sheets import Sheet, sheet_of
from federation.contracts.appraisal import AuthorityV1, SceneSignedV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from webui.signatures import Signed


@transaction.atomic
def sign_scene(*, desk: Desk, task_id: UUID, signed: Signed | None) -> DeskSceneSignature:
    """Sign this person's own verdicts of a task, as they stand now. The same page is signed once.

    signed: over the page of `sheets.sheet_of`. Raises BadInput `signature_missing`, `nothing_to_sign`,
    `signature_of_another` when a verdict was changed meanwhile, Uncovered when the authority is gone.
    """
    task = selectors.access_task(desk, task_id, lock=True)
    if task.state == State.CANCELLED:
        raise Conflict(_("申请方已取消这件申请，无需再答。"), code="request_cancelled")
    sheet = _sheet(desk, task_id)
    if sheet is None:
        raise BadInput(_("您还没有在现场给出结论。请先逐批给出结论，再签名。"), code="nothing_to_sign")
    if sheet.signature is not None:
        return sheet.signature
    if signed is None:
        raise BadInput(_("还没有签名。请在框内签全名。"), code="signature_missing")
    if signed.signs != sheet.sha256:
        raise BadInput(
            _("签的不是现在这一份，内容在签名时已经变了。请重新打开，看过后再签。"), code="signature_of_another"
        )
    if DeskSceneSignature.objects.filter(strokes_sha256=signed.record_sha256).exists():
        raise BadInput(_("每一页都要重新签名，不能用同一个签名代替。请再签一次。"), code="signature_repeated")
    now = clock.now()
    covering(desk, task, now)  # raises, when the authority has ended since the verdict
    authority: dict[str, Any] = sheet.verdicts[-1].opinion.authority
    row = DeskSceneSignature.objects.create(
        pk=uuid7(),
        task=task,
        signed_by=desk.person,
        signed_at=now,
        authority=authority,
        verdict_ids=[str(each) for each in sheet.verdict_ids],
        page=sheet.page,
        page_sha256=sheet.sha256,
        strokes=signed.record.decode(),
        strokes_sha256=signed.record_sha256,
    )
    write_line(
        task,
        "signed",
        "brand",
        desk.person.display_name,
        at=now,
        text=str(_("签了 {count} 项结论，授权委托书 {number}")).format(
            count=len(sheet.verdicts), number=authority["number"]
        ),
    )
    to_province(
        task,
        SceneSignedV1(
            request_id=task.request_id,
            signature_id=row.pk,
            appraiser_name=desk.person.name,
            authority=AuthorityV1.model_validate(authority),
            signed_at=now,
            verdict_ids=sheet.verdict_ids,
            page=row.page,
            page_sha256=row.page_sha256,
            strokes=row.strokes,
            strokes_sha256=row.strokes_sha256,
        ),
        desk.person,
    )
    return row


def _sheet(desk: Desk, task_id: UUID) -> Sheet | None:
    task = selectors.with_everything(selectors.tasks_of(desk)).get(pk=task_id)
    return sheet_of(desk, task)
