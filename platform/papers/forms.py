"""What is typed about a paper."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from papers.models import PaperAbsence, PaperDelivery


class AbsenceForm(forms.Form):
    """Instead of a signature."""

    kind = forms.ChoiceField(label=_("情形"), choices=PaperAbsence.Kind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("原因"), max_length=300)
    witness_name = forms.CharField(label=_("见证人"), max_length=60)
    witness_what = forms.CharField(
        label=_("见证人身份"), max_length=120, help_text=_("单位或住址，例如 市场管理处 值班员")
    )


class ScanForm(forms.Form):
    """A photo of a signed page. The code proves that the paper in hand is this one."""

    check_code = forms.CharField(label=_("校验码"), max_length=20, help_text=_("照纸上每页下方的校验码填写。"))
    page = forms.IntegerField(label=_("第几页"), min_value=1)
    photo = forms.FileField(
        label=_("照片"), widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
    )


class DeliveryForm(forms.Form):
    """How a paper went out."""

    way = forms.ChoiceField(label=_("方式"), choices=PaperDelivery.Way.choices, widget=forms.RadioSelect)
    to_name = forms.CharField(label=_("收件人"), max_length=120, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)


class VoidForm(forms.Form):
    """Why a paper is out of use."""

    reason = forms.CharField(label=_("作废原因"), max_length=200)
