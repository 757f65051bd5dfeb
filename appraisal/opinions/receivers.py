"""What arriving letters about opinion letters do in a province. Each runs in the delivery's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from appraisal.opinions import events, files, selectors
from appraisal.opinions.models import (
    HeldItem,
    HeldLetter,
    Mailing,
    Notice,
    Objection,
    ObjectionFile,
    ReuseOffer,
    Sample,
    SamplePhoto,
)
from appraisal.opinions.services import letters, notices
from appraisal.opinions.services.reuse import BASES
from appraisal.opinions.services.steps import MACHINE, announce, page, tell_people
from appraisal.requests.models import AppraisalRequest
from audit import log as seal_log
from audit.move import move
from audit.trail import Actor
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.contracts.opinions import (
    CertificateV1,
    ConclusionV1,
    FileV1,
    NoticeAnsweredV1,
    NoticeReturnedV1,
    ObjectionAnsweredV1,
    OpinionSupersededV1,
    OpinionWithdrawnV1,
    OriginalMailedV1,
    OriginalScannedV1,
    PaperV1,
    ReuseConfirmedV1,
    ReuseDeclinedV1,
    ReuseItemV1,
    ReuseOfferedV1,
    ReuseRefusedV1,
    SampleOpenedV1,
    SampleReceivedV1,
    SampleReturnedV1,
)
from federation.letters.post import Envelope, post, receives
from kernel import clock
from kernel.errors import NotFound404

State = HeldLetter.State


def _request(request_id: UUID, envelope: Envelope) -> AppraisalRequest:
    """The request, locked; only the organisation that was asked may speak of it."""
    found = AppraisalRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None or envelope.sender != Address.organisation(found.organisation_id):
        raise NotFound404()
    return found


def _notice(notice_id: UUID, envelope: Envelope) -> Notice:
    found = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
    if found is None or envelope.sender != Address.organisation(found.organisation_id):
        raise NotFound404()
    return found


def _held(letter_id: UUID, envelope: Envelope) -> list[HeldLetter]:
    """Every holding of a letter of the sender's, locked in order. Raises NotFound404 when nothing is held."""
    rows = selectors.held_everywhere(letter_id, envelope.sender.organisation_id)
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not found:
        raise NotFound404()
    return found


def _keep(shown: Sequence[FileV1], envelope: Envelope, *, request_id: UUID, title: str, who: str) -> list[Exhibit]:
    return [
        files.keep_arrived(
            envelope.attachment(each.sha256),
            letter_id=envelope.letter_id,
            title=title,
            by_name=who,
            request_id=request_id,
        )
        for each in shown
    ]


# The notice -----------------------------------------------------------------------------------------------------------


@receives(NoticeReturnedV1, at="province")
def on_notice_returned(message: NoticeReturnedV1, envelope: Envelope) -> None:
    """The right holder sends it back: nobody is waited for, and the officer has to act."""
    notice = _notice(message.notice_id, envelope)
    notices.give_back(notice, why=message.reason, by=Actor(None, message.who), at=message.at)
    tell_people(
        [notice.drafted_by_id, notice.request.officer_id],
        "notice_returned",
        _("{number} 被权利人退回").format(number=notice.document_no),
        page("notice", notice.pk),
        urgent=True,
    )
    announce(notice.request)


@receives(NoticeAnsweredV1, at="province")
def on_notice_answered(message: NoticeAnsweredV1, envelope: Envelope) -> None:
    """Begun. That it is answered shows by the letter itself, which alone ends the waiting."""
    notice = _notice(message.notice_id, envelope)
    if notice.taken_up_at is None:
        notice.taken_up_at = message.at
        notice.save(update_fields=["taken_up_at"])
    announce(notice.request)


# The letter -----------------------------------------------------------------------------------------------------------


@receives(CertificateV1, at="province")
def on_certificate(message: CertificateV1, envelope: Envelope) -> None:
    """Preliminary or formal: kept, its papers sealed, and the waiting ended when it covers what was asked."""
    request = _request(message.request_id, envelope)
    items = {each.pk for each in request.items.all()}
    if any(each.item_id not in items for each in message.paper.items):
        raise NotFound404()
    held = _take_paper(message.paper, envelope, request=request, who=message.who)
    if message.paper.state == State.FORMAL:
        _settle(request, who=message.who)
        title = _("{name} 的辨认意见书已到").format(name=held.organisation_name)
    else:
        title = _("{name} 的辨认意见书（初步）已到").format(name=held.organisation_name)
    tell_people([request.officer_id], "certificate_arrived", title, page("letter", held.pk))
    announce(request)


