"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import clock
from retention.services import LONGEST_REVIEW_MONTHS
from webui.inputs import DayField


class RuleForm(forms.Form):
    """A proposal of a period."""

    days = forms.IntegerField(
        label=_("保存天数"), required=False, min_value=1, max_value=36_500,
        help_text=_("一年按 365 天填。不填就是一直保存。"),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("依据"), max_length=400, help_text=_("写文件名称和条款，例如《××档案管理办法》第八条。")
    )  # fmt: skip
    valid_from = DayField(label=_("自何日起"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": clock.today().isoformat()})
        super().__init__(*args, **kwargs)


class HoldForm(forms.Form):
    """A hold on something whose kind and id the address names."""

    reason = forms.CharField(
        label=_("保留原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如行政复议、诉讼、上级调卷。不要写当事人的身份信息。"),
    )  # fmt: skip
    ordered_by = forms.CharField(label=_("决定机关或负责人"), max_length=200)
    review_months = forms.IntegerField(
        label=_("复核周期（月）"), min_value=1, max_value=LONGEST_REVIEW_MONTHS, initial=6,
        help_text=_("到期提醒复核。没有复核的保留继续有效。"),
    )  # fmt: skip


class AskForm(forms.Form):
    """Was the record of this id deleted?"""

    id = forms.UUIDField(label=_("记录编号"), help_text=_("网址里的那一串，例如 0190…-…。"))
