"""What is typed when a clue comes in. Rules that also hold for the API live in the services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import clock
from tenants.clues.imports.jobs import KINDS
from tenants.clues.models import Clue
from tenants.clues.services import criteria
from tenants.clues.services.fieldcodes import MOST_PER_DAY
from tenants.clues.services.manual import DESK_KINDS, MOST_PRODUCTS, Written, keeps_a_desk
from tenants.clues.services.registering import Product
from webui.inputs import DayField

_KINDS = dict(Clue.SourceKind.choices)


def _bare(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


class PhotosField(forms.FileField):
    """Several photos at once, from the camera or the album."""

    class _Widget(forms.ClearableFileInput):
        allow_multiple_selected = True

    widget = _Widget

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        each = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(one, initial) for one in each]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": "image/*", "multiple": True}


class MatterFields(forms.Form):
    """Whom it is about and what kind of matter it is: at the beginning, and when more is known."""

    subject_name = forms.CharField(
        label=_("被反映的是谁"),
        required=False,
        max_length=120,
        help_text=_("店名、公司名或人名。不知道可以不填。"),
        widget=_bare(),
    )
    subject_kind = forms.ChoiceField(
        label=_("主体类别"), choices=Clue.SubjectKind, required=False, initial=Clue.SubjectKind.UNKNOWN
    )
    subject_code = forms.CharField(
        label=_("统一社会信用代码"),
        required=False,
        max_length=40,
        widget=_bare(autocapitalize="characters", spellcheck="false"),
    )
    subject_phone = forms.CharField(label=_("店铺电话"), required=False, max_length=30, widget=_bare(inputmode="tel"))
    subject_account = forms.CharField(
        label=_("平台和账号"), required=False, max_length=200, help_text=_("例如“某平台 好酒优选店”。"), widget=_bare()
    )
    channel = forms.ChoiceField(label=_("渠道"), choices=Clue.Channel, initial=Clue.Channel.OFFLINE, required=False)
    chain_stage = forms.ChoiceField(
        label=_("链条环节"), choices=[("", _("未填写")), *Clue.ChainStage.choices], required=False
    )
    area_tags = forms.MultipleChoiceField(
        label=_("区域"), choices=Clue.AreaTag, required=False, widget=forms.CheckboxSelectMultiple
    )
    violations = forms.MultipleChoiceField(
        label=_("涉嫌违法类型"), choices=Clue.Violation, required=False, widget=forms.CheckboxSelectMultiple
    )
    estimated_value = forms.DecimalField(
        label=_("估计货值（元）"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0"}),
    )
    criteria = forms.MultipleChoiceField(label=_("重点原因"), required=False, widget=forms.CheckboxSelectMultiple)
    brand_name = forms.CharField(label=_("目录里没有的品牌"), required=False, max_length=80, widget=_bare())
    product_name = forms.CharField(label=_("商品名称"), required=False, max_length=120, widget=_bare())
    product_ids = forms.CharField(required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["criteria"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each.code, f"{each.name}（{each.priority_words}）") for each in criteria.criteria()]

    def products(self) -> list[Product]:
        """Those chosen of the catalogue, then the one that was written."""
        said = self.cleaned_data
        chosen = self.data.getlist("product_ids") if hasattr(self.data, "getlist") else self.data.get("product_ids", [])
        found = []
        for each in dict.fromkeys(filter(None, chosen if isinstance(chosen, list) else [chosen])):
            try:
                found.append(Product(brand_name="", product_id=UUID(str(each))))
            except ValueError:
                continue
        if said["brand_name"] or said["product_name"]:
            found.append(Product(brand_name=said["brand_name"], product_name=said["product_name"]))
        return found[: MOST_PRODUCTS + 1]


class ClueForm(MatterFields):
    """登记线索. Phone first: what, photos, where; the rest is there for who knows more."""

    content = forms.CharField(
        label=_("发生了什么"),
        max_length=6000,
        help_text=_("谁、在哪里、卖什么、哪里可疑。"),
        error_messages={"required": _("请写明线索内容：谁、在哪里、做了什么。")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = PhotosField(label=_("照片"), required=False)
    address_raw = forms.CharField(
        label=_("地址"),
        required=False,
        max_length=1000,
        help_text=_("照原样写；有几处地址就都写上，例如“店铺：…；发货地：…”。"),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "data-address": ""}),
    )
    chosen_division = forms.RegexField(r"^\d{6}$", required=False, widget=forms.HiddenInput)
    place_role = forms.ChoiceField(
        label=_("这是什么地址"), choices=[("", _("未注明")), *Clue.PlaceRole.choices], required=False
    )
    lat = forms.DecimalField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.DecimalField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    urgent = forms.BooleanField(label=_("特急：要值班人员马上处理"), required=False)
    source_kind = forms.ChoiceField(label=_("来源"), required=False)
    source_name = forms.CharField(
        label=_("来源单位"),
        required=False,
        max_length=120,
        help_text=_("媒体、协会、企业或平台的名称。举报人的姓名和电话不填在这里。"),
        widget=_bare(),
    )
    source_ref = forms.CharField(label=_("来源单号"), required=False, max_length=120, widget=_bare())
    outlet_day = DayField(label=_("报道或监测日期"), required=False)
    link = forms.CharField(label=_("链接"), required=False, max_length=500, widget=_bare(inputmode="url"))

    def __init__(self, *args: Any, person: User | None, **kwargs: Any) -> None:
        """person: who writes; None on the page that is kept for use without a signal."""
        super().__init__(*args, **kwargs)
        self.is_desk = person is not None and keeps_a_desk(person)
        if not self.is_desk:
            for name in ("source_kind", "source_name", "source_ref", "outlet_day", "link"):
                del self.fields[name]
            return
        field = self.fields["source_kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, _KINDS[kind]) for kind in DESK_KINDS]

    def written(self, *, clue_id: UUID | None, exhibits: list[tuple[UUID, str]]) -> Written:
        """As the service takes it."""
        said = self.cleaned_data
        placed = said["lat"] is not None and said["lon"] is not None
        plain = (
            "content", "subject_name", "subject_code", "subject_phone", "subject_account", "address_raw", "place_role",
            "chosen_division", "chain_stage", "area_tags", "violations", "estimated_value", "criteria", "urgent",
        )  # fmt: skip
        desk = ("source_kind", "source_name", "source_ref", "outlet_day", "link")
        return Written(
            subject_kind=said["subject_kind"] or Clue.SubjectKind.UNKNOWN,
            channel=said["channel"] or Clue.Channel.OFFLINE,
            gps=(float(said["lat"]), float(said["lon"])) if placed else None,
            products=self.products(),
            exhibits=exhibits,
            clue_id=clue_id,
            **{name: said[name] for name in plain},
            **({name: said[name] for name in desk} if self.is_desk else {}),
        )


class CompleteForm(MatterFields):
    """What was not known at the beginning."""

    more = forms.CharField(
        label=_("补充内容"),
        required=False,
        max_length=2000,
        help_text=_("写在原内容下面，注明您和时间；原来写的不改。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    address_raw = forms.CharField(
        label=_("地址"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "data-address": ""}),
    )
    chosen_division = forms.RegexField(r"^\d{6}$", required=False, widget=forms.HiddenInput)
    photos = PhotosField(label=_("照片"), required=False)

    def __init__(self, *args: Any, clue: Clue, **kwargs: Any) -> None:
        names = ("subject_name", "subject_kind", "subject_code", "subject_phone", "subject_account", "channel",
                 "chain_stage", "area_tags", "violations", "estimated_value")  # fmt: skip
        super().__init__(*args, initial={name: getattr(clue, name) for name in names}, **kwargs)
        if clue.address_raw:
            del self.fields["address_raw"]

    def as_fields(self) -> dict[str, Any]:
        """As the service takes them."""
        said: Mapping[str, Any] = self.cleaned_data
        left = {"more", "photos", "brand_name", "product_name", "product_ids"}
        return {**{name: value for name, value in said.items() if name not in left}, "products": self.products()}


class BringForm(forms.Form):
    """A file, or what was copied out of a spreadsheet."""

    kind = forms.ChoiceField(label=_("来源"), choices=[(kind, _KINDS[kind]) for kind in KINDS])
    name = forms.CharField(
        label=_("来源单位"),
        required=False,
        max_length=120,
        help_text=_("例如监测平台的名称。同一来源每次写法要一样，列的对应关系会记住。"),
        widget=_bare(list="import-names"),
    )
    file = forms.FileField(
        label=_("文件"),
        required=False,
        help_text=_("Excel 工作簿（.xlsx）或 CSV；最大 20 MB、20000 行。编码自动识别，合并的单元格自动拆开填满。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    text = forms.CharField(
        label=_("或者从表格里复制，粘贴在这里"),
        required=False,
        strip=False,
        max_length=20_000_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "data-paste-table": ""}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("file") and not str(said.get("text", "")).strip() and "file" not in self.errors:
            raise forms.ValidationError(_("请选择文件，或粘贴表格。"), code="file_empty")
        return said


class FieldCodeForm(forms.Form):
    """A new code for a team."""

    team = forms.CharField(label=_("队伍名称"), max_length=80, help_text=_("例如“城东社区网格员”。"), widget=_bare())
    area = forms.CharField(label=_("负责区域"), max_length=120, required=False, widget=_bare())
    valid_until = DayField(label=_("有效期至"))
    per_day = forms.IntegerField(label=_("每天最多报送"), min_value=1, max_value=MOST_PER_DAY, initial=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_until": clock.today() + timedelta(days=90), "per_day": 50})
        super().__init__(*args, **kwargs)


class FieldReportForm(forms.Form):
    """From the street, without an account. No name is asked."""

    what = forms.CharField(
        label=_("看到了什么"),
        max_length=4000,
        help_text=_("什么店、卖什么、哪里可疑。不用写您的姓名和电话。"),
        error_messages={"required": _("请写明看到了什么：什么店、卖什么、哪里可疑。")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = PhotosField(label=_("照片"), required=False, help_text=_("最多 6 张。照片里的位置和机型不会给别人看到。"))
    where = forms.CharField(
        label=_("在哪里"),
        required=False,
        max_length=500,
        help_text=_("写到门牌或旁边的标志；说不清就点“记下定位”。"),
        widget=_bare(),
    )
    lat = forms.DecimalField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.DecimalField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=10_000_000, widget=forms.HiddenInput)

    def position(self) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude, if the phone told them."""
        said, exact = self.cleaned_data, Decimal("0.000001")
        if said["lat"] is None or said["lon"] is None:
            return None
        return said["lat"].quantize(exact), said["lon"].quantize(exact)


class CriterionForm(forms.Form):
    """A reason of the bureau's own."""

    name = forms.CharField(label=_("重点原因"), max_length=40, widget=_bare())
    priority = forms.ChoiceField(
        label=_("紧急程度"),
        choices=[each for each in Clue.Priority.choices if each[0] != Clue.Priority.NORMAL],
    )
