"""Forms of grants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.grants import selectors
from federation.grants.models import ContentWord, Grant, LevelWord
from federation.grants.services import MOST_DAYS
from kernel import clock
from webui.inputs import DayField

_BY_TEXT = (ContentWord.FACT, ContentWord.PERSON)


class Until(forms.Form):
    """The day a share runs out; that day counts."""

    until = DayField(label=_("到期日"), help_text=_("当天 24 时到期"))

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if not clock.today() <= day <= clock.today() + timedelta(days=MOST_DAYS - 1):
            raise forms.ValidationError(_("到期日要在今天之后、两年之内。"))
        return day

    def expires_at(self) -> datetime:
        """The end of that day in China."""
        return clock.at_end(self.cleaned_data["until"])


class GiveForm(Until):
    """Share words with somebody: facts, and what is known of people."""

    to = forms.ChoiceField(label=_("共享给"))
    holder_unit = forms.CharField(
        label=_("接收单位"), max_length=80, required=False, help_text=_("具体到哪个局，可不填")
    )
    subject_title = forms.CharField(label=_("事项"), max_length=200, help_text=_("对方看到的名称，不写当事人姓名"))
    purpose = forms.CharField(
        label=_("用途"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("对方只能用于这个目的")
    )
    fact = forms.CharField(label=_("事实"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    fact_level = forms.ChoiceField(label=_("事实开放到"), choices=LevelWord.choices, initial=LevelWord.VIEW)
    person = forms.CharField(
        label=_("人员信息"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("选“隐去关键内容”时，每段文字只留第一个字，号码留头尾"),
    )  # fmt: skip
    person_level = forms.ChoiceField(label=_("人员信息开放到"), choices=LevelWord.choices, initial=LevelWord.NONE)

    field_order = ["to", "holder_unit", "subject_title", "purpose", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("请选择")), *selectors.possible_holders()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        shared = False
        for content in _BY_TEXT:
            text, level = data.get(content, ""), data.get(f"{content}_level", LevelWord.NONE)
            if text and level == LevelWord.NONE:
                self.add_error(f"{content}_level", _("填了内容，就要选开放到什么程度。"))
            shared = shared or bool(text)
        if not shared:
            self.add_error("fact", _("请至少填一项要共享的内容。"))
        return data

    def texts(self) -> list[tuple[str, str, str]]:
        """(content, level, text) of what was filled in."""
        data = self.cleaned_data
        return [(str(each), data[f"{each}_level"], data[each]) for each in _BY_TEXT if data[each]]


class EndForm(forms.Form):
    """End a share, with the reason."""

    why = forms.CharField(label=_("终止原因"), max_length=500, help_text=_("对方会看到"))


class RenewForm(Until):
    """Go on under a new grant."""

    def __init__(self, *args: Any, grant: Grant | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if grant is not None:
            self.fields["until"].initial = clock.local_date(grant.expires_at) + timedelta(days=30)
