"""鉴定结果互认 on the side of the second province: asked for, offered, confirmed, accepted or refused."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions import selectors
from appraisal.opinions.models import HeldLetter, ReuseOffer, Review
from appraisal.opinions.services import letters
from appraisal.opinions.services.steps import announce, need, to_brand
from appraisal.requests import selectors as requests
from audit import trail
from audit.move import move
from federation.contracts.opinions import ReuseAcceptedV1, ReuseAskedV1, ReuseRefusedV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7

BASES = frozenset({"same_code", "same_run"})
"""What may carry a recognition: the same item, or a run that was confirmed to be the same. Alike is not enough."""


@transaction.atomic
def ask(*, by: User, request_id: UUID, opinion_no: str, check_code: str, item_ids: Collection[UUID] = ()) -> UUID:
    """An officer holds number and code of a letter, and asks its brand to let it be relied on. Returns the id."""
    request = requests.access_request(by, request_id, lock=True)
    if request.organisation_id is None or request.sent_at is None:
        raise BadInput(_("申请还没有发出，或品牌没有入驻，不能申请互认。"), code="request_not_sent")
    own = {each.pk for each in request.items.all()}
    chosen = [pk for pk in item_ids if pk in own] or sorted(own)
    ask_id = uuid7()
    to_brand(
        request,
        ReuseAskedV1(
            ask_id=ask_id,
            request_id=request.pk,
            item_ids=tuple(chosen),
            opinion_no=need(opinion_no, _("请填写意见书编号。"), "opinion_no_missing")[:80],
            check_code=need(check_code, _("请填写意见书上的校验码。"), "check_code_missing")[:20],
            who=by.display_name,
            at=clock.now(),
        ),
        by=by,
    )
    trail.record(request, "ask_reuse", by=by, data={"ask": str(ask_id)})
    announce(request)
    return ask_id


@transaction.atomic
def accept(*, by: User, offer_id: UUID) -> ReuseOffer:
    """Rely on it, after a review of one's own that accepted it. Raises Conflict with what stands in the way."""
    offer = selectors.access_offer(by, offer_id, lock=True)
    held = offer.held
    if offer.state == ReuseOffer.State.OFFERED:
        raise Conflict(_("权利人还没有确认，不能互认。请等权利人确认。"), code="reuse_not_confirmed")
    if held is None or held.state != HeldLetter.State.FORMAL:
        raise Conflict(_("只有有效的正式意见书可以互认。"), code="reuse_not_formal")
    if any(each["basis"] not in BASES for each in offer.items):
        raise Conflict(_("商品只是相似。互认要求同一物品，或已确认的同批。"), code="reuse_only_similar")
    if not held.reviews.filter(state=Review.State.ACCEPTED).exists():
        raise Conflict(_("互认前要先完成本局的采信审查。"), code="reuse_needs_review")
    move(offer, "accept", by=by, decided_by=by, decided_at=clock.now())
    letters.note_reliance(held)
    to_brand(
        offer.request,
        ReuseAcceptedV1(
            offer_id=offer.pk,
            letter_id=offer.letter_id,
            request_id=offer.request_id,
            item_ids=tuple(UUID(each["item_id"]) for each in offer.items),
            who=by.display_name,
            at=clock.now(),
        ),
        by=by,
        organisation_id=offer.organisation_id,
    )
    announce(offer.request)
    return offer


@transaction.atomic
def refuse(*, by: User, offer_id: UUID, reason: str) -> ReuseOffer:
    """Do not rely on it, and say why. The request goes on as if there had been no offer."""
    offer = selectors.access_offer(by, offer_id, lock=True)
    said = need(reason, _("请写明不互认的理由。"), "reason_missing")
    move(offer, "refuse", by=by, why=said, reason=said[:1000], decided_by=by, decided_at=clock.now())
    to_brand(
        offer.request,
        ReuseRefusedV1(
            offer_id=offer.pk,
            letter_id=offer.letter_id,
            request_id=offer.request_id,
            reason=said[:1000],
            who=by.display_name,
            at=clock.now(),
        ),
        by=by,
        organisation_id=offer.organisation_id,
    )
    announce(offer.request)
    return offer
