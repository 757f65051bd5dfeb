"""发出: an issued and sealed letter leaves by the post office, or on paper by a person's hand.

What cannot leave yet stays issued, with the reason in `waiting_code`, and is tried again by the sweep; nothing of it is
lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import trail
from audit.move import move
from audit.trail import Person
from evidence.services import attachment_fields
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, read
from federation.letters import addressees, words
from federation.letters.models import Delivery
from federation.letters.post import post
from kernel import clock
from kernel.errors import Problem, Words
from tenants.correspondence import files, selectors
from tenants.correspondence.kinds import kind
from tenants.correspondence.models import BulletinCopy, OfficialLetter
from tenants.correspondence.services.steps import MACHINE, State, announce, receivers, tell_people

SEALING, PAPER_SEAL, ON_PAPER, THROUGH_OFFICE = "sealing", "paper_seal", "on_paper", "through_office"
WAITING: dict[str, Words] = {
    SEALING: gettext_lazy("正在盖电子印章，稍后自动发出。"),
    PAPER_SEAL: gettext_lazy("请打印、盖章，登记盖章件的扫描件后发出。"),
    ON_PAPER: gettext_lazy("对方不在平台上。请打印、盖章、寄出，并登记寄送情况。"),
    THROUGH_OFFICE: gettext_lazy("按协议，发往该省的函要先由省际协作办公室确认去向。确认后自动发出。"),
    "addressee_suspended": gettext_lazy("对方省份正在开通或已暂停使用平台。恢复后自动发出，不会丢失；急的请打印寄送。"),
    "addressee_unknown": gettext_lazy("平台上找不到对方省份。请打印寄送，或作废后改投。"),
    "unit_seal_missing": gettext_lazy("发文单位没有电子印章。请管理员登记，或改为纸质盖章并登记扫描件。"),
    "photo_not_ready": gettext_lazy("有附件还在处理，处理完自动发出。"),
}
"""Why an issued letter has not left, and what to do."""
TRY_AGAIN_AFTER = timedelta(minutes=1)


def waiting_words(letter: OfficialLetter) -> str:
    """Why it waits; empty when it does not."""
    if letter.state != State.ISSUED or not letter.waiting_code:
        return ""
    if letter.waiting_code == THROUGH_OFFICE and letter.right_name:
        return _("协作办公室建议发往 {name}。按建议办理的，请作废本函后改投。").format(name=letter.right_name)
    other = _("暂时不能发出（{code}），系统会自动再试；一直不行，请联系管理员。")
    return str(WAITING.get(letter.waiting_code, other)).format(code=letter.waiting_code)


def send(letter: OfficialLetter, *, by: Person) -> bool:
    """Let an issued letter leave, in the caller's transaction, which holds its row. Returns whether it left."""
    code = _held(letter)
    if not code and letter.copies.exists():
        return _send_copies(letter, by)
    if not code:
        try:
            with transaction.atomic():
                _post(letter, by)
            return True
        except Problem as problem:
            code = problem.code
    if code != letter.waiting_code:
        OfficialLetter.objects.filter(pk=letter.pk).update(waiting_code=code[:60])
        letter.waiting_code = code[:60]
        trail.record(letter, "wait", by=MACHINE, data={"code": code})
        announce(letter, "wait")
    return False


def _held(letter: OfficialLetter) -> str:
    """What has to be done by a person before it can leave; empty when nothing."""
    if letter.by_paper:
        return ON_PAPER
    if letter.seal == OfficialLetter.Seal.PAPER and letter.sealed_at is None:
        return PAPER_SEAL
    if letter.terms.get("direct") is False and letter.terms.get("routed_to") != letter.peer_ref:
        return THROUGH_OFFICE
    return ""


def _post(letter: OfficialLetter, by: Person) -> None:
    spec = kind(letter.kind)
    message = spec.messages[0]
    answered = letter.refers_to if letter.refers_as == OfficialLetter.Refers.ANSWERS else None
    sent = post(
        read(message.kind, message.version, letter.message),
        to=Address.parse(letter.peer_party),
        thread=letter.thread,
        by=by,
        in_reply_to=answered.post_id if answered is not None else None,
        attachments=[*attachments_of(letter), *spec.files(letter)],
        document_no=letter.document_no,
        due_at=letter.feedback_by,
        purpose=f"official.{letter.kind}",
    )
    move(letter, "send", by=by, post_id=sent.pk, sent_at=clock.now(), waiting_code="")
    announce(letter, "send")


def attachments_of(letter: OfficialLetter) -> list[Attachment]:
    """Views of the photos that go along, then the printed letter. Raises Conflict while a photo is not ready."""
    found = [
        Attachment(**attachment_fields(row.exhibit, what=str(row.position)))
        for row in letter.items.select_related("exhibit")
        if row.travels and row.exhibit is not None
    ]
    return [*dict.fromkeys(found), *files.attachment(letter)]


