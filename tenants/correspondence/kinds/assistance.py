"""协助调查函 and 复函: what they ask for, what crosses, what is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads_of
from audit import trail
from audit.move import move
from evidence.models import Exhibit
from federation.contracts.assistance import (
    AnswerV1,
    AssistanceAnswerV1,
    AssistanceRequestV1,
    QuestionV1,
    TargetV1,
)
from federation.contracts.official import HeadV1
from federation.letters.post import Envelope
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404, Words
from notify.services import tell
from papers.content import Block, Facts, Table, Text, Tone
from tenants.clues.selectors import dispatchers_of
from tenants.correspondence import forms_assist
from tenants.correspondence import selectors_assist as selectors
from tenants.correspondence.kinds import KindSpec, Setting, register
from tenants.correspondence.models import Assistance, LetterItem, OfficialLetter
from tenants.correspondence.services import assisting
from tenants.correspondence.services.assisting import LEGAL_BASIS, TERM_DAYS, Said

REQUEST, REPLY = "assistance_request", "assistance_reply"
FINDINGS = {"found": "已查明", "partly": "部分查明", "not_found": "未能查明"}
"""As printed: papers are in Chinese whatever the reader's language."""


# The request ---------------------------------------------------------------------------------------------------------


def request_form(data: Mapping[str, Any] | None, setting: Setting) -> forms.Form:
    """Beside the common parts: whom it is about, and the questions."""
    initial = dict(setting.letter.fields) if setting.letter is not None else {}
    return forms_assist.RequestForm(data, initial=initial)


def request_started(setting: Setting) -> dict[str, Any]:
    """A request begins with its case and its parties."""
    case = setting.case
    if case is None:
        return {"legal_basis": LEGAL_BASIS, "term_days": TERM_DAYS}
    parties = list(case.parties.all())
    return {
        "title": f"关于协助调查{case.title}有关情况的函"[:200],
        "summary": f"本局正在办理{case.title}（{case.number}）。为查清事实，请对下列事项协助调查。",
        "legal_basis": LEGAL_BASIS,
        "case_name": case.title,
        "party_name": "、".join(each.name for each in parties)[:120],
        "targets": [],
        "questions": [],
        "term_days": TERM_DAYS,
    }


def request_kept(said: dict[str, Any]) -> dict[str, Any]:
    """As it is kept."""
    return {**said, "term_days": TERM_DAYS}


def request_built(letter: OfficialLetter, head: HeadV1) -> AssistanceRequestV1:
    """What crosses. The term is that of the agreement which held when the letter was issued."""
    said = letter.fields
    return AssistanceRequestV1(
        head=head,
        case_name=said["case_name"],
        party_name=said.get("party_name", ""),
        legal_basis=(letter.legal_basis or LEGAL_BASIS)[:400],
        targets=tuple(TargetV1(**each) for each in said["targets"]),
        questions=tuple(QuestionV1(number=n, text=text) for n, text in enumerate(said["questions"], start=1)),
        term_days=term_of(letter),
    )


def term_of(letter: OfficialLetter) -> int:
    """Working days from the receipt: of the agreement, else the national fifteen."""
    return int(letter.terms.get("feedback_days") or letter.fields.get("term_days") or TERM_DAYS)


def request_texts(fields: Mapping[str, Any]) -> list[tuple[Words, str]]:
    """What people wrote freely."""
    questions = "\n".join(f"{number}. {text}" for number, text in enumerate(fields.get("questions", []), start=1))
    return [(_("案件名称"), fields.get("case_name", "")), (_("协查事项"), questions)]


def request_paper(letter: OfficialLetter) -> list[Block]:
    """文书 17: the case, who it is about, the numbered questions, and by when."""
    said = letter.fields
    return [
        Facts(
            rows=(
                ("案件名称", said.get("case_name", "")),
                ("当事人", said.get("party_name", "") or "不详"),
                ("期限", f"自收到本函之日起 {term_of(letter)} 个工作日内函复；需要延期的，请在期限届满前告知。"),
            )
        ),
        Text(words="协查对象", tone=Tone.HEADING),
        Table(
            columns=(("名称", 4), ("统一社会信用代码", 4), ("地址", 6)),
            rows=tuple((each["name"], each["uscc"] or "不详", each["address"] or "不详") for each in said["targets"]),
        ),
        Text(words="协查事项", tone=Tone.HEADING),
        Table(
            columns=(("序号", 1), ("事项", 12)),
            rows=tuple((str(number), text) for number, text in enumerate(said["questions"], start=1)),
        ),
    ]


