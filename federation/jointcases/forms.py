"""What is typed in rooms. Rules that hold for the API too are the services'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.jointcases import drawing, matters, presenters, selectors
from federation.jointcases.reckoning import JOINED
from federation.jointcases.selectors import Inside
from federation.jointcases.services.work import nodes
from webui.inputs import DayField

_AREA = forms.Textarea(attrs={"rows": 3})
_TALL = forms.Textarea(attrs={"rows": 9})
ACTIONS = 4
"""Lines for what a meeting settled, on one page; it can be written again."""


def seat_choices(inside: Inside, *, joined: bool = True) -> list[tuple[str, str]]:
    """Seats to choose from, as in the list of members."""
    return [(str(seat.id), seat.is_.name) for seat in inside.now.seats.values() if not joined or seat.state == JOINED]


class NothingForm(forms.Form):
    """A step that needs no words."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)


class OpenForm(forms.Form):
    """A new room."""

    title = forms.CharField(label=_("名称"), max_length=120)
    code_name = forms.CharField(label=_("代号"), max_length=40)
    lead_unit_id = forms.ChoiceField(label=_("牵头单位"))
    purpose = forms.CharField(label=_("目的"), max_length=2000, required=False, widget=_AREA)
    goods = forms.CharField(label=_("涉及商品"), max_length=200, required=False)
    secrecy = forms.ChoiceField(
        label=_("知悉范围"), choices=[("members", _("成员单位人员")), ("leaders", _("只限领导和线索管理员"))]
    )

    def __init__(self, data: Any, *, viewer: selectors.Viewer, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if viewer.kind == "office":
            self.fields["lead_unit_id"].label = _("建议牵头的省份")
            self.fields["lead_unit_id"].choices = selectors.provinces_offered()  # type: ignore[attr-defined]
        else:
            rows = [(str(unit.pk), unit.name) for unit in selectors.units_offered()]
            self.fields["lead_unit_id"].choices = rows  # type: ignore[attr-defined]


class DescribeForm(forms.Form):
    title = forms.CharField(label=_("名称"), max_length=120)
    code_name = forms.CharField(label=_("代号"), max_length=40)
    purpose = forms.CharField(label=_("目的"), max_length=2000, required=False, widget=_AREA)
    goods = forms.CharField(label=_("涉及商品"), max_length=200, required=False)
    secrecy = forms.ChoiceField(
        label=_("知悉范围"), choices=[("members", _("成员单位人员")), ("leaders", _("只限领导和线索管理员"))]
    )


class AnswerForm(forms.Form):
    accept = forms.ChoiceField(
        label=_("是否参加"), widget=forms.RadioSelect, choices=[("yes", _("参加")), ("no", _("不参加"))]
    )
    reason = forms.CharField(label=_("不参加的原因"), max_length=500, required=False, widget=_AREA)


class OwnUnitsForm(forms.Form):
    """Units of one's own province."""

    unit_ids = forms.MultipleChoiceField(label=_("本省单位"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, *, inside: Inside, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        sitting = {unit.pk for unit in selectors.seat_units(inside.room).values()}
        rows = [(str(unit.pk), unit.name) for unit in selectors.units_offered() if unit.pk not in sitting]
        self.fields["unit_ids"].choices = rows  # type: ignore[attr-defined]


class OtherProvinceForm(forms.Form):
    province = forms.ChoiceField(label=_("省份"))
    name = forms.CharField(
        label=_("单位"), max_length=120, required=False, help_text=_("如“白云区市场监督管理局”；不填则请省局定。")
    )
    division_code = forms.RegexField(label=_("区划代码"), regex=r"^\d{6}$", required=False)

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["province"].choices = selectors.provinces_offered()  # type: ignore[attr-defined]


class OrganisationForm(forms.Form):
    organisation_id = forms.ChoiceField(label=_("品牌企业或行业协会"))
    persons = forms.BooleanField(label=_("可以看人员信息"), required=False)

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        rows = [(str(each.pk), each.name) for each in selectors.organisations_offered()]
        self.fields["organisation_id"].choices = rows  # type: ignore[attr-defined]


class GuestSeatForm(forms.Form):
    """Police and other departments."""

    kind = forms.ChoiceField(label=_("类别"), choices=[("police", _("公安机关")), ("department", _("其他部门"))])
    name = forms.CharField(label=_("单位"), max_length=120)
    contact_name = forms.CharField(label=_("联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    persons = forms.BooleanField(label=_("可以看人员信息"), required=False)


class GuestForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(
        label=_("手机号"), max_length=20, help_text=_("本人用这个手机号收验证码登录，只看得到这一个联合办案。")
    )


class RightsForm(forms.Form):
    persons = forms.BooleanField(label=_("可以看人员信息"), required=False)
    contents = forms.BooleanField(label=_("可以看办案内容"), required=False)
    contact_name = forms.CharField(label=_("联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)


class SeatForm(forms.Form):
    """One of the members that take part."""

    seat_id = forms.ChoiceField(label=_("成员单位"))
    reason = forms.CharField(label=_("说明"), max_length=500, required=False, widget=_AREA)

    def __init__(self, data: Any, *, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["seat_id"].choices = list(choices)  # type: ignore[attr-defined]


class UnitForm(forms.Form):
    unit_id = forms.ChoiceField(label=_("承办单位"))

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["unit_id"].choices = [(str(unit.pk), unit.name) for unit in selectors.units_offered()]  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    title = forms.CharField(label=_("任务"), max_length=120)
    words = forms.CharField(label=_("要求"), max_length=1000, required=False, widget=_AREA)
    holder = forms.ChoiceField(label=_("承办单位"))
    due_on = DayField(label=_("期限"), required=False)

    def __init__(self, data: Any, *, inside: Inside, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["holder"].choices = seat_choices(inside)  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """How a task stands."""

    standing = forms.ChoiceField(
        label=_("办理情况"),
        choices=[
            ("underway", _("办理中")), ("done", _("已完成")), ("cannot", _("不能完成")), ("handed", _("转交其他单位")),
        ],
    )  # fmt: skip
    result = forms.CharField(label=_("结果或原因"), max_length=1000, required=False, widget=_AREA)
    handed_to = forms.ChoiceField(label=_("转交给"), required=False)

    def __init__(self, data: Any, *, inside: Inside, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["handed_to"].choices = [("", _("不转交")), *seat_choices(inside)]  # type: ignore[attr-defined]


class ProgressForm(forms.Form):
    place = forms.CharField(label=_("地方"), max_length=80)
    party_name = forms.CharField(label=_("当事人"), max_length=120, required=False)
    goods = forms.CharField(label=_("商品"), max_length=120, required=False)
    quantity = forms.DecimalField(label=_("数量"), min_value=0, max_digits=14, decimal_places=3, required=False)
    unit = forms.CharField(label=_("计量单位"), max_length=20, required=False)
    value_yuan = forms.DecimalField(label=_("货值（元）"), min_value=0, max_digits=16, decimal_places=2, required=False)
    filed_on = DayField(label=_("立案日期"), required=False)
    referred_on = DayField(label=_("移送公安日期"), required=False)
    detained = forms.IntegerField(label=_("采取强制措施人数"), min_value=0, max_value=10_000, initial=0)
    next_step = forms.CharField(label=_("下一步"), max_length=300, required=False)
    words = forms.CharField(label=_("说明"), max_length=500, required=False, widget=_AREA)
    ended = forms.BooleanField(label=_("已办结"), required=False)


class TieForm(forms.Form):
    """A link between two."""

    via = forms.ChoiceField(label=_("凭什么联系"), choices=list(presenters.VIAS.items()))
    value = forms.CharField(label=_("单号、电话或账号"), max_length=80, required=False)
    one = forms.ChoiceField(label=_("一端"), required=False)
    one_label = forms.CharField(label=_("或新写一端的名称"), max_length=80, required=False)
    one_kind = forms.ChoiceField(label=_("一端的类别"), choices=list(drawing.NODE_WORDS.items()))
    one_place = forms.CharField(label=_("一端在何地"), max_length=80, required=False)
    other = forms.ChoiceField(label=_("另一端"), required=False)
    other_label = forms.CharField(label=_("或新写另一端的名称"), max_length=80, required=False)
    other_kind = forms.ChoiceField(label=_("另一端的类别"), choices=list(drawing.NODE_WORDS.items()))
    other_place = forms.CharField(label=_("另一端在何地"), max_length=80, required=False)
    words = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, data: Any, *, inside: Inside, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        known = [(str(pk), node.label or _("（不公开）")) for pk, node in nodes(inside.now).items()]
        for name in ("one", "other"):
            self.fields[name].choices = [("", _("新写")), *known]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        it = self.cleaned_data
        ends = {
            end: {
                "node_id": UUID(it[end]) if it[end] else None,
                "label": it[f"{end}_label"],
                "kind": it[f"{end}_kind"],
                "place": it[f"{end}_place"],
            }
            for end in ("one", "other")
        }
        return {"via": it["via"], "value": it["value"], "words": it["words"], **ends}


class ShowForm(forms.Form):
    """Something for the wall."""

    exhibit_id = forms.ChoiceField(label=_("本单位的证据"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("名称"), max_length=120)
    words = forms.CharField(label=_("说明"), max_length=500, required=False)
    audience = forms.ChoiceField(label=_("给谁看"), choices=list(presenters.AUDIENCES.items()))
    named = forms.MultipleChoiceField(label=_("指定席位"), widget=forms.CheckboxSelectMultiple, required=False)
    until = DayField(label=_("到哪天为止"), required=False)

    def __init__(self, data: Any, *, inside: Inside, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        rows = selectors.exhibits_offered(inside.viewer)
        self.fields["exhibit_id"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), f"{row.title or row.get_kind_display()} · {row.received_at:%m-%d %H:%M} · {row.sha256[:8]}")
            for row in rows
        ]
        self.fields["named"].choices = seat_choices(inside)  # type: ignore[attr-defined]


class MinutesForm(forms.Form):
    """Minutes of a joint meeting, with lines for what was settled."""

    title = forms.CharField(label=_("会议"), max_length=120)
    held_on = DayField(label=_("日期"))
    present = forms.CharField(label=_("参加人员"), max_length=500, required=False)
    words = forms.CharField(label=_("纪要"), max_length=8000, required=False, widget=_TALL)

    def __init__(self, data: Any, *, inside: Inside, lines: int = ACTIONS, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = lines
        for number in range(1, lines + 1):
            self.fields[f"text{number}"] = forms.CharField(
                label=f"{_('议定事项')} {number}", max_length=300, required=False
            )
            self.fields[f"seat{number}"] = forms.ChoiceField(
                label=f"{_('责任单位')} {number}", choices=[("", "—"), *seat_choices(inside)], required=False
            )
            self.fields[f"owner{number}"] = forms.CharField(
                label=f"{_('责任人')} {number}", max_length=40, required=False
            )
            self.fields[f"due{number}"] = DayField(label=f"{_('期限')} {number}", required=False)
            self.fields[f"action{number}"] = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        it = super().clean() or {}
        for number in range(1, self.lines + 1):
            if it.get(f"text{number}") and not it.get(f"seat{number}"):
                self.add_error(f"seat{number}", _("请选择责任单位。"))
        return it

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        it = self.cleaned_data
        actions = []
        for number in range(1, self.lines + 1):
            if not it[f"text{number}"]:
                continue
            action = {
                "text": it[f"text{number}"],
                "seat_id": UUID(it[f"seat{number}"]),
                "owner": it[f"owner{number}"],
                "due_on": it[f"due{number}"],
            }
            if it[f"action{number}"]:
                action["action_id"] = it[f"action{number}"]
            actions.append(action)
        return {name: it[name] for name in ("title", "held_on", "present", "words")} | {"actions": actions}


class WordsForm(forms.Form):
    words = forms.CharField(label=_("内容"), max_length=2000, widget=_AREA)


class DoneForm(forms.Form):
    words = forms.CharField(label=_("落实情况"), max_length=300, required=False, widget=_AREA)


class OwnMatterForm(forms.Form):
    """A case or clue of one's own."""

    matter = forms.ChoiceField(label=_("本单位的案件或线索"))

    def __init__(self, data: Any, *, inside: Inside, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        rows = [
            (f"{kind}:{found.id}", f"{matters.label(kind)} {found.title}")
            for kind, found in matters.recent(inside.viewer.person)
        ]
        self.fields["matter"].choices = rows  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """The closing report, and why a row has no end yet."""

    report = forms.CharField(label=_("结案报告"), max_length=8000, widget=_TALL)

    def __init__(self, data: Any, *, inside: Inside, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.open_rows = {pk: row for pk, row in inside.now.rows.items() if not row.is_.ended}
        for pk, row in self.open_rows.items():
            self.fields[f"row_{pk}"] = forms.CharField(
                label=f"{_('未办结的原因')}：{row.is_.place}", max_length=300, required=False
            )

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        it = self.cleaned_data
        return {"report": it["report"], "explained": {pk: it[f"row_{pk}"] for pk in self.open_rows}}
