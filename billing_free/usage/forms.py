"""Forms of the pages: an amendment, a price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_free.prices.services import HIGHEST_FEN, NOTE_LENGTH, next_month
from billing_free.usage.meters import METERS
from billing_free.usage.services.statements import WHY_LENGTH
from kernel import clock


class AmendForm(forms.Form):
    """Why a month is counted anew."""

    why = forms.CharField(
        label=_("更正原因"),
        max_length=WHY_LENGTH,
        help_text=_("重新统计这个月；有变化就出新的版次，原来的一版保留。"),
    )


class PriceForm(forms.Form):
    """What a meter would cost at home from a month on."""

    meter = forms.ChoiceField(label=_("项目"))
    yuan = forms.DecimalField(
        label=_("单价（元）"), min_value=0, max_value=HIGHEST_FEN // 100, max_digits=11, decimal_places=2
    )
    month = forms.CharField(
        label=_("自哪月起"),
        widget=forms.TextInput(attrs={"type": "month"}),
        help_text=_("最早下个月；已开始的月份不改。"),
    )
    note = forms.CharField(label=_("依据"), max_length=NOTE_LENGTH, required=False)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        shown = sorted(METERS.values(), key=lambda each: (each.order, each.code))
        self.fields["meter"].choices = [  # type: ignore[attr-defined]
            (each.code, f"{each.title} · {each.priced or each.unit}") for each in shown
        ]
        self.fields["month"].initial = f"{next_month(clock.today()):%Y-%m}"

    def clean_month(self) -> date:
        year, _dash, month = self.cleaned_data["month"].partition("-")
        try:
            return date(int(year), int(month), 1)
        except ValueError as error:
            raise forms.ValidationError(_("请选择一个月份。")) from error

    def price(self) -> dict[str, Any]:
        """As the service takes it: money in whole fen."""
        said = self.cleaned_data
        fen = int(said["yuan"] * Decimal(100))
        return {"meter": said["meter"], "fen": fen, "valid_from": said["month"], "note": said["note"]}
