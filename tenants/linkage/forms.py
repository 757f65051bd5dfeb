"""What is typed about referrals and mappings. Rules that also hold for the API live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.linkage.models import LinkageSetting, Referral, ReferralStep
from tenants.linkage.services.referring import OUTCOMES
from tenants.linkage.terms import RULES
from webui.inputs import MomentField

_AREA = forms.Textarea(attrs={"rows": 4})
_ANNEXES = [each for each in Referral.Annex.choices if each[0] != Referral.Annex.APPRAISAL]


class AnnexesField(forms.MultipleChoiceField):
    """What lies ready to go along. Verdicts of the case go by themselves."""

    def __init__(self) -> None:
        super().__init__(
            label=_("附件已备齐"),
            choices=_ANNEXES,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("案件里的辨认结论自动列入。前三种缺一不能移送。"),
        )


class PrepareForm(forms.Form):
    """A referral is drafted."""

    police_org = forms.CharField(label=_("公安机关"), max_length=120, help_text=_("同级公安机关的全称。"))
    suspected_crime = forms.CharField(label=_("涉嫌罪名"), max_length=120)
    facts = forms.CharField(label=_("案情与证据"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))
    goods_yuan = forms.DecimalField(
        label=_("涉案货值（元）"), max_digits=14, decimal_places=2, min_value=0, required=False
    )
    gains_yuan = forms.DecimalField(
        label=_("违法所得（元）"), max_digits=14, decimal_places=2, min_value=0, required=False
    )
    connection_id = forms.ChoiceField(label=_("怎么送"), required=False)
    annexes = AnnexesField()

    def __init__(self, *args: Any, platforms: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["connection_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*((str(each.pk), each.name) for each in platforms), ("", _("书面移送"))]


class AmendForm(forms.Form):
    """A draft, or what was sent back, is mended."""

    police_org = forms.CharField(label=_("公安机关"), max_length=120)
    facts = forms.CharField(label=_("案情与证据"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))
    annexes = AnnexesField()


class NothingForm(forms.Form):
    """A step that needs no words."""


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=_AREA)


class WordsForm(forms.Form):
    """A step that is told in words."""

    words = forms.CharField(label=_("情况"), max_length=1000, widget=_AREA)


class StepForm(forms.Form):
    """What came back on paper, typed off it."""

    kind = forms.ChoiceField(
        label=_("事项"), choices=[(each.value, each.label) for each in ReferralStep.THEIRS if each != "outcome"]
    )
    at = MomentField(label=_("时间"))
    number = forms.CharField(label=_("文书编号"), max_length=80, required=False)
    words = forms.CharField(
        label=_("说明"),
        max_length=1000,
        required=False,
        widget=_AREA,
        help_text=_("回执写签收人；退回、不予立案写理由。"),
    )


class OutcomeForm(forms.Form):
    """Numbers of people, for statistics."""

    at = MomentField(label=_("时间"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in OUTCOMES.items():
            self.fields[name] = forms.IntegerField(label=words, min_value=0, max_value=10_000, required=False)


class SettingForm(forms.Form):
    """How messages reach a platform."""

    channel = forms.ChoiceField(label=_("怎么送"), choices=LinkageSetting.Channel.choices, widget=forms.RadioSelect)
    endpoint = forms.CharField(
        label=_("对方接口网址"), max_length=300, required=False, help_text=_("只在推送时填，以 https:// 开头。")
    )
    body_format = forms.ChoiceField(label=_("格式"), choices=LinkageSetting.Format.choices)
    header_name = forms.CharField(label=_("密钥放在哪个请求头"), max_length=60, required=False)
    header_value = forms.CharField(
        label=_("对方给的密钥"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("保存后不再显示；不填则沿用已保存的。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in RULES.values():
            self.fields[f"term_{rule.code}"] = forms.IntegerField(
                label=rule.words, min_value=1, max_value=365, help_text=unit_words(rule.term.unit)
            )


def unit_words(unit: str) -> Any:
    """What a term is counted in."""
    return {"hour": _("小时"), "calendar_day": _("天"), "working_day": _("工作日")}[str(unit)]
