"""What is typed for assistance, for a case that is handed over, and beside a letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from federation.contracts.assistance import MOST_QUESTIONS
from kernel import clock, uscc
from kernel.errors import Problem
from tenants.cases.causes import causes_on
from tenants.correspondence.models import AssistanceDraft, RegionalDay
from webui.inputs import DayField

_CELLS = re.compile(r"[|｜\t]")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.、．)）]|[（(]\d{1,2}[）)])\s*")


class LinesField(forms.CharField):
    """One thing a line. Takes a list too, as it is kept and as the API sends it; gives a list."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, most: int, rows: int = 6, **said: Any) -> None:
        self.longest, self.most = longest, most
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **said)

    def lines(self, value: Any) -> list[str]:
        """What stands on each line, without empty ones and without numbers people write before them."""
        given = value if isinstance(value, list | tuple) else str(value or "").splitlines()
        return [found for each in given if (found := _NUMBERED.sub("", str(each)).strip())]

    def to_python(self, value: Any) -> Any:
        """The lines. Raises ValidationError for one that is too long, or too many."""
        found = self.lines(value)
        if len(found) > self.most:
            raise ValidationError(_("最多 %(most)s 行，现有 %(n)s 行。"), params={"most": self.most, "n": len(found)})
        for number, line in enumerate(found, start=1):
            if len(line) > self.longest:
                raise ValidationError(
                    _("第 %(number)s 行超过 %(longest)s 字，请分成几行。"),
                    params={"number": number, "longest": self.longest},
                )
        return found

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return "\n".join(str(each) for each in value) if isinstance(value, list | tuple) else value

    def run_validators(self, value: Any) -> None:
        """Lines were looked at one by one."""


class TargetsField(LinesField):
    """协查对象: name, code, address, with a bar between; the last two may be left out. Gives a list of dicts."""

    def lines(self, value: Any) -> list[str]:
        """As typed."""
        if isinstance(value, list | tuple):
            return [self._typed(each) for each in value]
        return super().lines(value)

    @staticmethod
    def _typed(each: Any) -> str:
        if isinstance(each, Mapping):
            parts = [str(each.get(name) or "") for name in ("name", "uscc", "address")]
            return " | ".join(parts).rstrip(" |")
        return str(each)

    def to_python(self, value: Any) -> Any:
        """Each with name, uscc, address. Raises ValidationError for a code that is wrong."""
        found = []
        for number, line in enumerate(super().to_python(value), start=1):
            parts = [*(part.strip() for part in _CELLS.split(line)), "", ""]
            name, code, address = parts[0], parts[1], parts[2]
            if not name:
                raise ValidationError(_("第 %(number)s 行没有写名称。"), params={"number": number})
            if code:
                try:
                    code = uscc.parse(code)
                except Problem as problem:
                    raise ValidationError(
                        _("第 %(number)s 行：%(words)s"), params={"number": number, "words": problem.detail}
                    ) from problem
            found.append({"name": name[:120], "uscc": code, "address": address[:300]})
        return found

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return "\n".join(self.lines(value)) if isinstance(value, list | tuple) else value


class RequestForm(forms.Form):
    """协助调查函."""

    case_name = forms.CharField(label=_("案件名称"), max_length=200)
    party_name = forms.CharField(label=_("当事人"), max_length=120, required=False)
    targets = TargetsField(
        label=_("协查对象"), longest=600, most=30, rows=3,
        help_text=_("一行一个：名称 | 统一社会信用代码 | 地址。后两项不知道的可以不写。"),
    )  # fmt: skip
    questions = LinesField(
        label=_("协查事项"), longest=1000, most=MOST_QUESTIONS, rows=7, help_text=_("一行一项，自动编号。")
    )


class OfficersForm(forms.Form):
    """指定承办人."""

    officer_ids = forms.TypedMultipleChoiceField(label=_("承办人"), coerce=str, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, officers: Iterable[User] = (), **said: Any) -> None:
        super().__init__(data, **said)
        self.fields["officer_ids"].choices = [  # type: ignore[attr-defined]
            (
                str(each.pk),
                f"{each.name}（{each.officer_cert_no or _('没有登记执法证号')}）{each.unit.name if each.unit else ''}",
            )
            for each in officers
        ]
        self.fields["officer_ids"].help_text = _("至少两名，都要有执法证号。")

    def clean_officer_ids(self) -> list[str]:
        """Two at least."""
        chosen: list[str] = self.cleaned_data["officer_ids"]
        if len(chosen) < 2:
            raise ValidationError(_("协查要由两名以上执法人员办理。请再选一名。"), code="officers_missing")
        return chosen


