"""收函: a letter lies on the desk of the unit it names; it is signed for, taken on, or returned with the reason.

There is no step by which a received letter could be passed on: who should have had it is told to the sender.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Actor
from evidence.services import take_in
from federation.contracts.addresses import Address
from federation.contracts.official import HeadV1, OfficialReceiptV1, UnitV1
from federation.directory import book
from federation.letters import receipts
from federation.letters.models import Delivery
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import BadInput, Conflict, Problem
from tenants.clues.selectors import officers_inside
from tenants.correspondence import files, outside, selectors
from tenants.correspondence.kinds import kind, words_of
from tenants.correspondence.models import BulletinCopy, LetterItem, OfficialLetter
from tenants.correspondence.services import steps
from tenants.correspondence.services.steps import (
    MACHINE,
    State,
    announce,
    need,
    receivers,
    require,
    require_state,
    tell_people,
)

Direction, Reason = OfficialLetter.Direction, OfficialLetter.ReturnReason
OPEN = (State.DELIVERED, State.RECEIVED)


# Arriving -------------------------------------------------------------------------------------------------------------


def arrive(message: Any, envelope: Envelope, code: str) -> OfficialLetter | None:
    """Put a letter on the desk. In the delivery's transaction; the same letter of the same sender is kept once."""
    spec = kind(code)
    head: HeadV1 = spec.head_of(message)
    sender = str(envelope.sender)
    if OfficialLetter.objects.filter(direction=Direction.IN, peer_party=sender, origin_id=head.letter_id).exists():
        return None
    unit = outside.own_unit_named(head.to)
    body = message.to_body()
    letter = OfficialLetter.objects.create(
        direction=Direction.IN,
        kind=code,
        state=State.DELIVERED,
        document_no=envelope.document_no or body.get("document_no", ""),
        title=head.title,
        summary=head.summary,
        legal_basis=head.legal_basis,
        suggestion=head.suggestion,
        fields=spec.read(message, envelope),
        own_unit=unit or outside.top_unit(),
        peer_party=sender,
        peer_ref=head.sender.ref,
        peer_name=head.sender.name,
        peer_province=head.sender.province_name,
        peer_division=head.sender.division_code,
        cc=list(head.cc),
        origin_id=head.letter_id,
        thread=envelope.thread,
        contact_name=head.contact.name,
        contact_phone=head.contact.phone,
        terms={"agreement": head.agreement, "named": head.to.name, "found": unit is not None},
        accept_by=head.accept_by,
        feedback_by=head.feedback_by,
        due_provisional=head.due_provisional,
        drafted_at=envelope.written_at,
        issued_at=head.approvals[-1].at,
        seal=head.sealed,
        message=body,
        check_code=head.check_code,
        post_id=envelope.letter_id,
        sent_at=envelope.written_at,
        delivered_at=clock.now(),
        **_refers(head, envelope),
    )
    _keep_items(letter, head, envelope)
    files.keep(letter, envelope, sealed=head.sealed == "electronic")
    trail.record(letter, "arrive", by=Actor(None, head.sender.name[:40]), to_state=letter.state)
    if spec.on_arrive is not None:
        spec.on_arrive(letter, message, envelope)
    tell_people(receivers(letter), letter, "official_arrived", _("有一封外省来函等您签收"))
    announce(letter, "arrive")
    return letter


def _refers(head: HeadV1, envelope: Envelope) -> dict[str, Any]:
    """The letter here that it corrects or answers, if there is one."""
    rows = OfficialLetter.objects.all()
    if head.corrects is not None:
        found = rows.filter(direction=Direction.IN, peer_party=str(envelope.sender), origin_id=head.corrects).first()
        return {"refers_to": found, "refers_as": OfficialLetter.Refers.CORRECTS} if found else {}
    if envelope.in_reply_to is not None:
        found = rows.filter(direction=Direction.OUT, post_id=envelope.in_reply_to).first()
        return {"refers_to": found, "refers_as": OfficialLetter.Refers.ANSWERS} if found else {}
    return {}


def _keep_items(letter: OfficialLetter, head: HeadV1, envelope: Envelope) -> None:
    views = {each.sha256: each for each in envelope.attachments}
    rows = []
    for line in head.manifest:
        view = views.get(line.view_sha256) if line.view_sha256 else None
        exhibit = None
        if view is not None and view.media_type == "image/jpeg":
            exhibit = take_in(
                view, letter_id=envelope.letter_id, captured_at=line.captured_at, received_at=clock.now(),
                by_name=head.sender.name[:80],
            )  # fmt: skip
        rows.append(
            LetterItem(
                letter=letter, position=line.position, exhibit=exhibit, item=line.item, form=line.form,
                original_or_copy=line.original_or_copy, quantity=line.quantity, holder=line.holder,
                legal_kind=line.legal_kind, travels=view is not None, sha256=line.sha256, sm3=line.sm3,
                captured_at=line.captured_at,
            )
        )  # fmt: skip
    LetterItem.objects.bulk_create(rows)


# Signing for, taking on, returning ------------------------------------------------------------------------------------


