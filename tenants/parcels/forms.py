"""What is typed about parcels. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webui.inputs import DayField

_CHECKS = forms.CheckboxSelectMultiple


class MakeForm(forms.Form):
    """One parcel for a time."""

    since = DayField(label=_("从"), required=False, help_text=_("不填：接着上一包。"))
    until = DayField(label=_("到"), required=False, help_text=_("不填：到现在。"))


class BringForm(forms.Form):
    """A file that came."""

    file = forms.FileField(
        label=_("数据包或表格"),
        widget=forms.FileInput(attrs={"accept": ".zip,.xlsx"}),
        help_text=_(".zip 数据包，或按模板填写的 .xlsx。"),
    )


class SettingsForm(forms.Form):
    """How files are exchanged with one connection."""

    kinds = forms.MultipleChoiceField(label=_("发出哪些"), widget=_CHECKS, required=False)
    nightly = forms.BooleanField(
        label=_("每晚自动制作一包"), required=False, help_text=_("零点后制作前一天的，做好后通知设置的人。")
    )
    sheets_allowed = forms.BooleanField(
        label=_("接收人工填写的表格"), required=False, help_text=_("没有签名，由上传的人负责。")
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = kinds


class KeyForm(forms.Form):
    """A public key of the other side."""

    pem = forms.CharField(
        label=_("对方的签名公钥"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
        help_text=_("PEM 格式，以 BEGIN PUBLIC KEY 开头。登记后请电话核对指纹。"),
    )