def _settle(request: AppraisalRequest, *, who: str) -> None:
    for notice in request.notices.select_for_update(of=("self",)).filter(state=Notice.State.ISSUED).order_by("pk"):
        notices.settle(notice, at=clock.now(), by_name=who)


def _take_paper(
    paper: PaperV1, envelope: Envelope, *, request: AppraisalRequest, who: str, reused: Sequence[ReuseItemV1] = ()
) -> HeldLetter:
    """Keep what a letter says. The formal one of a preliminary one completes it; the same once more changes nothing."""
    held = HeldLetter.objects.select_for_update(of=("self",)).filter(letter_id=paper.letter_id, request=request).first()
    fields = _fields(paper, envelope, request=request, who=who)
    if held is None:
        notice = Notice.objects.filter(pk=paper.notice_id, request=request).first() if paper.notice_id else None
        formal = paper.state == State.FORMAL
        held = HeldLetter.objects.create(
            letter_id=paper.letter_id,
            request=request,
            notice=notice or request.notices.filter(state__in=("issued", "answered")).order_by("-pk").first(),
            state=State.FORMAL if formal else State.PRELIMINARY,
            came=HeldLetter.Came.REUSE if reused else HeldLetter.Came.DIRECT,
            formal_at=clock.now() if formal else None,
            **fields,
        )
        HeldItem.objects.bulk_create(_reused(held, paper, reused) if reused else _items(held, paper.items))
        events.letter_came(held)
    elif held.state == State.PRELIMINARY and paper.state == State.FORMAL:
        move(held, "formalise", by=Actor(None, who), formal_at=clock.now(), **fields)
    else:
        return held
    if paper.state == State.FORMAL:
        seal_log.append(
            "opinion.letter",
            held.pk,
            {
                "letter": paper.letter_id,
                "number": paper.opinion_no,
                "facts_sha256": paper.facts_sha256,
                "pdf_sha256": paper.pdf_sha256,
            },
        )
    if paper.supersedes is not None:
        for old in selectors.held_everywhere(paper.supersedes, envelope.sender.organisation_id):
            _supersede(old, by_id=paper.letter_id, by_no=paper.opinion_no, why="", who=who)
    return held


def _fields(paper: PaperV1, envelope: Envelope, *, request: AppraisalRequest, who: str) -> dict[str, Any]:
    def kept(sha256: str, title: str) -> Exhibit | None:
        if not sha256:
            return None
        (found,) = _keep([FileV1(sha256=sha256, what=title)], envelope, request_id=request.pk, title=title, who=who)
        return found

    number = paper.opinion_no
    organisation = selectors.organisation(envelope.sender.organisation_id)
    return {
        "organisation_id": envelope.sender.organisation_id,
        "organisation_name": organisation.name if organisation else paper.right_holder.name,
        "role": paper.role,
        "opinion_no": number,
        "version_no": paper.version_no,
        "supersedes_id": paper.supersedes,
        "issued_on": paper.issued_on,
        "waits_for": paper.waits_for,
        "exam_mode": paper.exam_mode,
        "right_holder": paper.right_holder.model_dump(mode="json"),
        "signers": [each.model_dump(mode="json") for each in paper.signers],
        "authority": paper.authority.model_dump(mode="json"),
        "trademarks": [each.model_dump(mode="json") for each in paper.trademarks],
        "check_code": paper.check_code,
        "check_url": paper.check_url,
        "facts": paper.facts,
        "facts_sha256": paper.facts_sha256,
        "seal_state": paper.seal_state,
        "demonstration": paper.demonstration,
        "pdf": kept(paper.pdf_sha256, f"辨认意见书 {number}"),
        "annex": kept(paper.annex_sha256, f"辨认意见书附件（仅供办案） {number}"),
    }


def _items(held: HeldLetter, said: Sequence[ConclusionV1]) -> list[HeldItem]:
    return [_item(held, each, item_id=each.item_id, position=each.position) for each in said]


