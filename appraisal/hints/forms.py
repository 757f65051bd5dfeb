"""Forms of the officer's pages about recognition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.hints import presenters
from appraisal.hints.models import SHARES, Offer


class OfferForm(forms.ModelForm):
    """推荐入库."""

    typology = forms.ChoiceField(label=_("假货类型"))
    share = forms.ChoiceField(label=_("外省能看到什么"), choices=SHARES, initial="place_only")

    class Meta:
        model = Offer
        fields = ["typology", "share", "batch_no", "barcode", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typology"].choices = presenters.typology_choices()
