"""The form of a year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import clock
from workdays.services import LONGEST_BASIS


class YearForm(forms.Form):
    """A year's arrangement as it was published, pasted."""

    year = forms.IntegerField(label=_("年份"))
    lines = forms.CharField(
        label=_("放假和调休上班的日期"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_(
            "一行一天或一段：日期 放假或上班 名称。例如“2027-01-01至2027-01-03 放假 元旦”“2027-02-14 上班 春节”。"
            "一年的安排一次录全，没有写到的日子按周一至周五。"
        ),
    )
    basis = forms.CharField(
        label=_("依据"), max_length=LONGEST_BASIS, help_text=_("通知的名称和文号，例如“国办发明电〔2026〕7号”。")
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.initial.setdefault("year", max(clock.national_calendar().years) + 1)
