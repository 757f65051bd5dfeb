"""Forms of the office's pages on other installations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.move import possible
from federation.peers.models import Peer


class AddForm(forms.Form):
    """Register another installation."""

    title = forms.CharField(label=_("名称"), max_length=120, help_text=_("例如 海南省市场监督管理局自建平台"))
    card = forms.CharField(
        label=_("对方名片"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("请对方在“对等平台”页面复制整行名片，用任何方式发来。名片不含秘密。"),
    )


class ConfirmForm(forms.Form):
    """The digits were compared by voice."""

    same = forms.BooleanField(label=_("已与对方通话，逐组念过，两边三十位数字完全一致"))


class TurnForm(forms.Form):
    """Suspend, resume or end, with the reason."""

    verb = forms.ChoiceField(label=_("操作"))
    why = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, peer: Peer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [  # type: ignore[attr-defined]
            (verb, Peer.VERBS[verb]) for verb in possible(peer) if verb != "confirm"
        ]
