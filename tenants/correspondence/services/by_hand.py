"""Letters on paper: their course is noted by hand, with the same states and clocks as of those by the post office."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from evidence.models import Exhibit
from evidence.selectors import own_exhibit
from kernel import clock
from kernel.errors import BadInput, Conflict
from tenants.clues.models import Clue
from tenants.correspondence import selectors
from tenants.correspondence.kinds import kind
from tenants.correspondence.models import CourseStep, LetterResult, OfficialLetter
from tenants.correspondence.services import sealing, sending, steps
from tenants.correspondence.services.steps import State, announce, need, require, require_state

What = CourseStep.What


@transaction.atomic
def note(
    *,
    by: User,
    letter_id: UUID,
    what: str,
    on: datetime | None = None,
    who: str = "",
    courier: str = "",
    tracking_no: str = "",
    words: str = "",
    reason: str = "",
    final: bool = False,
    result: str = "",
    outcome: str = "",
    scan_id: UUID | None = None,
) -> CourseStep:
    """Note one step of a letter on paper. on: when it happened, now unless given; never before it was issued.

    posted or handed: it has left. received, accepted, returned (reason, words): what the addressee did. answered:
    what it wrote back (words, result, outcome, final), with the scan of the answer.
    Raises NotAllowed, BadInput, MoveRefused, Conflict for a letter that goes by the platform.
    """
    letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
    require(steps.works_on(by, letter) or steps.may_issue(by, letter))
    if not letter.by_paper:
        raise Conflict(_("这封函由平台送达，经过自动登记。"), code="letter_not_on_paper")
    if what not in What.values or what == What.SEALED:
        raise BadInput(_("请选择要登记的事项。"), code="course_wrong")
    at = _moment(letter, on)
    scan = own_exhibit(by, scan_id) if scan_id else None
    if what == What.POSTED and not (courier.strip() or tracking_no.strip()):
        raise BadInput(_("请填写快递公司和单号。"), code="course_parcel_missing")
    if what == What.ANSWERED:
        need(words, _("请写明复函的内容。"), "reason_missing")
    row = CourseStep.objects.create(
        letter=letter, what=what, on=at, who=who.strip()[:80], courier=courier.strip()[:40],
        tracking_no=tracking_no.strip()[:40], words=words.strip()[:500], scan=scan, by=by,
    )  # fmt: skip
    name = row.who or str(_("对方"))
    if what in (What.POSTED, What.HANDED):
        move(letter, "send", by=by, sent_at=at, sealed_at=letter.sealed_at or at, waiting_code="")
    elif what == What.RECEIVED:
        move(letter, "receive", by=by, received_at=at, received_name=name)
    elif what == What.ACCEPTED:
        if letter.received_at is None:
            OfficialLetter.objects.filter(pk=letter.pk).update(received_at=at, received_name=name)
        move(letter, "accept", by=by, accepted_at=at)
    elif what == What.RETURNED:
        if reason not in OfficialLetter.ReturnReason.values:
            raise BadInput(_("请选择退回的原因。"), code="return_reason_wrong")
        move(letter, "return", by=by, returned_at=at, return_reason=reason, return_words=row.words)
    else:
        _answered(letter, row, by, scan, words, final, result, outcome)
    told = kind(letter.kind).on_receipt
    if told is not None and what in (What.RECEIVED, What.ACCEPTED, What.RETURNED):
        told(letter, what)
    announce(letter, what)
    return row


def _answered(
    letter: OfficialLetter, row: CourseStep, by: User, scan: Exhibit | None, words: str, final: bool, result: str,
    outcome: str,
) -> None:  # fmt: skip
    if letter.state in (State.SENT, State.DELIVERED, State.RECEIVED):
        move(letter, "accept", by=by, accepted_at=row.on)
    move(letter, "answer", by=by, answered_at=letter.answered_at or row.on)
    LetterResult.objects.create(
        letter=letter, serial=letter.results.count() + 1, final=final, words=words.strip()[:4000],
        result=result if result in Clue.Result.values else "",
        outcome=outcome if outcome in Clue.Outcome.values else "",
        unit_name=letter.peer_name, who=row.who, by_hand=True, scan=scan, at=row.on,
    )  # fmt: skip
    if final:
        move(letter, "close", by=by, closed_at=row.on)


def _moment(letter: OfficialLetter, on: datetime | None) -> datetime:
    at = on or clock.now()
    if at > clock.now():
        raise BadInput(_("发生时间不能晚于现在。"), code="course_in_future")
    if letter.issued_at is None or clock.local_date(at) < clock.local_date(letter.issued_at):
        raise BadInput(_("发生时间不能早于签发日期。"), code="course_before_issue")
    return at


def seal_on_paper(*, by: User, letter_id: UUID, scan_id: UUID) -> OfficialLetter:
    """The printed letter was sealed by hand; its scan is kept. One that goes by the platform leaves now."""
    with transaction.atomic():
        letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
        require(steps.works_on(by, letter) or steps.may_issue(by, letter))
        require_state(letter, State.ISSUED)
        if letter.sealed_at is not None:
            raise Conflict(_("这封函已经用印。"), code="letter_sealed")
        scan = own_exhibit(by, scan_id)
        now = clock.now()
        letter.seal, letter.sealed_at, letter.seal_scan = OfficialLetter.Seal.PAPER, now, scan
        letter.waiting_code = sending.ON_PAPER if letter.by_paper else sending.SEALING
        letter.save(update_fields=["seal", "sealed_at", "seal_scan", "waiting_code"])
        CourseStep.objects.create(letter=letter, what=What.SEALED, on=now, scan=scan, by=by)
        trail.record(letter, "seal", by=by, data={"sha256": scan.sha256})
        announce(letter, "seal")
    return sealing.seal_and_send(letter.pk, by=by)
