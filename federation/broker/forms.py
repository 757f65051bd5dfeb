"""What people fill in. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.broker import directory, selectors
from federation.broker.models import Dispute, ListedSupervision
from federation.grants.models import LevelWord
from webui.inputs import DayField, MomentField

_AREA = forms.Textarea(attrs={"rows": 4})


def offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    """The choices of one field."""
    cast("forms.ChoiceField", form.fields[name]).choices = choices


class DirectoryFilter(forms.Form):
    """Which units are listed."""

    province = forms.ChoiceField(label=_("省份"), required=False)
    q = forms.CharField(label=_("名称、拼音或区划代码"), max_length=60, required=False)
    enrolled = forms.BooleanField(label=_("只看已接入"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "province", [("", _("全国")), *selectors.provinces_for_choice()])


class AskRouteForm(forms.Form):
    """What the office may know, to say who should get a letter."""

    letter_kind = forms.ChoiceField(label=_("拟发函件"))
    place = forms.CharField(
        label=_("地点"), max_length=60, required=False, help_text=_("店铺、生产或发货地，例如“仁怀市”或六位代码。")
    )
    brand_name = forms.CharField(label=_("品牌"), max_length=80, required=False)
    product_group = forms.CharField(label=_("商品类别"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "letter_kind", LETTER_KINDS)


LETTER_KINDS: list[tuple[str, Any]] = [
    ("clue_transfer", _("线索移送函")),
    ("assistance", _("协助调查函")),
    ("case_transfer", _("案件移送函")),
    ("bulletin", _("线索通报")),
    ("support", _("商请函")),
]


class AnswerRouteForm(forms.Form):
    """Which unit, and why if another than the first."""

    unit_ref = forms.ChoiceField(label=_("去向单位"), widget=forms.RadioSelect, required=False)
    other = forms.CharField(
        label=_("改选其他单位"),
        max_length=80,
        required=False,
        help_text=_("单位名称或区划代码。填了这里，以这里为准。"),
    )
    reason = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=_AREA,
        help_text=_("与系统首选不同时必填。发函方会看到，请勿写案情。"),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit_ref", choices)
        if not choices:
            del self.fields["unit_ref"]

    def clean(self) -> dict[str, Any]:
        """The ref of one unit."""
        said = super().clean() or {}
        other = (said.get("other") or "").strip()
        if other:
            found = [each for each in directory.units(query=other) if other in (each.name, each.ref)]
            found = found or directory.units(query=other)
            if len(found) != 1:
                self.add_error("other", _("找到 {n} 个单位，请写全称或区划代码。").format(n=len(found)))
            else:
                said["unit_ref"] = found[0].ref
        elif not said.get("unit_ref"):
            self.add_error(None, _("请选择去向单位。"))
        return said


class OpenDisputeForm(forms.Form):
    """A dispute that begins without a letter of the system, or with one's number."""

    other = forms.ChoiceField(label=_("与哪个省份"))
    title = forms.CharField(label=_("事由"), max_length=200)
    claim = forms.ChoiceField(label=_("本方主张"), choices=Dispute.Claim.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), max_length=4000, widget=_AREA)
    own_filed_at = MomentField(label=_("本方立案时间"), required=False)
    own_filed_no = forms.CharField(label=_("本方立案号"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "other", [("", _("请选择")), *selectors.others()])


class TextForm(forms.Form):
    """A statement, a reason."""

    text = forms.CharField(label=_("意见和理由"), max_length=4000, widget=_AREA)


class StatementForm(TextForm):
    """A statement, with one's filing if it is told only now."""

    filed_at = MomentField(label=_("本方立案时间"), required=False)
    filed_no = forms.CharField(label=_("本方立案号"), max_length=80, required=False)


class NothingForm(forms.Form):
    """A step that needs no words."""


class NamesForm(forms.Form):
    """Which of the two."""

    names = forms.ChoiceField(label=_("由谁管辖"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, both: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "names", both)


class ProposalForm(NamesForm):
    """A proposal."""

    text = forms.CharField(label=_("方案和理由"), max_length=4000, widget=_AREA)


class DecideForm(NamesForm):
    """指定管辖."""

    reason = forms.CharField(label=_("决定理由"), max_length=4000, widget=_AREA)
    conditions = forms.CharField(
        label=_("办理要求"),
        max_length=2000,
        required=False,
        widget=_AREA,
        help_text=_("例如移送证据、报告期限。可不填。"),
    )


class PaperForm(NamesForm):
    """The superior's paper, entered by hand."""

    document_no = forms.CharField(label=_("决定文号"), max_length=80)
    reason = forms.CharField(label=_("决定理由"), max_length=4000, widget=_AREA)


class ListForm(forms.Form):
    """挂牌督办."""

    province = forms.ChoiceField(label=_("承办省份"))
    subject_kind = forms.ChoiceField(label=_("督办对象"), choices=ListedSupervision.SubjectKind.choices)
    subject_no = forms.CharField(label=_("对象编号"), max_length=80, help_text=_("案号、线索编号或文号。"))
    title = forms.CharField(label=_("督办事项"), max_length=200)
    demand = forms.CharField(label=_("督办要求"), max_length=2000, widget=_AREA)
    due_on = DayField(label=_("办结期限"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "province", [("", _("请选择")), *selectors.others()])


class ReportForm(forms.Form):
    """What was done."""

    text = forms.CharField(label=_("办理情况"), max_length=4000, widget=_AREA)
    is_final = forms.BooleanField(
        label=_("已办结，申请摘牌"), required=False, help_text=_("总局认可后摘牌；不认可会退回继续办理。")
    )


class SendBackForm(forms.Form):
    """More is wanted."""

    words = forms.CharField(label=_("还要办理什么"), max_length=2000, widget=_AREA)
    due_on = DayField(label=_("新的期限"), required=False, help_text=_("不填则仍按原期限。"))


class LiftForm(forms.Form):
    """摘牌."""

    words = forms.CharField(label=_("批示"), max_length=2000, required=False, widget=_AREA)


class AskLookForm(forms.Form):
    """Why the office wants to read a letter, and until when."""

    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("发函方凭此决定是否同意。"))
    until = DayField(label=_("用到哪天"))


class GiveForm(forms.Form):
    """How far the office may read."""

    fact = forms.ChoiceField(label=_("事实"))
    person = forms.ChoiceField(label=_("人员信息"))
    file = forms.ChoiceField(label=_("文件"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [each for each in LevelWord.choices if each[0] != LevelWord.COPY]
        for name in self.fields:
            offer(self, name, words)
        self.fields["fact"].initial, self.fields["person"].initial = LevelWord.VIEW, LevelWord.MASKED
        self.fields["file"].initial = LevelWord.NONE


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(label=_("不同意的理由"), max_length=500, widget=_AREA)
