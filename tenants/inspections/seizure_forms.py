"""What is typed about a seizure. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.inspections.models import PropertyListRow, Seizure, SeizurePause
from webui.inputs import DayField, MomentField

_AREA = forms.Textarea(attrs={"rows": 3})


class DraftForm(forms.Form):
    """Why, and by which law. The lots stand beside it as fields of their own (`lot_fields`)."""

    measure = forms.ChoiceField(
        label=_("措施"), choices=Seizure.Measure.choices, initial=Seizure.Measure.DETAIN, widget=forms.RadioSelect
    )
    facts = forms.CharField(label=_("事实和理由"), max_length=4000, widget=_AREA)
    legal_basis = forms.CharField(label=_("法律依据"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class LotForm(forms.Form):
    """One lot of the inspection on the list, or not."""

    take = forms.BooleanField(required=False)
    quantity = forms.CharField(label=_("数量"), max_length=14, required=False)
    difference_reason = forms.CharField(label=_("数量不同的原因"), max_length=200, required=False)
    hazard_class = forms.ChoiceField(
        label=_("危险类别"), choices=PropertyListRow.Hazard.choices, initial="general", required=False
    )


class NothingForm(forms.Form):
    """A step that needs no words."""


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)


class DecideForm(forms.Form):
    """The head's answer. A refusal needs its reason."""

    approve = forms.ChoiceField(
        label=_("审批意见"), choices=[("yes", _("批准")), ("no", _("不批准"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=_AREA, help_text=_("不批准要写明理由。")
    )


class UrgentForm(forms.Form):
    """Why it cannot wait."""

    urgent_reason = forms.CharField(label=_("紧急情况"), max_length=500, widget=_AREA)


class ReportForm(forms.Form):
    """The report to the head after an urgent seizure."""

    words = forms.CharField(label=_("补报内容"), max_length=1000, widget=_AREA)
    late_reason = forms.CharField(
        label=_("迟报原因"), max_length=500, required=False, help_text=_("超过 24 小时补报的要填写，会一并显示。")
    )


class SealForm(forms.Form):
    """A seal that was pasted."""

    number = forms.CharField(label=_("封条号"), max_length=40)
    place = forms.CharField(label=_("粘贴位置"), max_length=120)


class SealEndForm(forms.Form):
    """A seal that was taken off or found broken."""

    what = forms.ChoiceField(
        label=_("情况"), choices=[("remove", _("启封")), ("broken", _("发现破损"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("原因"), max_length=200)


class HandoverForm(forms.Form):
    """Through whose hands the goods go; each row is counted."""

    from_name = forms.CharField(label=_("移交人"), max_length=60)
    to_name = forms.CharField(label=_("保管人"), max_length=60)
    place = forms.CharField(label=_("保管地点"), max_length=200)
    difference_reason = forms.CharField(label=_("数量不同的原因"), max_length=500, required=False)
    note = forms.CharField(label=_("备注"), max_length=300, required=False)

    def __init__(self, *args: Any, rows: list[PropertyListRow], **kwargs: Any) -> None:
        """rows: of the list; each gets a field for what was counted."""
        super().__init__(*args, **kwargs)
        from tenants.inspections.seizure_services import plain

        for row in rows:
            self.fields[f"count_{row.pk}"] = forms.DecimalField(
                label=f"{row.position}. {row.item_name}（{row.unit}）",
                initial=plain(row.quantity),
                min_value=0,
                max_digits=12,
                decimal_places=3,
            )


class PauseForm(forms.Form):
    """A technical appraisal that does not count."""

    kind = forms.ChoiceField(label=_("事项"), choices=SeizurePause.Kind.choices, widget=forms.RadioSelect)
    institution = forms.CharField(label=_("机构"), max_length=120)
    until = DayField(label=_("告知的期限"))
    told_at = MomentField(
        label=_("告知当事人时间"),
    )


class ExtensionForm(forms.Form):
    """More days, in writing."""

    days = forms.IntegerField(label=_("延长天数"), min_value=1, max_value=30, initial=30)
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=_AREA)


class ReleaseForm(forms.Form):
    """The goods go back."""

    kind = forms.ChoiceField(label=_("解除情形"), choices=Seizure.Release.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("解除理由"), max_length=500, widget=_AREA)
    returned_to = forms.CharField(label=_("退还给"), max_length=120)
