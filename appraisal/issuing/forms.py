"""What people of the brand type about letters, samples, mailings and objections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.issuing.models import LetterFinding, LetterItem, OpinionLetter
from appraisal.issuing.services import FindingSaid, ItemSaid
from webui.inputs import DayField, MomentField


class LetterForm(forms.Form):
    """What a draft says as a whole."""

    exam_mode = forms.ChoiceField(label=_("鉴别方式"), choices=OpinionLetter.ExamMode.choices)
    exam_began_at = MomentField(label=_("鉴别开始"))
    exam_ended_at = MomentField(label=_("鉴别结束"))
    exam_place = forms.CharField(label=_("鉴别地点"), max_length=200, required=False)
    employee_no = forms.CharField(label=_("鉴定人员工号"), max_length=40, required=False)
    remarks = forms.CharField(
        label=_("补充说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    responsibility = forms.CharField(
        label=_("责任声明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ItemForm(forms.Form):
    """What a draft says of one item beside its conclusion."""

    seal_no = forms.CharField(label=_("封样编号"), max_length=60, required=False)
    price_yuan = forms.DecimalField(
        label=_("正品价格（元）"), max_digits=14, decimal_places=2, min_value=0, required=False
    )
    price_unit = forms.CharField(label=_("计价单位"), max_length=20, required=False)
    price_basis = forms.ChoiceField(label=_("价格依据"), choices=LetterItem.PriceBasis.choices, required=False)
    price_basis_text = forms.CharField(label=_("依据说明"), max_length=300, required=False)
    price_as_of = DayField(label=_("价格日期"), required=False)
    statement = forms.CharField(
        label=_("这一件的说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class FindingForm(forms.Form):
    """One compared feature."""

    grade = forms.ChoiceField(label=_("去向"), choices=LetterFinding.Grade.choices, required=False)
    feature = forms.CharField(label=_("特征"), max_length=200, required=False)
    genuine = forms.CharField(
        label=_("正品"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    sample = forms.CharField(label=_("样品"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 1}))
    difference = forms.CharField(
        label=_("差异"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )


class DraftForm:
    """All forms of a draft's page: the whole, each item, each feature and one empty line an item."""

    def __init__(self, letter: OpinionLetter, data: Any = None) -> None:
        names = [*LetterForm.base_fields]
        self.letter = letter
        self.whole = LetterForm(data, initial={name: getattr(letter, name) for name in names})
        self.items = [self._item(row, data) for row in letter.items.all()]

    @staticmethod
    def _item(row: LetterItem, data: Any) -> dict[str, Any]:
        prefix = f"i{row.position}"
        names = [*ItemForm.base_fields]
        item = ItemForm(data, prefix=prefix, initial={name: getattr(row, name) for name in names})
        there = [
            {name: getattr(each, name) for name in FindingForm.base_fields} for each in row.findings.all()
        ]  # fmt: skip
        lines = [*there, {"grade": LetterFinding.Grade.ANNEX}]
        if data is not None:
            lines = lines[:1] * max(1, sum(key.startswith(f"{prefix}-f") and key.endswith("-feature") for key in data))
        findings = [FindingForm(data, prefix=f"{prefix}-f{n}", initial=line) for n, line in enumerate(lines)]
        return {"row": row, "form": item, "findings": findings}

    def is_valid(self) -> bool:
        forms_ = [self.whole, *(each["form"] for each in self.items)]
        forms_ += [line for each in self.items for line in each["findings"]]
        return all([form.is_valid() for form in forms_])

    @property
    def errors(self) -> list[str]:
        """Sentences of everything that is wrong, each once."""
        forms_ = [self.whole, *(each["form"] for each in self.items)]
        said = [
            f"{form.fields[name].label}：{words}"
            for form in forms_
            for name, found in form.errors.items()
            for words in found
        ]
        return list(dict.fromkeys(said))

    def said(self) -> dict[str, Any]:
        """Arguments of `services.write`."""
        return {**self.whole.cleaned_data, "items": [self._said(each) for each in self.items]}

    @staticmethod
    def _said(each: dict[str, Any]) -> ItemSaid:
        lines = [line.cleaned_data for line in each["findings"]]
        return ItemSaid(
            row_id=each["row"].pk,
            **each["form"].cleaned_data,
            findings=[
                FindingSaid(**{**line, "grade": line["grade"] or LetterFinding.Grade.ANNEX})
                for line in lines
                if line["feature"].strip()
            ],
        )


class MailForm(forms.Form):
    """The original goes out."""

    courier = forms.CharField(label=_("快递公司"), max_length=60)
    waybill_no = forms.CharField(label=_("运单号"), max_length=60)
    sent_on = DayField(label=_("寄出日期"))


class ScanForm(forms.Form):
    """A scan of the signed original and the code that is printed on it."""

    code = forms.CharField(label=_("扫描件上的查验码"), max_length=20)
    file = forms.FileField(
        label=_("扫描件"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("PDF、JPEG 或 PNG"),
    )


class RulesForm(forms.Form):
    """How the organisation issues letters."""

    number_word = forms.CharField(label=_("编号代字"), max_length=20, help_text=_("编号写作“代字辨字〔年份〕序号”"))
    address = forms.CharField(label=_("单位住所"), max_length=200, required=False)
    needs_legal = forms.BooleanField(label=_("签发前须经法务审核"), required=False)
    needs_seal = forms.BooleanField(label=_("签发前须经用印批准"), required=False)


class CertificateForm(forms.Form):
    """A certificate for signing."""

    file = forms.FileField(label=_("证书文件"), widget=forms.FileInput(attrs={"accept": ".p12,.pfx"}))
    passphrase = forms.CharField(
        label=_("证书口令"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("口令不保存，每次签名时再输入"),
    )


class SampleForm(forms.Form):
    """A step of a sealed sample; each step reads what is its own."""

    seal_no = forms.CharField(label=_("封签编号"), max_length=60, required=False)
    unbroken = forms.BooleanField(label=_("封签完好"), required=False)
    witnesses = forms.CharField(label=_("启封时在场的人"), max_length=120, required=False)
    courier = forms.CharField(label=_("快递公司"), max_length=60, required=False)
    waybill_no = forms.CharField(label=_("运单号"), max_length=60, required=False)
    sent_on = DayField(label=_("寄出日期"), required=False)
    remark = forms.CharField(
        label=_("情况说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ObjectionForm(forms.Form):
    """The answer to an objection."""

    outcome = forms.ChoiceField(
        label=_("处理结果"),
        choices=[
            ("stands", _("维持原意见")),
            ("new_letter", _("另行出具新版意见书")),
            ("withdrawn", _("撤回意见书")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("答复和理由"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    file = forms.FileField(
        label=_("附件"), required=False, widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"})
    )
