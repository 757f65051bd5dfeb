"""What is typed about a case. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import clock
from tenants.cases.causes import causes_on
from tenants.cases.models import Case, CaseParty, CasePause, CaseUnit, ReferralDecision

_AREA = forms.Textarea(attrs={"rows": 3})


class ProposeForm(forms.Form):
    """提请立案."""

    cause_code = forms.ChoiceField(label=_("案由"))
    party_name = forms.CharField(
        label=_("当事人"),
        max_length=120,
        required=False,
        help_text=_("检查里已登记的可以不填。没有执照的填经营者姓名。"),
    )
    party_kind = forms.ChoiceField(
        label=_("类别"), choices=[("", _("按检查登记")), *CaseParty.Kind.choices], required=False
    )
    party_uscc = forms.CharField(label=_("统一社会信用代码"), max_length=24, required=False)
    handler_ids = forms.MultipleChoiceField(
        label=_("其他办案人员"), required=False, widget=forms.CheckboxSelectMultiple
    )
    summary = forms.CharField(label=_("案情和理由"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, colleagues: list[Any], **kwargs: Any) -> None:
        """colleagues: officers that may be named."""
        super().__init__(*args, **kwargs)
        causes, handlers = self.fields["cause_code"], self.fields["handler_ids"]
        assert isinstance(causes, forms.ChoiceField) and isinstance(handlers, forms.MultipleChoiceField)
        causes.choices = [(cause.code, cause.shown) for cause in causes_on(clock.today())]
        handlers.choices = [(str(each.pk), each.display_name) for each in colleagues]


class DecideForm(forms.Form):
    """The head's answer to a proposal."""

    approve = forms.ChoiceField(
        label=_("审批意见"), choices=[("yes", _("同意立案")), ("no", _("不予立案"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=_AREA, help_text=_("不予立案要写明理由。")
    )


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)


class NothingForm(forms.Form):
    """A step that needs no words."""


class NumberForm(forms.Form):
    """The case's number elsewhere."""

    outside_number = forms.CharField(label=_("办案系统编号"), max_length=80, required=False)


class PartyForm(forms.Form):
    """One more party."""

    kind = forms.ChoiceField(label=_("类别"), choices=CaseParty.Kind.choices)
    name = forms.CharField(label=_("名称或姓名"), max_length=120)
    code = forms.CharField(label=_("统一社会信用代码"), max_length=24, required=False)
    responsible_person = forms.CharField(label=_("负责人"), max_length=60, required=False)
    address = forms.CharField(label=_("住址"), max_length=200, required=False)


class UnitForm(forms.Form):
    """A unit that takes part."""

    unit_id = forms.ChoiceField(label=_("单位"))
    role = forms.ChoiceField(label=_("分工"), choices=CaseUnit.Role.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, units: list[Any], **kwargs: Any) -> None:
        """units: those in use."""
        super().__init__(*args, **kwargs)
        field = self.fields["unit_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(unit.pk), unit.name) for unit in units]


class PauseForm(forms.Form):
    """Time that does not count."""

    kind = forms.ChoiceField(label=_("事项"), choices=CasePause.Kind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)


class ExtendForm(forms.Form):
    """More days."""

    days = forms.IntegerField(label=_("延长天数"), min_value=1, max_value=365, initial=30)
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=_AREA)
    collective = forms.BooleanField(label=_("经集体讨论决定"), required=False)
    record_no = forms.CharField(label=_("讨论记录"), max_length=120, required=False)


class ReferralForm(forms.Form):
    """To the police or not."""

    decision = forms.ChoiceField(label=_("决定"), choices=ReferralDecision.Decision.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=_AREA)


class CloseForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(label=_("结果"), choices=Case.Outcome.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("结案说明"), max_length=1000, widget=_AREA)