def request_issued(letter: OfficialLetter, by: User) -> None:
    """The matter begins here."""
    letter.fields = {**letter.fields, "term_days": term_of(letter)}
    letter.feedback_by, letter.due_provisional = None, False  # the term runs from the receipt: the other side tells it
    assisting.begin(letter, side=Assistance.Side.ASKING)


def request_read(message: AssistanceRequestV1, envelope: Envelope) -> dict[str, Any]:
    """What is kept of one that came."""
    return assisting.fields_of(message)


def request_arrived(letter: OfficialLetter, message: AssistanceRequestV1, envelope: Envelope) -> None:
    """The matter begins there."""
    assisting.begin(letter, side=Assistance.Side.ASKED)


def request_accepted(letter: OfficialLetter, by: User, said: Mapping[str, Any]) -> str:
    """Taking a request on is naming who works on it."""
    ids = [UUID(str(each)) for each in said.get("officer_ids", [])]
    row = assisting.name_officers(letter, by, ids)
    letter.handler_id = UUID(row.officers[0]["user_id"])
    letter.save(update_fields=["handler"])
    return ""


def request_returned(letter: OfficialLetter, by: Any) -> None:
    """It was sent back."""
    row = Assistance.objects.filter(letter=letter, state__in=(Assistance.State.SENT, Assistance.State.SIGNED)).first()
    if row is not None:
        move(row, "return", by=by, why=letter.return_words)


def request_receipt(letter: OfficialLetter, step: str) -> None:
    """What the asking side hears of the letter itself; the dates come with the steps of the matter."""
    by = trail.Actor(None, letter.peer_name)
    if step == "returned":
        request_returned(letter, by)
    elif letter.by_paper:
        row = Assistance.objects.filter(letter=letter, state=Assistance.State.SENT).first()
        if row is not None:
            assisting.received_on_paper(row, letter.received_at or clock.now(), by)


def officers_form(data: Mapping[str, Any] | None, letter: OfficialLetter, by: User) -> forms.Form:
    """Who works on it."""
    return forms_assist.OfficersForm(data, officers=list(selectors.officers_for(letter).select_related("unit")))


# The reply -----------------------------------------------------------------------------------------------------------


class _ReplyForm(forms.Form):
    """Nothing is typed: what a reply says was written question by question."""

    def __init__(self, data: Any, setting: Setting) -> None:
        self.setting = setting
        super().__init__(data if data is not None else None)

    def clean(self) -> dict[str, Any]:
        """What is ready now. A reply without an answer is none."""
        letter = self.setting.letter
        if letter is not None and letter.state != OfficialLetter.State.DRAFT:
            return dict(letter.fields)
        fields = reply_fields(_asked(self.setting))
        if not fields["answers"]:
            raise forms.ValidationError(str(_("还没有写好的答复。请先逐项答复，再起草复函。")))
        return fields


def _asked(setting: Setting) -> Assistance:
    row = selectors.of_letter(setting.refers_to) if setting.refers_to is not None else None
    if row is None or row.side != Assistance.Side.ASKED:
        raise NotFound404()
    return row


def reply_fields(row: Assistance) -> dict[str, Any]:
    """What a reply says now: the answers that are ready, and what is still open after it."""
    ready = selectors.drafted(row)
    answers = [
        {
            "number": each.number,
            "question": each.text,
            "finding": each.draft.finding,
            "text": each.draft.text,
            "exhibits": list(each.draft.evidence),
        }
        for each in ready
    ]
    numbers = {each.number for each in ready}
    return {
        "assistance_id": str(row.pk),
        "case_name": row.case_name,
        "request_no": row.letter.document_no,
        "answers": answers,
        "missing": [number for number in selectors.missing(row) if number not in numbers],
    }


def reply_started(setting: Setting) -> dict[str, Any]:
    """A reply begins with what was asked, and with the answers that are ready."""
    row = _asked(setting)
    if row.state not in (Assistance.State.WORKING, Assistance.State.PARTLY):
        raise Conflict(
            _("这件协查现在不能答复（{state}）。请先签收并指定承办人；已办结的不再答复。"),
            code="assistance_not_open",
            state=row.get_state_display(),
        )
    if not selectors.answers(setting.person, row):
        raise NotFound404()
    if open_reply(row) is not None:
        raise Conflict(_("已有一封复函在起草或审核。请打开那一封。"), code="reply_under_way")
    fields = reply_fields(row)
    if not fields["answers"]:
        raise BadInput(_("还没有写好的答复。请先逐项答复，再起草复函。"), code="answers_none")
    open_words = (
        f"第 {'、'.join(str(each) for each in fields['missing'])} 项尚在调查，查明后另行函复。"
        if fields["missing"]
        else "来函所列事项已全部答复。"
    )
    return {
        "title": f"关于协助调查{row.case_name}有关情况的复函"[:200],
        "summary": f"你局《{row.letter.title}》（{row.letter.document_no}）收悉。现就协查事项答复如下。{open_words}",
        "legal_basis": row.legal_basis,
        **fields,
    }


