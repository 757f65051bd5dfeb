"""What rights staff type about a clue. One page is one form: whatever button is pressed, what was typed is saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import selectors as catalogue
from appraisal.reverse_clues import selectors
from appraisal.reverse_clues.models import Addressee, ClueFile, Purchase, ReverseClue
from federation.parties.models import Organisation
from federation.parties.selectors import trademarks_of
from webui.inputs import DayField, MomentField

IMAGES = "image/jpeg,image/png,image/webp,image/heic"


def _text(model: Any, name: str, *, rows: int = 0, **more: Any) -> forms.CharField:
    field = model._meta.get_field(name)
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=more.pop("label", field.verbose_name), max_length=field.max_length, required=False, widget=widget, **more
    )


class Draft(forms.Form):
    """A form that may be saved with little in it. NEEDED: fields that are wanted in the end, and look so."""

    NEEDED: tuple[str, ...] = ()
    use_required_attribute = False

    def full_clean(self) -> None:
        self._need(False)
        super().full_clean()
        self._need(True)

    def _need(self, needed: bool) -> None:
        for name in self.NEEDED:
            self.fields[name].required = needed


class ClueForm(Draft):
    """The clue itself."""

    NEEDED = ("title", "content", "violations", "products", "trademarks", "channel")

    title = _text(ReverseClue, "title", help_text=_("一句话：谁、在哪里、卖什么"))
    content = _text(
        ReverseClue, "content", rows=5, help_text=_("什么时候、怎么发现的，看到了什么，为什么认为是侵权或假冒")
    )
    violations = forms.MultipleChoiceField(
        label=_("涉嫌违法类型"),
        choices=ReverseClue.Violation.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    subject_kind = forms.ChoiceField(label=_("被反映主体类别"), choices=ReverseClue.SubjectKind.choices, required=False)
    subject_name = _text(ReverseClue, "subject_name", help_text=_("店名、企业名称；不知道可以不填"))
    subject_code = _text(ReverseClue, "subject_code")
    subject_phone = _text(ReverseClue, "subject_phone")
    subject_account = _text(ReverseClue, "subject_account", help_text=_("例如：某某平台，店铺“某某旗舰店”，直播间号"))
    address_raw = _text(
        ReverseClue, "address_raw", rows=2, help_text=_("照您看到的写，省、市、县写全更快；机关不会改动原文")
    )
    place_role = forms.ChoiceField(
        label=_("这是什么地址"), choices=[("", _("不清楚")), *ReverseClue.PlaceRole.choices], required=False
    )
    channel = forms.ChoiceField(label=_("渠道"), choices=ReverseClue.Channel.choices, required=False)
    chain_stage = forms.ChoiceField(
        label=_("链条环节"), choices=[("", _("不清楚")), *ReverseClue.ChainStage.choices], required=False
    )
    estimated_value = forms.DecimalField(
        label=_("估计货值（元）"), max_digits=14, decimal_places=2, min_value=0, required=False
    )
    products = forms.MultipleChoiceField(label=_("涉及的产品"), widget=forms.CheckboxSelectMultiple, required=False)
    product_code = forms.CharField(
        label=_("产品上的码"), max_length=120, required=False, help_text=_("批号、追溯码等，看得到就填")
    )
    trademarks = forms.MultipleChoiceField(
        label=_("据以主张权利的商标"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, data: Any = None, *, organisation: Organisation, clue: ReverseClue | None = None) -> None:
        super().__init__(data, initial=_initial(clue, organisation))
        self._need(True)
        self.fields["products"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), row.full_name) for row in catalogue.products_of(organisation) if row.state != "retired"
        ]
        self.fields["trademarks"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), f"{row.name} {row.reg_no}") for row in trademarks_of(organisation)
        ]

    def said(self) -> dict[str, Any]:
        """Arguments of `services.write`."""
        data = dict(self.cleaned_data)
        code = data.pop("product_code")
        data["products"] = [(UUID(pk), code) for pk in data["products"]]
        data["trademark_ids"] = [UUID(pk) for pk in data.pop("trademarks")]
        data["subject_kind"] = data["subject_kind"] or ReverseClue.SubjectKind.UNKNOWN
        data["channel"] = data["channel"] or ReverseClue.Channel.OFFLINE
        return data


def _initial(clue: ReverseClue | None, organisation: Organisation) -> dict[str, Any]:
    if clue is None:
        return {
            "trademarks": [str(row.pk) for row in trademarks_of(organisation)],
            "violations": [ReverseClue.Violation.COUNTERFEIT_TRADEMARK],
            "subject_kind": ReverseClue.SubjectKind.SHOP,
        }
    products = list(clue.products.all())
    names = set(ClueForm.base_fields) - {"products", "product_code", "trademarks"}
    return {
        **{name: getattr(clue, name) for name in names},
        "products": [str(row.product_id) for row in products],
        "product_code": next((row.code for row in products if row.code), ""),
        "trademarks": [str(row.pk) for row in clue.trademarks.all()],
    }


class AddresseeForm(Draft):
    """To which bureau."""

    NEEDED = ("province_code", "level")

    province_code = forms.ChoiceField(label=_("省份"), required=False)
    level = forms.ChoiceField(label=_("受理层级"), choices=Addressee.Level.choices, required=False)
    place = forms.CharField(
        label=_("哪个市、县（区）"),
        max_length=120,
        required=False,
        help_text=_("市局写市名，县局写到县（区），例如：南宁市青秀区；省局不用填"),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="to", initial={"level": Addressee.Level.COUNTY})
        self._need(True)
        self.fields["province_code"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((each.code, each.title or each.name) for each in selectors.provinces() if each.code),
        ]


class RecordingForm(forms.Form):
    """A recording, by file or by its digest alone."""

    form = forms.ChoiceField(
        label=_("类别"),
        required=False,
        choices=[each for each in ClueFile.Form.choices if each[0] != ClueFile.Form.PHOTO],
    )
    what = _text(ClueFile, "what")
    platform = _text(ClueFile, "platform")
    account = _text(ClueFile, "account")
    link = _text(ClueFile, "link")
    recorded_from = MomentField(label=_("录制开始"), required=False)
    recorded_until = MomentField(label=_("录制结束"), required=False)
    file = forms.FileField(label=_("文件"), required=False)
    sha256 = forms.CharField(
        label=_("文件太大时：SHA-256 校验值"),
        max_length=64,
        required=False,
        help_text=_("原件由本单位保管，机关调取时凭这个值核对"),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, prefix="rec")

    def said(self) -> dict[str, Any]:
        """What is said of the recording, but for the file and the digest."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("file", "sha256")}


class PurchaseForm(forms.Form):
    """A test purchase."""

    platform = _text(Purchase, "platform")
    seller = _text(Purchase, "seller")
    order_no = _text(Purchase, "order_no")
    bought_on = DayField(label=_("购买日期"), required=False)
    product_name = _text(Purchase, "product_name")
    quantity = forms.DecimalField(label=_("数量"), max_digits=12, decimal_places=3, min_value=0, required=False)
    unit = _text(Purchase, "unit")
    price_yuan = forms.DecimalField(label=_("实付（元）"), max_digits=14, decimal_places=2, min_value=0, required=False)
    courier = _text(Purchase, "courier")
    waybill_no = _text(Purchase, "waybill_no")
    sent_from = _text(Purchase, "sent_from")
    finding = _text(Purchase, "finding", rows=2)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="buy")

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed."""
        return any(self.data.get(self.add_prefix(name), "").strip() for name in self.fields)


class SupplementForm(forms.Form):
    """What was learned since."""

    text = forms.CharField(
        label=_("补充内容"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(
        label=_("撤回的原因"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
