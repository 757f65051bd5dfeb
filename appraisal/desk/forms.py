"""What an appraiser types and ticks."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import ReplyTemplate
from appraisal.desk.services.answering import ItemAnswer, decimal_mark
from appraisal.desk.words import RESULT_SENTENCES, RESULTS, VERDICTS
from federation.contracts.appraisal import VerdictValue
from webui.inputs import MomentField

MOST_MARKS = 20
_SMALLEST = 0.001


def sentence(name: str, result: str, note: str = "") -> str:
    """One ticked checkpoint as a line of the reasons."""
    words = str(RESULT_SENTENCES[result]).format(name=name)
    return f"{words}（{note}）" if note else words


class ItemAnswerForm(forms.Form):
    """The answer for one item. Checkpoints become fields `cp-<id>` and `note-<id>`.

    Reasons left empty are written from the checkpoints that may leave the brand.
    """

    value = forms.ChoiceField(
        label=_("辨认结论"),
        choices=[(each.value, each.label) for each in VERDICTS],
        error_messages={"required": _("请先选结论。"), "invalid_choice": _("没有这种结论，请重新选择。")},
    )
    reasons = forms.CharField(
        label=_("辨认理由"),
        max_length=4000,
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("执法人员会读到这里的话，并会写进案卷。"),
    )
    infringed_right = forms.CharField(
        label=_("涉及的权利"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "known-rights"}),
    )
    marks = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, checkpoints: list[Any], photo_ids: set[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checkpoints = checkpoints
        self._photo_ids = photo_ids
        for checkpoint in checkpoints:
            self.fields[f"cp-{checkpoint.pk}"] = forms.ChoiceField(choices=RESULTS, required=False)
            self.fields[f"note-{checkpoint.pk}"] = forms.CharField(max_length=300, required=False)

    @property
    def checks(self) -> list[dict[str, Any]]:
        """Checkpoints with their fields, for the page."""
        return [
            {
                "checkpoint": checkpoint,
                "result": self[f"cp-{checkpoint.pk}"],
                "note": self[f"note-{checkpoint.pk}"],
            }
            for checkpoint in self.checkpoints
        ]

    def clean_marks(self) -> list[dict[str, Any]]:
        text = self.cleaned_data["marks"]
        if not text:
            return []
        try:
            rows = json.loads(text)
            marks = [self._mark(row) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise forms.ValidationError(_("标注没有读懂，请删掉后重画。")) from error
        if len(marks) > MOST_MARKS:
            raise forms.ValidationError(_("最多二十处标注，请删掉一些。"))
        return marks

    def _mark(self, row: dict[str, Any]) -> dict[str, Any]:
        photo_id, words = UUID(str(row["photo"])), str(row["words"]).strip()
        x, y, w, h = (float(row[key]) for key in "xywh")
        inside = 0 <= x <= 1 and 0 <= y <= 1 and _SMALLEST <= w <= 1 and _SMALLEST <= h <= 1
        if photo_id not in self._photo_ids or not inside or not 0 < len(words) <= 300:
            raise ValueError
        return decimal_mark(photo_id, (x, y, w, h), words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["reasons"] = cleaned.get("reasons", "").replace("\r\n", "\n")
        if not cleaned["reasons"]:
            cleaned["reasons"] = "\n".join(
                sentence(checkpoint.name, result, cleaned.get(f"note-{checkpoint.pk}", ""))
                for checkpoint in self.checkpoints
                if not checkpoint.is_secret and (result := cleaned.get(f"cp-{checkpoint.pk}"))
            )
        if not cleaned["reasons"] and "reasons" not in self.errors:
            self.add_error("reasons", _("请写明理由，或勾选检查点，由系统代写。"))
        return cleaned

    def to_answer(self, item_id: UUID) -> ItemAnswer:
        """The valid form as the service takes it. item_id: of the desk's item."""
        data = self.cleaned_data
        return ItemAnswer(
            item_id=item_id,
            value=VerdictValue(data["value"]),
            reasons=data["reasons"],
            checkpoints={
                checkpoint.pk: (result, data.get(f"note-{checkpoint.pk}", ""))
                for checkpoint in self.checkpoints
                if (result := data.get(f"cp-{checkpoint.pk}"))
            },
            marks=data["marks"],
            infringed_right=data["infringed_right"],
        )


class RetakeForm(forms.Form):
    """One shot asked for again."""

    item = forms.UUIDField()
    shot_code = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=500, required=False)
    own_reason = forms.CharField(max_length=500, required=False)


class OnsiteForm(forms.Form):
    """On-site help: when, whom to ring, what to know."""

    meet_at = MomentField(
        label=_("到场时间"),
        required=False,
        help_text=_("北京时间"),
    )
    contact = forms.CharField(label=_("联系人和电话"), max_length=60, required=False)
    note = forms.CharField(label=_("说明"), max_length=500, required=False)


class TemplateForm(forms.Form):
    """A canned sentence."""

    use = forms.ChoiceField(label=_("用在哪里"), choices=ReplyTemplate.Use.choices)
    text = forms.CharField(label=_("内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class SayForm(forms.Form):
    """A line of talk, with a photo if there is one."""

    text = forms.CharField(max_length=2000, required=False)
    file = forms.FileField(required=False)
    idempotency_key = forms.UUIDField(required=False)
