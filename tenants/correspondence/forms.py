"""What is typed about letters. Rules that hold for the API too are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import clock
from tenants.clues.models import Clue
from tenants.correspondence.models import CourseStep, OfficialLetter, Partner
from webui.inputs import DayField

_AREA = forms.Textarea(attrs={"rows": 4})
What = CourseStep.What


class PartsForm(forms.Form):
    """The common parts of a letter."""

    title = forms.CharField(label=_("事由"), max_length=200)
    summary = forms.CharField(label=_("摘要"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))
    suggestion = forms.CharField(label=_("建议"), max_length=2000, required=False, widget=_AREA)
    legal_basis = forms.CharField(label=_("法律依据"), max_length=1000, required=False)
    contact_name = forms.CharField(label=_("联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    cc = forms.CharField(
        label=_("抄送"), max_length=1000, required=False, help_text=_("上级、对方省联络处等，用顿号分开。")
    )
    seal = forms.ChoiceField(
        label=_("用印"), choices=OfficialLetter.Seal.choices, widget=forms.RadioSelect,
        help_text=_("纸质盖章：打印盖章后登记扫描件再发出。"),
    )  # fmt: skip


class NothingForm(forms.Form):
    """A step that needs no words."""


class WordsForm(forms.Form):
    """An opinion that may be given."""

    words = forms.CharField(label=_("意见"), max_length=500, required=False, widget=_AREA)


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    words = forms.CharField(label=_("原因"), max_length=500, widget=_AREA)


def with_look(form: forms.Form, looks: bool) -> forms.Form:
    """The same form, asking whether somebody looked where something has to be looked at."""
    if looks:
        form.fields["looked"] = forms.BooleanField(label=_("以上各处已核对，可以写明"), required=False)
    return form


class ReturnForm(forms.Form):
    """Why a letter goes back, and whose it is if that is known. right_ref: filled by the page."""

    reason = forms.ChoiceField(
        label=_("退回原因"), choices=OfficialLetter.ReturnReason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(label=_("说明"), max_length=500, required=False, widget=_AREA)
    right_name = forms.CharField(
        label=_("应送单位"),
        max_length=80,
        required=False,
        help_text=_("知道的请写明，对方据此改投。来函不能由本单位转出。"),
    )


class HandForm(forms.Form):
    """Who sees to it."""

    officer_id = forms.ChoiceField(label=_("承办人"))

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        """officers: who may."""
        super().__init__(*args, **kwargs)
        field = self.fields["officer_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(each.pk), f"{each.display_name} · {each.unit.name if each.unit else ''}") for each in officers
        ]


class ResultForm(forms.Form):
    """Feedback."""

    words = forms.CharField(label=_("办理情况"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    result = forms.ChoiceField(label=_("核查结果"), choices=[("", "—"), *Clue.Result.choices], required=False)
    outcome = forms.ChoiceField(label=_("处置"), choices=[("", "—"), *Clue.Outcome.choices], required=False)
    number = forms.CharField(label=_("案号"), max_length=80, required=False)
    final = forms.BooleanField(
        label=_("已办结，不再反馈"), required=False, help_text=_("不勾选则这封函继续开着，直到办结。")
    )


class CourseForm(forms.Form):
    """A step of a letter on paper."""

    what = forms.ChoiceField(
        label=_("事项"), choices=[each for each in What.choices if each[0] != What.SEALED], widget=forms.RadioSelect
    )
    on = DayField(label=_("日期"), initial=clock.today)
    courier = forms.CharField(label=_("快递公司"), max_length=40, required=False)
    tracking_no = forms.CharField(label=_("快递单号"), max_length=40, required=False)
    who = forms.CharField(label=_("对方经办人"), max_length=80, required=False)
    reason = forms.ChoiceField(
        label=_("退回原因"), choices=[("", "—"), *OfficialLetter.ReturnReason.choices], required=False
    )
    words = forms.CharField(label=_("说明"), max_length=4000, required=False, widget=_AREA)
    final = forms.BooleanField(label=_("复函后办结"), required=False)
    scan = forms.FileField(label=_("回执或复函的照片"), required=False)


class SealScanForm(forms.Form):
    """A photo of the sealed letter."""

    scan = forms.FileField(
        label=_("盖章件照片"), widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
    )


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A department that is written to."""

    class Meta:
        model = Partner
        fields = ["kind", "name", "division_code", "address", "postcode", "phone", "contact_name", "is_active"]


class UnitSealForm(forms.Form):
    """A certificate."""

    unit_id = forms.ChoiceField(label=_("单位"))
    pkcs12 = forms.FileField(label=_("证书文件（.p12、.pfx）"))
    passphrase = forms.CharField(
        label=_("证书口令"), max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        """units: those that issue letters."""
        super().__init__(*args, **kwargs)
        field = self.fields["unit_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), each.name) for each in units]
