"""Forms of a brand's shelves. They check the shape; the services check the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import overlays, selectors, services
from appraisal.catalogue.models import Category
from appraisal.catalogue.shots import ShotSpec
from federation.parties.models import Organisation
from kernel import gtin
from kernel.errors import BadInput
from webui.inputs import DayField

PICTURES = "image/jpeg,image/png,image/webp,image/heic"


class ProductForm(forms.Form):
    """A product line in one specification."""

    name = forms.CharField(label=_("产品"), max_length=80, help_text=_("不必重复品牌名"))
    spec = forms.CharField(label=_("规格"), max_length=40, required=False, help_text=_("例如 500ml"))
    category = forms.ModelChoiceField(label=_("产品类别"), queryset=Category.objects.none(), empty_label=_("请选择"))
    nice_class = forms.IntegerField(label=_("尼斯分类"), min_value=1, max_value=45)
    guide_price_yuan = forms.DecimalField(
        label=_("指导价（元）"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    barcodes = forms.CharField(
        label=_("条码"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("每行一个")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = selectors.categories()  # type: ignore[attr-defined]

    def clean_barcodes(self) -> list[str]:
        try:
            return [gtin.parse(line) for line in self.cleaned_data["barcodes"].split()]
        except BadInput as error:
            raise forms.ValidationError(error.detail) from error


class NewProductForm(ProductForm):
    """A new one, with the usual shots of a trade to start from."""

    brand_name = forms.ChoiceField(label=_("品牌"))
    template = forms.ChoiceField(label=_("拍照模板"), help_text=_("从常用模板开始，之后可以改"))
    field_order = ("brand_name", "name", "spec", "category", "template", "nice_class", "guide_price_yuan", "barcodes")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brand_name"].choices = [  # type: ignore[attr-defined]
            (name, name) for name in selectors.brand_names(organisation)
        ]
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            (name, f"{trade}（{len(services.templates()[name])}）")
            for name, trade in services.template_trades().items()
        ]


class ShotForm(forms.Form):
    """One picture to ask for."""

    code = forms.SlugField(label=_("代码"), max_length=40, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("拍照项"), max_length=40, required=False)
    hint = forms.CharField(label=_("提示"), max_length=120, required=False)
    required = forms.BooleanField(label=_("必拍"), required=False)
    in_quick_set = forms.BooleanField(label=_("快拍"), required=False)
    overlay = forms.ChoiceField(label=_("取景框"), choices=[("", _("无")), *overlays.NAMES.items()], required=False)
    sample = forms.RegexField(r"^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)
    picture = forms.FileField(label=_("示例图"), required=False, widget=forms.FileInput(attrs={"accept": PICTURES}))


class BaseShotFormSet(forms.BaseFormSet):
    """All shots, in the order given by their numbers."""

    def specs(self) -> list[ShotSpec]:
        """What was written, in order, without the rows taken out. New pictures are kept at once. Raises BadInput."""
        found = []
        for number, form in enumerate(self.ordered_forms, start=1):
            data = form.cleaned_data
            if not data.get("name") and not data.get("code"):
                continue  # a row that was left empty
            picture = data.get("picture")
            found.append(
                ShotSpec(
                    code=data["code"] or f"shot_{number}_{len(self.forms)}",
                    name=data["name"],
                    hint=data["hint"],
                    required=data["required"],
                    in_quick_set=data["in_quick_set"],
                    overlay=data["overlay"],
                    sample=services.keep_sample(picture) if picture else data["sample"],
                )
            )
        return found


ShotFormSet = forms.formset_factory(
    ShotForm, formset=BaseShotFormSet, can_order=True, can_delete=True, extra=2, max_num=services.MAX_SHOTS
)


class CheckpointForm(forms.Form):
    """A checkpoint."""

    name = forms.CharField(label=_("检查点"), max_length=120)
    shot_code = forms.ChoiceField(label=_("看哪一张"), required=False)
    is_secret = forms.BooleanField(
        label=_("不外传"), required=False, help_text=_("只有本单位的鉴定人员看得到，任何省局都看不到；之后不能改为公开")
    )

    def __init__(self, *args: Any, shots: list[ShotSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shot_code"].choices = [  # type: ignore[attr-defined]
            ("", _("不限")),
            *((shot.code, shot.name) for shot in shots),
        ]


class PeriodForm(forms.Form):
    """The days of production on which goods looked like a reference."""

    made_from = DayField(label=_("适用生产日期自"), required=False, help_text=_("换过包装的写明；都不填即不限"))
    made_until = DayField(label=_("适用生产日期至"), required=False)


class ReferenceForm(PeriodForm):
    """A picture of the genuine product."""

    shot_code = forms.ChoiceField(label=_("对应拍照项"))
    title = forms.CharField(label=_("说明"), max_length=80, required=False)
    picture = forms.FileField(
        label=_("图片"), widget=forms.FileInput(attrs={"accept": PICTURES}), help_text=_("JPEG、PNG、WebP 或 HEIC")
    )

    field_order = ("shot_code", "title", "picture", "made_from", "made_until")

    def __init__(self, *args: Any, shots: list[ShotSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shot_code"].choices = [(shot.code, shot.name) for shot in shots]  # type: ignore[attr-defined]
