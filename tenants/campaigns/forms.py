"""What is typed about rosters, urgent calls, actions and campaigns. Rules that hold for the API too are services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.campaigns.models import DutyTurn, JointAction, JointTarget
from webui.inputs import DayField, MomentField

_AREA = forms.Textarea(attrs={"rows": 3})


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    why = forms.CharField(label=_("原因"), max_length=200, widget=_AREA)


class NothingForm(forms.Form):
    """A step that needs no words."""


class UrgentForm(forms.Form):
    """Why somebody is to be woken."""

    reason = forms.CharField(label=_("特急原因"), max_length=200, widget=_AREA, help_text=_("被叫醒的人会看到。"))


# Roster ---------------------------------------------------------------------------------------------------------------


class PersonField(forms.ChoiceField):
    """One of the people given at construction of the form."""

    def offer(self, people: Any, *, nobody: str = "") -> None:
        rows = [(str(each.pk), f"{each.display_name} · {each.unit.name if each.unit else ''}") for each in people]
        self.choices = [("", nobody), *rows] if nobody else rows


class TurnForm(forms.Form):
    """One turn."""

    person_id = PersonField(label=_("值班人"))
    starts_at = MomentField(label=_("开始"))
    ends_at = MomentField(label=_("结束"))
    rank = forms.TypedChoiceField(label=_("班次"), choices=DutyTurn.Rank.choices, coerce=int)
    by_phone = forms.BooleanField(label=_("电话叫醒"), required=False, initial=True)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        """people: who may be put on duty."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].offer(people)  # type: ignore[attr-defined]


class PasteForm(forms.Form):
    """A week out of a sheet."""

    text = forms.CharField(
        label=_("从表格粘贴"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "2026-03-02\t08:30-08:30\t…\t…"}),
        help_text=_("每行四列：日期、时段、姓名或账号、班次。结束早于开始的算到次日。"),
    )


