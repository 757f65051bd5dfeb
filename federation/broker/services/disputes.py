"""管辖争议: two provinces say that a matter is the other's, or both claim it.

They have seven working days; what they agree on ends it. Else it goes up to the superior (总局), which designates.
Each keeps a row of its own, in step by letters of one thread (the dispute's id). Letters cross: of two steps the higher
stands everywhere (`Dispute.MOVES`), so any order of arrival ends alike.

Source: 市场监督管理行政处罚程序规定 art. 11 to 15 for penalty cases; the days are not verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.move import move, refusal
from audit.trail import Person
from federation.broker import hooks
from federation.broker.models import Dispute, DisputeWord
from federation.broker.services.common import (
    MACHINE,
    host_of,
    is_superior,
    need,
    next_number,
    own,
    require_leader,
    superior,
    tell_desk,
    title_of,
    url,
)
from federation.contracts.addresses import Address
from federation.contracts.broker import (
    DisputeDecidedV1,
    DisputeNoticeV1,
    DisputeOpenedV1,
    DisputeRaisedV1,
    DisputeWentUpV1,
    DisputeWordV1,
    SideV1,
    WordV1,
)
from federation.letters import receipts
from federation.letters.models import Letter
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404
from kernel.ids import uuid7

State, Kind = Dispute.State, DisputeWord.Kind
TERM_DAYS = 7
_NAMESPACE = UUID("0192f4c0-5a60-7000-8000-646973707574")


def id_of(matter_id: UUID, one: str, other: str) -> UUID:
    """The id of the dispute of two provinces over one matter: both reach the same, whoever opens it."""
    first, second = sorted((one, other))
    return uuid5(_NAMESPACE, f"{matter_id} {first} {second}")


def matter_of(letter_id: UUID | None, subject_id: UUID | None) -> UUID:
    """The matter a letter belongs to: its thread, which both sides know; without one the letter or record itself."""
    if letter_id is not None:
        thread = Letter.objects.filter(pk=letter_id).values_list("thread", flat=True).first()
        return thread or letter_id
    return subject_id or uuid7()


# Opening --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_dispute(
    *,
    letter_id: UUID | None,
    kind: str,
    reason: str,
    other: str,
    by: Person,
    subject_id: UUID | None = None,
    own_filed_at: datetime | None = None,
    own_filed_no: str = "",
    title: str = "",
    claim: str = Dispute.Claim.NOT_MINE,
    matter_id: UUID | None = None,
    subject_kind: str = "",
    unit_id: UUID | None = None,
) -> Dispute:
    """A dispute with another province over the matter of a letter, or one's own part in that which there is already.

    kind: of the matter, as letters name it ("official.clue_transfer", "case"). own_filed_at, own_filed_no: since when
    and as what it is filed here. matter_id: what both sides know it by; by default the letter's thread.
    Raises BadInput `reason_missing`, `dispute_party_wrong`; Conflict `dispute_other_away`, `dispute_over`.
    """
    said = need(reason, _("请写明理由：为什么应由对方（或本方）管辖。"), "reason_missing")
    me, host = own(), host_of(other)
    if other == me or host is None or host.is_superior:
        raise BadInput(_("请选择发生争议的另一个省份。"), code="dispute_party_wrong", other=other)
    if host.state != "active":
        raise Conflict(
            _("{name}现在不能收函。请书面协商，协商不成的书面报请共同上级。"),
            code="dispute_other_away",
            name=host.title,
        )
    matter = matter_id or matter_of(letter_id, subject_id)
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=id_of(matter, me, other)).first()
    if row is not None:
        return _join(row, said, by, own_filed_at, own_filed_no)
    letter_no = Letter.objects.filter(pk=letter_id).values_list("document_no", flat=True).first() if letter_id else ""
    now = clock.now()
    due = clock.due_at(now, clock.Term(TERM_DAYS, clock.Unit.WORKING_DAY))
    row = Dispute.objects.create(
        id=id_of(matter, me, other),
        matter_id=matter,
        letter_id=letter_id,
        letter_no=letter_no or "",
        matter_kind=kind[:60],
        title=title.strip()[:200] or str(_("管辖争议")),
        first=me,
        second=other,
        claim=claim,
        first_filed_at=own_filed_at,
        first_filed_no=own_filed_no.strip()[:80],
        opened_at=now,
        due_at=due.at,
        due_provisional=due.provisional,
        unit_id=unit_id or getattr(by, "unit_id", None),
        subject_kind=subject_kind,
        subject_id=subject_id,
    )
    word = _say(row, me, Kind.STATEMENT, said, by, at=now)
    trail.record(row, "open", by=by, why=said[:500], to_state=row.state)
    post(
        DisputeOpenedV1(
            dispute_id=row.pk, matter_id=row.matter_id, letter_id=row.letter_id, letter_no=row.letter_no,
            matter_kind=row.matter_kind, title=row.title, claim=row.claim, side=side(row, me), statement=_told(word),
            opened_at=row.opened_at, due_at=row.due_at,
        ),
        Address.province(other), thread=row.pk, by=by, due_at=row.due_at,
    )  # fmt: skip
    notify_office(row, by)
    return row


def _join(row: Dispute, said: str, by: Person, filed_at: datetime | None, filed_no: str) -> Dispute:
    """We open what the other has opened before us: one dispute, in which we have our say."""
    if row.state not in Dispute.OPEN:
        raise Conflict(
            _("这件事与{other}的管辖争议已经有结果（{state_name}），不能再提。请按结果办理。"),
            code="dispute_over",
            other=title_of(row.other_of(own())),
            state_name=row.get_state_display(),
        )
    return say(row, Kind.STATEMENT, said, by=by, filed_at=filed_at, filed_no=filed_no)


def opened(message: DisputeOpenedV1, sender: str) -> Dispute:
    """The other's opening has arrived. Where ours is on its way to them: one dispute, the earlier opens it."""
    me = own()
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=message.dispute_id).first()
    if row is None:
        row = Dispute.objects.create(
            id=message.dispute_id,
            matter_id=message.matter_id,
            letter_id=message.letter_id,
            letter_no=message.letter_no,
            matter_kind=message.matter_kind,
            title=message.title,
            first=sender,
            second=me,
            claim=message.claim,
            opened_at=message.opened_at,
            due_at=message.due_at,
        )
        trail.record(row, "open", by=trail.Actor(None, title_of(sender)), to_state=row.state)
    elif (message.opened_at, sender) < (row.opened_at, row.first):
        _turn_round(row, message, sender)
    _take_side(row, message.side)
    _keep(row, sender, message.statement)
    tell_desk(
        "broker_dispute", _("与外省有一件管辖争议，请协商"), f"{title_of(sender)}：{row.title}",
        url("dispute", row.pk), urgent=True,
    )  # fmt: skip
    return row


