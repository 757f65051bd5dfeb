"""What is done with requests for assistance, on both sides, each call one transaction.

The bureau that is asked: sign_for (from the core's signing), name_officers, write_answer, drop_answer, extend; its
reply is a letter of the kind `assistance_reply`. The one that asks: close, note_reply for one that came on paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import heads_of
from audit import trail
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.assistance import (
    AssistanceClosedV1,
    AssistanceExtensionV1,
    AssistanceRequestV1,
    AssistanceStepV1,
    OfficerV1,
)
from federation.contracts.messages import Message
from federation.letters import receipts
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Words
from notify.services import tell
from tenants.correspondence import calendar
from tenants.correspondence import selectors_assist as selectors
from tenants.correspondence.models import (
    Assistance,
    AssistanceAnswer,
    AssistanceDraft,
    AssistanceExtension,
    AssistanceQuestion,
    OfficialLetter,
)

TERM_DAYS = 15
LEGAL_BASIS = "《中华人民共和国行政处罚法》第二十六条"
Side, State = Assistance.Side, Assistance.State


class TermOver(Conflict):
    """The term ended before anybody said that it would take longer: kept as late, and the date stays. Data: due_on."""

    code = "extension_too_late"
    title = gettext_lazy("期限已过，不能延期")
    sentence = gettext_lazy("复函期限 {due_on} 已过，不能再延期，已记为逾期告知。请尽快答复，并向对方说明情况。")


# Made with the letter ------------------------------------------------------------------------------------------------


def begin(letter: OfficialLetter, *, side: str) -> Assistance:
    """The matter of a request that was issued here, or that arrived. Once for each letter."""
    said = letter.fields
    row, new = Assistance.objects.get_or_create(
        pk=letter.origin_id,
        defaults={
            "letter": letter,
            "side": side,
            "case_name": said["case_name"],
            "party_name": said.get("party_name", ""),
            "legal_basis": letter.legal_basis or LEGAL_BASIS,
            "targets": said["targets"],
            "term_days": said.get("term_days", TERM_DAYS),
        },
    )
    if new:
        AssistanceQuestion.objects.bulk_create(
            AssistanceQuestion(assistance=row, number=number, text=text)
            for number, text in enumerate(said["questions"], start=1)
        )
    return row


def fields_of(message: AssistanceRequestV1) -> dict[str, Any]:
    """What the receiving bureau keeps of the letter beside the common parts."""
    return {
        "case_name": message.case_name,
        "party_name": message.party_name,
        "targets": [each.model_dump() for each in message.targets],
        "questions": [each.text for each in message.questions],
        "term_days": message.term_days,
    }


# At the bureau that is asked -----------------------------------------------------------------------------------------


def sign_for(letter: OfficialLetter, by: User) -> Assistance:
    """签收: the term begins, reckoned by this province's calendar, and the other side is told the date."""
    row = Assistance.objects.select_for_update().get(letter=letter)
    now = letter.received_at or clock.now()
    due = calendar.last_day(now, row.term_days)
    row = move(
        row,
        "sign_for",
        by=by,
        received_at=now,
        first_due_on=due.day,
        due_on=due.day,
        due_provisional=due.provisional,
        calendar_words=list(due.named),
        signed_by_name=by.display_name,
    )
    _show_due(letter, due.day, due.provisional)
    _write(
        row,
        AssistanceStepV1(
            assistance_id=row.pk,
            step="signed_for",
            at=now,
            who=by.display_name,
            received_at=now,
            due_on=due.day,
            provisional=due.provisional,
            calendar_words=due.named,
        ),
        by,
    )
    return row


