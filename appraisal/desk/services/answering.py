"""Verdicts: given, corrected, withdrawn, and the signed original that follows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.desk import hooks, selectors
from appraisal.desk.models import DeskItem, DeskOpinion, DeskTask, DeskVerdict, DeskWithdrawal
from appraisal.desk.selectors import Desk
from appraisal.desk.services.ringing import ring_rank
from appraisal.desk.services.steps import State, announce, item_of, require_held, to_province, write_line
from appraisal.desk.services.taking import release_held
from audit.move import move
from federation.contracts.appraisal import (
    CONCLUSIVE,
    AuthorityV1,
    CheckpointAnswerV1,
    ItemVerdictV1,
    MarkV1,
    OpinionV1,
    VerdictValue,
    VerdictWithdrawnV1,
)
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7

GONE = frozenset({"authorisation_missing", "authorisation_ended", "trademark_lapsed"})
"""Reasons after which this person can answer nothing of the kind, so that holding the task would only delay it."""


@dataclass(frozen=True, kw_only=True)
class ItemAnswer:
    """辨认结论 of one item as the appraiser gives it.

    checkpoints: {checkpoint id: (result, note)}; marks: boxes on photos, in parts of the picture (0 to 1), with words.
    """

    item_id: UUID
    value: VerdictValue
    reasons: str
    checkpoints: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    marks: Sequence[dict[str, Any]] = ()
    infringed_right: str = ""


def decimal_mark(photo_id: UUID, box: tuple[float, float, float, float], words: str) -> dict[str, Any]:
    """A mark from the drawing module's numbers (left, top, width, height in 0 to 1), rounded to a ten-thousandth."""
    x, y, w, h = (Decimal(str(round(value, 4))) for value in box)
    return {"photo_id": photo_id, "x": x, "y": y, "w": w, "h": h, "words": words}


def answer(
    *,
    desk: Desk,
    task_id: UUID,
    answers: Sequence[ItemAnswer],
    on_site: bool = False,
    opinion_id: UUID | None = None,
) -> DeskOpinion:
    """Give a verdict on one or more items, by the authority the appraiser has now. opinion_id makes it once.

    An item that has a standing verdict is answered anew: the new verdict supersedes it. Raises Problem with the one
    most useful reason when the authority does not cover an item; no verdict is written then. Whose authorisation is
    gone altogether loses the task too: it goes back to the queue, for somebody who has one.
    """
    try:
        return _answer(desk, task_id, answers, on_site, opinion_id or uuid7())
    except parties.Uncovered as reason:
        if reason.code in GONE:
            return_unauthorised(desk=desk, task_id=task_id, reason=reason.detail)
        raise


@transaction.atomic
def return_unauthorised(*, desk: Desk, task_id: UUID, reason: str) -> bool:
    """Give back a task that its holder may no longer answer. Returns whether there was anything to give back."""
    task = selectors.access_task(desk, task_id, lock=True)
    if task.claimed_by_id != desk.person.pk or task.state not in DeskTask.MOVES["release"][0]:
        return False
    release_held(task, desk.person, reason)
    # The first on duty may be this very person: call the first one who is not.
    now = clock.now()
    on_duty = parties.on_duty(task.organisation, now)
    others = [rank for rank, each in enumerate(on_duty) if each.user.pk != desk.person.pk]
    if others:
        ring_rank(task, on_duty, others[0], now, "rung")
    return True


@transaction.atomic
def _answer(desk: Desk, task_id: UUID, answers: Sequence[ItemAnswer], on_site: bool, opinion_id: UUID) -> DeskOpinion:
    task = selectors.access_task(desk, task_id, lock=True)
    if known := task.opinions.filter(pk=opinion_id).first():
        return known
    _reopen_or_hold(desk, task)
    if not answers:
        raise BadInput(_("请至少对一件商品给出结论。"), code="answers_missing")
    now = clock.now()
    authority = None
    prepared = []
    for each in answers:
        item = item_of(task, each.item_id)
        product = catalogue.product(item.product_id)
        if not each.reasons.strip():
            raise BadInput(_("请写明“{product}”的辨认理由。"), code="reasons_missing", product=item.product_name)
        held = parties.authority(
            desk.person, principal=desk.organisation, product=product, province_code=task.province_code, at=now
        )
        authority = authority or held
        prepared.append((each, item, product))
    assert authority is not None
    opinion = DeskOpinion.objects.create(
        pk=opinion_id,
        task=task,
        given_by=desk.person,
        given_at=now,
        authority=_authority(authority).model_dump(mode="json"),
        on_site=on_site,
    )
    verdicts = [_verdict(opinion, each, item, product) for each, item, product in prepared]
    _close_or_go_on(task, desk.person, now)
    write_line(
        task,
        "verdict",
        "brand",
        desk.person.display_name,
        at=now,
        data={"opinion_id": str(opinion.pk), "values": [verdict.value for verdict in verdicts]},
    )
    to_province(
        task,
        OpinionV1(
            request_id=task.request_id,
            opinion_id=opinion.pk,
            given_at=now,
            appraiser_name=desk.person.name,
            on_site=on_site,
            authority=_authority(authority),
            verdicts=tuple(_verdict_letter(verdict) for verdict in verdicts),
        ),
        desk.person,
    )
    hooks.verdicts(opinion)
    return opinion