class SubstituteForm(forms.Form):
    """Who stands in."""

    person_id = PersonField(label=_("替班人"), required=False)
    why = forms.CharField(label=_("替班原因"), max_length=200, required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        """people: who may stand in."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].offer(people, nobody=str(_("不用替班")))  # type: ignore[attr-defined]


class MinutesForm(forms.Form):
    """How long one has."""

    minutes = forms.IntegerField(label=_("几分钟未确认就叫下一位"), min_value=1, max_value=60)


# Joint action ---------------------------------------------------------------------------------------------------------


class PlanForm(forms.Form):
    """A plan."""

    name = forms.CharField(label=_("行动名称"), max_length=120)
    code_name = forms.CharField(
        label=_("代号"), max_length=40, help_text=_("通知和标题里只出现代号，不要写出当事人或地点。")
    )
    zero_hour = MomentField(label=_("零时"))
    opens_to = forms.ChoiceField(
        label=_("保密"), choices=JointAction.OpensTo.choices, initial=JointAction.OpensTo.OFFICERS
    )
    plan_words = forms.CharField(label=_("方案"), max_length=4000, required=False, widget=_AREA)


class DescribeForm(PlanForm):
    """What can be changed without asking everybody again."""

    zero_hour = None  # type: ignore[assignment]


class HourForm(forms.Form):
    """Another hour."""

    zero_hour = MomentField(label=_("新的零时"), help_text=_("已确认收到的人要重新确认。"))
    why = forms.CharField(label=_("原因"), max_length=200, required=False)


class TargetForm(forms.Form):
    """One place to go to. holder: a unit's id, or `province:gd`."""

    party_name = forms.CharField(label=_("当事人"), max_length=120, required=False)
    address = forms.CharField(label=_("地址"), max_length=300, required=False)
    division_code = forms.CharField(
        label=_("区划代码"), max_length=6, required=False, help_text=_("六位，不填则按地址识别。")
    )
    what = forms.CharField(label=_("涉及商品和情况"), max_length=500, required=False, widget=_AREA)
    holder = forms.ChoiceField(label=_("承办单位"), required=False)
    officer_ids = forms.MultipleChoiceField(
        label=_("执法人员"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    assembly = forms.CharField(label=_("集结地点"), max_length=200, required=False)
    supervised = forms.BooleanField(label=_("挂牌督办"), required=False)
    supervised_words = forms.CharField(label=_("督办要求"), max_length=300, required=False)

    def __init__(self, *args: Any, units: Any, provinces: Any, officers: Any, **kwargs: Any) -> None:
        """units, provinces: who may hold it; officers: who may go."""
        super().__init__(*args, **kwargs)
        holder, going = self.fields["holder"], self.fields["officer_ids"]
        assert isinstance(holder, forms.ChoiceField) and isinstance(going, forms.MultipleChoiceField)
        holder.choices = [
            ("", _("待指定")),
            *((str(unit.pk), unit.name) for unit in units),
            *((f"province:{code}", title) for code, title in provinces),
        ]
        going.choices = [
            (str(each.pk), f"{each.display_name} · {each.unit.name if each.unit else ''}") for each in officers
        ]


class GoingForm(forms.Form):
    """Who goes; by the head of the unit."""

    officer_ids = forms.MultipleChoiceField(label=_("执法人员"), widget=forms.SelectMultiple(attrs={"size": 6}))

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        """officers: of the unit and below."""
        super().__init__(*args, **kwargs)
        going = self.fields["officer_ids"]
        assert isinstance(going, forms.MultipleChoiceField)
        going.choices = [(str(each.pk), each.display_name) for each in officers]


class SeatForm(forms.Form):
    """Somebody of another department."""

    department = forms.CharField(label=_("部门"), max_length=80)
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    duty = forms.CharField(label=_("分工"), max_length=120, required=False)


class PlannerForm(forms.Form):
    """One more planner."""

    person_id = PersonField(label=_("策划人员"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        """people: of the bureau."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].offer(people)  # type: ignore[attr-defined]


class ProvinceForm(forms.Form):
    """Another province."""

    province = forms.ChoiceField(label=_("外省"))

    def __init__(self, *args: Any, provinces: Any, **kwargs: Any) -> None:
        """provinces: (code, title)."""
        super().__init__(*args, **kwargs)
        field = self.fields["province"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(provinces)


class PeopleForm(forms.Form):
    """Ask a right holder for people."""

    organisation_id = forms.ChoiceField(label=_("权利人"))
    needed = forms.IntegerField(label=_("人数"), min_value=1, max_value=20, initial=1)
    goods = forms.CharField(
        label=_("商品"), max_length=200, required=False, help_text=_("对方只看到县区、时间和这里写的商品。")
    )
    meet_at = MomentField(label=_("到场时间"))

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        """organisations: those that can be asked."""
        super().__init__(*args, **kwargs)
        field = self.fields["organisation_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), str(each)) for each in organisations]


class AnswerForm(forms.Form):
    """An invited province answers."""

    accept = forms.ChoiceField(
        label=_("答复"), choices=[("yes", _("参加")), ("no", _("不参加"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("说明"), max_length=500, required=False, widget=_AREA)


class OutcomeForm(forms.Form):
    """How a target ended."""

    outcome = forms.ChoiceField(label=_("结果"), choices=JointTarget.Outcome.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("情况说明"), max_length=1000, required=False, widget=_AREA)


class UnableForm(forms.Form):
    """Why somebody cannot come."""

    note = forms.CharField(label=_("原因"), max_length=200, widget=_AREA)


class ClosingForm(forms.Form):
    """What an action came to."""

    words = forms.CharField(label=_("行动总结"), max_length=2000, widget=_AREA)


class CampaignForm(forms.Form):
    """A campaign."""

    name = forms.CharField(label=_("专项行动名称"), max_length=120)
    starts_on = DayField(label=_("开始日期"))
    ends_on = DayField(label=_("结束日期"), required=False)
    words = forms.CharField(label=_("说明"), max_length=4000, required=False, widget=_AREA)


class NumbersForm(forms.Form):
    """Clues by number, one a line, as copied from the ledger."""

    numbers = forms.CharField(label=_("线索编号"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