def name_officers(letter: OfficialLetter, by: User, officer_ids: Sequence[UUID]) -> Assistance:
    """指定承办人: two officers or more, each with a certificate."""
    row = Assistance.objects.select_for_update().get(letter=letter)
    if row.state == State.SENT:
        row = sign_for(letter, by)
    people = selectors.officers_by_id(letter, officer_ids)
    if len(people) < 2:
        raise BadInput(gettext_lazy("协查要由两名以上执法人员办理。请再选一名。"), code="officers_missing")
    without = [each.name for each in people if not each.officer_cert_no]
    if without:
        raise BadInput(
            gettext_lazy("{names} 没有登记执法证号，不能承办。请先在人员资料里登记，或另选一人。"),
            code="certificate_missing",
            names=without,
        )
    kept = [{"name": each.name, "certificate_no": each.officer_cert_no, "user_id": str(each.pk)} for each in people]
    row = move(row, "name_officers", by=by, officers=kept)
    _write(
        row,
        AssistanceStepV1(
            assistance_id=row.pk,
            step="officers",
            at=clock.now(),
            who=by.display_name,
            officers=tuple(OfficerV1(name=each["name"], certificate_no=each["certificate_no"]) for each in kept),
        ),
        by,
    )
    tell(
        to=[each.pk for each in people if each.pk != by.pk],
        code="assistance_official",
        title=_("有一件协助调查由您承办"),
        url=url_of(row),
    )
    return row


@transaction.atomic
def write_answer(
    *,
    by: User,
    assistance_id: UUID,
    number: int,
    text: str,
    finding: str = AssistanceDraft.Finding.FOUND,
    exhibit_ids: Sequence[UUID] = (),
) -> AssistanceDraft:
    """Prepare the answer to one question. It leaves with the next reply that is issued."""
    row = _answering(by, assistance_id)
    question = selectors.question(row, number)
    if not text.strip():
        raise BadInput(gettext_lazy("请写明答复；查不到的，写明查了哪些地方。"), code="answer_missing")
    if finding not in AssistanceDraft.Finding.values:
        raise BadInput(gettext_lazy("请选择查证结果。"), code="finding_wrong")
    found = selectors.exhibits_to_send(by, exhibit_ids)
    draft, _new = AssistanceDraft.objects.update_or_create(
        question=question,
        defaults={
            "finding": finding,
            "text": text.strip(),
            "evidence": [str(each.pk) for each in found],
            "written_by": by,
            "written_at": clock.now(),
        },
    )
    trail.record(row, "write_answer", by=by, data={"question": number, "evidence": len(found)})
    _renew_reply(row)
    return draft


@transaction.atomic
def drop_answer(*, by: User, assistance_id: UUID, number: int) -> None:
    """Take back an answer that has not left."""
    row = _answering(by, assistance_id)
    AssistanceDraft.objects.filter(question=selectors.question(row, number)).delete()
    trail.record(row, "drop_answer", by=by, data={"question": number})
    _renew_reply(row)


def _renew_reply(row: Assistance) -> None:
    from tenants.correspondence.kinds import assistance as kinds

    kinds.renew_reply(row)


def _answering(by: User, assistance_id: UUID) -> Assistance:
    row = selectors.access_assistance(by, assistance_id, lock=True)
    if not selectors.answers(by, row):
        raise NotAllowed(gettext_lazy("只有指定的承办人可以答复。请让承办人登录后填写。"), code="not_an_officer_of_it")
    if row.state not in (State.WORKING, State.PARTLY):
        raise Conflict(
            gettext_lazy("这件协查现在不能答复（{state}）。请先签收并指定承办人；已办结的不再答复。"),
            code="assistance_not_open",
            state=row.get_state_display(),
        )
    return row


def extend(*, by: User, assistance_id: UUID, new_due_on: date, reason: str) -> AssistanceExtension:
    """延期告知. In time it moves the date on both sides. After the term it is kept as late on both sides, and refused.

    Raises TermOver after it was kept, so this is not to be called in a transaction of the caller's.
    """
    with transaction.atomic():
        made, row = _extend(by, assistance_id, new_due_on, reason)
    if not made.in_time:
        raise TermOver(due_on=made.was_due_on.isoformat(), extension_id=str(made.pk), state=row.state)
    return made