@transaction.atomic
def sign_for(*, by: User, letter_id: UUID) -> OfficialLetter:
    """签收. A kind of which nothing more is owed is closed by it. Raises NotAllowed, MoveRefused."""
    letter = _mine(by, letter_id)
    _receive(letter, by)
    if not kind(letter.kind).takes_on:
        move(letter, "close", by=by, closed_at=clock.now())
        announce(letter, "close")
    return letter


def _receive(letter: OfficialLetter, by: User) -> None:
    move(letter, "receive", by=by, received_at=clock.now(), received_name=by.name)
    spec = kind(letter.kind)
    if spec.on_sign is not None:
        spec.on_sign(letter, by)
    _receipt(letter, "received", by)
    announce(letter, "receive")


@transaction.atomic
def accept(
    *, by: User, letter_id: UUID, answers: Mapping[str, Any] | None = None, handler_id: UUID | None = None
) -> OfficialLetter:
    """接收: the matter runs here from now on, what the kind makes of it with it, all in one transaction.

    answers: what the kind's `accept_form` asks. handler_id: who sees to the letter from here on.
    """
    letter = _mine(by, letter_id)
    spec = kind(letter.kind)
    if not spec.takes_on:
        raise Conflict(_("这类函签收即可，不用接收。"), code="letter_only_signed_for")
    if letter.recall_asked_at is not None:
        raise Conflict(_("对方已请求撤回这封函。请先答复撤回请求。"), code="letter_recall_asked")
    if letter.state == State.DELIVERED:
        _receive(letter, by)
    if letter.state != State.RECEIVED:
        move(letter, "accept", by=by)  # raises, with the words for it
    said: Mapping[str, Any] = answers or {}
    if spec.accept_form is not None:
        form = spec.accept_form(said, letter, by)
        if not form.is_valid():
            raise BadInput(fields={name: [str(each) for each in errors] for name, errors in form.errors.items()})
        said = form.cleaned_data
    taken_as = spec.on_accept(letter, by, said) if spec.on_accept is not None else ""
    handler = officers_inside(letter.own_unit).filter(pk=handler_id).first() if handler_id else None
    letter.refresh_from_db(fields=["clue", "case", "fields", "feedback_by", "handler"])
    handler = handler or letter.handler
    move(letter, "accept", by=by, accepted_at=clock.now(), taken_as=taken_as[:80], handler=handler)
    _receipt(letter, "accepted", by)
    announce(letter, "accept")
    return letter


@transaction.atomic
def return_(
    *, by: User, letter_id: UUID, reason: str, words: str = "", right_ref: str = "", right_name: str = ""
) -> OfficialLetter:
    """退回, to the sender and nobody else, with the reason and, if it is known, the right addressee."""
    letter = _mine(by, letter_id)
    if reason not in Reason.values:
        raise BadInput(_("请选择退回的原因。"), code="return_reason_wrong")
    if reason != Reason.ALREADY_KNOWN:
        need(words, _("请写明退回的理由，对方据此改投或补充。"), "reason_missing")
    right = book.find(right_ref) if right_ref else None
    spec = kind(letter.kind)
    move(
        letter, "return", by=by, why=words.strip(), returned_at=clock.now(), return_reason=reason,
        return_words=words.strip()[:500], right_ref=right.ref if right else "",
        right_name=(right.name if right else right_name.strip())[:80], recall_asked_at=None,
    )  # fmt: skip
    if spec.on_return is not None:
        spec.on_return(letter, by)
    _receipt(letter, "returned", by)
    announce(letter, "return")
    return letter


@transaction.atomic
def opened(*, by: User, letter: OfficialLetter) -> None:
    """Somebody who may receive it has looked at it: its sender can see that. The first time counts."""
    if letter.is_out or letter.by_paper or letter.post_id is None or letter.state != State.DELIVERED:
        return
    if steps.may_receive(by, letter) and Delivery.objects.filter(letter_id=letter.post_id, opened_at=None).exists():
        receipts.opened(letter.post_id)


@transaction.atomic
def hand_to(*, by: User, letter_id: UUID, officer_id: UUID) -> OfficialLetter:
    """Name who sees to a letter that was taken on: an officer of the unit or of what stands below it."""
    letter = _mine(by, letter_id)
    require_state(letter, State.ACCEPTED, State.ANSWERED)
    officer = officers_inside(letter.own_unit).filter(pk=officer_id).first()
    if officer is None:
        raise BadInput(_("承办人要是本单位在岗的执法人员。"), code="officer_elsewhere")
    letter.handler = officer
    letter.save(update_fields=["handler"])
    trail.record(letter, "hand_to", by=by, data={"officer": officer.name})
    tell_people([officer], letter, "official_handed", _("有一封来函由您承办"), but=by.pk)
    announce(letter, "hand_to")
    return letter


def _mine(by: User, letter_id: UUID) -> OfficialLetter:
    letter = selectors.letter_to_change(by, letter_id, direction=Direction.IN)
    require(steps.may_receive(by, letter), _("来函由收件单位的线索管理员或负责人签收、办理。"), "desk_only")
    return letter


