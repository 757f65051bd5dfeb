"""Forms of agreements and meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.agreements import selectors
from federation.agreements.models import Agreement, Revision
from federation.agreements.models.agreement import Form, RecognisedWord, ScopeWord, Topic, Visibility
from federation.agreements.services.agreeing import Wanted
from federation.agreements.services.common import own
from federation.agreements.services.meeting import ToDo
from kernel import clock
from webui.inputs import DayField, MomentField


def other_provinces() -> list[tuple[str, str]]:
    """(code, title) of every open province but this one."""
    return [(code, title) for code, title in selectors.open_provinces().items() if code != own()]


class TermsForm(forms.Form):
    """Parties, scope, terms, validity, what is recognised."""

    title = forms.CharField(label=_("名称"), max_length=120)
    parties = forms.MultipleChoiceField(
        label=_("其他各方"), widget=forms.CheckboxSelectMultiple, help_text=_("本省自动在内")
    )
    quorum = forms.IntegerField(
        label=_("满几方同意即生效"), min_value=2, required=False, help_text=_("连本省算；不填表示各方都同意才生效")
    )
    scope = forms.MultipleChoiceField(
        label=_("适用范围"), choices=ScopeWord.choices, widget=forms.CheckboxSelectMultiple,
        initial=[ScopeWord.CLUE_TRANSFER, ScopeWord.BULLETIN, ScopeWord.ASSISTANCE],
    )  # fmt: skip
    acceptance_days = forms.IntegerField(
        label=_("接收期限（工作日）"), min_value=1, max_value=60, initial=selectors.ACCEPTANCE_DAYS
    )
    feedback_days = forms.IntegerField(
        label=_("反馈期限（工作日）"), min_value=1, max_value=180, initial=selectors.FEEDBACK_DAYS
    )
    assistance_days = forms.IntegerField(
        label=_("协查期限（工作日）"), min_value=1, max_value=60, initial=selectors.ASSISTANCE_DAYS
    )
    direct = forms.BooleanField(label=_("直接发给对方单位，不经省际协作办公室建议"), required=False, initial=True)
    recognise = forms.MultipleChoiceField(
        label=_("互认内容"), choices=RecognisedWord.choices, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("各方对勾选的内容互相认可"),
    )  # fmt: skip
    recognise_until = DayField(label=_("互认至"), required=False, help_text=_("不填与协议同时到期"))
    recognise_conditions = forms.CharField(label=_("互认条件"), max_length=500, required=False)
    valid_from = DayField(label=_("有效期自"))
    valid_until = DayField(label=_("有效期至"))
    text = forms.CharField(
        label=_("协议文本"), max_length=40_000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].choices = other_provinces()  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = clock.today()
        self.fields["valid_until"].initial = clock.today() + timedelta(days=365 * 3)

    def wanted(self) -> Wanted:
        """What consent is asked to."""
        data = self.cleaned_data
        return Wanted(
            title=data["title"],
            parties=[own(), *data["parties"]],
            quorum=data["quorum"],
            scope=data["scope"],
            acceptance_days=data["acceptance_days"],
            feedback_days=data["feedback_days"],
            assistance_days=data["assistance_days"],
            direct=data["direct"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            text=data["text"],
            reason=data.get("reason", ""),
            recognitions=[
                (what, (), data["recognise_until"], data["recognise_conditions"]) for what in data["recognise"]
            ],
        )


class ProposeForm(TermsForm):
    """A new agreement."""

    form = forms.ChoiceField(label=_("类别"), choices=Form.choices)
    topic = forms.ChoiceField(label=_("区域或专题"), choices=Topic.choices, required=False)
    visibility = forms.ChoiceField(
        label=_("公开范围"), choices=Visibility.choices, initial=Visibility.OFFICE,
        help_text=_("选“只有成员知道”时，协作办公室和其他省都看不到这份协议"),
    )  # fmt: skip
    field_order = ["form", "topic", "title", "parties", "quorum", "visibility"]


class AmendForm(TermsForm):
    """New terms for an agreement that is there."""

    reason = forms.CharField(label=_("改什么、为什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["title", "reason"]


def of_revision(revision: Revision | None) -> dict[str, Any]:
    """What stands in the form before it is changed."""
    if revision is None:
        return {}
    rows = list(revision.recognitions.all())
    return {
        "title": revision.title,
        "parties": [code for code in revision.parties if code != own()],
        "quorum": revision.quorum,
        "scope": revision.scope,
        "acceptance_days": revision.acceptance_days,
        "feedback_days": revision.feedback_days,
        "assistance_days": revision.assistance_days,
        "direct": revision.direct,
        "recognise": [row.what for row in rows],
        "recognise_until": rows[0].until if rows else None,
        "recognise_conditions": rows[0].conditions if rows else "",
        "valid_from": revision.valid_from,
        "valid_until": revision.valid_until,
        "text": revision.text,
    }


class AnswerForm(forms.Form):
    """Consent or refuse."""

    why = forms.CharField(
        label=_("意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不同意时必须写明，其他各方会看到"),
    )  # fmt: skip


class WhyForm(forms.Form):
    """A reason that the others read."""

    why = forms.CharField(label=_("退出原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


# Meetings -------------------------------------------------------------------------------------------------------------


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class MeetingForm(forms.Form):
    """Call a meeting."""

    title = forms.CharField(label=_("会议名称"), max_length=120)
    starts_at = MomentField(label=_("时间"))
    place = forms.CharField(label=_("地点"), max_length=200, required=False, help_text=_("视频会议写入会方式"))
    agenda = forms.CharField(label=_("议程"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("一行一条"))

    def clean_agenda(self) -> list[str]:
        return _lines(self.cleaned_data["agenda"])


class ComingForm(forms.Form):
    """Come or not."""

    people = forms.CharField(label=_("参会人员"), max_length=300, required=False)


class MinutesForm(forms.Form):
    """纪要."""

    minutes = forms.CharField(label=_("纪要正文"), max_length=40_000, widget=forms.Textarea(attrs={"rows": 8}))
    decisions = forms.CharField(
        label=_("议定事项"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("一行一条")
    )

    def clean_decisions(self) -> list[str]:
        return _lines(self.cleaned_data["decisions"])


class ToDoForm(forms.Form):
    """One action; left empty it is none."""

    text = forms.CharField(label=_("任务"), max_length=500, required=False)
    owner = forms.ChoiceField(label=_("责任方"), required=False)
    unit = forms.CharField(label=_("承办单位"), max_length=80, required=False)
    due_on = DayField(label=_("完成日期"), required=False)
    action_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("请选择")), *owners]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("text") and not (data.get("owner") and data.get("due_on")):
            raise forms.ValidationError(_("写了任务，就要选责任方和完成日期。"))
        return data

    def to_do(self) -> ToDo | None:
        """What was filled in."""
        data = self.cleaned_data
        if not data.get("text"):
            return None
        return ToDo(
            text=data["text"], owner=data["owner"], unit=data["unit"], due_on=data["due_on"],
            action_id=data["action_id"],
        )  # fmt: skip


class ConfirmForm(forms.Form):
    """Confirm the minutes, or say what is wrong."""

    objection = forms.CharField(
        label=_("不同意见"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不确认时必须写明"),
    )  # fmt: skip


class DoneForm(forms.Form):
    """An action is done."""

    words = forms.CharField(label=_("完成情况"), max_length=500, required=False)


class AgreementFilter(forms.Form):
    """Search of the list."""

    form = forms.ChoiceField(label=_("类别"), choices=[("", _("全部")), *Form.choices], required=False)
    state = forms.ChoiceField(label=_("状态"), choices=[("", _("全部")), *Agreement.State.choices], required=False)
