"""Codes: what was read is confirmed or corrected, or typed by hand. Only what a person stands for leaves."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.hints import selectors
from appraisal.hints.models import FIELDS, ReadCode
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest
from appraisal.requests.services.steps import announce, to_brand
from audit.move import move
from federation.contracts.recognition import CodeConfirmedV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7

LONGEST = 120


def _clean(value: str) -> str:
    words = " ".join(value.split())
    if not words:
        raise BadInput(_("请照着实物写下码。"), code="code_missing")
    if len(words) > LONGEST:
        raise BadInput(_("码最多 {limit} 个字，请核对。"), code="code_too_long", limit=LONGEST)
    return words


@transaction.atomic
def say_code(*, by: User, code_id: UUID, step: str, value: str = "") -> ReadCode:
    """Confirm what was read (confirm), correct it (correct, with the value), or say there is no code (refuse).

    Raises NotFound404, NotAllowed, BadInput without a value to correct to. Said twice is once.
    """
    if step not in ("confirm", "correct", "refuse"):
        raise BadInput(_("请选择确认、更正或“不是码”。"), code="step_unknown", step=step)
    seen = selectors.access_read_code(by, code_id)
    request = requests.access_request(by, seen.item.request_id, lock=True)
    row = selectors.access_read_code(by, code_id, lock=True)
    wanted = {"confirm": row.value or row.raw, "correct": _clean(value) if step == "correct" else "", "refuse": ""}[
        step
    ]
    if row.state == ReadCode.MOVES[step][1] and row.value == wanted:
        return row
    move(row, step, by=by, value=wanted, said_by=by, said_at=clock.now())
    _post(request, row, by, row.raw if step == "confirm" and not wanted else wanted)
    return row


@transaction.atomic
def type_code(
    *, by: User, item_id: UUID, field: str, value: str, photo_id: UUID | None = None, code_id: UUID | None = None
) -> ReadCode:
    """Write down a code that nobody read. code_id makes it once. Raises BadInput; Conflict before the request left."""
    if field not in dict(FIELDS) or field == "barcode":
        raise BadInput(_("请选择码的种类。"), code="field_unknown", field=field)
    words = _clean(value)
    item = requests.access_item(by, item_id, lock=True)
    if code_id and (known := ReadCode.objects.filter(pk=code_id, item=item).first()):
        return known
    if item.request.sent_at is None or item.request.organisation_id is None:
        raise Conflict(_("请先发出申请，再补填码。"), code="request_not_sent")
    if photo_id and not item.photos.filter(pk=photo_id).exists():
        raise BadInput(_("这张照片不属于这件商品，请刷新页面。"), code="photo_unknown")
    row = ReadCode.objects.create(
        pk=code_id or uuid7(),
        item=item,
        photo_id=photo_id,
        field=field,
        raw=words,
        value=words,
        confidence=100,
        state=ReadCode.State.TYPED,
        said_by=by,
        said_at=clock.now(),
    )
    _post(item.request, row, by, words)
    return row


def _post(request: AppraisalRequest, row: ReadCode, by: User, value: str) -> None:
    to_brand(
        request,
        CodeConfirmedV1(
            request_id=request.pk,
            item_id=row.item_id,
            reading_id=row.pk,
            photo_id=row.photo_id,
            field=row.field,
            step=row.state,
            raw=value,
            who=by.display_name[:40],
            at=row.said_at,
        ),
        by,
    )
    announce(request, "code")