def _extend(by: User, assistance_id: UUID, new_due_on: date, reason: str) -> tuple[AssistanceExtension, Assistance]:
    row = _answering(by, assistance_id)
    if row.due_on is None:
        raise Conflict(gettext_lazy("还没有签收，没有期限可延。请先签收。"), code="not_signed_for")
    if not reason.strip():
        raise BadInput(gettext_lazy("延期要写明原因。请填写后再提交。"), code="reason_missing")
    now = clock.now()
    in_time = clock.local_date(now) <= row.due_on
    if in_time and new_due_on <= row.due_on:
        raise BadInput(
            gettext_lazy("新的期限要晚于现在的期限（{due_on}）。请另选一天。"),
            code="extension_not_later",
            due_on=row.due_on.isoformat(),
        )
    made = AssistanceExtension.objects.create(
        assistance=row,
        in_time=in_time,
        was_due_on=row.due_on,
        new_due_on=new_due_on,
        reason=reason.strip(),
        at=now,
        by_name=by.display_name,
    )
    if in_time:
        _move_due(row, new_due_on)
    trail.record(row, "extend", by=by, why=made.reason, data={"to": new_due_on.isoformat(), "in_time": in_time})
    _write(
        row,
        AssistanceExtensionV1(
            assistance_id=row.pk,
            extension_id=made.pk,
            in_time=in_time,
            was_due_on=made.was_due_on,
            new_due_on=new_due_on,
            reason=made.reason,
            at=now,
            who=by.display_name,
        ),
        by,
    )
    return made, row


def _move_due(row: Assistance, day: date, *, provisional: bool | None = None) -> None:
    row.due_on = day
    # A day that people set is a day; only reckoned ones are provisional.
    row.due_provisional = bool(provisional)
    row.alarmed_on = None
    row.save(update_fields=["due_on", "due_provisional", "alarmed_on"])
    _show_due(row.letter, day, row.due_provisional)


def _show_due(letter: OfficialLetter, day: date, provisional: bool) -> None:
    """The letter's own clock shows what the matter's says."""
    letter.feedback_by, letter.due_provisional = clock.at_end(day), provisional
    letter.save(update_fields=["feedback_by", "due_provisional"])


# The reply -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One answer of a reply. lines: of the reply's manifest."""

    number: int
    finding: str
    text: str
    lines: tuple[Mapping[str, Any], ...]


def answered(
    row: Assistance,
    said: Sequence[Said],
    *,
    reply: OfficialLetter | None,
    at: datetime,
    by: Any,
    by_name: str,
) -> Assistance:
    """A reply left, or arrived: its answers are kept, and the matter is answered in part or in whole."""
    questions = {each.number: each for each in row.questions.all()}
    AssistanceAnswer.objects.bulk_create(
        AssistanceAnswer(
            question=questions[each.number],
            reply=reply,
            finding=each.finding,
            text=each.text,
            evidence=[dict(line) for line in each.lines],
            at=at,
            by_name=by_name,
        )
        for each in said
        if each.number in questions
    )
    AssistanceDraft.objects.filter(
        question__assistance=row, question__number__in=[each.number for each in said]
    ).delete()
    if row.state not in (State.WORKING, State.PARTLY):
        return row  # said again, or after the matter was closed: it stands beside what was said before
    missing = selectors.missing(row)
    if not missing:
        _stop_clock(row)
    return move(
        row,
        "answer_partly" if missing else "answer",
        by=by,
        noted={"missing": missing},
        **({} if missing else {"replied_at": at}),
    )


@transaction.atomic
def draft_reply(*, by: User, assistance_id: UUID) -> OfficialLetter:
    """起草复函 with the answers that are ready; the others stay open. It is checked and issued like any letter."""
    from tenants.correspondence.kinds import assistance as kinds
    from tenants.correspondence.services import drafting

    row = _answering(by, assistance_id)
    letter = drafting.draft(
        by=by, kind_code=kinds.REPLY, refers_to_id=row.letter_id, refers_as=OfficialLetter.Refers.ANSWERS
    )
    kinds.lay_evidence(letter)
    return letter


# At the bureau that asks ---------------------------------------------------------------------------------------------


