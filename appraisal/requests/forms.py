"""What an officer types, parsed. Rules that also hold for the API live in the services."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.requests.models import AppraisalRequest, RequestItem
from kernel import clock
from webui.inputs import DayField, MomentField

PACKAGE_STATES = [
    ("", _("未填写")),
    ("未开封", _("未开封")),
    ("已开封", _("已开封")),
    ("包装破损", _("包装破损")),
    ("无包装", _("无包装（散装）")),
]
UNITS = ["瓶", "盒", "箱", "件", "条", "袋", "桶", "千克", "米", "双", "套"]


class PlaceForm(forms.Form):
    """Where the officer stands. lat, lon: WGS-84 as the phone says; the county is chosen, it is what a brand learns."""

    county_code = forms.ChoiceField(
        label=_("县（区）"),
        error_messages={"required": _("请选择所在的县（区）。"), "invalid_choice": _("请从列表中选择县（区）。")},
    )
    place = forms.CharField(
        label=_("具体地点"),
        required=False,
        max_length=200,
        help_text=_("只留在本省，品牌方看不到店名和地址。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lat = forms.DecimalField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.DecimalField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, counties: list[Any], **kwargs: Any) -> None:
        """counties: choices as Django takes them, grouped by city."""
        super().__init__(*args, **kwargs)
        field = self.fields["county_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *counties]

    def as_place(self) -> dict[str, Any]:
        """Fields of `services.Place`."""
        said, exact = self.cleaned_data, Decimal("0.000001")
        placed = said["lat"] is not None and said["lon"] is not None
        return {
            "county_code": said["county_code"],
            "place": said["place"].strip(),
            "latitude": said["lat"].quantize(exact) if placed else None,
            "longitude": said["lon"].quantize(exact) if placed else None,
            "accuracy_m": min(round(said["accuracy_m"]), 100_000) if placed and said["accuracy_m"] else None,
        }


class UnlistedForm(forms.Form):
    """Goods of a brand the catalogue does not have. Stands beside the search in one HTML form: nothing is required."""

    use_required_attribute = False

    brand_name = forms.CharField(label=_("包装上标的品牌"), max_length=80)
    product_name = forms.CharField(label=_("商品名称"), max_length=120, required=False)
    barcode = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class DetailsForm(forms.ModelForm):
    """What is known of the goods. Nothing of it has to be filled in."""

    package_state = forms.ChoiceField(label=_("包装状态"), choices=PACKAGE_STATES, required=False)

    class Meta:
        model = RequestItem
        fields = [
            "claimed_price_yuan",
            "quantity",
            "quantity_unit",
            "package_state",
            "batch_no",
            "waybill_no",
            "stood_where",
        ]
        widgets = {
            "claimed_price_yuan": forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0"}),
            "quantity": forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": "0"}),
            "quantity_unit": forms.TextInput(attrs={"list": "quantity-units", "autocomplete": "off"}),
            "batch_no": forms.TextInput(attrs={"autocomplete": "off"}),
            "waybill_no": forms.TextInput(attrs={"autocomplete": "off"}),
            "stood_where": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.quantity is not None:  # "12", not "12.000"
            self.initial["quantity"] = f"{self.instance.quantity.normalize():f}"


class QuestionForm(forms.ModelForm):
    """The question that goes along with the photos."""

    class Meta:
        model = AppraisalRequest
        fields = ["question", "urgent"]
        labels = {"question": _("想问品牌方的话"), "urgent": _("加急：当事人在场或货物即将转移")}
        widgets = {"question": forms.Textarea(attrs={"rows": 2, "maxlength": 2000})}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class CancelForm(forms.Form):
    """Why no answer is needed any more."""

    reason = forms.CharField(
        label=_("取消的原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("品牌方会看到这句话。取消后才到的结论会留存并注明，不作为本次结果。"),
        error_messages={"required": _("请写一句原因，例如“当事人已承认”。")},
    )


class ViolationForm(forms.ModelForm):
    """The officer's own view of the violation, apart from the brand's verdict."""

    class Meta:
        model = RequestItem
        fields = ["violation", "infringed_right"]
        widgets = {"violation": forms.Select}
        help_texts = {"infringed_right": _("例如商标名称和注册号。品牌方在结论里写了的，可以照填。")}


class HandForm(forms.Form):
    """Whom to give the request to: an active colleague of the same unit."""

    officer = forms.ModelChoiceField(
        label=_("转交给"),
        queryset=User.objects.none(),
        empty_label=_("请选择"),
        error_messages={"required": _("请选择一位同事。"), "invalid_choice": _("这位同事不在本单位，请另选一位。")},
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleagues


class OnsiteForm(forms.Form):
    """现场协助: when, whom to call."""

    meet_at = MomentField(label=_("希望到场的时间"), required=False, help_text=_("不填表示尽快。"))
    contact = forms.CharField(
        label=_("联系电话"),
        max_length=60,
        help_text=_("只给应约的鉴定人员。集合地点请在约定后电话告知，这里不写店名。"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    note = forms.CharField(label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_meet_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["meet_at"]
        if moment is not None and moment <= clock.now():
            raise forms.ValidationError(_("约定时间要晚于现在。"), code="meet_at_past")
        return moment


class _OrganisationForm(forms.Form):
    """Something said to an enrolled brand or association."""

    organisation_id = forms.TypedChoiceField(
        label=_("品牌企业或协会"), error_messages={"required": _("请选择一家企业或协会。")}
    )

    def __init__(self, *args: Any, organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        """organisations: (id, name) of those that can be written to."""
        super().__init__(*args, **kwargs)
        field = self.fields["organisation_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *organisations]


class ConsultationForm(_OrganisationForm):
    """咨询: subject and the first line."""

    subject = forms.CharField(label=_("主题"), max_length=120)
    text = forms.CharField(label=_("内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


class AssistanceForm(_OrganisationForm):
    """执法协助: what is asked, by which day."""

    subject = forms.CharField(label=_("事项"), max_length=120)
    text = forms.CharField(
        label=_("内容"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("不要写当事人姓名和店名。"),
    )
    reply_by = DayField(
        label=_("答复期限"),
        help_text=_("到这一天 24 时止；默认 5 个工作日。"),
    )

    def clean_reply_by(self) -> datetime:
        """The end of that day in China."""
        day = self.cleaned_data["reply_by"]
        if day < clock.today():
            raise forms.ValidationError(_("答复期限要晚于现在。"), code="reply_by_past")
        return datetime.combine(day, time(23, 59, 59), clock.SHANGHAI)
