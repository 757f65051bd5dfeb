"""What is typed on the pages of fast appraisals. Forms check the shape; the services check the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.platforms.models import FastAsk, HolderTerms, PlatformLimit, PlatformTerms
from appraisal.platforms.services import Listing
from appraisal.platforms.services.answering import LONGEST_REASONS
from appraisal.platforms.words import VERDICTS

IMAGES = "image/jpeg,image/png,image/webp,image/heic"


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files under one name, at least one."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # type: ignore[override]
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in (given or [None])]


class AskForm(forms.Form):
    """One listing. There is no field for a buyer."""

    brand_name = forms.CharField(
        label=_("品牌"),
        max_length=80,
        help_text=_("与“可问的品牌”里的写法一致"),
        widget=forms.TextInput(attrs={"list": "brands-here"}),
    )
    product_name = forms.CharField(label=_("产品"), max_length=120, required=False, help_text=_("不知道可以不填"))
    listing_id = forms.CharField(label=_("商品编号"), max_length=80, help_text=_("平台上的编号"))
    listing_url = forms.CharField(label=_("商品链接"), max_length=500, required=False)
    shop_name = forms.CharField(label=_("店铺"), max_length=120)
    price_yuan = forms.DecimalField(label=_("售价（元）"), max_digits=14, decimal_places=2, min_value=0, required=False)
    question = forms.CharField(
        label=_("问题"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不要写买家的姓名、电话、证件号和订单；写了会被隐去"),
    )
    reference = forms.CharField(
        label=_("平台编号"), max_length=64, required=False, help_text=_("贵平台自己的编号，同一编号只算一件")
    )
    pictures = FilesField(
        label=_("商品图片"),
        widget=Files(attrs={"accept": IMAGES}),
        help_text=_("1 至 12 张，JPEG、PNG、WebP 或 HEIC"),
    )

    def listing(self, pictures: tuple[Any, ...]) -> Listing:
        """What `services.ask` takes."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "pictures"}
        return Listing(pictures=pictures, **said)


class AnswerForm(forms.Form):
    """The conclusion on one listing."""

    value = forms.ChoiceField(
        label=_("结论"),
        choices=[(each.value, each.label) for each in VERDICTS],
        error_messages={"required": _("请先选结论。"), "invalid_choice": _("没有这种结论，请重新选择。")},
    )
    reasons = forms.CharField(
        label=_("理由"),
        max_length=LONGEST_REASONS,
        widget=forms.Textarea(attrs={"rows": 4, "data-reasons": ""}),
        help_text=_("平台会看到，也会转告店铺。不要写防伪暗记。"),
        error_messages={"required": _("请写明理由，平台会告诉店铺。")},
    )


class TermsForm(forms.ModelForm):
    """What a right holder offers all platforms."""

    class Meta:
        model = HolderTerms
        fields = ["accepts", "promise_minutes", "hours", "every_day", "per_day"]
        help_texts = {
            "promise_minutes": _("只算服务时间内的分钟"),
            "hours": _("北京时间，例如 09:00-12:00,14:00-18:00"),
            "per_day": _("填 0 表示暂时一件也不接"),
        }


class PlatformTermsForm(forms.ModelForm):
    """What it says of one platform."""

    class Meta:
        model = PlatformTerms
        fields = ["accepts", "promise_minutes", "per_day"]
        help_texts = {"promise_minutes": _("不填：与其他平台一样"), "per_day": _("不填：与其他平台一样")}


class LimitForm(forms.ModelForm):
    """The office's numbers for one platform."""

    class Meta:
        model = PlatformLimit
        fields = ["is_open", "per_hour", "per_day", "open_at_once", "note"]


class AsksFilter(forms.Form):
    """Which asks are shown."""

    state = forms.ChoiceField(required=False, choices=[("", ""), ("open", ""), ("late", ""), *FastAsk.State.choices])
    q = forms.CharField(required=False, max_length=80)
