"""What people fill in about letters."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.letters import selectors, words
from federation.letters.models import Delivery


class ReasonForm(forms.Form):
    """Why a stuck letter goes back to its sender."""

    reason = forms.CharField(
        label=_("退回理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("发件方会看到这段话。请勿写入案情。"),
        error_messages={"required": _("请写明退回理由。")},
    )


class FlightFilter(forms.Form):
    """Which letters in flight are shown. The choices are those that occur."""

    party = forms.ChoiceField(label=_("发件方或收件方"), required=False)
    kind = forms.ChoiceField(label=_("种类"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state, Delivery.State(state).label) for state in Delivery.UNSETTLED)],
    )

    def __init__(self, *args: Any, routes: list[selectors.Route], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = words.party_names({party for route in routes for party in (route.sender, route.addressee)})
        everything = ("", _("全部"))
        self._offer("party", [everything, *sorted(parties.items(), key=lambda pair: pair[1])])
        self._offer("kind", [everything, *((kind, words.kind_name(kind)) for kind in selectors.kinds_in_flight())])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices
