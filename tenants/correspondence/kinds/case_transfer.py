"""案件移送函: what it asks for, what crosses, what is printed; and form 6 for the party."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from federation.contracts.case_transfer import CaseTransferV1
from federation.letters.post import Envelope
from kernel import clock
from kernel.errors import BadInput, Words
from papers.content import Block, Facts, PaperContent, Table, Text, Tone
from papers.registry import Draft, Kind
from papers.registry import register as register_paper
from tenants.correspondence import forms_assist, presenters_assist
from tenants.correspondence import selectors_assist as selectors
from tenants.correspondence.kinds import KindSpec, Setting, register
from tenants.correspondence.models import CaseTransfer, OfficialLetter
from tenants.correspondence.services import handing_over

CODE, MATTER, NOTICE = "case_transfer", "case_transfer", "seizure_transfer_notice"
MEASURES = {"seal_up": "查封", "detain": "扣押"}
"""As printed: papers are in Chinese whatever the reader's language."""


def transfer_form(data: Mapping[str, Any] | None, setting: Setting) -> forms.Form:
    """Beside the common parts: facts, reason, what the file holds."""
    initial = dict(setting.letter.fields) if setting.letter is not None else {}
    return forms_assist.CaseTransferForm(data, initial=initial)


def started(setting: Setting) -> dict[str, Any]:
    """A hand-over begins with its case, its file and why it was filed."""
    case = setting.case
    if case is None:
        return {}
    return {
        "title": f"关于移送{case.title}的函"[:200],
        "summary": f"本局办理的{case.title}（{case.number}），现移送你局处理。",
        "legal_basis": "《市场监督管理行政处罚程序规定》第十四条",
        "facts": case.proposal.summary,
        "reason": "",
        "dossier": handing_over.dossier_of(case),
    }


def shown(letter: OfficialLetter) -> dict[str, Any]:
    """What the letter says of the case: as it was issued, or as it stands while it is a draft."""
    said = dict(letter.fields)
    if "measures" not in said and letter.case is not None:
        said |= {
            "case_name": letter.case.title,
            "case_number": letter.case.number,
            "parties": handing_over.parties_of(letter.case),
            "measures": handing_over.measures_of(letter.case),
            "goods": handing_over.goods_of(letter.case),
        }
    return said


def texts(fields: Mapping[str, Any]) -> list[tuple[Words, str]]:
    """What people wrote freely."""
    found: list[tuple[Words, str]] = [
        (_("案情摘要"), fields.get("facts", "")),
        (_("移送理由和依据"), fields.get("reason", "")),
    ]
    return [*found, (_("案卷材料目录"), "\n".join(fields.get("dossier", [])))]


def paper(letter: OfficialLetter) -> list[Block]:
    """文书 4: the case, its parties, what runs on, its goods and its file."""
    said = shown(letter)
    blocks: list[Block] = [
        Facts(
            rows=(
                ("案件名称", said.get("case_name", "")),
                ("立案号", said.get("case_number", "")),
                ("当事人", "\n".join(_party(each) for each in said.get("parties", [])) or "不详"),
                ("案情摘要", said.get("facts", "")),
                ("移送理由和依据", said.get("reason", "")),
            )
        ),
        Text(words="已采取的措施", tone=Tone.HEADING),
    ]
    measures = said.get("measures", [])
    if measures:
        blocks += [
            Table(
                columns=(("措施", 2), ("决定书文号", 5), ("实施日期", 3), ("期满", 3), ("财物与保管", 5)),
                rows=tuple(
                    (
                        MEASURES[each["measure"]],
                        each["decision_no"] or "待补办",
                        each["carried_out_at"][:10],
                        each["runs_until"] + ("（含延长）" if each["extended_days"] else ""),
                        f"{each['goods']}\n{each['place']}".strip(),
                    )
                    for each in measures
                ),
            ),
            Text(words="查封扣押期限连续计算，不因移送重新起算。", tone=Tone.NOTE),
        ]
    else:
        blocks.append(Text(words="（无）"))
    if said.get("goods"):
        blocks += [
            Text(words="涉案物品清单", tone=Tone.HEADING),
            Table(
                columns=(("序号", 1), ("物品", 4), ("标称品牌", 2), ("批号", 3), ("数量", 2), ("货值（元）", 2)),
                rows=tuple(
                    (
                        str(number),
                        f"{each['name']} {each['spec']}".strip(),
                        each["brand"],
                        each["batch"],
                        f"{each['quantity']} {each['unit']}",
                        each["value_yuan"] or "不详",
                    )
                    for number, each in enumerate(said["goods"], start=1)
                ),
            ),
        ]
    blocks += [
        Text(words="案卷材料目录", tone=Tone.HEADING),
        Table(
            columns=(("序号", 1), ("材料", 12)),
            rows=tuple((str(number), title) for number, title in enumerate(said.get("dossier", []), start=1)),
        ),
    ]
    return blocks