def _item(held: HeldLetter, said: ConclusionV1, *, item_id: UUID, position: int, basis: str = "") -> HeldItem:
    return HeldItem(
        letter=held,
        item_id=item_id,
        position=position,
        product_name=said.product_name,
        quantity=said.quantity,
        unit=said.quantity_unit,
        value=said.value.value,
        verdict_id=said.verdict_id,
        photo_sha256s=list(said.photo_sha256s),
        seal_no=said.seal_no,
        genuine_price=said.genuine_price.model_dump(mode="json") if said.genuine_price else {},
        basis=basis,
    )


def _reused(held: HeldLetter, paper: PaperV1, reused: Sequence[ReuseItemV1]) -> list[HeldItem]:
    """Conclusions for this bureau's items; quantity and photos are those of this bureau, not the first one's."""
    by_position = {each.position: each for each in paper.items}
    mine = {each.pk: each for each in held.request.items.all()}
    rows = []
    for place, each in enumerate(reused, start=1):
        said, own = by_position.get(each.position), mine.get(each.item_id)
        if said is None or own is None:
            raise NotFound404()
        row = _item(held, said, item_id=own.pk, position=place, basis=each.basis)
        row.product_name, row.quantity, row.unit = own.product_name, own.quantity, own.quantity_unit
        row.photo_sha256s, row.seal_no = [], ""
        rows.append(row)
    return rows


def _supersede(old: HeldLetter, *, by_id: UUID, by_no: str, why: str, who: str) -> None:
    if old.state not in HeldLetter.STANDING:
        return
    move(
        old,
        "supersede",
        by=Actor(None, who),
        why=why,
        changed_at=clock.now(),
        change_reason=why,
        replaced_by_id=by_id,
        replaced_by_no=by_no,
    )
    letters.fell(old, why=why or _("已换发新版 {number}").format(number=by_no), replaced=True)
    _lapse(old, why=why)


def _lapse(held: HeldLetter, *, why: str) -> None:
    """Offers of a letter that fell; whether they were accepted or not."""
    for offer in ReuseOffer.objects.select_for_update().filter(
        request_id=held.request_id, letter_id=held.letter_id, state__in=ReuseOffer.MOVES["lapse"][0]
    ):
        move(offer, "lapse", by=MACHINE, why=why, reason=why[:1000])


@receives(OpinionSupersededV1, at="province")
def on_superseded(message: OpinionSupersededV1, envelope: Envelope) -> None:
    """A new version takes the letter's place, wherever it is held."""
    for held in _held(message.letter_id, envelope):
        _supersede(held, by_id=message.by_letter_id, by_no=message.by_opinion_no, why=message.reason, who=message.who)


@receives(OpinionWithdrawnV1, at="province")
def on_withdrawn(message: OpinionWithdrawnV1, envelope: Envelope) -> None:
    """The brand takes it back: everything that relied on it is listed, and its people are told."""
    for held in _held(message.letter_id, envelope):
        if held.state == State.WITHDRAWN:
            continue
        move(
            held,
            "withdraw",
            by=Actor(None, message.who),
            why=message.reason,
            changed_at=message.at,
            change_reason=message.reason,
        )
        letters.fell(held, why=message.reason, replaced=False)
        _lapse(held, why=message.reason)


# The original ---------------------------------------------------------------------------------------------------------


@receives(OriginalMailedV1, at="province")
def on_original_mailed(message: OriginalMailedV1, envelope: Envelope) -> None:
    """On its way, or lost: a failed mailing stays, and the next one names it."""
    held = _held(message.letter_id, envelope)[0]
    mailing = Mailing.objects.select_for_update().filter(pk=message.mailing_id).first()
    if mailing is None:
        mailing = Mailing.objects.create(
            pk=message.mailing_id,
            letter=held,
            courier=message.courier,
            waybill_no=message.waybill_no,
            sent_on=message.sent_on,
            replaces_id=message.replaces,
        )
    if message.step == "failed" and mailing.state == Mailing.State.SENT:
        move(mailing, "fail", by=Actor(None, message.who), why=message.reason, reason=message.reason)
    announce(held.request)


@receives(OriginalScannedV1, at="province")
def on_original_scanned(message: OriginalScannedV1, envelope: Envelope) -> None:
    """A scan of the signed original, held against the electronic letter by the code read on it."""
    for held in _held(message.letter_id, envelope):
        (scan,) = _keep(
            [FileV1(sha256=message.scan_sha256, what="scan")],
            envelope,
            request_id=held.request_id,
            title=f"辨认意见书原件扫描件 {held.opinion_no}",
            who=message.who,
        )
        held.scan, held.scanned_at = scan, clock.now()
        held.scan_code_ok = message.check_code.strip().upper() == held.check_code.strip().upper()
        held.seal_state = "scanned" if held.scan_code_ok else held.seal_state
        held.save(update_fields=["scan", "scanned_at", "scan_code_ok", "seal_state"])
        _settle(held.request, who=message.who)
        tell_people(
            [held.request.officer_id],
            "certificate_arrived",
            _("{number} 的原件扫描件已到").format(number=held.opinion_no),
            page("letter", held.pk),
        )
        announce(held.request)