def _turn_round(row: Dispute, message: DisputeOpenedV1, sender: str) -> None:
    """The other was first: its term and its title hold, at both sides alike. Filings follow their province."""
    was_filed = (row.first_filed_at, row.first_filed_no)
    row.first, row.second, row.claim = sender, own(), message.claim
    row.opened_at, row.due_at, row.title = message.opened_at, message.due_at, message.title
    row.first_filed_at, row.first_filed_no = None, ""
    row.second_filed_at, row.second_filed_no = was_filed
    row.save()


# Negotiating ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def say(
    row: Dispute,
    kind: str,
    text: str,
    *,
    by: Person,
    names: str = "",
    answers: UUID | None = None,
    filed_at: datetime | None = None,
    filed_no: str = "",
) -> Dispute:
    """One word of ours: a statement, a proposal that names who takes it, an answer to the other's, or the end of ours.

    Statements are heard until the superior has decided; the rest only while the two negotiate.
    Raises MoveRefused, BadInput `text_missing`, `names_wrong`, `proposal_gone`.
    """
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    me = own()
    _need_open(row, kind)
    if kind in (Kind.STATEMENT, Kind.PROPOSAL, Kind.DECLINE):
        text = need(text, _("请写明意见和理由。"), "text_missing")
    if kind == Kind.PROPOSAL and names not in (row.first, row.second):
        raise BadInput(_("方案要写明由两方中的哪一方管辖。"), code="names_wrong")
    if kind in (Kind.AGREE, Kind.DECLINE):
        proposal = open_proposal(row, row.other_of(me))
        if proposal is None or (answers is not None and answers != proposal.pk):
            raise BadInput(_("对方没有待答复的方案，或已另提方案。请看过最新内容再答复。"), code="proposal_gone")
        answers, names = proposal.pk, proposal.names
    if kind in (Kind.AGREE, Kind.WITHDRAW):
        require_leader(by)
    if kind == Kind.WITHDRAW and row.first != me:
        raise BadInput(_("只有提出争议的一方可以撤回。请改为答复方案或陈述意见。"), code="not_opener")
    if filed_at is not None or filed_no:
        _take_side(row, SideV1(province=me, filed_at=filed_at, filed_no=filed_no.strip()[:80]))
    word = _say(row, me, kind, text, by, names=names, answers=answers)
    trail.record(row, f"say_{kind}", by=by)
    above = superior()
    to = [Address.province(row.other_of(me))]
    if above is not None and (row.state == State.ESCALATED or kind == Kind.AGREE) and row.raised_at is not None:
        to.append(above)
    post(DisputeWordV1(dispute_id=row.pk, side=side(row, me), word=_told(word)), to, thread=row.pk, by=by)
    if kind in (Kind.AGREE, Kind.WITHDRAW):
        _settle(row, by)
        notify_office(row, by)
    return row


