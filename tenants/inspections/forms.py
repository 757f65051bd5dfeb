"""What an officer types on the premises, parsed. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.inspections.models import Inspection, Lot, MarketEntity, PresentPerson

UNITS = ["瓶", "箱", "盒", "件", "条", "袋", "桶", "公斤", "克", "升", "米", "双", "套", "张"]


def _bare(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


def _yuan() -> forms.NumberInput:
    return forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0"})


class JoinForm(forms.Form):
    """The code that the first phone shows."""

    code = forms.CharField(
        label=_("加入码"),
        max_length=20,
        help_text=_("第一名执法人员手机上的 6 位数字。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}),
    )


class EntityForm(forms.ModelForm):
    """Whose premises. The photo of the licence is a field of its own, read by the view."""

    class Meta:
        model = MarketEntity
        fields = [
            "kind",
            "uscc",
            "old_number",
            "name",
            "responsible_person",
            "address",
            "phone",
            "identity_no",
            "note",
        ]
        widgets = {
            "kind": forms.RadioSelect,
            "uscc": _bare(autocapitalize="characters", spellcheck="false", maxlength="24"),
            "old_number": _bare(inputmode="numeric"),
            "name": _bare(),
            "responsible_person": _bare(),
            "address": _bare(),
            "phone": _bare(inputmode="tel"),
            "identity_no": _bare(),
            "note": _bare(),
        }
        help_texts = {
            "uscc": _("18 位；不用字母 I、O、S、V、Z。写错一位会指出是哪一位。"),
            "name": _("与营业执照一致；没有执照的写姓名，不肯说的写所见。"),
            "old_number": _("2015 年以前的 15 位注册号，并在说明里写原因。"),
        }

    uscc = forms.CharField(
        label=_("统一社会信用代码"),
        required=False,
        max_length=40,
        help_text=_("18 位；不用字母 I、O、S、V、Z。写错一位会指出是哪一位。"),
        widget=_bare(autocapitalize="characters", spellcheck="false"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = list(MarketEntity.Kind.choices)
        if not self.instance.kind:
            self.initial["kind"] = MarketEntity.Kind.LICENSED


class PersonForm(forms.ModelForm):
    """Somebody who is present."""

    class Meta:
        model = PresentPerson
        fields = ["role", "name", "duty", "phone", "identity_kind", "identity_no", "refused", "note"]
        widgets = {
            "name": _bare(),
            "duty": _bare(),
            "phone": _bare(inputmode="tel"),
            "identity_kind": _bare(list="identity-kinds"),
            "identity_no": _bare(),
            "note": _bare(),
        }


class SceneForm(forms.ModelForm):
    """What the record says beside the goods."""

    class Meta:
        model = Inspection
        fields = ["scene", "party_statement", "conduct", "repeat_offender", "repeat_basis"]
        widgets = {
            "scene": forms.Textarea(attrs={"rows": 6}),
            "party_statement": forms.Textarea(attrs={"rows": 4}),
            "repeat_basis": _bare(),
        }


class LotForm(forms.ModelForm):
    """What is known of a lot, beside how many there are. Each changed field becomes one entry of the log."""

    class Meta:
        model = Lot
        fields = [
            "product_name",
            "claimed_brand",
            "category",
            "spec",
            "unit",
            "batch_no",
            "stood_where",
            "package_state",
            "waybill_no",
            "price_basis",
            "price_labelled_yuan",
            "price_sold_yuan",
            "price_genuine_yuan",
            "sold_quantity",
            "sold_amount_yuan",
            "gains_yuan",
            "purchase_price_yuan",
            "purchase_basis",
            "supplier_answer",
            "supplier_name",
            "supplier_contact",
            "note",
        ]
        widgets = {
            **{
                name: _bare()
                for name in (
                    "product_name",
                    "claimed_brand",
                    "category",
                    "spec",
                    "batch_no",
                    "stood_where",
                    "waybill_no",
                    "supplier_name",
                    "supplier_contact",
                    "note",
                )
            },
            **{
                name: _yuan()
                for name in (
                    "price_labelled_yuan",
                    "price_sold_yuan",
                    "price_genuine_yuan",
                    "sold_amount_yuan",
                    "gains_yuan",
                    "purchase_price_yuan",
                )
            },
            "unit": _bare(list="units"),
            "sold_quantity": forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": "0"}),
        }

    def said(self) -> dict[str, Any]:
        """The changed fields as operations carry them: text, numbers as decimal text, None for taken away."""
        return {name: spoken(self.cleaned_data[name]) for name in self.changed_data}


def spoken(value: Any) -> str | None:
    """A field's value as an operation carries it."""
    return None if value is None else str(value)


class PriceForm(LotForm):
    """What the goods cost, by which basis, and where they are from."""

    class Meta(LotForm.Meta):
        fields = [
            "price_basis",
            "price_labelled_yuan",
            "price_sold_yuan",
            "price_genuine_yuan",
            "sold_quantity",
            "sold_amount_yuan",
            "gains_yuan",
            "purchase_price_yuan",
            "purchase_basis",
            "supplier_answer",
            "supplier_name",
            "supplier_contact",
        ]


class NewLotForm(forms.ModelForm):
    """A lot written down on a page without scripts."""

    quantity = forms.CharField(label=_("数量"), required=False, max_length=13, widget=_bare(inputmode="decimal"))

    class Meta:
        model = Lot
        fields = ["product_name", "claimed_brand", "unit", "batch_no", "stood_where", "package_state"]
        widgets = {
            "product_name": _bare(),
            "claimed_brand": _bare(),
            "unit": _bare(list="units"),
            "batch_no": _bare(),
            "stood_where": _bare(),
        }

    def said(self) -> dict[str, Any]:
        """The fields that were filled in, as an operation carries them."""
        return {name: spoken(self.cleaned_data[name]) for name in self.Meta.fields if self.cleaned_data[name]}
