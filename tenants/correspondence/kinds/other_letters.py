"""通报, 商请函 and 更正函."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.contracts.official import HeadV1, OfficialCorrectionV1, OfficialNoticeV1, SupportRequestV1
from federation.letters.post import Envelope
from kernel.errors import Words
from papers.content import Block, Text, Tone
from tenants.correspondence.kinds import KindSpec, Setting
from tenants.correspondence.kinds.forms import ASKED, CorrectionForm, SupportForm, nothing
from tenants.correspondence.models import OfficialLetter


def _support(letter: OfficialLetter, head: HeadV1) -> SupportRequestV1:
    return SupportRequestV1(head=head, asked=letter.fields["asked"], questions=tuple(letter.fields["questions"]))


def _read_support(message: SupportRequestV1, envelope: Envelope) -> dict[str, Any]:
    return {"asked": message.asked, "questions": list(message.questions)}


def _support_paper(letter: OfficialLetter) -> Sequence[Block]:
    asked = dict(ASKED).get(letter.fields.get("asked", ""), "")
    lines = [f"{number}. {each}" for number, each in enumerate(letter.fields.get("questions", []), start=1)]
    return (Text(words=f"商请事项：{asked}", tone=Tone.HEADING), Text(words="\n".join(lines)))


def _support_started(setting: Setting) -> dict[str, Any]:
    about = setting.case or setting.clue
    named = about.number if about is not None else ""
    return {
        "title": _("商请协助{named}").format(named=f"（{named}）" if named else ""),
        "suggestion": _("请予支持，并函复结果。"),
    }


def _correction(letter: OfficialLetter, head: HeadV1) -> OfficialCorrectionV1:
    return OfficialCorrectionV1(head=head, reads=letter.fields["reads"], should_read=letter.fields["should_read"])


def _read_correction(message: OfficialCorrectionV1, envelope: Envelope) -> dict[str, Any]:
    return {"reads": message.reads, "should_read": message.should_read, "corrects_no": message.head.corrects_no}


def _correction_started(setting: Setting) -> dict[str, Any]:
    earlier = setting.refers_to
    number = earlier.document_no if earlier is not None else ""
    return {
        "title": _("关于更正{number}的函").format(number=number),
        "summary": _("{number}有下列内容需要更正，请以本函为准。").format(number=number),
    }


def _correction_paper(letter: OfficialLetter) -> Sequence[Block]:
    return (
        Text(words="原函表述", tone=Tone.HEADING),
        Text(words=letter.fields.get("reads", "")),
        Text(words="更正为", tone=Tone.HEADING),
        Text(words=letter.fields.get("should_read", "")),
    )


def _support_texts(fields: Mapping[str, Any]) -> Sequence[tuple[Words, str]]:
    return ((gettext_lazy("具体问题"), "\n".join(fields.get("questions", []))),)


def _correction_texts(fields: Mapping[str, Any]) -> Sequence[tuple[Words, str]]:
    return (
        (gettext_lazy("原函表述"), fields.get("reads", "")),
        (gettext_lazy("更正为"), fields.get("should_read", "")),
    )


NOTICE = KindSpec(
    code="notice",
    words=gettext_lazy("通报函"),
    number_word="函",
    messages=(OfficialNoticeV1,),
    form=nothing,
    build=lambda letter, head: OfficialNoticeV1(head=head),
    to=frozenset({"unit", "partner"}),
    takes_on=False,
    answered=False,
)
SUPPORT = KindSpec(
    code="support",
    words=gettext_lazy("商请函"),
    number_word="商",
    messages=(SupportRequestV1,),
    form=lambda data, setting: SupportForm(data),
    started=_support_started,
    build=_support,
    read=_read_support,
    texts=_support_texts,
    paper=_support_paper,
    to=frozenset({"unit", "partner"}),
    terms_kind="support",
)
CORRECTION = KindSpec(
    code="correction",
    words=gettext_lazy("更正函"),
    number_word="更",
    messages=(OfficialCorrectionV1,),
    form=lambda data, setting: CorrectionForm(data),
    started=_correction_started,
    build=_correction,
    read=_read_correction,
    texts=_correction_texts,
    paper=_correction_paper,
    to=frozenset({"unit", "partner", "provinces"}),
    takes_on=False,
    answered=False,
    hidden=True,
)