def _need_open(row: Dispute, kind: str) -> None:
    heard = Dispute.OPEN if kind in (Kind.STATEMENT, Kind.PROPOSAL, Kind.AGREE, Kind.DECLINE) else (State.NEGOTIATING,)
    if row.state not in heard:
        raise refusal(row, {Kind.AGREE: "agree", Kind.WITHDRAW: "withdraw"}.get(kind, "agree"))  # type: ignore[call-overload]


def word_came(message: DisputeWordV1, sender: str) -> Dispute:
    """The other's word, or at the superior that of either side."""
    row = _there(message.dispute_id)
    _take_side(row, message.side)
    fresh = _keep(row, sender, message.word)
    if fresh:
        _settle(row, trail.Actor(None, title_of(sender)))
        tell_desk("broker_dispute", _("管辖争议有新意见"), f"{title_of(sender)}：{row.title}", url("dispute", row.pk))
    return row


def _settle(row: Dispute, by: Person) -> None:
    """What the words so far come to. Of two agreements that crossed the earlier one holds, at both sides."""
    words = list(row.words.filter(kind__in=(Kind.AGREE, Kind.WITHDRAW)).order_by("at", "id"))
    agreed = next((each for each in words if each.kind == Kind.AGREE), None)
    if agreed is not None:
        if row.state in Dispute.MOVES["agree"][0]:
            move(row, "agree", by=by, agreed_on=agreed.names, ended_at=agreed.at)
        elif row.state == State.AGREED and row.agreed_on != agreed.names:
            Dispute.objects.filter(pk=row.pk).update(agreed_on=agreed.names, ended_at=agreed.at)
            row.refresh_from_db()
        else:
            return
        if row.side_of(own()):
            hooks.decided(row)
    elif words and row.state == State.NEGOTIATING:
        move(row, "withdraw", by=by, ended_at=words[0].at)
    if row.state != State.NEGOTIATING:
        _stop_clock(row)


def _stop_clock(row: Dispute) -> None:
    """The days to negotiate are over with the negotiation, however it ended."""
    receipts.over(row.pk, DisputeOpenedV1.kind)


def open_proposal(row: Dispute, province: str) -> DisputeWord | None:
    """The last proposal of a side that the other has not answered."""
    last = row.words.filter(province=province, kind=Kind.PROPOSAL).last()
    if last is None or row.words.filter(answers=last.pk).exists():
        return None
    return last