def _receipt(letter: OfficialLetter, step: str, by: User) -> None:
    right = None
    if step == "returned" and letter.right_name:
        named = book.find(letter.right_ref) if letter.right_ref else None
        right = UnitV1(
            ref=letter.right_ref, name=letter.right_name, province=named.province_code if named else "",
            province_name=named.province_name if named else "", division_code=named.division_code if named else "",
        )  # fmt: skip
    if letter.post_id is not None and step in ("accepted", "returned"):
        if step == "accepted":
            receipts.accepted(letter.post_id)
        else:
            said = " ".join(each for each in (letter.get_return_reason_display(), letter.return_words) if each)
            receipts.returned(letter.post_id, said)
    post(
        OfficialReceiptV1(
            letter_id=letter.origin_id, step=step, unit_name=letter.own_unit.name, who=by.name,
            phone=by.phone or "", taken_as=letter.taken_as if step == "accepted" else "",
            feedback_by=letter.feedback_by if step == "accepted" else None,
            reason=letter.return_reason or None, words=letter.return_words if step == "returned" else "",
            right_addressee=right, at=clock.now(),
        ),
        to=Address.parse(letter.peer_party), thread=letter.thread, by=by, in_reply_to=letter.post_id,
    )  # fmt: skip


# At the sender --------------------------------------------------------------------------------------------------------


def receipt_came(message: OfficialReceiptV1, envelope: Envelope) -> None:
    """What the addressee did. Steps that were taken already change nothing."""
    sender = str(envelope.sender)
    letter = selectors.out_letter(message.letter_id, to=sender)
    who = Actor(None, f"{message.unit_name} {message.who}"[:80])
    if letter.copies.exists():
        _copy_receipt(letter, sender, message, who)
        return
    spec, before = kind(letter.kind), letter.state
    if message.step == "received" and letter.state in (State.SENT, State.DELIVERED):
        move(letter, "receive", by=who, received_at=message.at, received_name=str(who.name), waiting_code="")
        if not spec.takes_on:
            move(letter, "close", by=who, closed_at=message.at)
    elif message.step == "accepted" and letter.state in OfficialLetter.MOVES["accept"][0]:
        more = {"feedback_by": message.feedback_by} if message.feedback_by else {}
        move(letter, "accept", by=who, accepted_at=message.at, taken_as=message.taken_as, waiting_code="", **more)
        tell_people([letter.drafted_by], letter, "official_accepted", _("对方已接收您的函"))
    elif message.step == "returned" and letter.state in OfficialLetter.MOVES["return"][0]:
        right = message.right_addressee
        move(
            letter, "return", by=who, why=message.words, returned_at=message.at, return_reason=message.reason or "",
            return_words=message.words, right_ref=right.ref if right else "", right_name=right.name if right else "",
            waiting_code="",
        )  # fmt: skip
        _returned_twice(letter)
        tell_people(
            [letter.drafted_by, letter.checked_by], letter, "official_returned", _("对方退回了您的函，请改投或补充"),
            urgent=True,
        )  # fmt: skip
    if letter.state != before:
        if spec.on_receipt is not None:
            spec.on_receipt(letter, message.step)
        announce(letter, message.step)


def _copy_receipt(letter: OfficialLetter, party: str, message: OfficialReceiptV1, who: Actor) -> None:
    copy = BulletinCopy.objects.select_for_update().get(letter=letter, party=party)
    verb = {"received": "receive", "accepted": "accept", "returned": "return"}[message.step]
    if copy.state not in BulletinCopy.MOVES[verb][0]:
        return
    more: dict[str, Any] = {"why": message.words} if verb == "return" else {}
    if copy.received_at is None:
        more |= {"received_at": message.at, "received_name": str(who.name)}
    move(copy, verb, by=who, **more)
    announce(letter, verb)


def _returned_twice(letter: OfficialLetter) -> None:
    """A second province says that the matter of a clue is not its own: from here the common superior is asked."""
    if letter.return_reason != Reason.NOT_COMPETENT or letter.clue_id is None or not letter.peer_party:
        return
    earlier = OfficialLetter.objects.filter(
        clue_id=letter.clue_id, direction=Direction.OUT, kind=letter.kind, state=State.RETURNED,
        return_reason=Reason.NOT_COMPETENT,
    ).exclude(pk=letter.pk)  # fmt: skip
    if not earlier.exists():
        return
    said = f"{letter.document_no} {words_of(letter.kind)}：{letter.return_words}"
    try:
        with transaction.atomic():
            letter.dispute_id = outside.open_dispute(
                letter_id=letter.post_id, title=letter.title, reason=said[:4000],
                other=letter.peer_party.removeprefix("province:"), by=MACHINE, clue_id=letter.clue_id,
                unit_id=letter.own_unit_id,
            )  # fmt: skip
    except Problem as problem:  # the other is away: said on the page, raised on paper
        trail.record(letter, "dispute_refused", by=MACHINE, data={"code": problem.code})
        return
    letter.save(update_fields=["dispute_id"])
    trail.record(letter, "dispute", by=MACHINE, data={"dispute": str(letter.dispute_id)})
