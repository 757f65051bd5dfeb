"""What each kind asks for beside the common parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenants.clues.selectors import officers_inside
from tenants.correspondence.kinds import Setting
from tenants.correspondence.models import OfficialLetter

_AREA = forms.Textarea(attrs={"rows": 4})
ASKED = (
    ("testing", _("检验检测")),
    ("appraisal", _("鉴定、辨认")),
    ("determination", _("性质认定")),
    ("other", _("其他支持")),
)
MOST_QUESTIONS = 30


class ClueTransferForm(forms.Form):
    """线索移送函."""

    jurisdiction_reason = forms.CharField(
        label=_("管辖理由"), max_length=2000, widget=_AREA,
        help_text=_("为什么由对方管辖：违法行为发生地、当事人住所地、发货地等。"),
    )  # fmt: skip
    urgent = forms.BooleanField(label=_("急件"), required=False)


class ClueBulletinForm(forms.Form):
    """线索通报."""

    features = forms.CharField(
        label=_("识别特征和作案手法"), max_length=4000, required=False, widget=_AREA,
        help_text=_("各地排查时看什么：包装、批号、发货方式、网店名称等。"),
    )  # fmt: skip


class SupportForm(forms.Form):
    """商请函. questions: one a line."""

    asked = forms.ChoiceField(label=_("商请事项"), choices=ASKED)
    questions = forms.CharField(label=_("具体问题"), max_length=8000, widget=_AREA, help_text=_("一行一个问题。"))

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if data is not None and isinstance(data.get("questions"), list):
            data = {**data, "questions": "\n".join(str(each) for each in data["questions"])}
        super().__init__(data, **kwargs)

    def clean_questions(self) -> list[str]:
        lines = [line.strip()[:500] for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > MOST_QUESTIONS:
            raise forms.ValidationError(_("最多 %(most)d 个问题。") % {"most": MOST_QUESTIONS})
        return lines


class CorrectionForm(forms.Form):
    """更正函."""

    reads = forms.CharField(label=_("原函表述"), max_length=4000, widget=_AREA)
    should_read = forms.CharField(label=_("更正为"), max_length=4000, widget=_AREA)


class AcceptForm(forms.Form):
    """Who sees to it; the clue is registered as the letter says."""

    urgent = forms.BooleanField(label=_("按重点线索登记"), required=False)


class HandlerField(forms.ChoiceField):
    """An officer of the unit a letter came to."""

    def offer(self, letter: OfficialLetter) -> None:
        """Officers of the unit and below."""
        people: list[User] = list(officers_inside(letter.own_unit))
        self.choices = [
            ("", _("暂不指定")),
            *((str(each.pk), f"{each.display_name} · {each.unit.name if each.unit else ''}") for each in people),
        ]


def nothing(data: Mapping[str, Any] | None, setting: Setting) -> forms.Form:
    """A kind that asks for no more than the common parts."""
    return forms.Form(data)