# Going up -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def raise_up(row: Dispute, *, by: Person, why: str = Dispute.Why.NO_AGREEMENT) -> Dispute:
    """报请指定管辖: by the head when no agreement is in sight, by the clock when the term is over.

    A head's gets a number. Without a seat of the superior here the head reports on paper and enters the decision.
    """
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state != State.NEGOTIATING:
        raise refusal(row, "raise")
    require_leader(by)
    number = "" if by is MACHINE else next_number("报")
    fields: dict[str, Any] = {f"{row.side_of(own())}_raised_no": number}
    move(row, "raise", by=by, raised_why=why, raised_at=clock.now(), on_paper=superior() is None, **fields)
    _stop_clock(row)
    _report(row, by, number)
    post(
        DisputeWentUpV1(dispute_id=row.pk, why=row.raised_why, document_no=number, at=row.raised_at),
        Address.province(row.other_of(own())), thread=row.pk, by=by,
    )  # fmt: skip
    notify_office(row, by)
    return row


def _report(row: Dispute, by: Person, number: str) -> None:
    """Our side of it to the superior: each speaks for itself."""
    above, me = superior(), own()
    if above is None:
        return
    post(
        DisputeRaisedV1(
            dispute_id=row.pk, matter_id=row.matter_id, letter_no=row.letter_no, matter_kind=row.matter_kind,
            title=row.title, other=row.other_of(me), side=side(row, me),
            claim=row.claim, words=tuple(_told(each) for each in row.words.filter(province=me)),
            opened_at=row.opened_at, due_at=row.due_at, why=row.raised_why, document_no=number,
            raised_at=row.raised_at, at=clock.now(),
        ),
        above, thread=row.pk, by=by,
    )  # fmt: skip


def went_up(message: DisputeWentUpV1, sender: str) -> Dispute:
    """The other brought it before the superior: we send what we have said, so that it hears both."""
    row = _there(message.dispute_id)
    number: dict[str, Any] = {f"{row.side_of(sender)}_raised_no": message.document_no}
    if row.state in Dispute.MOVES["raise"][0]:
        move(
            row, "raise", by=trail.Actor(None, title_of(sender)), raised_why=message.why, raised_at=message.at,
            on_paper=superior() is None, **number,
        )  # fmt: skip
        _stop_clock(row)
        _report(row, MACHINE, "")
        tell_desk(
            "broker_dispute",
            _("管辖争议已报请共同上级指定"),
            f"{title_of(sender)}：{row.title}",
            url("dispute", row.pk),
        )
    elif row.state == State.AGREED and row.raised_at is None:
        # We agreed before we heard: our words take it from the superior's table again.
        Dispute.objects.filter(pk=row.pk).update(raised_why=message.why, raised_at=message.at, **number)
        row.refresh_from_db()
        _report(row, MACHINE, "")
    else:
        Dispute.objects.filter(pk=row.pk).update(**number)
        row.refresh_from_db()
    return row


def raised(message: DisputeRaisedV1, sender: str) -> Dispute:
    """At the superior: one side's report. The first makes the row, the second adds itself to it."""
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=message.dispute_id).first()
    if row is None:
        row = Dispute.objects.create(
            id=message.dispute_id,
            state=State.ESCALATED,
            matter_id=message.matter_id,
            letter_no=message.letter_no,
            matter_kind=message.matter_kind,
            title=message.title,
            first=sender,
            second=message.other,
            claim=message.claim,
            opened_at=message.opened_at,
            due_at=message.due_at,
            raised_why=message.why,
            raised_at=message.raised_at,
        )
        trail.record(row, "raise", by=trail.Actor(None, title_of(sender)), to_state=row.state)
        tell_desk(
            "broker_dispute", _("有一件管辖争议报请指定"),
            f"{title_of(sender)}、{title_of(message.other)}：{row.title}", url("dispute", row.pk), urgent=True,
        )  # fmt: skip
    if message.document_no:
        Dispute.objects.filter(pk=row.pk).update(**{f"{row.side_of(sender)}_raised_no": message.document_no})
        row.refresh_from_db()
    _take_side(row, message.side)
    for word in message.words:
        _keep(row, sender, word)
    _settle(row, trail.Actor(None, title_of(sender)))
    return row