def _party(each: Mapping[str, Any]) -> str:
    more = "，".join(part for part in (each["uscc"], each["responsible_person"], each["address"]) if part)
    return f"{each['name']}（{more}）" if more else str(each["name"])


def seen_form(data: Mapping[str, Any] | None, letter: OfficialLetter, by: User) -> forms.Form:
    """What runs on is read before a case is taken."""
    row = selectors.transfer_of_letter(letter)
    term = selectors.nearest(row) if row is not None else None
    return forms_assist.SeenForm(data, words=presenters_assist.term_words(term) if term is not None else "")


def issued(letter: OfficialLetter, by: User) -> None:
    """What holds now is written into the letter."""
    handing_over.begin_giving(letter, by)


def read(message: CaseTransferV1, envelope: Envelope) -> dict[str, Any]:
    """What is kept of one that came."""
    return handing_over.fields_of(message)


def arrived(letter: OfficialLetter, message: CaseTransferV1, envelope: Envelope) -> None:
    """A case lies on the desk."""
    handing_over.arrived(letter, message, envelope)


# Form 6 --------------------------------------------------------------------------------------------------------------


def party_notice(by: User, matter_id: UUID) -> Draft:
    """文书 6: the party is told where the goods went, with which case, and that the term runs on."""
    with override("zh-hans"):
        row = selectors.access_case_transfer(by, matter_id)
        letter, terms = row.letter, list(row.terms.all())
        if row.side != CaseTransfer.Side.GIVING or not terms:
            raise BadInput(_("没有随案移送的查封扣押财物，不用制作告知书。"), code="nothing_held")
        if not letter.document_no:
            raise BadInput(_("移送函还没有签发，没有文号。请签发后再制作告知书。"), code="letter_not_issued")
        at = letter.issued_at or clock.now()
        day = at.astimezone(clock.SHANGHAI)
        numbers = "、".join(each.decision_no or "决定书文号待补办" for each in terms)
        content = PaperContent(
            title="查封/扣押物品移送告知书",
            bureau=letter.own_unit.name,
            form_no=6,
            document_no=letter.document_no,
            blocks=(
                Facts(
                    rows=(
                        ("当事人", "、".join(each["name"] for each in row.parties)),
                        ("案件名称", row.case_name),
                        ("接收单位", letter.peer_name),
                    )
                ),
                Text(
                    words=f"本局以《实施行政强制措施决定书》（{numbers}）查封、扣押的你（单位）的财物，因案件移送"
                    f"{letter.peer_name}处理（移送函 {letter.document_no}），一并移送该单位。"
                ),
                Table(
                    columns=(("措施", 2), ("财物", 5), ("实施日期", 3), ("期满", 3)),
                    rows=tuple(
                        (
                            MEASURES[each.measure],
                            each.goods,
                            clock.local_date(each.carried_out_at).isoformat(),
                            each.runs_until.isoformat(),
                        )
                        for each in terms
                    ),
                ),
                Text(words="查封、扣押的期限连续计算，不因移送重新起算。特此告知。"),
            ),
            seal_place=f"（印章）\n{day.year}年{day.month}月{day.day}日",
        )
    return Draft(content, letter.own_unit_id)


def register_all() -> None:
    """Offer the kind and form 6; called when the app is ready."""
    register(
        KindSpec(
            code=CODE,
            words=_("案件移送函"),
            number_word="案移",
            messages=(CaseTransferV1,),
            needs="case",
            to=frozenset({"unit", "partner"}),
            terms_kind="case_transfer",
            form=transfer_form,
            started=started,
            build=handing_over.built,
            read=read,
            texts=texts,
            paper=paper,
            on_issue=issued,
            on_arrive=arrived,
            on_accept=handing_over.take,
            on_return=handing_over.returned,
            on_receipt=handing_over.receipt_came,
            accept_form=seen_form,
            form_no=4,
        )
    )
    register_paper(Kind(NOTICE, _("查封/扣押物品移送告知书"), MATTER, party_notice, officers=0))
