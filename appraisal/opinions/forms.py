"""What is typed about notices and opinion letters. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions.models import LetterReturn, Notice, Telling
from webui.inputs import DayField, MomentField

_AREA = forms.Textarea(attrs={"rows": 3})
_YES_NO = [("yes", _("是")), ("no", _("否"))]


class NoticeForm(forms.Form):
    """A notice as it is begun."""

    everyone = forms.BooleanField(label=_("同时写给这次检查的所有权利人，文号连续"), required=False)
    type = forms.ChoiceField(
        label=_("委托类型"),
        choices=Notice.Type.choices,
        initial=Notice.Type.IDENTIFICATION,
        widget=forms.RadioSelect,
        help_text=_("写给权利人。委托鉴定机构用另一种文书（文书30）。"),
    )
    officer_ids = forms.MultipleChoiceField(
        label=_("另一名执法人员"), required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = forms.CharField(label=_("联系电话"), max_length=40)
    questions = forms.CharField(
        label=_("委托事项"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("一行一项。")
    )
    reply_working_days = forms.IntegerField(label=_("答复期限（工作日）"), min_value=1, max_value=60)
    samples_sent = forms.BooleanField(label=_("同时寄封存样品"), required=False)
    sample_seal_no = forms.CharField(label=_("封签号"), max_length=60, required=False)

    def __init__(self, *args: Any, colleagues: list[User], others: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officer_ids"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (
                str(each.pk),
                f"{each.display_name}（{each.officer_cert_no}）" if each.officer_cert_no else each.display_name,
            )
            for each in colleagues
        ]
        if not others:
            del self.fields["everyone"]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        data = dict(self.cleaned_data)
        data["questions"] = data["questions"].splitlines()
        data.pop("everyone", None)
        return data


class ChangeForm(forms.Form):
    """A draft as it is changed."""

    questions = forms.CharField(
        label=_("委托事项"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("一行一项。")
    )
    phone = forms.CharField(label=_("联系电话"), max_length=40)
    reply_working_days = forms.IntegerField(label=_("答复期限（工作日）"), min_value=1, max_value=60)


class NothingForm(forms.Form):
    """A step that needs no words."""


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("原因"), max_length=1000, widget=_AREA)


class WordsForm(forms.Form):
    """What was done, in words."""

    words = forms.CharField(label=_("处理情况"), max_length=1000, widget=_AREA)


class PolicyForm(forms.Form):
    """What holds for all notices of the bureau."""

    show_party = forms.BooleanField(
        label=_("通知书写明当事人名称"), required=False, help_text=_("不写明时，权利人只看到通知书文号。")
    )
    reply_working_days = forms.IntegerField(label=_("答复期限（工作日）"), min_value=1, max_value=60)


class ReceiveForm(forms.Form):
    """The original has come."""

    received_on = DayField(label=_("签收日期"))
    check_code = forms.CharField(
        label=_("校验码"), max_length=24, help_text=_("照纸上的校验码填写，证明它和电子意见书是同一份。")
    )
    photo = forms.FileField(
        label=_("原件扫描或照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class ReturnForm(forms.Form):
    """What came goes back."""

    code = forms.ChoiceField(label=_("原因"), choices=LetterReturn.Code.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("说明"), max_length=500, required=False, widget=_AREA)


class TellForm(forms.Form):
    """The party was told."""

    party_name = forms.CharField(label=_("当事人"), max_length=120)
    way = forms.ChoiceField(label=_("告知方式"), choices=Telling.Way.choices, widget=forms.RadioSelect)
    told_at = MomentField(label=_("告知时间"))
    working_days = forms.IntegerField(label=_("异议期限（工作日）"), min_value=1, max_value=60, initial=5)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class ObjectionForm(forms.Form):
    """What an officer writes down for the party."""

    text = forms.CharField(label=_("异议内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    grey_market = forms.BooleanField(label=_("称商品为正品、从其他渠道购进"), required=False)
    contact = forms.CharField(label=_("联系方式"), max_length=120, required=False)


class PhotosField(forms.FileField):
    """Several photos at once."""

    class _Widget(forms.ClearableFileInput):
        allow_multiple_selected = True

    widget = _Widget

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        each = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(one, initial) for one in each]


class PartyForm(ObjectionForm):
    """The same, as the party writes it, with its papers as photos."""

    photos = PhotosField(
        label=_("进货凭证等材料的照片"),
        required=False,
        help_text=_("最多 12 张。逐张拍清楚，例如发票、送货单、付款记录。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].widget.attrs |= {"accept": "image/*", "multiple": True}
        self.fields["text"].label = _("对哪一项有异议、为什么")
        self.fields["grey_market"].label = _("我认为商品是正品，是从其他渠道购进的")
        self.fields["contact"].label = _("联系电话（便于办案人员联系您，不转给权利人）")


class ForwardForm(forms.Form):
    """Which of the party's papers the right holder may see."""

    file_ids = forms.MultipleChoiceField(
        label=_("转给权利人的材料"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("含当事人个人信息或商业秘密的不要勾选。当事人名称和联系方式不会转出。"),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file_ids"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        if not choices:
            del self.fields["file_ids"]


class DecideForm(forms.Form):
    """What the bureau makes of an objection."""

    uphold = forms.ChoiceField(
        label=_("处理"), choices=[("yes", _("异议成立")), ("no", _("异议不成立"))], widget=forms.RadioSelect
    )
    words = forms.CharField(label=_("处理意见和理由"), max_length=1000, widget=_AREA)


class SampleForm(forms.Form):
    """A sealed sample leaves."""

    description = forms.CharField(label=_("样品"), max_length=500, help_text=_("例如：陈酿 500ml 一瓶，抽自第 1 项"))
    seal_no = forms.CharField(label=_("封签号"), max_length=60)
    courier = forms.CharField(label=_("快递公司"), max_length=60)
    waybill_no = forms.CharField(label=_("快递单号"), max_length=60)
    sent_on = DayField(label=_("寄出日期"))
    return_wanted = forms.BooleanField(label=_("辨认后要退还"), required=False, initial=True)
    photo = forms.FileField(
        label=_("封存后的照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class SampleBackForm(forms.Form):
    """It is back."""

    received_on = DayField(label=_("收回日期"))
    unbroken = forms.ChoiceField(label=_("封签完好"), choices=_YES_NO, widget=forms.RadioSelect)
    note = forms.CharField(label=_("说明"), max_length=500, required=False)


class ReuseAskForm(forms.Form):
    """Number and code of a letter that another province has."""

    opinion_no = forms.CharField(label=_("意见书编号"), max_length=80)
    check_code = forms.CharField(label=_("校验码"), max_length=20)
