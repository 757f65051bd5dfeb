"""鉴定结果互认, the brand's half: a formal letter is offered for the same goods elsewhere, and the brand confirms.

Only the same item (an equal unique code) or a run that people confirmed carries a letter over: goods that merely look
alike need an opinion of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import selectors as catalogue
from appraisal.desk.models import DeskItem, DeskTask
from appraisal.issuing import building, register, selectors, sources
from appraisal.issuing.models import LetterFile, LetterHolder, LetterItem, OpinionLetter, ReuseItem, ReuseOffer
from appraisal.issuing.services.signing import attachment
from appraisal.issuing.services.steps import MACHINE, State, changed, require_appraiser, to_task
from audit import trail
from audit.move import move
from audit.trail import Person
from federation.contracts.appraisal import VerdictValue
from federation.contracts.opinions import (
    ReuseAskedV1,
    ReuseConfirmedV1,
    ReuseDeclinedV1,
    ReuseItemV1,
    ReuseOfferedV1,
)
from federation.parties import selectors as parties
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict
from notify import live
from notify.services import tell

TRANSFERABLE = frozenset(
    {
        VerdictValue.COUNTERFEIT,
        VerdictValue.REFILLED_OR_REASSEMBLED,
        VerdictValue.NOT_OUR_PRODUCT_LINE,
    }
)
"""Conclusions that hold for goods of the same code or run. That one item is genuine says nothing of the next: codes of
genuine goods are copied."""


class NotReusable(Conflict):
    """The letter cannot be relied on elsewhere. The code says why."""

    code = "not_formal"
    sentence = _("只有正式的辨认意见书可以互认。这一份现在是“{state}”。")


def require_reusable(letter: OpinionLetter) -> None:
    """Raise NotReusable unless the letter is formal: not preliminary, withdrawn or superseded."""
    codes = {State.WITHDRAWN: "withdrawn", State.SUPERSEDED: "superseded"}
    if letter.state != State.FORMAL:
        code = codes.get(State(letter.state), "not_formal")
        raise NotReusable(code=code, state=letter.get_state_display())


def look_for_reuse() -> int:
    """Offer formal letters to open requests that match. Every minute by beat, once each. Returns how many offers."""
    return sum(len(offer_for(task_id)) for task_id in selectors.tasks_that_may_match())


@transaction.atomic
def offer_for(task_id: UUID) -> list[ReuseOffer]:
    """Offer what matches one task: each letter once, with all its items that match."""
    task = selectors.any_task(task_id, lock=True)
    if task.state in (DeskTask.State.ANSWERED, DeskTask.State.CANCELLED):
        return []
    offers = []
    for letter, pairs in _matches(task, list(task.items.all())).items():
        if not letter.reuse_offers.filter(task=task).exists():
            offers.append(_offer(letter, task, pairs))
    return offers


Pair = tuple[LetterItem, DeskItem, sources.Match]


def _matches(task: DeskTask, items: Sequence[DeskItem]) -> dict[OpinionLetter, list[Pair]]:
    """Formal letters that matches lead to, with the pairs of each. Never of the task itself."""
    found: dict[UUID, tuple[OpinionLetter, list[Pair]]] = {}
    here = {item.pk: item for item in items}
    for match in sources.matches(task):
        item = here.get(match.item_id)
        if item is None:
            continue
        for row in selectors.formal_items_of(task.organisation_id, match.earlier_item_id):
            if row.letter.task_id == task.pk or row.item.product_id != item.product_id:
                continue
            if VerdictValue(row.verdict.value) not in TRANSFERABLE:
                continue
            pairs = found.setdefault(row.letter_id, (row.letter, []))[1]
            if all(pair[1].pk != item.pk for pair in pairs):
                pairs.append((row, item, match))
    return dict(found.values())


def _offer(letter: OpinionLetter, task: DeskTask, pairs: Sequence[Pair], ask_id: UUID | None = None) -> ReuseOffer:
    now = clock.now()
    explained = str(_("有 {count} 件与正式意见书 {number} 所辨认的商品相同：{why}")).format(
        count=len(pairs),
        number=letter.number,
        why="；".join(dict.fromkeys(str(ReuseItem.Basis(match.basis).label) for _row, _item, match in pairs)),
    )
    offer = ReuseOffer.objects.create(
        letter=letter, task=task, ask_id=ask_id, explained=explained[:500], offered_at=now
    )
    ReuseItem.objects.bulk_create(
        ReuseItem(offer=offer, letter_item=row, item=item, basis=match.basis, basis_text=match.text[:200])
        for row, item, match in pairs
    )
    trail.record(offer, "offer", by=MACHINE, to_state=offer.state, data={"items": len(pairs)})
    if letter.task.province_code != task.province_code:
        to_task(
            task,
            ReuseOfferedV1(
                offer_id=offer.pk,
                ask_id=ask_id,
                request_id=task.request_id,
                letter_id=letter.pk,
                opinion_no=letter.number,
                right_holder=letter.organisation.name,
                issued_on=letter.issued_on,
                items=_items(offer),
                explained=offer.explained,
                at=now,
            ),
            MACHINE,
        )
    tell(
        to=[letter.appraiser_id],
        code="reuse_waiting",
        title=_("有一件鉴定申请可以重用已有的意见书，请确认"),
        url=f"/opinions/reuse/{offer.pk}/",
    )
    live.publish([f"task:{task.pk}", "queue"], "reuse", {}, party=f"org-{task.organisation_id}")
    return offer


def _items(offer: ReuseOffer) -> tuple[ReuseItemV1, ...]:
    return tuple(
        ReuseItemV1(
            item_id=row.item.item_id,
            position=row.letter_item.position,
            product_name=row.letter_item.item.product_name,
            value=VerdictValue(row.letter_item.verdict.value),
            basis=row.basis,
            basis_text=row.basis_text,
        )
        for row in offer.items.select_related("item", "letter_item__item", "letter_item__verdict")
    )


@transaction.atomic
def confirm(*, acting: ActingFor, offer_id: UUID) -> ReuseOffer:
    """One tap: the opinion holds for these items too. The paper goes to the other province. Twice is once.

    Raises NotReusable; Uncovered when the appraiser's authorisation does not reach there.
    """
    require_appraiser(acting)
    offer = selectors.access_offer(acting, offer_id, lock=True)
    if offer.state == ReuseOffer.State.CONFIRMED:
        return offer
    letter = selectors.any_letter(offer.letter_id, lock=True)
    require_reusable(letter)
    now = clock.now()
    for row in offer.items.select_related("item"):
        parties.authority(
            acting.person,
            principal=acting.organisation,
            product=catalogue.product(row.item.product_id),
            province_code=offer.task.province_code,
            at=now,
        )
    move(offer, "confirm", by=acting.person, decided_by=acting.person, decided_at=now)
    LetterHolder.objects.get_or_create(
        letter=letter,
        province_code=offer.task.province_code,
        request_id=offer.task.request_id,
        defaults={"because": LetterHolder.Because.REUSE, "thread": offer.task.thread, "since": now},
    )
    files = letter.files.filter(kind__in=(LetterFile.Kind.PAPER, LetterFile.Kind.ANNEX))
    to_task(
        offer.task,
        ReuseConfirmedV1(
            offer_id=offer.pk,
            request_id=offer.task.request_id,
            items=_items(offer),
            paper=building.paper_of(letter),
            who=acting.person.display_name,
            at=now,
        ),
        acting.person,
        [attachment(file) for file in files],
    )
    changed(letter)
    return offer


@transaction.atomic
def decline(*, acting: ActingFor, offer_id: UUID, reason: str) -> ReuseOffer:
    """The brand wants to look at the goods itself; the request goes on as any other."""
    require_appraiser(acting)
    offer = selectors.access_offer(acting, offer_id, lock=True)
    if not reason.strip():
        raise BadInput(_("请写明不同意重用的原因，对方机关会看到。"), code="reason_missing")
    now = clock.now()
    move(
        offer, "decline", by=acting.person, why=reason, reason=reason.strip()[:1000],
        decided_by=acting.person, decided_at=now,
    )  # fmt: skip
    to_task(
        offer.task,
        ReuseDeclinedV1(
            offer_id=offer.pk,
            ask_id=offer.ask_id,
            request_id=offer.task.request_id,
            code="declined",
            reason=reason.strip()[:500],
            who=acting.person.display_name,
            at=now,
        ),
        acting.person,
    )
    return offer


def answer_ask(message: ReuseAskedV1, *, task: DeskTask, letter: OpinionLetter | None) -> ReuseOffer | None:
    """An officer asks by number and code: offered where the goods are the same, else declined with the reason.

    Called by the receiver, in its transaction. letter: the organisation's one of that number, if the code is right.
    """
    asked = [item for item in task.items.all() if item.item_id in set(message.item_ids)]
    refusal = _refusal(letter, task, asked)
    if refusal is None and letter is not None:
        there = letter.reuse_offers.filter(task=task).first()
        if there is not None:
            return there
        return _offer(letter, task, _matches(task, asked)[letter], message.ask_id)
    code, words = refusal or ("unknown", _("号码或查验码不对。"))
    to_task(
        task,
        ReuseDeclinedV1(
            ask_id=message.ask_id,
            request_id=task.request_id,
            code=code,
            reason=str(words),
            who=MACHINE.display_name,
            at=clock.now(),
        ),
        MACHINE,
    )
    return None


def _refusal(letter: OpinionLetter | None, task: DeskTask, asked: Sequence[DeskItem]) -> tuple[str, object] | None:
    if letter is None:
        return "unknown", _("没有找到这份意见书，请核对编号和查验码。")
    try:
        require_reusable(letter)
    except NotReusable as problem:
        return problem.code, problem.detail
    if letter not in _matches(task, asked):
        return "only_similar", _(
            "这些商品与意见书所辨认的只是相似：唯一码不同，也没有经确认的同一批造假关联。请另行辨认。"
        )
    return None


def by_number(organisation_id: UUID, number: str, code: str) -> OpinionLetter | None:
    """The organisation's letter of that number, if the code is its own."""
    letter = selectors.letter_by_lookup(register.lookups(number, code))
    return letter if letter is not None and letter.organisation_id == organisation_id else None


def accepted(offer: ReuseOffer, *, by: Person) -> None:
    """The other province relies on the letter. In the receiver's transaction."""
    if offer.state == ReuseOffer.State.CONFIRMED:
        move(offer, "accept", by=by)
    LetterHolder.objects.filter(
        letter=offer.letter_id, province_code=offer.task.province_code, request_id=offer.task.request_id
    ).update(relies=True)
    changed(offer.letter)


def refused(offer: ReuseOffer, *, reason: str, by: Person) -> None:
    """The other province does not rely on it, with the reason. In the receiver's transaction."""
    if offer.state in ReuseOffer.MOVES["refuse"][0]:
        move(offer, "refuse", by=by, why=reason, reason=reason)
    changed(offer.letter)