def raise_overdue(now: datetime | None = None) -> int:
    """Those whose term is over go up by themselves. Returns how many. Safe to run twice, and at both sides."""
    rows = Dispute.objects.filter(state=State.NEGOTIATING, due_at__lt=now or clock.now())
    count = 0
    for row in rows:
        raise_up(row, by=MACHINE, why=Dispute.Why.TERM_OVER)
        tell_desk(
            "broker_dispute", _("管辖争议协商期满，已报请共同上级"), row.title, url("dispute", row.pk), urgent=True
        )
        count += 1
    return count


# Deciding -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(row: Dispute, *, by: Person, designated: str, reason: str, conditions: str = "") -> Dispute:
    """指定管辖, by the common superior: one of the two, with a number, to both at once. It is final."""
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    require_leader(by)
    if row.state != State.ESCALATED:
        raise refusal(row, "decide")
    if designated not in (row.first, row.second):
        raise BadInput(_("请在两方中指定一方。"), code="designated_wrong")
    why = need(reason, _("请写明指定管辖的理由。"), "reason_missing")
    wanted = conditions.strip()[:2000]
    now, number = clock.now(), next_number("指定")
    move(
        row, "decide", by=by, why=why[:500], designated=designated, decision_no=number, decision_reason=why,
        decision_conditions=wanted, decided_by=by.display_name, ended_at=now,
    )  # fmt: skip
    post(
        DisputeDecidedV1(
            dispute_id=row.pk, designated=designated, reason=why, conditions=wanted, by_name=by.display_name, at=now
        ),
        [Address.province(row.first), Address.province(row.second)], thread=row.pk, by=by, document_no=number,
    )  # fmt: skip
    notify_office(row, by)
    return row


def decided(message: DisputeDecidedV1, document_no: str, sender: str) -> Dispute:
    """The superior's decision has arrived. It stands above whatever the two have written meanwhile."""
    row = _there(message.dispute_id)
    if row.state == State.DECIDED:
        return row
    move(
        row, "decide", by=trail.Actor(None, title_of(sender)), designated=message.designated, decision_no=document_no,
        decision_reason=message.reason, decision_conditions=message.conditions, decided_by=message.by_name,
        ended_at=message.at, on_paper=False,
    )  # fmt: skip
    _stop_clock(row)
    tell_desk(
        "broker_dispute", _("指定管辖决定已到"), f"{document_no}：{title_of(message.designated)}",
        url("dispute", row.pk), urgent=True,
    )  # fmt: skip
    hooks.decided(row)
    return row


@transaction.atomic
def decided_on_paper(row: Dispute, *, by: Person, designated: str, document_no: str, reason: str) -> Dispute:
    """The superior has no seat here: its paper is entered by hand, by the head; each side enters its own."""
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    require_leader(by)
    if row.state != State.ESCALATED or not row.on_paper:
        raise refusal(row, "decide")
    if designated not in (row.first, row.second):
        raise BadInput(_("请在两方中指定一方。"), code="designated_wrong")
    number = need(document_no, _("请填写决定书的文号。"), "document_no_missing", longest=80)
    why = need(reason, _("请写明指定管辖的理由。"), "reason_missing")
    move(
        row, "decide", by=by, why=why[:500], designated=designated, decision_no=number, decision_reason=why,
        ended_at=clock.now(),
    )  # fmt: skip
    hooks.decided(row)
    notify_office(row, by)
    return row


# The office ---------------------------------------------------------------------------------------------------------


def notify_office(row: Dispute, by: Person) -> None:
    """The office learns that there is a dispute and how far it is."""
    post(
        DisputeNoticeV1(
            dispute_id=row.pk, letter_id=row.letter_id, matter_kind=row.matter_kind, first=row.first, second=row.second,
            state=row.state, opened_at=row.opened_at, due_at=row.due_at, designated=row.designated or row.agreed_on,
            document_no=row.decision_no, at=clock.now(),
        ),
        Address.office(), thread=row.pk, by=by,
    )  # fmt: skip


