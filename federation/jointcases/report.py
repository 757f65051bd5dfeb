"""The closing report on paper: who took part, what was found, what was settled. Chinese, as every paper."""

from __future__ import annotations

from django.utils import translation

from federation.jointcases import presenters
from federation.jointcases.selectors import Inside
from kernel import clock
from papers import pdf, word
from papers.content import Facts, PaperContent, Printing, Table, Text, Tone

DRAFT = "草稿"


def content(inside: Inside) -> PaperContent:
    """The report as this person may see it."""
    now, room = inside.now, inside.room
    head, progress = presenters.page_head(inside), presenters.progress(inside)
    closed = now.closed_at
    members = tuple(
        (row["seat"].is_.name, row["party"], str(row["state"]), row["did"]) for row in presenters.seats(inside)
    )
    rows = tuple(
        (
            each["it"].place, each["unit"], each["quantity"], each["value"], _day(each["it"].filed_on),
            _day(each["it"].referred_on), str(each["it"].detained), each["row"].explained or each["it"].next_step,
        )
        for each in progress["rows"]
    )  # fmt: skip
    tasks = tuple(
        (each["task"].is_.title, each["holder"], str(each["words"]), each["task"].result)
        for each in presenters.tasks(inside)
    )
    return PaperContent(
        title="联合办案结案报告",
        bureau=head["lead_party"],
        landscape=True,
        blocks=(
            Facts(
                rows=(
                    ("名称", f"{room.title}（{room.code_name}）"),
                    ("牵头单位", room.lead_name),
                    ("开设", _day(now.opened_at)),
                    ("结案", _day(closed) if closed else "未结案"),
                )
            ),
            Text(words=now.report or presenters.draft_report(inside)),
            Text(words="进展", tone=Tone.HEADING),
            Table(
                columns=(
                    ("地方", 2), ("单位", 3), ("数量", 2), ("货值（元）", 2), ("立案", 2), ("移送", 2), ("强制措施", 1),
                    ("下一步或说明", 4),
                ),
                rows=rows
                + (("合计", "", progress["quantities"], progress["value"], str(progress["totals"].filed),
                    str(progress["totals"].referred), str(progress["totals"].detained), ""),),
            ),
            Text(words="任务", tone=Tone.HEADING),
            Table(columns=(("任务", 4), ("承办单位", 3), ("情况", 2), ("结果", 5)), rows=tasks or (("—", "", "", ""),)),
            Text(words="成员单位", tone=Tone.HEADING),
            Table(columns=(("单位", 4), ("所属", 4), ("席位", 2), ("工作", 6)), rows=members),
            Text(words=clock.local_date(closed or clock.now()).isoformat(), tone=Tone.RIGHT),
        ),
    )  # fmt: skip


def as_pdf(inside: Inside) -> bytes:
    """The report, or a draft of it, as PDF."""
    with translation.override("zh-hans"):
        return pdf.write(_printing(inside)).data


def as_word(inside: Inside) -> bytes:
    """The same to edit."""
    with translation.override("zh-hans"):
        return word.write(_printing(inside))


def _printing(inside: Inside) -> Printing:
    shared = str(inside.room.shared_id)
    return Printing(
        content=content(inside), check_code=shared[-12:].upper(), watermark="" if inside.now.closed_at else DRAFT
    )


def _day(moment: object) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
