"""What is done with a letter that is held: verified, its original received or returned, its fall handled."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions import files, hooks, selectors
from appraisal.opinions.models import HeldLetter, LetterReturn, Mailing, Notice, Reliance, WithdrawalAlert
from appraisal.opinions.services import notices
from appraisal.opinions.services.steps import announce, need, page, tell_people, to_brand
from audit import trail
from audit.move import move, refusal
from evidence.selectors import own_exhibit
from federation.contracts.opinions import OriginalReceivedV1
from kernel import clock
from kernel.errors import BadInput, Conflict

State = HeldLetter.State


def verify(*, by: User, held_id: UUID) -> HeldLetter:
    """Look at the PDF anew, alone: is it what its signer made? Kept with the moment it was looked at."""
    letter = selectors.access_letter(by, held_id)
    if letter.pdf is None:
        raise Conflict(_("正式意见书还没有到，没有可以验证的文件。"), code="no_pdf")
    from papers import checking  # what signs takes long to load

    report = checking.verify(files.bytes_of(letter.pdf))
    said: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in dataclasses.asdict(report).items()
    }
    with transaction.atomic():
        found = HeldLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        found.verified_at, found.verified = clock.now(), {**said, "sound": report.sound}
        found.save(update_fields=["verified_at", "verified"])
        trail.record(found, "verify", by=by, data={"sound": report.sound})
    return found


# The original ---------------------------------------------------------------------------------------------------------


def _same_code(letter: HeldLetter, typed: str) -> bool:
    def squeezed(text: str) -> str:
        return "".join(each for each in text.upper() if each.isalnum())

    return bool(letter.check_code) and squeezed(typed) == squeezed(letter.check_code)


@transaction.atomic
def receive_original(
    *, by: User, mailing_id: UUID, received_on: date, check_code: str, scan_id: UUID | None = None
) -> Mailing:
    """The signed original is here. The code printed on it binds it, and the scan of it, to the electronic one.

    Raises BadInput `wrong_number` when the code is another's: such an original is returned.
    """
    mailing = selectors.access_mailing(by, mailing_id, lock=True)
    letter = HeldLetter.objects.select_for_update(of=("self",)).get(pk=mailing.letter_id)
    if not _same_code(letter, check_code):
        raise BadInput(
            _("纸上的校验码与电子意见书不符，可能不是同一份。请核对；确实不符的，请“退回”并选“编号与通知书不符”。"),
            code="wrong_number",
        )
    if received_on > clock.today() or clock.at_end(received_on) < mailing.sent_on:
        raise BadInput(_("签收日期不能早于寄出日期，也不能晚于今天。"), code="received_on")
    scan = own_exhibit(by, scan_id) if scan_id else None
    at = min(clock.at_end(received_on), clock.now())
    move(mailing, "receive", by=by, received_on=at, scan=scan)
    _answer(letter, mailing=mailing, at=at, by=by, result="accepted")
    if letter.notice_id is not None:
        notice = Notice.objects.select_for_update(of=("self",)).get(pk=letter.notice_id)
        notices.settle(notice, at=clock.now(), by_name=by.display_name)
    announce(letter.request)
    return mailing


@transaction.atomic
def give_back(*, by: User, held_id: UUID, code: str, reason: str = "", mailing_id: UUID | None = None) -> LetterReturn:
    """The original or the scan is no good: back with the reason, and the waiting goes on as if it had never ended."""
    letter = selectors.access_letter(by, held_id, lock=True)
    if code not in LetterReturn.Code.values:
        raise BadInput(_("请选择退回的原因。"), code="return_code")
    if code == LetterReturn.Code.OTHER:
        need(reason, _("请写明退回的原因。"), "reason_missing")
    if letter.state not in HeldLetter.STANDING:
        raise refusal(letter, "withdraw")
    mailing = letter.mailings.select_for_update().filter(pk=mailing_id).first() if mailing_id else None
    if mailing_id and mailing is None:
        raise BadInput(_("没有这次寄送。请刷新页面。"), code="mailing_unknown")
    row = LetterReturn.objects.create(letter=letter, mailing=mailing, code=code, reason=reason.strip()[:500], by=by)
    words = str(row.get_code_display())
    if mailing is not None:
        move(mailing, "give_back", by=by, why=words, reason=words)
    _answer(letter, mailing=mailing, at=row.at, by=by, result="returned", code=code, reason=reason.strip() or words)
    if letter.notice_id is not None:
        notice = Notice.objects.select_for_update(of=("self",)).get(pk=letter.notice_id)
        notices.keep_waiting(notice, why=words, by=by)
    trail.record(letter, "give_back", by=by, why=words, data={"code": code})
    announce(letter.request)
    return row


def _answer(
    letter: HeldLetter,
    *,
    mailing: Mailing | None,
    at: datetime,
    by: User,
    result: str,
    code: str = "",
    reason: str = "",
) -> None:
    to_brand(
        letter.request,
        OriginalReceivedV1(
            letter_id=letter.letter_id,
            mailing_id=mailing.pk if mailing else None,
            received_on=at,
            result=result,
            reason_code=code,
            reason=reason[:500],
            who=by.display_name,
            at=clock.now(),
        ),
        by=by,
        organisation_id=letter.organisation_id,
    )


# Who relied on it -----------------------------------------------------------------------------------------------------


def note_reliance(letter: HeldLetter) -> list[Reliance]:
    """Write down every matter that rests on the letter's request now. Safe to run again."""
    request = letter.request
    found = [
        hooks.Matter(
            kind="request",
            id=request.pk,
            label=request.number,
            url=f"/requests/{request.pk}/",
            people=(request.officer_id,),
        ),
        *hooks.matters_of([request.pk]),
    ]
    return [
        Reliance.objects.get_or_create(
            letter=letter,
            kind=each.kind,
            matter_id=each.id,
            defaults={"label": each.label[:200], "url": each.url[:200]},
        )[0]
        for each in found
    ]


def fell(letter: HeldLetter, *, why: str, replaced: bool) -> list[WithdrawalAlert]:
    """A letter that was accepted or relied on fell: every matter is listed, and its people are told."""
    relied = letter.reviews.filter(state="accepted").exists()
    request = letter.request
    people = {request.officer_id}
    alerts = []
    if relied:
        note_reliance(letter)
        for each in letter.reliances.all():
            alert = WithdrawalAlert.objects.create(
                letter=letter, kind=each.kind, matter_id=each.matter_id, label=each.label, url=each.url, why=why[:1000]
            )
            alerts.append(alert)
        for matter in hooks.matters_of([request.pk]):
            people |= set(matter.people)
        people |= {each.pk for each in selectors.heads_of(request.unit)}
        people |= set(letter.reviews.exclude(reviewer=None).values_list("reviewer_id", flat=True))
    title = _("{number} 已换发新版") if replaced else _("{number} 已被出具单位撤回")
    tell_people(
        people,
        "letter_fell",
        title.format(number=letter.opinion_no or letter.organisation_name),
        page("letter", letter.pk),
        urgent=relied,
    )
    announce(request)
    return alerts


@transaction.atomic
def handle_alert(*, by: User, alert_id: UUID, words: str) -> WithdrawalAlert:
    """Say what was done about a matter whose opinion fell."""
    alert = selectors.access_alert(by, alert_id, lock=True)
    said = need(words, _("请写明怎样处理。"), "words_missing")
    move(alert, "handle", by=by, why=said, words=said[:1000], handled_by=by, handled_at=clock.now())
    announce(alert.letter.request)
    return alert