# Samples --------------------------------------------------------------------------------------------------------------


def _sample(sample_id: UUID, envelope: Envelope) -> Sample:
    found = Sample.objects.select_for_update(of=("self",)).select_related("request").filter(pk=sample_id).first()
    if found is None or envelope.sender != Address.organisation(found.request.organisation_id):
        raise NotFound404()
    return found


def _sample_files(sample: Sample, message: Any, envelope: Envelope, when: str) -> None:
    kept = _keep(message.files, envelope, request_id=sample.request_id, title=f"封样 {sample.seal_no}", who=message.who)
    for each in kept:
        SamplePhoto.objects.get_or_create(sample=sample, exhibit=each, when=when)


@receives(SampleReceivedV1, at="province")
def on_sample_received(message: SampleReceivedV1, envelope: Envelope) -> None:
    """There; whether the seal is the one that left here, unbroken."""
    sample = _sample(message.sample_id, envelope)
    same = message.seal_no_found.strip() == sample.seal_no
    move(
        sample,
        "receive",
        by=Actor(None, message.who),
        received_on=message.received_on,
        seal_no_found=message.seal_no_found,
        unbroken=message.unbroken and same,
        received_note=message.note,
    )
    _sample_files(sample, message, envelope, SamplePhoto.When.RECEIVED)
    if not (message.unbroken and same):
        tell_people(
            [sample.sent_by_id, sample.request.officer_id],
            "sample_broken",
            _("封样 {seal} 签收时封签破损或不符").format(seal=sample.seal_no),
            page("sample", sample.pk),
            urgent=True,
        )
    announce(sample.request)


@receives(SampleOpenedV1, at="province")
def on_sample_opened(message: SampleOpenedV1, envelope: Envelope) -> None:
    """Opened on record: when, before whom, with photos."""
    sample = _sample(message.sample_id, envelope)
    fields = {"opened_at": message.opened_at, "witnesses": message.witnesses, "opening_note": message.note}
    move(sample, "open", by=Actor(None, message.who), **fields)
    _sample_files(sample, message, envelope, SamplePhoto.When.OPENED)
    announce(sample.request)


@receives(SampleReturnedV1, at="province")
def on_sample_returned(message: SampleReturnedV1, envelope: Envelope) -> None:
    """On its way back under a new seal."""
    sample = _sample(message.sample_id, envelope)
    move(
        sample,
        "send_back",
        by=Actor(None, message.who),
        back_seal_no=message.seal_no,
        back_courier=message.courier,
        back_waybill_no=message.waybill_no,
        back_sent_on=message.sent_on,
        back_note=message.note,
    )
    _sample_files(sample, message, envelope, SamplePhoto.When.RETURNED)
    tell_people(
        [sample.sent_by_id],
        "sample_on_way",
        _("封样 {seal} 已寄回").format(seal=sample.seal_no),
        page("sample", sample.pk),
    )
    announce(sample.request)


# Objections -----------------------------------------------------------------------------------------------------------


@receives(ObjectionAnsweredV1, at="province")
def on_objection_answered(message: ObjectionAnsweredV1, envelope: Envelope) -> None:
    """The brand's answer, on file with the objection."""
    objection = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("letter__request")
        .filter(pk=message.objection_id)
        .first()
    )
    if objection is None or envelope.sender != Address.organisation(objection.letter.organisation_id):
        raise NotFound404()
    move(
        objection,
        "answer",
        by=Actor(None, message.who),
        outcome=message.outcome,
        answer=message.text,
        answered_by_name=message.who,
        answered_at=message.at,
    )
    request = objection.letter.request
    for each in _keep(message.files, envelope, request_id=request.pk, title="权利人对异议的答复", who=message.who):
        ObjectionFile.objects.get_or_create(objection=objection, exhibit=each, defaults={"from_brand": True})
    tell_people(
        [request.officer_id],
        "objection_answered",
        _("权利人已答复对 {number} 的异议").format(number=objection.letter.opinion_no),
        page("objection", objection.pk),
    )
    announce(request)