_VERB_TO: dict[str, str] = {
    State.WITHDRAWN: "withdraw", State.ESCALATED: "raise", State.AGREED: "agree", State.DECIDED: "decide",
}  # fmt: skip


def noticed(message: DisputeNoticeV1, sender: str) -> Dispute | None:
    """At the office: keep the dispute's course. A party that is none of its own can tell nothing of it."""
    if sender not in (message.first, message.second) and not is_superior(sender):
        return None
    row, made = Dispute.objects.get_or_create(
        pk=message.dispute_id,
        defaults={
            "matter_id": message.dispute_id,
            "letter_id": message.letter_id,
            "matter_kind": message.matter_kind,
            "first": message.first,
            "second": message.second,
            "opened_at": message.opened_at,
            "due_at": message.due_at,
        },
    )
    if {row.first, row.second} != {message.first, message.second}:
        return None
    if not made and message.opened_at < row.opened_at:
        Dispute.objects.filter(pk=row.pk).update(
            first=message.first, second=message.second, opened_at=message.opened_at, due_at=message.due_at
        )
        row.refresh_from_db()
    verb = _VERB_TO.get(message.state, "")
    if verb and row.state in Dispute.MOVES[verb][0]:
        fields: dict[str, Any] = {} if verb == "raise" else {"ended_at": message.at}
        if verb == "raise":
            fields["raised_at"] = message.at
        if verb == "agree":
            fields["agreed_on"] = message.designated
        if verb == "decide":
            fields |= {"designated": message.designated, "decision_no": message.document_no}
        move(row, verb, by=trail.Actor(None, title_of(sender)), **fields)
    return row


def _there(dispute_id: UUID) -> Dispute:
    """The row a letter speaks of. Raises NotFound404: its opening may still be on the way, then it is tried again."""
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=dispute_id).first()
    if row is None:
        raise NotFound404(dispute_id=dispute_id)
    return row


# Words and sides ----------------------------------------------------------------------------------------------------


def side(row: Dispute, province: str) -> SideV1:
    """What a side tells of itself."""
    place = row.side_of(province)
    return SideV1(
        province=province,
        filed_at=getattr(row, f"{place}_filed_at"),
        filed_no=getattr(row, f"{place}_filed_no"),
    )


def _take_side(row: Dispute, told: SideV1) -> None:
    place = row.side_of(told.province)
    if not place or (told.filed_at is None and not told.filed_no):
        return
    fields = {f"{place}_filed_at": told.filed_at, f"{place}_filed_no": told.filed_no}
    Dispute.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


def _say(
    row: Dispute, province: str, kind: str, text: str, by: Person, *, names: str = "", answers: UUID | None = None,
    at: datetime | None = None,
) -> DisputeWord:  # fmt: skip
    return DisputeWord.objects.create(
        dispute=row, province=province, kind=kind, text=text.strip()[:4000], names=names, answers=answers,
        by_name=by.display_name[:60], at=at or clock.now(),
    )  # fmt: skip


def _keep(row: Dispute, province: str, word: WordV1) -> bool:
    """Keep what a side said; twice is once."""
    _row, made = DisputeWord.objects.get_or_create(
        pk=word.word_id,
        defaults={
            "dispute": row,
            "province": province,
            "kind": word.kind,
            "text": word.text,
            "names": word.names,
            "answers": word.answers,
            "by_name": word.by_name,
            "at": word.at,
        },
    )
    return made


def _told(word: DisputeWord) -> WordV1:
    return WordV1(
        word_id=word.pk, kind=word.kind, text=word.text, names=word.names, answers=word.answers, by_name=word.by_name,
        at=word.at,
    )  # fmt: skip


def words_of(row: Dispute) -> Sequence[DisputeWord]:
    """All that was said, in order."""
    return list(row.words.all())