def _reopen_or_hold(desk: Desk, task: DeskTask) -> None:
    """Make sure that this person holds the locked task; an answered one is opened again for a correction."""
    if task.state == State.ANSWERED:
        move(task, "reopen", by=desk.person, claimed_by=desk.person)
    else:
        require_held(desk, task)


def _verdict(opinion: DeskOpinion, each: ItemAnswer, item: DeskItem, product: Any) -> DeskVerdict:
    public, secret = [], []
    known = {checkpoint.pk: checkpoint for checkpoint in catalogue.checkpoints(product.pk)}
    for checkpoint_id, (result, note) in each.checkpoints.items():
        checkpoint = known.get(checkpoint_id)
        if checkpoint is None or result not in {"same", "different", "cannot_see"}:
            raise BadInput(
                _("这项检查点不属于该产品，请刷新页面。"), code="checkpoint_unknown", checkpoint=checkpoint_id
            )
        row = {"checkpoint": checkpoint.name, "result": result, "note": note}
        (secret if checkpoint.is_secret else public).append(row)
    before = selectors.standing_verdict(item)
    photos = {photo.photo_id for photo in item.photos.all()}
    marks = [MarkV1.model_validate(mark) for mark in each.marks]
    if any(mark.photo_id not in photos for mark in marks):
        raise BadInput(_("标注所在的照片不属于这件商品，请刷新页面。"), code="mark_photo_unknown")
    return DeskVerdict.objects.create(
        opinion=opinion,
        item=item,
        value=each.value.value,
        reasons=each.reasons.strip(),
        checkpoints=public,
        secret_checkpoints=secret,
        marks=[mark.model_dump(mode="json") for mark in marks],
        infringed_right=each.infringed_right,
        supersedes=before,
    )


def _close_or_go_on(task: DeskTask, by: User, now: datetime) -> None:
    settled = [_settles(selectors.standing_verdict(item)) for item in task.items.all()]
    if all(settled):
        move(task, "answer", by=by, answered_at=task.answered_at or now)
    elif any(settled):
        move(task, "answer_part", by=by)
    else:
        announce(task, "state")


def _settles(verdict: DeskVerdict | None) -> bool:
    return verdict is not None and VerdictValue(verdict.value) in CONCLUSIVE


def _verdict_letter(verdict: DeskVerdict) -> ItemVerdictV1:
    return ItemVerdictV1(
        verdict_id=verdict.pk,
        item_id=verdict.item.item_id,
        value=VerdictValue(verdict.value),
        reasons=verdict.reasons,
        checkpoints=tuple(CheckpointAnswerV1.model_validate(row) for row in verdict.checkpoints),
        marks=tuple(MarkV1.model_validate(mark) for mark in verdict.marks),
        infringed_right=verdict.infringed_right,
        supersedes=verdict.supersedes_id,
    )


def _authority(held: Any) -> AuthorityV1:
    """What is printed with the opinion of the authorisation it rests on."""
    return AuthorityV1(
        authorisation_id=held.pk,
        number=held.number,
        principal=held.organisation.name,
        appraiser_employer=held.membership.organisation.name,
        trademarks=tuple(f"{mark.name} {mark.reg_no}" for mark in held.trademarks.all()),
        nice_classes=tuple(held.nice_classes),
        valid_from=clock.at_start(held.valid_from),
        valid_until=clock.at_end(held.valid_until),
    )


@transaction.atomic
def withdraw(*, desk: Desk, verdict_id: UUID, reason: str) -> DeskWithdrawal:
    """Take a verdict back, with the reason. It stays on record, and the task is open again."""
    verdict = selectors.access_verdict(desk, verdict_id)
    task = selectors.access_task(desk, verdict.opinion.task_id, lock=True)
    if not reason.strip():
        raise BadInput(_("请写明撤回结论的原因。"), code="reason_missing")
    if hasattr(verdict, "withdrawal"):
        return verdict.withdrawal
    if hasattr(verdict, "superseded_by"):
        raise Conflict(_("这条结论已被新的结论取代，请撤回最新的一条。"), code="verdict_superseded")
    now = clock.now()
    withdrawal = DeskWithdrawal.objects.create(
        verdict=verdict, reason=reason.strip(), withdrawn_by=desk.person, withdrawn_at=now
    )
    if task.state in DeskTask.MOVES["reopen"][0]:
        move(task, "reopen", by=desk.person, why=reason, claimed_by=desk.person)
    write_line(task, "withdrawn", "brand", desk.person.display_name, at=now, text=withdrawal.reason)
    to_province(
        task,
        VerdictWithdrawnV1(
            request_id=task.request_id,
            verdict_id=verdict.pk,
            item_id=verdict.item.item_id,
            reason=withdrawal.reason,
            who=desk.person.display_name,
            at=now,
        ),
        desk.person,
    )
    hooks.withdrawal(withdrawal)
    return withdrawal
