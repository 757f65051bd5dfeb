"""The search of the trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Unit, User
from oversight import selectors
from provinces.context import required
from webui.inputs import DayField

FORMATS = (("xlsx", _("Excel 表格")), ("csv", _("CSV 文件")), ("jsonl", _("JSON 行")))


class AskForm(forms.Form):
    """What to look for; all of it may be left empty."""

    person = forms.CharField(label=_("谁（姓名或账号）"), required=False, max_length=80)
    since = DayField(label=_("从"), required=False)
    until = DayField(label=_("到"), required=False)
    what = forms.ChoiceField(
        label=_("类别"),
        required=False,
        choices=[("", _("办理和查阅")), ("steps", _("只看办理")), ("reads", _("只看查阅"))],
    )
    kind = forms.ChoiceField(label=_("记录"), required=False)
    number = forms.CharField(label=_("编号或文号"), required=False, max_length=80)
    record = forms.UUIDField(label=_("记录编号（内部）"), required=False)
    verb = forms.CharField(label=_("动作代码"), required=False, max_length=40)
    through = forms.CharField(label=_("经由的系统"), required=False, max_length=80)
    unit = forms.ModelChoiceField(
        label=_("单位（含下级）"), queryset=Unit.objects.none(), required=False, empty_label=_("全部")
    )
    term = forms.CharField(
        label=_("谁检索过这个词"), required=False, max_length=80, help_text=_("要和当时输入的一样；系统只存它的摘要。")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("全部")), *selectors.kinds_seen(user)]  # type: ignore[attr-defined]
        if required().kind == "province":
            self.fields["unit"].queryset = people.units(with_closed=True)  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]

    def said(self) -> dict[str, Any]:
        """Cleaned values, a unit as its id."""
        data = dict(self.cleaned_data)
        unit = data.get("unit")
        return data | {"unit": unit.pk if unit else None}