def open_reply(row: Assistance) -> OfficialLetter | None:
    """The reply that is being written, checked or issued."""
    return OfficialLetter.objects.filter(
        refers_to_id=row.letter_id, kind=REPLY, state__in=OfficialLetter.IN_HAND
    ).first()


def renew_reply(row: Assistance) -> None:
    """An answer was written anew: the draft of the reply says so too. One that is being checked stays as it is."""
    reply = open_reply(row)
    if reply is None:
        return
    if reply.state != OfficialLetter.State.DRAFT:
        raise Conflict(_("复函正在审核或签发，答复不能再改。要改，请先把复函退回修改。"), code="reply_in_check")
    reply.fields = reply_fields(row)
    reply.save(update_fields=["fields"])
    lay_evidence(reply)


def lay_evidence(letter: OfficialLetter) -> None:
    """The reply's list of evidence: what its answers name, once each, in the order of the questions."""
    wanted = list(dict.fromkeys(UUID(pk) for each in letter.fields["answers"] for pk in each["exhibits"]))
    found = Exhibit.objects.in_bulk(wanted)
    letter.items.all().delete()
    LetterItem.objects.bulk_create(
        LetterItem(
            letter=letter,
            position=position,
            exhibit=exhibit,
            item=(exhibit.title or exhibit.file_name or str(exhibit.get_kind_display()))[:300],
            form=exhibit.kind,
            legal_kind=exhibit.legal_kind,
            holder=letter.own_unit.name[:120],
            travels=exhibit.state == Exhibit.State.READY and bool(exhibit.view_key),
            sha256=exhibit.sha256,
            sm3=exhibit.sm3,
            captured_at=exhibit.captured_at,
        )
        for position, exhibit in enumerate((found[pk] for pk in wanted if pk in found), start=1)
    )


def reply_built(letter: OfficialLetter, head: HeadV1) -> AssistanceAnswerV1:
    """What crosses: the answers as they were checked."""
    row = Assistance.objects.get(pk=letter.fields["assistance_id"])
    at = {str(each.exhibit_id): each.position for each in letter.items.all()}
    return AssistanceAnswerV1(
        head=head,
        assistance_id=row.pk,
        answers=tuple(
            AnswerV1(
                number=each["number"],
                finding=each["finding"],
                text=each["text"],
                evidence=tuple(sorted(at[pk] for pk in each["exhibits"] if pk in at)),
            )
            for each in letter.fields["answers"]
        ),
        missing=tuple(letter.fields["missing"]),
        late=row.due_on is not None and clock.today() > row.due_on,
    )


def reply_texts(fields: Mapping[str, Any]) -> list[tuple[Words, str]]:
    """What the officers wrote."""
    return [(_("答复"), "\n".join(f"{each['number']}. {each['text']}" for each in fields.get("answers", [])))]


def reply_paper(letter: OfficialLetter) -> list[Block]:
    """Question by question, and what is left open."""
    said = letter.fields
    blocks: list[Block] = [
        Facts(rows=(("来函", said["request_no"]), ("案件名称", said["case_name"]))),
        Table(
            columns=(("序号", 1), ("协查事项", 4), ("结果", 2), ("答复", 7)),
            rows=tuple(
                (str(each["number"]), each["question"], FINDINGS[each["finding"]], each["text"])
                for each in said["answers"]
            ),
        ),
    ]
    if said["missing"]:
        numbers = "、".join(str(each) for each in said["missing"])
        blocks.append(Text(words=f"第 {numbers} 项尚未答复，本件协查继续办理。", tone=Tone.NOTE))
    return blocks


def _said(letter: OfficialLetter, answers: Sequence[Mapping[str, Any]]) -> list[Said]:
    lines = {each.position: each for each in letter.items.all()}
    return [
        Said(
            each["number"],
            each["finding"],
            each["text"],
            tuple(
                {
                    "position": position,
                    "item": lines[position].item,
                    "sha256": lines[position].sha256,
                    "exhibit": str(lines[position].exhibit_id or ""),
                }
                for position in each["evidence"]
                if position in lines
            ),
        )
        for each in answers
    ]