@transaction.atomic
def close(*, by: User, assistance_id: UUID, words: str = "") -> Assistance:
    """办结: the matter is done with on both sides. Before everything is answered a reason is needed."""
    row = selectors.access_assistance(by, assistance_id, lock=True)
    if row.side != Side.ASKING or not selectors.keeps(by, row.letter):
        raise NotAllowed(gettext_lazy("由请求协查的一方办结。"), code="not_yours_to_close")
    missing = selectors.missing(row)
    if missing and not words.strip():
        raise BadInput(
            gettext_lazy("第 {numbers} 项还没有答复。确实不再需要的，请写明原因后办结。"),
            code="answers_missing",
            numbers=[str(each) for each in missing],
        )
    now = clock.now()
    row = move(row, "close", by=by, why=words.strip(), closed_at=now, closing_words=words.strip())
    close_letter(row.letter, by)
    _write(row, AssistanceClosedV1(assistance_id=row.pk, words=words.strip(), at=now, who=by.display_name), by)
    return row


def close_letter(letter: OfficialLetter, by: Any) -> None:
    """The letter of a matter that ended ends with it."""
    if letter.state in OfficialLetter.UNDER_WAY:
        move(letter, "close", by=by, closed_at=clock.now())


@transaction.atomic
def note_receipt(*, by: User, assistance_id: UUID, received_on: date) -> Assistance:
    """For a bureau that is not on the system: when it received the letter. Its own holidays are not known here."""
    return received_on_paper(_on_paper(by, assistance_id), clock.at_start(received_on), by)


def received_on_paper(row: Assistance, at: datetime, by: Any) -> Assistance:
    """The term begins with what was entered by hand; by national working days, so it is provisional."""
    due = clock.add_working_days(at, row.term_days)
    row = move(
        row,
        "sign_for",
        by=by,
        received_at=at,
        first_due_on=due.date,
        due_on=due.date,
        due_provisional=True,
    )
    _show_due(row.letter, due.date, True)
    return row


@transaction.atomic
def note_reply(*, by: User, assistance_id: UUID, number: int, text: str, finding: str, who: str) -> Assistance:
    """For a bureau that is not on the system: what its reply on paper says to one question."""
    row = _on_paper(by, assistance_id)
    selectors.question(row, number)
    if not text.strip() or not who.strip():
        raise BadInput(gettext_lazy("请照来函写明答复和答复单位。"), code="answer_missing")
    if finding not in AssistanceDraft.Finding.values:
        raise BadInput(gettext_lazy("请选择查证结果。"), code="finding_wrong")
    if row.state == State.SENT:
        row = note_receipt(by=by, assistance_id=assistance_id, received_on=clock.today())
    if row.state == State.SIGNED:
        row = move(row, "name_officers", by=by)
    return answered(
        row, [Said(number, finding, text.strip(), ())], reply=None, at=clock.now(), by=by, by_name=who.strip()[:80]
    )


def _on_paper(by: User, assistance_id: UUID) -> Assistance:
    row = selectors.access_assistance(by, assistance_id, lock=True)
    if row.side != Side.ASKING or not selectors.keeps(by, row.letter):
        raise NotAllowed()
    if not row.letter.by_paper:
        raise Conflict(gettext_lazy("对方在本系统内，会自己签收和答复，不用手工登记。"), code="not_on_paper")
    return row


# Arrivals ------------------------------------------------------------------------------------------------------------


def step_came(message: AssistanceStepV1, envelope: Envelope) -> None:
    """The other bureau signed for the request, or named who works on it."""
    row = selectors.asked_of(message.assistance_id, envelope.sender)
    by = trail.Actor(None, f"{row.letter.peer_name} {message.who}")
    if message.step == "signed_for":
        if row.state != State.SENT:
            return
        assert message.received_at is not None and message.due_on is not None
        row = move(
            row,
            "sign_for",
            by=by,
            received_at=message.received_at,
            first_due_on=message.due_on,
            due_on=message.due_on,
            due_provisional=message.provisional,
            calendar_words=list(message.calendar_words),
            signed_by_name=message.who,
        )
        _show_due(row.letter, message.due_on, message.provisional)
        return
    if row.state == State.SIGNED:
        officers = [each.model_dump() for each in message.officers]
        row = move(row, "name_officers", by=by, officers=officers)
        _tell_asker(row, _("协查已由对方两名执法人员承办"))


