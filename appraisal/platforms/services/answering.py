"""A right holder answers: an appraiser takes a task, concludes, corrects, takes back; rights staff report it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue.models import Product
from appraisal.desk import hooks as desk_hooks
from appraisal.desk.services import AlreadyClaimed
from appraisal.desk.services.taking import NotAnAppraiser
from appraisal.platforms import selectors
from appraisal.platforms.models import FastOpinion, FastOpinionWithdrawal, FastTask
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.messages import Message
from federation.contracts.platforms import FastAnswerV1, FastAnswerWithdrawnV1, FastVerdict
from federation.letters.post import post
from federation.parties import rights
from federation.parties import selectors as parties
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from notify import live

State = FastTask.State
LONGEST_REASONS = 2_000


@transaction.atomic
def claim(*, acting: ActingFor, task_id: UUID) -> FastTask:
    """Take a task. Of two in the same second one has it; the other is told who. Twice is once."""
    task = selectors.access_task(acting.organisation, task_id, lock=True)
    if task.state == State.CLAIMED and task.claimed_by is not None:
        if task.claimed_by_id == acting.person.pk:
            return task
        raise AlreadyClaimed(name=task.claimed_by.display_name, task_id=task.pk)
    if not parties.appraisers_for(acting.organisation).filter(user=acting.person).exists():
        raise NotAnAppraiser(organisation=acting.organisation.name)
    move(task, "claim", by=acting.person, claimed_by=acting.person, claimed_at=clock.now())
    _announce(task)
    return task


@transaction.atomic
def release(*, acting: ActingFor, task_id: UUID) -> FastTask:
    """Give a task back to the list. Nobody is called for it."""
    task = _held(acting, task_id)
    if task.opinions.exists():
        raise Conflict(_("这件已答复过，撤回后要给出新的结论，不能退回。"), code="answer_owed")
    move(task, "release", by=acting.person, claimed_by=None, claimed_at=None)
    _announce(task)
    return task


def _held(acting: ActingFor, task_id: UUID) -> FastTask:
    task = selectors.access_task(acting.organisation, task_id, lock=True)
    if task.state == State.CANCELLED:
        raise Conflict(_("平台已撤回这件申请，无需再答。"), code="ask_withdrawn")
    if task.claimed_by_id != acting.person.pk:
        if task.claimed_by is not None and task.state == State.CLAIMED:
            raise AlreadyClaimed(name=task.claimed_by.display_name, task_id=task.pk)
        raise Conflict(_("请先接单再处理。"), code="not_claimed_by_you")
    return task


@transaction.atomic
def answer(
    *, acting: ActingFor, task_id: UUID, value: str, reasons: str, opinion_id: UUID | None = None
) -> FastOpinion:
    """Answer a task, or correct its answer: the new one replaces the one that stands, both stay on record.

    opinion_id: chosen before, so that a second arrival makes nothing. Raises BadInput, Conflict, Uncovered.
    """
    opinion_id = opinion_id or uuid7()
    task = selectors.access_task(acting.organisation, task_id, lock=True)
    if known := task.opinions.filter(pk=opinion_id).first():
        return known
    if value not in list(FastVerdict):
        raise BadInput(_("请先选结论。"), code="verdict_missing")
    reasons = reasons.strip()
    if not reasons:
        raise BadInput(_("请写明理由，平台会告诉店铺。"), code="reasons_missing")
    if len(reasons) > LONGEST_REASONS:
        raise BadInput(_("理由最多 {longest} 字。"), code="reasons_too_long", longest=LONGEST_REASONS)
    now = clock.now()
    held = rights.authority_for_listing(acting.person, principal=acting.organisation, product=_product(task), at=now)
    if task.state == State.ANSWERED:
        move(task, "reopen", by=acting.person, claimed_by=acting.person)
    else:
        task = _held(acting, task_id)
    opinion = FastOpinion.objects.create(
        pk=opinion_id,
        task=task,
        value=value,
        reasons=reasons,
        given_by=acting.person,
        given_at=now,
        authorisation_id=held.pk,
        authorisation_number=held.number,
        supersedes=selectors.standing(task),
    )
    move(task, "answer", by=acting.person, answered_at=task.answered_at or now)
    _to_platform(
        task,
        acting,
        FastAnswerV1(
            ask_id=task.ask_id,
            answer_id=opinion.pk,
            value=FastVerdict(value),
            reasons=reasons,
            principal=acting.organisation.name,
            authorisation_number=held.number,
            appraiser_name=acting.person.name,
            given_at=now,
            supersedes=opinion.supersedes_id,
        ),
    )
    _announce(task)
    return opinion


def _product(task: FastTask) -> Product | None:
    """The product that the listing names, where it is the right holder's own."""
    if task.product_id is None:
        return None
    rows = Product.objects.filter(pk=task.product_id, organisation_id=task.organisation_id)
    return rows.select_related("brand").first()


