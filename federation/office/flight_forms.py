"""What people choose on the pages of letters in flight, of flows and of figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.letters import words
from federation.letters.models import Delivery
from federation.office import services
from federation.office.selectors import flight, pace
from kernel import clock

EVERYTHING = ("", _("全部"))
PERIODS = {"7": _("近 7 天"), "30": _("近 30 天"), "90": _("近 90 天"), "365": _("近一年")}
BYS = {
    "pair": _("省份对"),
    "addressee": _("收件省"),
    "sender": _("发件省"),
    "kind": _("种类"),
    "month": _("月份"),
}


def kind_choices(kinds: list[str]) -> list[tuple[str, Any]]:
    """Everything, then each kind in words."""
    return [EVERYTHING, *((kind, words.kind_name(kind)) for kind in kinds)]


class OfficialFilter(forms.Form):
    """Which official letters are shown. The choices are those that occur; the address keeps what was chosen."""

    number = forms.CharField(label=_("文号"), max_length=80, required=False)
    party = forms.ChoiceField(label=_("发件方或收件方"), required=False)
    kind = forms.ChoiceField(label=_("种类"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("未办结")), *Delivery.State.choices, ("all", _("全部"))],
    )
    age = forms.ChoiceField(
        label=_("期限"), required=False, choices=[EVERYTHING, ("overdue", _("已超期")), ("soon", _("三天内到期"))]
    )
    sender = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    addressee = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties, kinds = flight.choices()
        names = words.party_names(parties)
        choose(self, "party", [EVERYTHING, *sorted(names.items(), key=lambda pair: pair[1])])
        choose(self, "kind", kind_choices(kinds))

    def wanted(self) -> flight.Filter:
        """What was chosen; a choice that makes no sense is none."""
        self.is_valid()
        return flight.Filter(**{name: str(value) for name, value in self.cleaned_data.items()})


class FlowFilter(forms.Form):
    """Period and kind of the map."""

    days = forms.ChoiceField(label=_("时间"), required=False, choices=list(PERIODS.items()))
    kind = forms.ChoiceField(label=_("种类"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__({"days": "90"} | data.dict())
        choose(self, "kind", kind_choices(pace.kinds()))

    def wanted(self) -> tuple[Any, str]:
        """Since when, and which kind."""
        self.is_valid()
        days = int(self.cleaned_data.get("days") or 90)
        return clock.now() - timedelta(days=days), self.cleaned_data.get("kind", "")


class PaceFilter(forms.Form):
    """Months, kind, and what a row stands for."""

    first = forms.CharField(label=_("起月"), required=False, max_length=7, widget=forms.TextInput({"type": "month"}))
    last = forms.CharField(label=_("止月"), required=False, max_length=7, widget=forms.TextInput({"type": "month"}))
    by = forms.ChoiceField(label=_("每行一个"), required=False, choices=list(BYS.items()))
    kind = forms.ChoiceField(label=_("种类"), required=False)

    def __init__(self, data: Any) -> None:
        self.period = pace.Period.parse(data.get("first", ""), data.get("last", ""))
        months = {"first": f"{self.period.first:%Y-%m}", "last": f"{self.period.last:%Y-%m}"}
        super().__init__(data.dict() | months)
        choose(self, "kind", kind_choices(pace.kinds()))

    def wanted(self) -> tuple[pace.Period, pace.By, str]:
        """Period, rows and kind."""
        self.is_valid()
        data, period = self.cleaned_data, self.period
        return period, cast("pace.By", data.get("by") or "pair"), data.get("kind", "")


class RatingForm(forms.Form):
    """How useful an answer was."""

    score = forms.TypedChoiceField(
        label=_("这份答复"), coerce=int, choices=list(services.SCORES.items()), widget=forms.RadioSelect
    )
    remark = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("只给答复方看。请勿写入案情。"),
    )


def choose(form: forms.Form, name: str, choices: list[Any]) -> None:
    """Offer these choices in one field."""
    cast("forms.ChoiceField", form.fields[name]).choices = choices