def extension_came(message: AssistanceExtensionV1, envelope: Envelope) -> None:
    """It takes longer there: told before the term, or too late."""
    row = selectors.asked_of(message.assistance_id, envelope.sender)
    if AssistanceExtension.objects.filter(pk=message.extension_id).exists():
        return
    AssistanceExtension.objects.create(
        pk=message.extension_id,
        assistance=row,
        in_time=message.in_time,
        was_due_on=message.was_due_on,
        new_due_on=message.new_due_on,
        reason=message.reason,
        at=message.at,
        by_name=message.who,
    )
    if message.in_time:
        _move_due(row, message.new_due_on)
        _tell_asker(row, _("协查延期至 %(day)s") % {"day": message.new_due_on.isoformat()})
    else:
        _tell_asker(row, _("协查已逾期，对方逾期后才告知"), urgent=True)


def closed_came(message: AssistanceClosedV1, envelope: Envelope) -> None:
    """The bureau that asked is done with it."""
    row = Assistance.objects.select_for_update().filter(pk=message.assistance_id, side=Side.ASKED).first()
    if row is None or row.letter.peer_party != str(envelope.sender) or row.state == State.CLOSED:
        return
    by = trail.Actor(None, f"{row.letter.peer_name} {message.who}")
    if row.state == State.RETURNED:
        return
    row = move(row, "close", by=by, why=message.words, closed_at=message.at, closing_words=message.words)
    close_letter(row.letter, by)
    _stop_clock(row)
    people = [UUID(each["user_id"]) for each in row.officers if each.get("user_id")]
    tell(to=people, code="assistance_official", title=_("对方已办结这件协查"), url=url_of(row))


def _tell_asker(row: Assistance, title: Words, *, urgent: bool = False) -> None:
    people = {row.letter.drafted_by_id, row.letter.handler_id} - {None}
    tell(to=[each for each in people if each], code="assistance_official", title=title, url=url_of(row), urgent=urgent)


# The clock -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def mind() -> int:
    """Tell of requests that are due tomorrow or overdue, once a day at most. Returns how many were told of."""
    today = clock.today()
    soon = clock.add_working_days(today, 1).date
    rows = (
        Assistance.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state__in=(State.SIGNED, State.WORKING, State.PARTLY), due_on__lte=soon)
        .filter(Q(alarmed_on=None) | Q(alarmed_on__lt=today))
        .select_related("letter__own_unit")
    )
    count = 0
    for row in rows:
        assert row.due_on is not None
        over = row.due_on < today
        if not over and row.side == Side.ASKING:
            continue
        row.alarmed_on = today
        row.save(update_fields=["alarmed_on"])
        count += 1
        title = _("协查已超过复函期限") if over else _("协查即将到复函期限")
        people = {UUID(each["user_id"]) for each in row.officers if each.get("user_id")}
        people |= {each for each in (row.letter.drafted_by_id, row.letter.handler_id) if each}
        if over or not people:
            people |= {head.pk for head in heads_of(row.letter.own_unit)[:1]}
        tell(to=people, code="assistance_official", title=title, url=url_of(row), urgent=over)
    return count


def _stop_clock(row: Assistance) -> None:
    """Where it was asked: the request waits for nothing more. A reply in part leaves it running."""
    if row.side == Side.ASKED and row.letter.post_id is not None:
        receipts.answered(row.letter.post_id)


# Small ---------------------------------------------------------------------------------------------------------------


def _write(row: Assistance, message: Message, by: User) -> None:
    """Tell the other side, where it is on the system."""
    party = row.letter.peer_party
    if row.letter.by_paper or not party:
        return
    post(message, to=Address.parse(party), thread=row.letter.thread, by=by, in_reply_to=row.letter.post_id)


def url_of(row: Assistance) -> str:
    """Its page."""
    return reverse("correspondence:assistance", args=[row.pk], urlconf=settings.URLCONFS["province"])
