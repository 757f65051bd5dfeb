"""Forms of the pages of parties. They check the shape; the services check the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.phones import TypedPhoneField
from federation.parties import rights, selectors
from federation.parties.files import ACCEPT
from federation.parties.models import ANYWHERE, Enrolment, Membership, Organisation
from federation.parties.services import NICE_CLASSES
from kernel.errors import NotFound404, Problem
from provinces.hosts import DIRECTORY
from webui.inputs import DayField, MomentField, TimeField

Found = TypeVar("Found")
WEEKDAYS = [
    (0, _("周一")),
    (1, _("周二")),
    (2, _("周三")),
    (3, _("周四")),
    (4, _("周五")),
    (5, _("周六")),
    (6, _("周日")),
]
RANKS = [(0, _("首位")), (1, _("第二位")), (2, _("第三位"))]


def tried(form: forms.BaseForm, call: Callable[[], Found]) -> Found | None:
    """Do it; what the service objects to becomes the form's error, and None is returned. NotFound404 passes."""
    try:
        return call()
    except NotFound404:
        raise
    except Problem as problem:
        form.add_error(None, problem.detail)
        return None


def _file(label: Any, **more: Any) -> forms.FileField:
    return forms.FileField(label=label, widget=forms.FileInput(attrs={"accept": ACCEPT}), **more)


