"""Forms of the library's pages. They check the shape; the services check the rules."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appraisal.desk.selectors import Desk
from appraisal.recognised import words
from appraisal.recognition import presenters
from appraisal.recognition.models import CODE_FIELDS, SHARES, GuidePrice
from webui.inputs import DayField

PICTURES = "image/jpeg,image/png,image/webp,image/heic"


def typologies() -> list[tuple[str, str]]:
    """Kinds of fakes, for a form."""
    return [(code, str(name)) for code, name in words("typology").items()]


class ManyFiles(forms.ClearableFileInput):
    """Several photos at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of files."""

    widget = ManyFiles(attrs={"accept": PICTURES})

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if self.required and not files:
            raise ValidationError(_("请至少选一张照片。"))
        return [super(PhotosField, self).clean(each, initial) for each in files]


class StaffForm(forms.Form):
    """A candidate from goods that rights staff saw."""

    product = forms.ChoiceField(label=_("产品"))
    typology = forms.ChoiceField(label=_("假货类型"))
    photos = PhotosField(label=_("照片"), help_text=_("可一次选多张；正面要清楚、占满画面"))
    county_code = forms.ChoiceField(label=_("在哪里发现"), required=False)
    found_on = DayField(label=_("发现日期"))
    visibility = forms.ChoiceField(label=_("外省能看到什么"), choices=SHARES, initial="place_only")
    code_field = forms.ChoiceField(label=_("码的种类"), choices=CODE_FIELDS, required=False)
    code = forms.CharField(label=_("码"), max_length=120, required=False)
    note = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, desk: Desk, province: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [("", _("请选择")), *presenters.product_choices(desk)]  # type: ignore[attr-defined]
        self.fields["typology"].choices = typologies()  # type: ignore[attr-defined]
        self.fields["county_code"].choices = [("", _("不清楚")), *presenters.county_choices(province)]  # type: ignore[attr-defined]


class EntryForm(forms.Form):
    """What may be changed of an entry."""

    title = forms.CharField(label=_("名称"), max_length=120)
    typology = forms.ChoiceField(label=_("假货类型"))
    visibility = forms.ChoiceField(label=_("外省能看到什么"), choices=SHARES)
    show_picture = forms.BooleanField(label=_("提示里附照片"), required=False)
    valid_until = DayField(label=_("停用日"), required=False)
    least_score = forms.FloatField(label=_("最低分"), min_value=0, help_text=_("比这低的不提示；误报多时调高，例如 50"))
    radius_bits = forms.IntegerField(
        label=_("同图半径（位）"), min_value=0, max_value=31, help_text=_("同一张图再次出现的判断，一般不用改")
    )
    note = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typology"].choices = typologies()  # type: ignore[attr-defined]


class PriceForm(forms.Form):
    """A guide price for a period and regions."""

    product = forms.ChoiceField(label=_("产品"))
    price_yuan = forms.DecimalField(label=_("指导价（元）"), min_value=0, max_digits=12, decimal_places=2)
    unit = forms.CharField(label=_("单位"), max_length=20, initial=_("瓶"))
    pieces = forms.IntegerField(label=_("每单位件数"), min_value=1, initial=1, help_text=_("一箱 6 瓶就填 6"))
    valid_from = DayField(label=_("起始日"))
    valid_until = DayField(label=_("截止日"), required=False)
    occasion = forms.ChoiceField(label=_("场合"), choices=GuidePrice.Occasion.choices)
    region_codes = forms.MultipleChoiceField(
        label=_("适用省份"), required=False, help_text=_("都不选即全国"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, desk: Desk, provinces: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = presenters.product_choices(desk)  # type: ignore[attr-defined]
        self.fields["region_codes"].choices = provinces  # type: ignore[attr-defined]


class DrawingForm(forms.Form):
    """What was drawn on a photo: JSON {outline: [[x, y]], defects: [{x, y, w, h, words}]}, in parts of the picture."""

    drawing = forms.CharField(widget=forms.HiddenInput, max_length=20_000)

    def clean_drawing(self) -> dict[str, Any]:
        try:
            said = json.loads(self.cleaned_data["drawing"])
            return {
                "outline": [[float(x), float(y)] for x, y in said.get("outline") or ()],
                "defects": [
                    {**{side: float(box[side]) for side in "xywh"}, "words": str(box.get("words", ""))[:300]}
                    for box in said.get("defects") or ()
                ],
            }
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValidationError(_("没有读懂画的内容，请刷新页面后重画。")) from error


def day_or_none(text: str) -> date | None:
    """An ISO date out of an address, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