class AnswerForm(forms.Form):
    """One answer."""

    finding = forms.ChoiceField(label=_("查证结果"), choices=AssistanceDraft.Finding.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("答复"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    exhibit_ids = forms.TypedMultipleChoiceField(
        label=_("附上证据"), coerce=str, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("从自己经手的证据里选。原件不动，随函发查看件；要移转原件的，用“移转证据”。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, exhibits: Iterable[tuple[str, str]] = (), **said: Any) -> None:
        super().__init__(data, **said)
        self.fields["exhibit_ids"].choices = list(exhibits)  # type: ignore[attr-defined]


class ExtendForm(forms.Form):
    """延期告知."""

    new_due_on = DayField(label=_("新的期限"))
    reason = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CloseForm(forms.Form):
    """办结."""

    words = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class PaperReceiptForm(forms.Form):
    """When a bureau that is not on the system received the letter."""

    received_on = DayField(label=_("对方收函日期"))


class PaperReplyForm(forms.Form):
    """What a reply on paper says to one question."""

    number = forms.TypedChoiceField(label=_("协查事项"), coerce=int)
    finding = forms.ChoiceField(label=_("查证结果"), choices=AssistanceDraft.Finding.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("答复"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    who = forms.CharField(label=_("答复单位和文号"), max_length=80)

    def __init__(self, data: Any = None, *, questions: Iterable[tuple[int, str]] = (), **said: Any) -> None:
        super().__init__(data, **said)
        self.fields["number"].choices = list(questions)  # type: ignore[attr-defined]


class CaseTransferForm(forms.Form):
    """案件移送函."""

    facts = forms.CharField(label=_("案情摘要"), max_length=8000, widget=forms.Textarea(attrs={"rows": 7}))
    reason = forms.CharField(
        label=_("移送理由和依据"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明为什么不属本单位管辖，以及依据的条款。"),
    )  # fmt: skip
    dossier = LinesField(label=_("案卷材料目录"), longest=200, most=500, rows=8, help_text=_("一行一份，自动编号。"))


class SeenForm(forms.Form):
    """Taking a case: what runs on is read before."""

    def __init__(self, data: Any = None, *, words: str = "", **said: Any) -> None:
        super().__init__(data, **said)
        if words:
            self.fields["seen"] = forms.BooleanField(
                label=_("我已看到：%(words)s") % {"words": words},
                error_messages={"required": _("请先看清查封扣押的期满日期，勾选后再接收。")},
            )


class FilingForm(forms.Form):
    """提请立案 from a case that was handed over."""

    cause_code = forms.ChoiceField(label=_("案由"))
    summary = forms.CharField(label=_("案情和理由"), max_length=4000, widget=forms.Textarea(attrs={"rows": 7}))
    handler_ids = forms.TypedMultipleChoiceField(
        label=_("另一名办案人员"), coerce=str, widget=forms.CheckboxSelectMultiple, help_text=_("连同您至少两名。")
    )

    def __init__(self, data: Any = None, *, colleagues: Iterable[User] = (), **said: Any) -> None:
        super().__init__(data, **said)
        self.fields["cause_code"].choices = [  # type: ignore[attr-defined]
            (each.code, each.shown) for each in causes_on(clock.today())
        ]
        self.fields["handler_ids"].choices = [(str(each.pk), each.name) for each in colleagues]  # type: ignore[attr-defined]


class BesideForm(forms.Form):
    """移转证据 beside a letter."""

    package_id = forms.ChoiceField(label=_("证据包"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, packages: Iterable[tuple[str, str]] = (), **said: Any) -> None:
        super().__init__(data, **said)
        self.fields["package_id"].choices = list(packages)  # type: ignore[attr-defined]


class ClaimForm(forms.Form):
    """主张先立案."""

    case_id = forms.ChoiceField(label=_("本单位的案件"))
    ground = forms.CharField(label=_("管辖理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: Any = None, *, cases: Iterable[tuple[str, str]] = (), **said: Any) -> None:
        super().__init__(data, **said)
        self.fields["case_id"].choices = list(cases)  # type: ignore[attr-defined]


class YieldForm(forms.Form):
    """让出管辖."""

    words = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DesignateForm(forms.Form):
    """报请指定管辖."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class RegionalDayForm(forms.Form):
    """A day of this province's own."""

    day = DayField(label=_("日期"))
    kind = forms.ChoiceField(label=_("安排"), choices=RegionalDay.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("例如 三月三"))
    source = forms.CharField(label=_("依据"), max_length=200, required=False, help_text=_("放假安排的文号或名称"))