def _send_copies(letter: OfficialLetter, by: Person) -> bool:
    """A bulletin goes to everybody who can receive now under one number; to the others when they can."""
    spec, open_now, waiting = kind(letter.kind), [], []
    for copy in letter.copies.filter(state__in=(BulletinCopy.State.NAMED, BulletinCopy.State.WAITING)):
        refused = addressees.refusal(Address.parse(copy.party))
        (waiting if refused is not None else open_now).append((copy, refused))
    for copy, refused in waiting:
        if copy.state == BulletinCopy.State.NAMED or copy.why != refused.code:
            move(copy, "wait", by=MACHINE, why=refused.code)
    if not open_now or (letter.state != State.ISSUED and len(spec.messages) == 1):
        OfficialLetter.objects.filter(pk=letter.pk, state=State.ISSUED).update(waiting_code="addressee_suspended")
        return False
    to, files_along = [Address.parse(copy.party) for copy, _none in open_now], attachments_of(letter)
    if letter.state == State.ISSUED:
        first = spec.messages[0]
        sent = post(
            read(first.kind, first.version, letter.message), to=to, thread=letter.thread, by=by,
            attachments=files_along, document_no=letter.document_no, purpose=f"official.{letter.kind}",
        )  # fmt: skip
        move(letter, "send", by=by, post_id=sent.pk, sent_at=clock.now(), waiting_code="")
    else:
        later = spec.messages[1]
        body = {"document_no": letter.document_no, **letter.message}
        post(
            read(later.kind, later.version, body), to=to, thread=letter.thread, by=by, attachments=files_along,
            purpose=f"official.{letter.kind}",
        )  # fmt: skip
    for copy, _none in open_now:
        move(copy, "send", by=by)
    announce(letter, "send")
    return True


# The sweep ------------------------------------------------------------------------------------------------------------


def mind() -> int:
    """What time brings, in this province: seals and sends what waits, notes what was delivered, tells what is late.

    Safe to run twice, and beside a second worker. Returns how many letters left.
    """
    left = _send_waiting()
    _note_deliveries()
    _tell_late()
    return left


def _send_waiting() -> int:
    from tenants.correspondence.services import sealing

    left = 0
    held = (ON_PAPER, PAPER_SEAL, THROUGH_OFFICE)
    rows = OfficialLetter.objects.filter(state=State.ISSUED, issued_at__lt=clock.now() - timedelta(seconds=20))
    for pk in rows.exclude(waiting_code__in=held).values_list("pk", flat=True)[:50]:
        left += sealing.seal_and_send(pk).state != State.ISSUED
    later = BulletinCopy.objects.filter(state=BulletinCopy.State.WAITING).exclude(letter__state=State.ISSUED)
    for pk in later.values_list("letter_id", flat=True).distinct()[:50]:
        with transaction.atomic():
            left += _send_copies(selectors.any_letter(pk, lock=True), MACHINE)
    return left


def delivery_of(letter: OfficialLetter) -> Delivery | None:
    """What the post office knows of a letter to one addressee."""
    return Delivery.objects.filter(letter_id=letter.post_id).first() if letter.post_id and letter.peer_party else None


def _note_deliveries() -> None:
    sent = OfficialLetter.objects.filter(state=State.SENT, direction=OfficialLetter.Direction.OUT).exclude(post_id=None)
    by_post = dict(sent.values_list("post_id", "pk")[:500])
    rows = Delivery.objects.filter(letter_id__in=by_post).exclude(state=Delivery.State.WAITING)
    for row in rows:
        with transaction.atomic():
            letter = selectors.any_letter(by_post[row.letter_id], lock=True)
            if letter.state != State.SENT or not letter.peer_party:
                continue
            if row.state != Delivery.State.DEAD:
                move(letter, "deliver", by=MACHINE, delivered_at=row.delivered_at or clock.now(), waiting_code="")
                announce(letter, "deliver")
            elif letter.waiting_code != row.failure_code[:60]:
                letter.waiting_code = row.failure_code[:60]
                letter.save(update_fields=["waiting_code"])
                trail.record(letter, "stuck", by=MACHINE, data={"code": row.failure_code})
                tell_people(_owners(letter), letter, "official_stuck", _("一封函没有送达，请查看原因"))
                announce(letter, "stuck")


def stuck_words(letter: OfficialLetter) -> str:
    """Why a letter that left has not arrived; empty when nothing is known against it."""
    if letter.state != State.SENT or not letter.waiting_code:
        return ""
    return words.why(letter.waiting_code)


def _tell_late() -> None:
    now = clock.now()
    for letter in OfficialLetter.objects.filter(selectors.overdue(now), told_overdue_at=None)[:200]:
        with transaction.atomic():
            if not OfficialLetter.objects.filter(pk=letter.pk, told_overdue_at=None).update(told_overdue_at=now):
                continue
            if letter.is_out:
                tell_people(_owners(letter), letter, "official_overdue", _("对方没有按期签收或反馈，请催办"))
            else:
                tell_people(receivers(letter), letter, "official_overdue", _("来函已到期，请签收或反馈"), urgent=True)


def _owners(letter: OfficialLetter) -> Sequence[Any]:
    return [letter.drafted_by, letter.checked_by]