def may_answer(acting: ActingFor, task: FastTask) -> str:
    """By what authorisation this person may answer, in words. Raises Uncovered."""
    held = rights.authority_for_listing(
        acting.person, principal=acting.organisation, product=_product(task), at=clock.now()
    )
    return str(_("依据授权委托书 {number}，有效至 {until}")).format(
        number=held.number, until=held.valid_until.isoformat()
    )


@transaction.atomic
def withdraw_answer(*, acting: ActingFor, opinion_id: UUID, reason: str) -> FastOpinionWithdrawal:
    """Take an answer back, with the reason; the platform hears it, and the task is open again at this person."""
    found = selectors.access_opinion(acting.organisation, opinion_id)
    task = selectors.access_task(acting.organisation, found.task_id, lock=True)
    opinion = selectors.access_opinion(acting.organisation, opinion_id)
    if not reason.strip():
        raise BadInput(_("请写明撤回结论的原因。"), code="reason_missing")
    if not parties.appraisers_for(acting.organisation).filter(user=acting.person).exists():
        raise NotAnAppraiser(organisation=acting.organisation.name)
    if hasattr(opinion, "withdrawal"):
        return opinion.withdrawal
    if hasattr(opinion, "superseded_by"):
        raise Conflict(_("这条结论已被新的结论取代，请撤回最新的一条。"), code="verdict_superseded")
    now = clock.now()
    row = FastOpinionWithdrawal.objects.create(
        opinion=opinion, reason=reason.strip()[:500], withdrawn_by=acting.person, withdrawn_at=now
    )
    if task.state == State.ANSWERED:
        move(task, "reopen", by=acting.person, why=row.reason, claimed_by=acting.person, claimed_at=now)
    _to_platform(
        task, acting, FastAnswerWithdrawnV1(ask_id=task.ask_id, answer_id=opinion.pk, reason=row.reason, at=now)
    )
    _announce(task)
    return row


@transaction.atomic
def report(*, acting: ActingFor, task_id: UUID) -> UUID:
    """Begin a reverse clue to a bureau with what the listing and the answer say. Returns its id; twice is once.

    Raises Conflict before there is an answer; NotAllowed for people who hand in no clues.
    """
    task = selectors.access_task(acting.organisation, task_id, lock=True)
    if task.clue_id is not None:
        return task.clue_id
    opinion = selectors.standing(task)
    if opinion is None:
        raise Conflict(_("先给出结论，再报告市场监管部门。"), code="answer_first")
    product = _product(task)
    task.clue_id = desk_hooks.report_listing(
        acting,
        desk_hooks.ReportedListing(
            platform=task.platform.name,
            listing_id=task.listing_id,
            listing_url=task.listing_url,
            shop_name=task.shop_name,
            goods=task.title,
            product_id=product.pk if product else None,
            price_yuan=task.price_yuan,
            reasons=opinion.reasons,
            pictures=tuple(each.exhibit for each in task.pictures.select_related("exhibit")),
        ),
    )
    task.save(update_fields=["clue_id"])
    return task.clue_id


def _to_platform(task: FastTask, acting: ActingFor, message: Message) -> None:
    post(
        message,
        to=Address.organisation(task.platform_id),
        sender=Address.organisation(task.organisation_id),
        thread=task.thread,
        by=acting.person,
        in_reply_to=task.letter_id,
        purpose="fast_appraisal",
    )


def _announce(task: FastTask) -> None:
    live.publish(["fast-tasks"], "changed", {"id": str(task.pk)}, party=f"org-{task.organisation_id}")