def reply_issued(letter: OfficialLetter, by: User) -> None:
    """The reply left: what it answers is answered, and the request's letter is answered in part or in whole."""
    row = Assistance.objects.select_for_update().get(pk=letter.fields["assistance_id"])
    at = {str(each.exhibit_id): each.position for each in letter.items.all()}
    answers = [
        {**each, "evidence": sorted(at[pk] for pk in each["exhibits"] if pk in at)} for each in letter.fields["answers"]
    ]
    row = assisting.answered(
        row, _said(letter, answers), reply=letter, at=clock.now(), by=by, by_name=_officers_of(row) or by.display_name
    )
    _answer_letter(row.letter, by)


def _officers_of(row: Assistance) -> str:
    return "、".join(each["name"] for each in row.officers)[:80]


def _answer_letter(letter: OfficialLetter, by: Any) -> None:
    if letter.state in (OfficialLetter.State.ACCEPTED, OfficialLetter.State.ANSWERED):
        move(letter, "answer", by=by, **({} if letter.answered_at else {"answered_at": clock.now()}))


def reply_read(message: AssistanceAnswerV1, envelope: Envelope) -> dict[str, Any]:
    """What is kept of one that came."""
    row = selectors.asked_of(message.assistance_id, envelope.sender)
    questions = {each.number: each.text for each in row.questions.all()}
    return {
        "assistance_id": str(message.assistance_id),
        "case_name": row.case_name,
        "request_no": row.letter.document_no,
        "answers": [
            {
                "number": each.number,
                "question": questions.get(each.number, ""),
                "finding": each.finding,
                "text": each.text,
                "evidence": list(each.evidence),
            }
            for each in message.answers
        ],
        "missing": list(message.missing),
        "late": message.late,
    }


def reply_arrived(letter: OfficialLetter, message: AssistanceAnswerV1, envelope: Envelope) -> None:
    """The answers stand at the bureau that asked, and who drafted the request is told what is still missing."""
    row = selectors.asked_of(message.assistance_id, envelope.sender)
    if row.letter_id != letter.refers_to_id:
        letter.refers_to, letter.refers_as = row.letter, OfficialLetter.Refers.ANSWERS
        letter.case, letter.own_unit = row.letter.case, row.letter.own_unit
        letter.save(update_fields=["refers_to", "refers_as", "case", "own_unit"])
    by = trail.Actor(None, letter.peer_name)
    row = assisting.answered(
        row,
        _said(letter, letter.fields["answers"]),
        reply=letter,
        at=letter.issued_at or clock.now(),
        by=by,
        by_name=letter.peer_name,
    )
    _answer_letter(row.letter, by)
    missing = selectors.missing(row)
    people: set[UUID] = {each for each in (row.letter.drafted_by_id, row.letter.handler_id) if each}
    people |= {each.pk for each in dispatchers_of(row.letter.own_unit)}
    if message.late:
        people |= {each.pk for each in heads_of(row.letter.own_unit)[:1]}
    title = (
        gettext("协查部分答复，第 %(numbers)s 项还没有答复") % {"numbers": "、".join(map(str, missing))}
        if missing
        else gettext("协查已全部答复")
    )
    tell(to=people, code="assistance_official", title=title, url=assisting.url_of(row))


# Registering ---------------------------------------------------------------------------------------------------------


def register_all() -> None:
    """Offer both kinds; called when the app is ready."""
    register(
        KindSpec(
            code=REQUEST,
            words=_("协助调查函"),
            number_word="协查",
            messages=(AssistanceRequestV1,),
            needs="case",
            terms_kind="assistance",
            form=request_form,
            keep=request_kept,
            started=request_started,
            build=request_built,
            read=request_read,
            texts=request_texts,
            paper=request_paper,
            on_issue=request_issued,
            on_arrive=request_arrived,
            on_sign=assisting.sign_for,
            on_accept=request_accepted,
            on_return=request_returned,
            on_receipt=request_receipt,
            accept_form=officers_form,
            answered=False,
            form_no=17,
        )
    )
    register(
        KindSpec(
            code=REPLY,
            words=_("协助调查复函"),
            number_word="协复",
            messages=(AssistanceAnswerV1,),
            hidden=True,
            takes_on=False,
            answered=False,
            form=_ReplyForm,
            started=reply_started,
            build=reply_built,
            read=reply_read,
            texts=reply_texts,
            paper=reply_paper,
            on_issue=reply_issued,
            on_arrive=reply_arrived,
        )
    )
