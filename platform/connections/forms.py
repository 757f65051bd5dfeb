"""Forms of the pages of connections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Post, Unit
from connections import rules, scopes, services
from connections.models import Connection


class ConnectionForm(forms.Form):
    """What a connection is. Origins one a line."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("对方系统的叫法，例如“广西办案系统”"))
    kind = forms.ChoiceField(label=_("类别"), choices=Connection.Kind.choices)
    contact = forms.CharField(
        label=_("联系人"), max_length=200, required=False, help_text=_("出了问题打给谁：单位、姓名、电话")
    )
    allowed_origins = forms.CharField(
        label=_("可以嵌入本系统的网址"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "placeholder": "https://banan.example.gov.cn"}),
        help_text=_("对方页面要把本系统嵌在里面时才填。每行一个，只写到主机名和端口。"),
    )
    clock_window_s = forms.IntegerField(
        label=_("时钟误差（秒）"),
        min_value=0,
        max_value=3600,
        initial=300,
        help_text=_("对方服务器的时间最多可以差多少，通常 300"),
    )
    per_minute = forms.IntegerField(
        label=_("每分钟调用上限"),
        min_value=0,
        max_value=services.MOST_PER_MINUTE,
        initial=0,
        help_text=_("0 表示通常上限。现场鉴定另有保底，不受此限。"),
    )

    def __init__(self, *args: Any, houses: list[tuple[str, str]] | None = None, is_new: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["kind"]
        if is_new and houses is not None:
            self.fields["organisation_id"] = forms.ChoiceField(label=_("单位"), choices=houses)

    def clean_allowed_origins(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["allowed_origins"].splitlines() if line.strip()]


class ClientForm(forms.Form):
    """A program's access: what it is for, as whom it acts, what it may do."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如“正式环境”“测试环境”"))
    unit = forms.ModelChoiceField(
        label=_("以哪个单位的身份"),
        queryset=Unit.objects.none(),
        empty_label=_("请选择"),
        help_text=_("它只看得到、只办得了这个单位的事，和该单位的人员一样"),
    )
    roles = forms.MultipleChoiceField(
        label=_("岗位"),
        choices=[(role, Post.Role(role).label) for role in rules.SERVICE_ROLES],
        initial=[Post.Role.OFFICER],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("没有局领导：立案、强制措施这类决定要由人作出"),
    )
    scopes = forms.MultipleChoiceField(label=_("权限范围"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, urlconf: str, in_province: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = scopes.capabilities(urlconf)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (f"{each.code}:{verb}", f"{each.words} · {_('查看和办理') if verb == scopes.WRITE else _('只查看')}")
            for each in self.rows
            for verb in (scopes.READ, scopes.WRITE)
        ]
        if in_province:
            self.fields["unit"].queryset = people.open_units()  # type: ignore[attr-defined]
        else:
            del self.fields["unit"], self.fields["roles"]

    def table(self) -> list[tuple[scopes.Capability, str, str, bool, bool]]:
        """A row a capability: itself, the values of its two boxes, whether each is ticked."""
        chosen = set(self["scopes"].value() or ())
        return [
            (row, f"{row.code}:read", f"{row.code}:write", f"{row.code}:read" in chosen, f"{row.code}:write" in chosen)
            for row in self.rows
        ]


class ReasonForm(forms.Form):
    """Why something is stopped."""

    why = forms.CharField(label=_("原因"), max_length=200)
