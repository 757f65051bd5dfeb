"""Forms of the office's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.move import possible
from federation.parties.models import Organisation


class ApproveForm(forms.Form):
    """Let an applicant in."""

    short_name = forms.CharField(
        label=_("简称"), max_length=40, required=False, help_text=_("页面上显示的短名称，例如去掉“有限公司”")
    )


class RefuseForm(forms.Form):
    """Send an application back."""

    reason = forms.CharField(
        label=_("退回的原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("申请人会看到，并据此修改"),
    )


class OrganisationFilter(forms.Form):
    """Search of the list."""

    q = forms.CharField(label=_("名称或代码"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=[("", _("全部")), *Organisation.Kind.choices], required=False)
    state = forms.ChoiceField(label=_("状态"), choices=[("", _("全部")), *Organisation.State.choices], required=False)


class StandingForm(forms.Form):
    """A step of an organisation's life, with the reason."""

    verb = forms.ChoiceField(label=_("操作"))
    why = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [  # type: ignore[attr-defined]
            (verb, Organisation.VERBS[verb]) for verb in possible(organisation)
        ]
