"""Forms of the pages about people. They check the shape; the services check the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.models import Post, SectionType, Unit, User
from accounts.phones import TypedPhoneField
from accounts.rules import EVERYDAY_ROLES
from webui.inputs import DayInput, TimeInput


class PreferencesForm(forms.ModelForm):
    """What a person sets for himself."""

    language = forms.ChoiceField(label=_("语言"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["language", "quiet_from", "quiet_until"]
        widgets = {
            "quiet_from": TimeInput(),
            "quiet_until": TimeInput(),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("quiet_from")) != bool(data.get("quiet_until")):
            self.add_error("quiet_until", _("免打扰的开始和结束要一起填，或都留空。"))
        return data


class UnitForm(forms.ModelForm):
    """A unit, new or edited."""

    division_code = forms.CharField(
        label=_("行政区划代码"),
        validators=[RegexValidator(r"^\d{6}(\d{3})?$", _("请填 6 位或 9 位数字。"))],
    )
    parent = forms.ModelChoiceField(label=_("上级单位"), queryset=Unit.objects.none(), required=False)
    section_type = forms.ChoiceField(
        label=_("股室类型"), choices=[("", _("不是股室")), *SectionType.choices], required=False
    )

    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "parent", "section_type", "division_code", "agency_word"]
        error_messages = {"code": {"unique": _("这个单位编码已有单位使用。请换一个编码。")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = selectors.open_units()
        if not self.instance._state.adding:
            self.fields["code"].disabled = True
            units = units.exclude(pk__in=selectors.below(self.instance))
        self.fields["parent"].queryset = units  # type: ignore[attr-defined]


class PersonForm(forms.ModelForm):
    """What the bureau keeps of a person."""

    phone = TypedPhoneField(
        label=_("手机号"),
        required=False,
        error_messages={"unique": _("这个手机号已属于另一个人。请核对后再保存。")},
    )

    class Meta:
        model = User
        fields = ["name", "title", "phone", "email", "officer_cert_no", "officer_cert_until"]
        error_messages = {
            "username": {"unique": _("这个账号已有人使用。请换一个账号。")},
            "officer_cert_no": {"unique": _("这个执法证号已属于另一个人。请核对后再保存。")},
        }
        widgets = {"officer_cert_until": DayInput()}


class NewPersonForm(PersonForm):
    """A person who is added by hand."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())

    class Meta(PersonForm.Meta):
        fields = ["username", *PersonForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = selectors.open_units()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done to a person; kept in the trail."""

    why = forms.CharField(label=_("原因"), max_length=200)


class MoveForm(forms.Form):
    """Another unit for an officer."""

    unit = forms.ModelChoiceField(label=_("调往单位"), queryset=Unit.objects.none())
    why = forms.CharField(label=_("原因"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = selectors.open_units()  # type: ignore[attr-defined]


class AppointForm(forms.Form):
    """A role for a person: those that `roles` lists."""

    role = forms.ChoiceField(label=_("角色"))

    def __init__(self, *args: Any, own_roles: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label)
            for role in Post.Role
            if role != Post.Role.OFFICE_ADMIN
            and (Post.Role.BUREAU_ADMIN if role in EVERYDAY_ROLES else Post.Role.SECURITY_ADMIN) in own_roles
        ]


class OfficerFilter(forms.Form):
    """The search above the list."""

    q = forms.CharField(label=_("姓名、账号、证号或手机号"), required=False)
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none(), required=False, empty_label=_("全部"))
    role = forms.ChoiceField(label=_("角色"), choices=[("", _("全部")), *Post.Role.choices], required=False)
    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), ("active", _("在用")), ("suspended", _("已停用"))], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = selectors.open_units()  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label=_("名单文件"),
        help_text=_("Excel 工作簿（.xlsx）或 CSV（UTF-8、GB18030），最多 20 MB。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    is_complete = forms.BooleanField(label=_("这是完整名单：不在文件里的在用执法人员将被停用"), required=False)


class TokenForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如“案件系统”"))
    days = forms.ChoiceField(
        label=_("有效期"), choices=[("30", _("30 天")), ("90", _("90 天")), ("365", _("一年"))], initial="90"
    )
    may_write = forms.BooleanField(label=_("可以写入"), required=False, help_text=_("不勾选时只能读取"))
