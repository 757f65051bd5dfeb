"""Forms of the pages: an endpoint, and sending again by time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webhooks import events
from webui.inputs import MomentField


class EndpointForm(forms.Form):
    """Where to, and what of. Groups are ticked whole; nothing ticked means all."""

    url = forms.CharField(
        label=_("回调网址"),
        max_length=500,
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off", "inputmode": "url"}),
        help_text=_("对方系统收事件的网址，以 https:// 开头。由对方提供。"),
    )
    kinds = forms.MultipleChoiceField(
        label=_("要通知的事件"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一个都不勾，就是全部。对方只会收到它的接入账号看得到的。"),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        groups = {kind.group: events.GROUPS.get(kind.group, kind.group) for kind in events.kinds_here()}
        chosen = [(f"{group}.*", words) for group, words in groups.items()]
        names = {kind.name: kind.words for kind in events.kinds_here()}
        held = [each for each in (named.get("initial") or {}).get("kinds", ()) if each in names]
        self.fields["kinds"].choices = [*chosen, *((each, names[each]) for each in held)]  # type: ignore[attr-defined]


class ReplayForm(forms.Form):
    """From when to when, of the last 30 days."""

    since = MomentField(label=_("从"))
    until = MomentField(label=_("到"))
    undelivered_only = forms.BooleanField(label=_("只重发没有送达的"), required=False)
