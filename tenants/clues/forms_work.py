"""What is typed about the work on a clue. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from divisions.resolving import resolve
from tenants.clues.models import Assessment, Clue, CluePause, Competence, Dispatch
from tenants.clues.routing.places import name_of
from webui.inputs import DayField

_AREA = forms.Textarea(attrs={"rows": 3})


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class NothingForm(forms.Form):
    """A step that needs no words."""


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)


class DivisionForm(forms.Form):
    """Which division it is: one of the candidates, or any other code."""

    code = forms.ChoiceField(label=_("候选区划"), required=False, widget=forms.RadioSelect)
    other = forms.CharField(
        label=_("其他区划"),
        max_length=60,
        required=False,
        help_text=_("名称或六位代码，例如“南宁市青秀区”。填了这里，以这里为准。"),
    )

    def __init__(self, *args: Any, candidates: list[tuple[str, str]], **kwargs: Any) -> None:
        """candidates: (code, name)."""
        super().__init__(*args, **kwargs)
        _choose(self, "code", list(candidates))
        if not candidates:
            del self.fields["code"]
            self.fields["other"].required = True

    def clean_other(self) -> str:
        """The code of what was written as a name; a code as it is."""
        said: str = self.cleaned_data["other"].strip()
        if not said or said.isdigit():
            return said
        found = resolve(said)
        if found.candidates:
            names = "、".join(name_of(code) for code in found.candidates[:4])
            raise forms.ValidationError(
                _("叫“%(said)s”的有几处：%(names)s。请写上所在的市。"), params={"said": said, "names": names}
            )
        if not found.code:
            raise forms.ValidationError(
                _("没有叫“%(said)s”的区划。请写全称，例如“南宁市青秀区”。"), params={"said": said}
            )
        return found.code


class DispatchForm(forms.Form):
    """To whom, and what is asked of them."""

    unit_id = forms.ChoiceField(label=_("承办单位"))
    officer_id = forms.ChoiceField(label=_("承办人"), required=False, help_text=_("不选，由单位负责人安排。"))
    words = forms.CharField(label=_("交办要求"), max_length=500, required=False, widget=_AREA)

    def __init__(self, *args: Any, units: list[tuple[str, str]], officers: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "unit_id", list(units))
        _choose(self, "officer_id", [("", _("不指定")), *officers])


class HandDownForm(DispatchForm):
    """Inside the house."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["words"]


class DesignateForm(forms.Form):
    """Which unit has it, by the common superior."""

    unit_id = forms.ChoiceField(label=_("指定单位"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=_AREA)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "unit_id", list(units))


class ReturnForm(forms.Form):
    """Why it goes back to the desk."""

    reason = forms.ChoiceField(label=_("退回原因"), choices=Dispatch.ReturnReason.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("退回说明"), max_length=500, required=False, widget=_AREA)
    right_unit_name = forms.CharField(
        label=_("应由谁办"), max_length=80, required=False, help_text=_("知道的话写下，由受理单位改派。")
    )


class PeopleForm(forms.Form):
    """Some people of the bureau."""

    people = forms.MultipleChoiceField(label=_("人员"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = people


class OpinionForm(forms.Form):
    """What one member of the panel thinks."""

    opinion = forms.CharField(label=_("意见"), max_length=500, widget=_AREA)


class ConcludeForm(forms.Form):
    """What the desk concludes."""

    advice = forms.ChoiceField(label=_("处理建议"), choices=Assessment.Advice.choices, widget=forms.RadioSelect)
    opinion = forms.CharField(label=_("研判意见"), max_length=2000, widget=_AREA)


class PauseForm(forms.Form):
    """Why days do not count."""

    kind = forms.ChoiceField(label=_("事项"), choices=CluePause.Kind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)


class EndForm(forms.Form):
    """How it ends."""

    result = forms.ChoiceField(label=_("核查结果"), choices=Clue.Result.choices, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=_("处置"),
        choices=Clue.Outcome.choices,
        widget=forms.RadioSelect,
        help_text=_("不予立案要报负责人批准。"),
    )
    case_ids = forms.TypedMultipleChoiceField(
        label=_("由这条线索立的案件"),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("处置是“已立案”时选。"),
    )
    outside_number = forms.CharField(
        label=_("案号"),
        max_length=80,
        required=False,
        help_text=_("案件在办案系统里的，照立案审批表填写。处置是“已立案”时填。"),
    )
    words = forms.CharField(label=_("核查情况和理由"), max_length=1000, widget=_AREA)

    def __init__(self, *args: Any, cases: list[tuple[str, str]], **kwargs: Any) -> None:
        """cases: (id, words) of those that grew from the clue."""
        super().__init__(*args, **kwargs)
        _choose(self, "case_ids", cases)
        if not cases:
            del self.fields["case_ids"]


class SuperviseForm(forms.Form):
    """督办."""

    demand = forms.CharField(label=_("督办要求"), max_length=1000, widget=_AREA)
    due_on = DayField(label=_("督办期限"))
    number = forms.CharField(label=_("督办文号"), max_length=80, required=False, help_text=_("没有的自动编号。"))


class AnswerForm(forms.Form):
    """What the unit has done."""

    words = forms.CharField(label=_("办理情况"), max_length=1000, widget=_AREA)


class RefuseForm(forms.Form):
    """Not enough."""

    reason = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)
    due_on = DayField(label=_("新的期限"), required=False)


class WordsForm(forms.Form):
    """A step that may be given words."""

    words = forms.CharField(label=_("说明"), max_length=500, required=False, widget=_AREA)


class AskDecisionForm(forms.Form):
    """The head's answer."""

    approve = forms.ChoiceField(
        label=_("审批意见"), choices=[("yes", _("同意")), ("no", _("不同意"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=_AREA, help_text=_("不同意要写明理由。")
    )


class RuleForm(forms.Form):
    """One rule of competence."""

    division_code = forms.CharField(
        label=_("区划代码"), max_length=9, required=False, help_text=_("区县六位，乡镇街道九位。")
    )
    zone = forms.ChoiceField(label=_("或者：开发区"), required=False)
    under_id = forms.ChoiceField(label=_("或者：某单位辖区"), required=False)
    matter = forms.ChoiceField(label=_("事项"), choices=Competence.Matter.choices)
    unit_id = forms.ChoiceField(label=_("承办单位"))
    valid_from = DayField(label=_("生效日期"), required=False, help_text=_("不填，从今天起。"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], zones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "unit_id", list(units))
        _choose(self, "under_id", [("", "—"), *units])
        _choose(self, "zone", [("", "—"), *((each, each) for each in zones)])


class TermsForm(forms.Form):
    """The bureau's own terms."""

    sign_days = forms.IntegerField(label=_("签收期限（工作日）"), min_value=1, max_value=30)
    assess_days = forms.IntegerField(label=_("研判期限（工作日）"), min_value=1, max_value=30)
    dispute_days = forms.IntegerField(label=_("争议协商期限（工作日）"), min_value=1, max_value=30)
    learn_after = forms.IntegerField(label=_("几次不按建议分派后提示"), min_value=1, max_value=50)
