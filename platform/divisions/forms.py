"""What a person or a program asks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 2_000


class WhereForm(forms.Form):
    """An address, as it was written."""

    text = forms.CharField(
        label=_("地址或线索原文"),
        max_length=LONGEST_TEXT,
        help_text=_("原样粘贴，不用整理。原文不会被改动，也不保存。"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
