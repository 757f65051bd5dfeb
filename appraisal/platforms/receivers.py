"""What arriving letters do: at the right holder a task that rings nobody, at the platform an answer."""

from __future__ import annotations

from uuid import UUID

from appraisal.platforms.cleaning import clean_url
from appraisal.platforms.models import FastAnswer, FastAnswerRecall, FastAsk, FastTask, FastTaskPicture
from appraisal.platforms.services.asking import announce
from audit.move import move
from audit.trail import Actor
from evidence.services import take_in
from federation.contracts.platforms import FastAnswerV1, FastAnswerWithdrawnV1, FastAskV1, FastAskWithdrawnV1
from federation.letters import receipts
from federation.letters.post import Envelope, receives
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import BadInput, NotFound404
from notify import live

AskState, TaskState = FastAsk.State, FastTask.State


@receives(FastAskV1, at="organisation")
def on_ask(message: FastAskV1, envelope: Envelope) -> None:
    """A task below all that officers ask. Nobody is rung or told: the list says how many wait."""
    platform = parties.any_organisation(envelope.sender.organisation_id)
    if not platform.is_platform:
        raise NotFound404()
    task = FastTask.objects.create(
        organisation_id=envelope.addressee.organisation_id,
        platform=platform,
        ask_id=message.ask_id,
        letter_id=envelope.letter_id,
        thread=envelope.thread,
        listing_id=message.listing_id,
        listing_url=_page_of(message.listing_url),
        shop_name=message.shop_name,
        brand_name=message.brand_name,
        product_id=message.product_id,
        product_name=message.product_name,
        price_yuan=message.price_yuan,
        question=message.question,
        asked_at=message.asked_at,
        arrived_at=clock.now(),
        due_at=message.promised_by,
    )
    for position, each in enumerate(message.pictures, start=1):
        exhibit = take_in(envelope.attachment(each.view_sha256), letter_id=envelope.letter_id)
        FastTaskPicture.objects.create(task=task, picture_id=each.picture_id, exhibit=exhibit, position=position)
    live.publish(["fast-tasks"], "arrived", {"id": str(task.pk)}, party=f"org-{task.organisation_id}")


def _page_of(url: str) -> str:
    """The address, if it is one of a page: it becomes a link, whoever wrote the letter."""
    try:
        return clean_url(url)[0]
    except BadInput:
        return ""


@receives(FastAskWithdrawnV1, at="organisation")
def on_ask_withdrawn(message: FastAskWithdrawnV1, envelope: Envelope) -> None:
    """No answer is needed any more."""
    task = (
        FastTask.objects.select_for_update(of=("self",))
        .filter(
            ask_id=message.ask_id,
            organisation_id=envelope.addressee.organisation_id,
            platform_id=envelope.sender.organisation_id,
        )
        .first()
    )
    if task is None:
        raise NotFound404()
    if task.state in FastTask.MOVES["cancel"][0]:
        by = Actor(None, task.platform.name)
        move(task, "cancel", by=by, why=message.reason, cancelled_why=message.reason)
        receipts.answered(task.letter_id, envelope.addressee)
    live.publish(["fast-tasks"], "changed", {"id": str(task.pk)}, party=f"org-{task.organisation_id}")


def _ask(ask_id: UUID, envelope: Envelope) -> FastAsk:
    """The ask, locked: of the platform that is addressed, to the right holder that writes."""
    found = (
        FastAsk.objects.select_for_update(of=("self",))
        .select_related("platform", "holder")
        .filter(
            pk=ask_id,
            platform_id=envelope.addressee.organisation_id,
            holder_id=envelope.sender.organisation_id,
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


@receives(FastAnswerV1, at="organisation")
def on_answer(message: FastAnswerV1, envelope: Envelope) -> None:
    """An answer, or a corrected one. What comes after the platform took its ask back is kept beside it."""
    ask = _ask(message.ask_id, envelope)
    FastAnswer.objects.create(
        pk=message.answer_id,
        ask=ask,
        letter_id=envelope.letter_id,
        value=message.value.value,
        reasons=message.reasons,
        principal=message.principal,
        authorisation_number=message.authorisation_number,
        appraiser_name=message.appraiser_name,
        given_at=message.given_at,
        arrived_at=clock.now(),
        supersedes=message.supersedes,
    )
    by = Actor(None, ask.holder.name)
    if ask.state in (AskState.WAITING, AskState.RECALLED):
        move(ask, "answer", by=by, answered_at=ask.answered_at or message.given_at)
    elif ask.state == AskState.ANSWERED:
        move(ask, "change", by=by)
    announce(ask.platform_id)


@receives(FastAnswerWithdrawnV1, at="organisation")
def on_answer_withdrawn(message: FastAnswerWithdrawnV1, envelope: Envelope) -> None:
    """An answer was taken back; another will follow."""
    ask = _ask(message.ask_id, envelope)
    FastAnswerRecall.objects.create(
        answer_id=message.answer_id, ask=ask, letter_id=envelope.letter_id, reason=message.reason, at=message.at
    )
    if ask.state == AskState.ANSWERED:
        move(ask, "recall", by=Actor(None, ask.holder.name), why=message.reason)
    announce(ask.platform_id)
