"""The official form of a letter, said once for PDF and Word. Chinese whatever the reader's language.

Of an issued letter it is what was issued; of a draft what it would be now. A page to cut off follows, on which the
addressee says that the letter came and what it does with it.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import override

from evidence.models import Exhibit
from kernel import clock
from papers import pdf as pdf_writer
from papers import word as word_writer
from papers.content import Block, Break, Facts, Letterhead, PaperContent, Printing, Seal, Table, Text, Tone
from papers.services import WATERMARK
from tenants.correspondence.kinds import kind
from tenants.correspondence.models import LetterApproval, LetterItem, OfficialLetter

_DRAFT = "函稿 未经签发"


def pdf(letter: OfficialLetter) -> bytes:
    """The letter as PDF, without an electronic seal's signature."""
    with override("zh-hans"):
        return pdf_writer.write(_printing(letter)).data


def word(letter: OfficialLetter) -> bytes:
    """The letter as Word, to edit."""
    with override("zh-hans"):
        return word_writer.write(_printing(letter))


def _printing(letter: OfficialLetter) -> Printing:
    issued = bool(letter.document_no)
    mark = (WATERMARK if settings.DEMO else "") if issued else _DRAFT
    return Printing(content=content(letter), check_code=letter.check_code or "函稿", watermark=mark)


def content(letter: OfficialLetter) -> PaperContent:
    """What stands on the paper."""
    spec = kind(letter.kind)
    issuer = letter.approvals.filter(step=LetterApproval.Step.ISSUED).order_by("-id").first()
    blocks: list[Block] = [
        Text(words=f"{letter.peer_name or '（收件单位）'}：", tone=Tone.PLAIN),
        Text(words=letter.summary),
        *spec.paper(letter),
    ]
    if letter.suggestion:
        blocks += [Text(words="建议", tone=Tone.HEADING), Text(words=letter.suggestion)]
    if letter.legal_basis:
        blocks += [Text(words=f"依据：{letter.legal_basis}")]
    blocks += _terms(letter)
    items = list(letter.items.all())
    if items:
        blocks.append(Text(words=f"附件：证据清单（{len(items)} 项）"))
    if letter.contact_name or letter.contact_phone:
        blocks.append(Text(words=f"联系人：{letter.contact_name}　{letter.contact_phone}"))
    sealed = letter.seal == OfficialLetter.Seal.ELECTRONIC and bool(letter.document_no)
    blocks.append(Seal(unit=letter.own_unit.name, day=_day(letter.issued_at), drawn=sealed))
    below = [_approved(letter), f"抄送：{'，'.join(letter.cc)}" if letter.cc else ""]
    blocks.append(Text(words="\n".join(each for each in below if each), tone=Tone.NOTE))
    if items:
        blocks += [Break(), Text(words="附件　证据清单", tone=Tone.HEADING), _list_of(items)]
    blocks += _receipt(letter, spec.takes_on)
    urgent = "急件" if letter.fields.get("urgent") else ""
    return PaperContent(
        title=f"{spec.words}",
        bureau=letter.own_unit.name,
        document_no=letter.document_no or "（文号待编）",
        form_no=spec.form_no,
        blocks=tuple(blocks),
        letterhead=Letterhead(issuer=issuer.name if issuer else "", urgency=urgent),
    )


def _terms(letter: OfficialLetter) -> list[Block]:
    if letter.feedback_by is None or letter.accept_by is None:
        return []
    agreed = letter.terms.get("agreement")
    from_where = f"（依据《{agreed}》）" if agreed else ""
    first, last = _day(letter.accept_by), _day(letter.feedback_by)
    words = f"请于 {first} 前签收并告知是否接收，于 {last} 前反馈办理情况{from_where}。"
    return [Text(words=words)]


def _approved(letter: OfficialLetter) -> str:
    last = {row.step: row for row in letter.approvals.exclude(step=LetterApproval.Step.SENT_DOWN).order_by("id")}
    return "　".join(f"{row.get_step_display()}：{row.name}" for row in last.values())


def _list_of(items: list[LetterItem]) -> Table:
    forms = dict(Exhibit.Kind.choices)
    return Table(
        columns=(("序号", 8), ("名称", 35), ("形式", 12), ("原件或复制件", 20), ("数量", 9), ("SHA-256 前 16 位", 26)),
        rows=tuple(
            (
                str(row.position), row.item, str(forms.get(row.form, row.form)), row.get_original_or_copy_display(),
                row.quantity or "1", row.sha256[:16],
            )
            for row in items
        ),
    )  # fmt: skip


def _receipt(letter: OfficialLetter, takes_on: bool) -> list[Block]:
    what = "□ 接收，受理编号：＿＿＿＿＿＿\n□ 退回，理由：\n　应送单位：" if takes_on else "□ 已收悉"
    rows = [
        ("来函文号", letter.document_no or "（文号待编）"),
        ("事由", letter.title),
        ("收到日期", "　　　　年　　月　　日"),
        ("处理意见", what),
        ("经办人及电话", "　"),
        ("收件单位（盖章）", "　\n　\n　"),
    ]
    return [
        Break(words="✂ 请填写后沿此线裁下，寄回发函单位"),
        Text(words=f"回　执（致 {letter.own_unit.name}）", tone=Tone.HEADING),
        Facts(rows=tuple(rows)),
    ]


def _day(at: datetime | None) -> str:
    if at is None:
        return "　　　　年　　月　　日"
    local = at.astimezone(clock.SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"