class NiceClassesField(forms.CharField):
    """Numbers of Nice classes as people type them: "33, 35"."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("尼斯分类"))
        kwargs.setdefault("help_text", _("1 至 45，多个用逗号隔开，例如 33, 35"))
        super().__init__(max_length=200, **kwargs)

    def to_python(self, value: object) -> list[int]:  # type: ignore[override]
        parts = selectors.split_names(str(value or ""))
        if not all(part.isdecimal() and int(part) in NICE_CLASSES for part in parts):
            raise forms.ValidationError(_("请填 1 至 45 之间的数字，多个用逗号隔开。"))
        return sorted({int(part) for part in parts})

    def prepare_value(self, value: object) -> object:
        return ", ".join(str(number) for number in value) if isinstance(value, list) else value


class EnrolmentForm(forms.ModelForm):
    """入驻申请. Trademarks are typed one a line."""

    contact_phone = TypedPhoneField(label=_("联系电话"), help_text=_("审核通过后，用这个手机号收验证码登录"))
    trademark_lines = forms.CharField(
        label=_("商标"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个：注册号 名称 尼斯分类，例如 12345678 云岫 33"),
    )

    class Meta:
        model = Enrolment
        fields = ["kind", "name", "uscc", "contact_name", "contact_phone", "contact_email", "brands"]
        help_texts = {"brands": _("每行一个，与包装上的写法一致；电商平台不用填"), "uscc": _("营业执照上的 18 位代码")}
        widgets = {"brands": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Organisation.Kind.choices  # type: ignore[attr-defined]
        self.fields["uscc"].max_length = None
        self.fields["uscc"].validators = []
        if self.instance.pk and self.instance.trademarks:
            self.initial["trademark_lines"] = "\n".join(
                " ".join([row["reg_no"], row["name"], ",".join(str(number) for number in row["nice_classes"])])
                for row in self.instance.trademarks
            )

    def clean_trademark_lines(self) -> list[dict[str, Any]]:
        found = []
        for number, line in enumerate(self.cleaned_data["trademark_lines"].splitlines(), start=1):
            parts = line.split()
            if not parts:
                continue
            classes = [part for part in ",".join(parts[2:]).replace("，", ",").split(",") if part]
            if len(parts) < 3 or not all(part.isdecimal() for part in classes):
                raise forms.ValidationError(
                    _("第 %(number)s 行读不懂。请按“注册号 名称 尼斯分类”填写。"), params={"number": number}
                )
            found.append({"reg_no": parts[0], "name": parts[1], "nice_classes": [int(part) for part in classes]})
        return found

    def fields_for_service(self) -> dict[str, Any]:
        """What `services.write_enrolment` takes."""
        data = dict(self.cleaned_data)
        data["trademarks"] = data.pop("trademark_lines")
        return data

    def _post_clean(self) -> None:
        """The service writes, not the form."""


class PaperForm(forms.Form):
    """One paper."""

    title = forms.CharField(label=_("文件名称"), max_length=80, help_text=_("例如：营业执照、商标注册证"))
    file = _file(_("文件"), help_text=_("PDF、JPEG 或 PNG，不超过 10 MB"))


class CodeForm(forms.Form):
    """The code of an application."""

    code = forms.CharField(label=_("查询码"), max_length=40)


class InviteForm(forms.Form):
    """A new member."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = TypedPhoneField(label=_("手机号"), help_text=_("用这个手机号收验证码登录"))
    email = forms.EmailField(label=_("邮箱"), required=False)
    roles = forms.MultipleChoiceField(label=_("角色"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(organisation)  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    """A member's roles; none takes them out."""

    roles = forms.MultipleChoiceField(label=_("角色"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(organisation)  # type: ignore[attr-defined]


class TrademarkForm(forms.Form):
    """A mark."""

    reg_no = forms.CharField(label=_("商标注册号"), max_length=12)
    name = forms.CharField(label=_("商标"), max_length=60)
    nice_classes = NiceClassesField()
    valid_until = DayField(label=_("有效期至"), required=False)


class AuthorisationForm(forms.Form):
    """授权委托书."""

    number = forms.CharField(label=_("编号"), max_length=60)
    membership = forms.ChoiceField(
        label=_("被授权人"), help_text=_("鉴定人员据此出具辨认结论；维权人员据此向机关提交线索")
    )
    trademarks = forms.MultipleChoiceField(label=_("商标"), widget=forms.CheckboxSelectMultiple)
    nice_classes = NiceClassesField(label=_("商品类别（尼斯分类）"))
    territory = forms.MultipleChoiceField(label=_("地域"), widget=forms.CheckboxSelectMultiple)
    valid_from = DayField(label=_("起始日"))
    valid_until = DayField(label=_("截止日"))
    file = _file(_("授权委托书"), required=False, help_text=_("PDF、JPEG 或 PNG，不超过 10 MB"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = authorised_choices(organisation)  # type: ignore[attr-defined]
        self.fields["trademarks"].choices = [  # type: ignore[attr-defined]
            (str(mark.pk), str(mark)) for mark in selectors.trademarks_of(organisation)
        ]
        self.fields["territory"].choices = [(ANYWHERE, _("全国")), *province_choices()]  # type: ignore[attr-defined]


def role_choices(organisation: Organisation) -> list[tuple[str, str]]:
    """The roles that people of this organisation can have."""
    return [(role.value, str(role.label)) for role in selectors.roles_at(organisation)]


def appraiser_choices(organisation: Organisation) -> list[tuple[str, str]]:
    """Appraisers with their employer where it is another one."""
    found = []
    for row in selectors.appraisers_for(organisation):
        employer = "" if row.organisation_id == organisation.pk else f"（{row.organisation}）"
        found.append((str(row.pk), row.user.name + employer))
    return found


def authorised_choices(organisation: Organisation) -> list[tuple[str, str]]:
    """Whom a 授权委托书 may be given to: appraisers, and rights staff marked as such."""
    found = []
    for row in rights.may_be_authorised(organisation):
        employer = "" if row.organisation_id == organisation.pk else f"（{row.organisation}）"
        staff = f"（{row.get_role_display()}）" if row.role == Membership.Role.RIGHTS_STAFF else ""
        found.append((str(row.pk), row.user.name + employer + staff))
    return found


def province_choices() -> list[tuple[str, str]]:
    """Provinces that take part, by their bureaux' titles."""
    return [(host.seat.name, host.title or host.seat.name) for host in DIRECTORY.ordinary()]


def province_names() -> dict[str, str]:
    """Code to title, "*" for everywhere."""
    return {ANYWHERE: str(_("全国")), **dict(province_choices())}


class ReasonForm(forms.Form):
    """Why."""

    why = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class MandateForm(forms.Form):
    """A mandate to an association or agency."""

    agent = forms.ChoiceField(label=_("受托方"))
    valid_from = DayField(label=_("起始日"))
    valid_until = DayField(label=_("截止日"))
    scope = forms.CharField(label=_("范围"), max_length=200, required=False)
    file = _file(_("委托书或协议"), required=False, help_text=_("PDF、JPEG 或 PNG，不超过 10 MB"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), f"{row.name}（{row.get_kind_display()}）") for row in selectors.possible_agents(organisation)
        ]


class SlotForm(forms.Form):
    """A duty on some weekdays."""

    membership = forms.ChoiceField(label=_("鉴定人员"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("星期"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = TimeField(label=_("开始"))
    ends = TimeField(label=_("结束"))
    rank = forms.TypedChoiceField(
        label=_("次序"), choices=RANKS, coerce=int, help_text=_("首位先接到通知；30 分钟无人接单转下一位")
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = appraiser_choices(organisation)  # type: ignore[attr-defined]
        self.fields["ends"].help_text = _("早于或等于开始时间表示到次日")


class AbsenceForm(forms.Form):
    """Somebody is away."""

    who = forms.ChoiceField(label=_("谁不在"))
    from_at = MomentField(label=_("起"), help_text=_("北京时间"))
    until_at = MomentField(label=_("止"), help_text=_("北京时间"))
    substitute = forms.ChoiceField(label=_("替班人"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = appraiser_choices(organisation)
        self.fields["who"].choices = choices  # type: ignore[attr-defined]
        self.fields["substitute"].choices = [("", _("无，由下一位顶上")), *choices]  # type: ignore[attr-defined]
