"""Columns of the ledger: T3 (线索登记表/台账), for the table on a page and for the file that leaves.

What belongs to many clues at once (products, sources, cases …) is fetched for a page or a slice of an export together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import clock
from tenants.cases.models import Case
from tenants.clues.models import (
    Assessment,
    Clue,
    ClueFile,
    ClueMatter,
    ClueProduct,
    ClueSource,
    Dispatch,
    Feedback,
)
from tenants.clues.presenters import LOOKS as STATE_LOOKS
from tenants.clues.routing.places import name_of

Value = str | int | Decimal | date | datetime | None
State = Clue.State
PRIORITY_LOOKS = {"urgent": ("seal", "warning"), "raised": ("wait", "diamond"), "normal": ("neutral", "ring")}
PROTECTED = gettext_lazy("（保护举报人）")


class Beside:
    """What lies beside some clues, each kind fetched when it is first asked for."""

    def __init__(self, clues: Iterable[Clue]) -> None:
        self.clues = list(clues)
        self._ids = [each.pk for each in self.clues]

    def _grouped(self, rows: Iterable[Any]) -> dict[UUID, list[Any]]:
        found: dict[UUID, list[Any]] = defaultdict(list)
        for row in rows:
            found[row.clue_id].append(row)
        return found

    @cached_property
    def products(self) -> dict[UUID, list[ClueProduct]]:
        return self._grouped(ClueProduct.objects.filter(clue_id__in=self._ids))

    @cached_property
    def sources(self) -> dict[UUID, list[ClueSource]]:
        """Of each clue, and of those merged into it: every source keeps its number."""
        found = self._grouped(ClueSource.objects.filter(clue_id__in=self._ids))
        for row in ClueSource.objects.filter(clue__lead_id__in=self._ids).select_related("clue"):
            found[row.clue.lead_id].append(row)  # type: ignore[index]
        return found

    @cached_property
    def dispatches(self) -> dict[UUID, Dispatch]:
        """The newest of each."""
        rows = Dispatch.objects.filter(clue_id__in=self._ids).select_related("unit", "officer").order_by("id")
        return {row.clue_id: row for row in rows}

    @cached_property
    def assessments(self) -> dict[UUID, Assessment]:
        """The newest concluded one of each."""
        rows = Assessment.objects.filter(clue_id__in=self._ids, concluded_at__isnull=False).order_by("id")
        return {row.clue_id: row for row in rows.prefetch_related("members")}

    @cached_property
    def files(self) -> dict[UUID, int]:
        return self._counted(ClueFile)

    @cached_property
    def feedbacks(self) -> dict[UUID, int]:
        return self._counted(Feedback)

    @cached_property
    def merged(self) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = defaultdict(list)
        for lead, number in Clue.objects.filter(lead_id__in=self._ids).order_by("id").values_list("lead_id", "number"):
            found[lead].append(number)
        return found

    @cached_property
    def cases(self) -> dict[UUID, list[str]]:
        links = list(ClueMatter.objects.filter(clue_id__in=self._ids, kind=ClueMatter.Kind.CASE))
        names = {row.pk: row.number for row in Case.objects.filter(pk__in=[each.record_id for each in links])}
        found: dict[UUID, list[str]] = defaultdict(list)
        for each in links:
            if each.record_id in names:
                found[each.clue_id].append(names[each.record_id])
        for clue in self.clues:
            if clue.outside_number:
                found[clue.pk].append(clue.outside_number)
        return found

    @cached_property
    def places(self) -> dict[str, str]:
        codes = {each.division_code for each in self.clues if each.division_code}
        return {code: name_of(code) for code in codes}

    @cached_property
    def campaigns(self) -> dict[UUID, list[str]]:
        return _campaigns(self._ids) if _campaigns is not None else {}

    def _counted(self, model: Any) -> dict[UUID, int]:
        rows = model.objects.filter(clue_id__in=self._ids).values_list("clue_id")
        return dict(rows.annotate(n=Count("pk")).order_by())


_campaigns: Callable[[Sequence[UUID]], dict[UUID, list[str]]] | None = None


def register_campaigns(names_by_clue: Callable[[Sequence[UUID]], dict[UUID, list[str]]]) -> None:
    """Let the app of campaigns say in which of them clues stand."""
    global _campaigns
    _campaigns = names_by_clue


@dataclass(frozen=True)
class Column:
    """One column. sort: its name in an address, if the ledger can be ordered by it. value: what stands in a file."""

    name: str
    label: Any
    value: Callable[[Clue, Beside], Value]
    sort: str = ""
    is_number: bool = False
    width: int = 16


def _listed(values: Iterable[Any]) -> str:
    return "；".join(dict.fromkeys(str(each) for each in values if each))


def _labels(codes: Sequence[str], choices: Any) -> str:
    return _listed(choices(code).label if code in choices.values else code for code in codes)


def _label(code: str, choices: Any) -> str:
    return str(choices(code).label) if code else ""


def _source(clue: Clue, beside: Beside) -> str:
    """Kind and name of each source; the name of a protected reporter is left out."""
    sources = beside.sources.get(clue.pk, [])
    if clue.secrecy == Clue.Secrecy.REPORTER_PROTECTED:
        return _listed([f"{clue.get_source_kind_display()}{PROTECTED}"])
    said = [_of_kind(each.get_kind_display(), each.name) for each in sources]
    return _listed(said) or _of_kind(clue.get_source_kind_display(), clue.source_name)


def _of_kind(kind: str, name: str) -> str:
    """Both, or the one where both say the same: 12315."""
    return kind if name in ("", kind) else f"{kind} {name}"


def _source_refs(clue: Clue, beside: Beside) -> str:
    if clue.secrecy == Clue.Secrecy.REPORTER_PROTECTED:
        return ""
    return _listed(each.ref for each in beside.sources.get(clue.pk, []))


def _products(clue: Clue, beside: Beside) -> str:
    return _listed(f"{each.brand_name} {each.product_name}".strip() for each in beside.products.get(clue.pk, []))


def _assessment(clue: Clue, beside: Beside) -> str:
    row = beside.assessments.get(clue.pk)
    if row is None:
        return ""
    panel = "、".join(f"{each.unit_name} {each.name}".strip() for each in row.members.all())
    day = clock.local_date(row.concluded_at).isoformat() if row.concluded_at else ""
    return _listed([day, panel, row.get_advice_display(), row.opinion])


def _dispatch_to(clue: Clue, beside: Beside) -> str:
    row = beside.dispatches.get(clue.pk)
    if row is None or row.ending == Dispatch.Ending.RECALLED:
        return ""
    return f"{row.unit.name} {row.officer.display_name if row.officer else ''}".strip()


def _signed_at(clue: Clue, beside: Beside) -> datetime | None:
    row = beside.dispatches.get(clue.pk)
    return row.ended_at if row and row.ending == Dispatch.Ending.SIGNED else None


def _dispatched_at(clue: Clue, beside: Beside) -> datetime | None:
    row = beside.dispatches.get(clue.pk)
    return row.at if row else None


def _holder(clue: Clue, beside: Beside) -> str:
    return clue.holder.display_name if clue.holder else ""


def _registered_by(clue: Clue, beside: Beside) -> str:
    return f"{clue.registered_name} {clue.desk_unit.name}".strip()


def _confidence(clue: Clue, beside: Beside) -> str:
    return "" if clue.division_confidence is None else f"{clue.division_confidence:.0%}"


_gl = gettext_lazy
COLUMNS: dict[str, Column] = {
    each.name: each
    for each in (
        Column("number", _gl("线索编号"), lambda c, b: c.number, "number", width=26),
        Column("state", _gl("状态"), lambda c, b: c.get_state_display(), "state", width=10),
        Column("clock", _gl("期限"), lambda c, b: c.due_at, "due", width=18),
        Column("title", _gl("摘要"), lambda c, b: c.title, "title", width=36),
        Column("subject", _gl("被反映主体"), lambda c, b: c.subject_name, "subject", width=24),
        Column("unit", _gl("承办单位"), lambda c, b: c.holder_unit.name, "unit", width=22),
        Column("holder", _gl("承办人"), _holder, width=12),
        Column("proposed", _gl("建议单位"), lambda c, b: c.proposed_unit.name if c.proposed_unit else "", width=22),
        Column("priority", _gl("紧急程度"), lambda c, b: c.get_priority_display(), "priority", width=9),
        Column("source", _gl("来源"), _source, "source", width=20),
        Column("source_ref", _gl("来源单号"), _source_refs, width=20),
        Column("registered", _gl("登记时间"), lambda c, b: c.registered_at, "registered", width=18),
        Column("registered_by", _gl("登记人"), _registered_by, width=24),
        Column("subject_kind", _gl("主体类别"), lambda c, b: _label(c.subject_kind, Clue.SubjectKind), width=12),
        Column("subject_code", _gl("统一社会信用代码"), lambda c, b: c.subject_code, width=22),
        Column("subject_contact", _gl("主体电话和账号"), lambda c, b: _listed([c.subject_phone, c.subject_account])),
        Column("address", _gl("地址原文"), lambda c, b: c.address_raw, width=36),
        Column("division", _gl("区划"), lambda c, b: b.places.get(c.division_code, ""), "division", width=24),
        Column("division_code", _gl("区划代码"), lambda c, b: c.division_code, width=10),
        Column("confidence", _gl("把握"), _confidence, is_number=True, width=8),
        Column("method", _gl("定位方法"), lambda c, b: c.division_method, width=14),
        Column("place_role", _gl("地址性质"), lambda c, b: _label(c.place_role, Clue.PlaceRole), width=10),
        Column("channel", _gl("渠道"), lambda c, b: _label(c.channel, Clue.Channel), "channel", width=10),
        Column("stage", _gl("链条环节"), lambda c, b: _label(c.chain_stage, Clue.ChainStage), "stage", width=10),
        Column("area", _gl("区域"), lambda c, b: _labels(c.area_tags, Clue.AreaTag), width=14),
        Column("products", _gl("涉及品牌产品"), _products, width=28),
        Column("violations", _gl("涉嫌违法类型"), lambda c, b: _labels(c.violations, Clue.Violation), width=24),
        Column("content", _gl("内容"), lambda c, b: c.content, width=60),
        Column("files", _gl("附件"), lambda c, b: b.files.get(c.pk, 0), is_number=True, width=6),
        Column("value", _gl("估计货值（元）"), lambda c, b: c.estimated_value, "value", is_number=True, width=14),
        Column("assessment", _gl("研判意见"), _assessment, width=36),
        Column("dispatch_to", _gl("分流去向"), _dispatch_to, width=24),
        Column("dispatched", _gl("交办时间"), _dispatched_at, width=18),
        Column("signed", _gl("签收时间"), _signed_at, width=18),
        Column("verify_by", _gl("核查期限"), lambda c, b: c.verify_by, "verify_by", width=12),
        Column("result", _gl("核查结果"), lambda c, b: _label(c.result, Clue.Result), "result", width=12),
        Column("outcome", _gl("处置"), lambda c, b: _label(c.outcome, Clue.Outcome), "outcome", width=12),
        Column("ended", _gl("办结时间"), lambda c, b: c.ended_at, "ended", width=18),
        Column("cases", _gl("关联案件"), lambda c, b: _listed(b.cases.get(c.pk, [])), width=24),
        Column("merged", _gl("并入的线索"), lambda c, b: _listed(b.merged.get(c.pk, [])), width=24),
        Column("feedbacks", _gl("反馈次数"), lambda c, b: b.feedbacks.get(c.pk, 0), is_number=True, width=8),
        Column("campaigns", _gl("专项行动"), lambda c, b: _listed(b.campaigns.get(c.pk, [])), width=20),
        Column("secrecy", _gl("保密级别"), lambda c, b: _label(c.secrecy, Clue.Secrecy), width=12),
    )
}
USUAL = ("number", "title", "state", "clock", "subject", "division", "unit", "source", "registered")
ALWAYS = "number"
_HEAVY = {"content", "division_why", "proposal", "search_text", "ending_words", "priority_why", "out_of_province"}


def chosen(names: Sequence[str]) -> list[Column]:
    """The columns somebody chose, in that order, the number always among them; the usual ones if none."""
    known = [COLUMNS[name] for name in dict.fromkeys(names) if name in COLUMNS]
    if not known:
        known = [COLUMNS[name] for name in USUAL]
    return known if COLUMNS[ALWAYS] in known else [COLUMNS[ALWAYS], *known]


def not_needed(columns: Sequence[Column]) -> set[str]:
    """Fields of a clue that none of the columns shows."""
    return _HEAVY - ({"content"} if any(each.name == "content" for each in columns) else set())


@dataclass(frozen=True)
class Cell:
    """What stands in one place of the table: text, or a state as a word with a shape, or a running clock."""

    column: Column
    text: str = ""
    tone: str = ""
    shape: str = ""
    due: datetime | None = None
    title: str = ""
    below: str = ""


def cell(column: Column, clue: Clue, beside: Beside) -> Cell:
    """One place of the table on a page."""
    if column.name == "state":
        tone, shape = STATE_LOOKS[clue.state]
        return Cell(column, str(clue.get_state_display()), tone, shape)
    if column.name == "priority":
        tone, shape = PRIORITY_LOOKS[clue.priority]
        return Cell(column, str(clue.get_priority_display()), tone, shape, title=clue.priority_why)
    if column.name == "clock":
        return _clock_cell(column, clue)
    value = column.value(clue, beside)
    if column.name == "unit" and clue.state in Clue.AT_THE_DESK and clue.proposed_unit is not None:
        return Cell(column, str(value), below=_("建议 {unit}").format(unit=clue.proposed_unit.name))
    if column.name == "division":
        return _place_cell(column, clue, str(value or ""))
    if isinstance(value, datetime):
        return Cell(column, localtime(value, clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"))
    if isinstance(value, Decimal):
        return Cell(column, f"{value:,.2f}")
    return Cell(column, "" if value is None else str(value))


def _clock_cell(column: Column, clue: Clue) -> Cell:
    if clue.state not in Clue.OPEN:
        return Cell(column)
    due = clue.due_at or (clock.at_end(clue.verify_by) if clue.verify_by else None)
    if due is None:
        return Cell(column)
    title = _("缺少节假日表，期限为暂定") if clue.verify_by_provisional else ""
    return Cell(column, due=due, title=title)


def _place_cell(column: Column, clue: Clue, name: str) -> Cell:
    """Without the province where it is the desk's own: it would stand in every row."""
    if not name:
        return Cell(column, _("未定位"), "wait", "question")
    if clue.division_code[:2] == clue.desk_unit.division_code[:2]:
        name = name.removeprefix(name_of(f"{clue.division_code[:2]}0000")) or name
    why = clue.division_why or {} if "division_why" not in clue.get_deferred_fields() else {}
    language = "en" if (translation.get_language() or "").startswith("en") else "zh"
    return Cell(column, name, title=str(why.get(language, "")))