# Recognition ----------------------------------------------------------------------------------------------------------


@receives(ReuseOfferedV1, at="province")
def on_reuse_offered(message: ReuseOfferedV1, envelope: Envelope) -> None:
    """An opinion on the same goods exists: shown on the request's page while the brand is asked."""
    request = _request(message.request_id, envelope)
    _offer(message, envelope, request, items=message.items, explained=message.explained)
    title = _("{number} 有可以互认的意见书").format(number=request.number)
    tell_people([request.officer_id], "reuse_offered", title, f"/requests/{request.pk}/")
    announce(request)


def _offer(
    message: Any, envelope: Envelope, request: AppraisalRequest, *, items: Sequence[ReuseItemV1], explained: str
) -> ReuseOffer:
    own = {each.pk for each in request.items.all()}
    if any(each.item_id not in own for each in items):
        raise NotFound404()
    offer, _new = ReuseOffer.objects.get_or_create(
        pk=message.offer_id,
        defaults={
            "request": request,
            "organisation_id": envelope.sender.organisation_id,
            "letter_id": message.letter_id,
            "opinion_no": message.opinion_no,
            "right_holder": message.right_holder,
            "issued_on": message.issued_on,
            "items": [each.model_dump(mode="json") for each in items],
            "explained": explained,
        },
    )
    return offer


@receives(ReuseConfirmedV1, at="province")
def on_reuse_confirmed(message: ReuseConfirmedV1, envelope: Envelope) -> None:
    """The brand stands by it here too. What is not formal, or only similar, is refused at once and said so."""
    request = _request(message.request_id, envelope)
    offer = ReuseOffer.objects.select_for_update().filter(pk=message.offer_id, request=request).first()
    if offer is None:
        raise NotFound404()
    if offer.state != ReuseOffer.State.OFFERED:
        return
    why = ""
    if message.paper.state != State.FORMAL:
        why = _("只有有效的正式意见书可以互认。")
    elif any(each.basis not in BASES for each in message.items):
        why = _("商品只是相似。互认要求同一物品，或已确认的同批。")
    if why:
        move(offer, "refuse", by=MACHINE, why=why, reason=why, decided_at=clock.now())
        post(
            ReuseRefusedV1(
                offer_id=offer.pk,
                letter_id=offer.letter_id,
                request_id=request.pk,
                reason=why,
                who=MACHINE.display_name,
                at=clock.now(),
            ),
            to=envelope.sender,
            thread=request.pk,
            by=MACHINE,
            purpose="opinion",
        )
    else:
        held = _take_paper(message.paper, envelope, request=request, who=message.who, reused=message.items)
        move(
            offer,
            "confirm",
            by=Actor(None, message.who),
            held=held,
            confirmed_at=message.at,
            confirmed_by_name=message.who,
            items=[each.model_dump(mode="json") for each in message.items],
        )
        title = _("{number} 的互认已由权利人确认，请审查").format(number=request.number)
        tell_people([request.officer_id], "reuse_confirmed", title, page("letter", held.pk))
    announce(request)


@receives(ReuseDeclinedV1, at="province")
def on_reuse_declined(message: ReuseDeclinedV1, envelope: Envelope) -> None:
    """No reuse, and why: only similar goods, not formal, withdrawn, or the brand does not want to."""
    request = _request(message.request_id, envelope)
    why = f"{REASONS.get(message.code, '')}{message.reason}".strip()
    if message.offer_id is not None:
        offer = ReuseOffer.objects.select_for_update().filter(pk=message.offer_id, request=request).first()
        if offer is not None and offer.state == ReuseOffer.State.OFFERED:
            move(offer, "decline", by=Actor(None, message.who), why=why, reason=why[:1000], decided_at=message.at)
    title = _("{number} 不能互认：{why}").format(number=request.number, why=why[:60])
    tell_people([request.officer_id], "reuse_declined", title, f"/requests/{request.pk}/")
    announce(request)


REASONS = {
    "declined": "权利人不同意。",
    "not_formal": "意见书还不是正式的。",
    "withdrawn": "意见书已撤回。",
    "superseded": "意见书已被新版替代。",
    "only_similar": "商品只是相似，不是同一物品或已确认的同批。",
    "unknown": "编号或校验码不对。",
    "not_covered": "意见书不包括这些商品。",
}
