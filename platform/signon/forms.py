"""Forms of the pages about signing in. They check the shape; the services check the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from signon import identities
from signon.idp.scopes import NAMES
from signon.models import IdentityProvider, OwnClient
from signon.services.providers import ENDPOINTS

Kind = IdentityProvider.Kind
_LABELS = {
    Kind.OIDC: {"client_id": _("客户端编号（Client ID）"), "secret": _("客户端密钥（Client Secret）")},
    Kind.WECOM: {"client_id": _("企业 ID（CorpID）"), "secret": _("应用密钥（Secret）")},
    Kind.DINGTALK: {"client_id": _("应用 AppKey（Client ID）"), "secret": _("应用 AppSecret（Client Secret）")},
}
_AT = {
    "api": _("接口地址"),
    "scan": _("扫码登录地址"),
    "inside": _("应用内登录地址"),
    "list": _("通讯录接口地址"),
    "authorize": _("登录页地址"),
}
_ONLY_OIDC = ("issuer", "scopes", "claim", "front_channel")


class Lines(forms.CharField):
    """One value a line."""

    def __init__(self, **named: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), **named)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [each.strip() for each in super().clean(value).splitlines() if each.strip()]


class KindForm(forms.Form):
    """Which of the three."""

    kind = forms.ChoiceField(label=_("类别"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.OIDC)


class ProviderForm(forms.Form):
    """A way to sign in, new or edited. What a kind does not have is left out."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("登录页的按钮显示为“用……登录”。"))
    issuer = forms.CharField(
        label=_("服务地址（Issuer）"), max_length=300, help_text=_("例如 https://id.example.gov.cn/realms/main")
    )
    client_id = forms.CharField(max_length=191)
    agent_id = forms.CharField(label=_("应用 AgentId"), max_length=40)
    secret = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("只写不显示。留空则不改。"),
    )
    scopes = forms.CharField(label=_("请求的范围（Scope）"), max_length=200, initial="openid profile")
    claim = forms.CharField(
        label=_("对方的哪一项说明是谁"),
        max_length=60,
        initial="preferred_username",
        help_text=_("声明（claim）的名称，例如 preferred_username。"),
    )
    match = forms.ChoiceField(
        label=_("与这里的哪一项核对"),
        choices=IdentityProvider.Match.choices,
        help_text=_("正好对上一名在用人员才放行；对不上、对上两人或已停用的，不放行，也不新建账号。"),
    )
    order = forms.IntegerField(label=_("在登录页的顺序"), min_value=1, max_value=999, initial=10)
    check_minutes = forms.IntegerField(
        label=_("每隔几分钟核对是否仍在职"),
        min_value=1,
        max_value=1440,
        initial=15,
        help_text=_("对方那边离职或停用的人，最迟在这个时间后从这里退出。"),
    )
    grace_minutes = forms.IntegerField(
        label=_("对方没有回应时，已登录的人保留几分钟"), min_value=0, max_value=10080, initial=240
    )
    only = forms.BooleanField(
        label=_("只用这一种方式登录"), required=False, help_text=_("管理员仍可用密码或通行密钥应急登录。")
    )
    front_channel = forms.BooleanField(
        label=_("接受浏览器端退出通知"), required=False, help_text=_("仅当对方不支持服务器间的退出通知时打开。")
    )

    def __init__(self, *args: Any, kind: str, row: IdentityProvider | None = None, **named: Any) -> None:
        if row is not None:
            shown = {name: getattr(row, name) for name in self.base_fields if name != "secret"}
            named["initial"] = shown | {f"at_{name}": url for name, url in row.endpoints.items()}
        super().__init__(*args, **named)
        for name, label in _LABELS[Kind(kind)].items():
            self.fields[name].label = label
        if kind != Kind.OIDC:
            for name in _ONLY_OIDC:
                del self.fields[name]
            usual = self.fields["match"]
            usual.help_text = _("用对方通讯录里的账号（{claim}）与这里核对。").format(
                claim=identities.usual_claim(kind)
            ) + str(usual.help_text)
        if kind != Kind.WECOM:
            del self.fields["agent_id"]
        if row is None:
            self.fields["secret"].required = kind != Kind.OIDC
            self.fields["secret"].help_text = _("只写不显示。")
        for name in ENDPOINTS[Kind(kind)]:
            self.fields[f"at_{name}"] = forms.CharField(label=_AT[name], max_length=300, required=False)

    def private(self) -> list[Any]:
        """Fields for a private deployment, shown folded."""
        return [self[name] for name in self.fields if name.startswith("at_")]

    def usual(self) -> list[Any]:
        """All others."""
        return [self[name] for name in self.fields if not name.startswith("at_")]

    def said(self) -> dict[str, Any]:
        """What the services take."""
        data = dict(self.cleaned_data)
        at = {name[3:]: data.pop(name) for name in list(data) if name.startswith("at_")}
        return data | ({"endpoints": at} if at else {})


class ReasonForm(forms.Form):
    """Why something is switched off."""

    why = forms.CharField(label=_("原因"), max_length=200)
    end_sessions = forms.BooleanField(label=_("同时让已由此登录的人退出"), required=False)


class LinkForm(forms.Form):
    """To whom a refused identity belongs."""

    who = forms.CharField(label=_("账号、执法证号或手机号"), max_length=60)


class ClientForm(forms.Form):
    """A system that signs in with us."""

    name = forms.CharField(label=_("系统名称"), max_length=60)
    redirect_uris = Lines(label=_("登录后返回的地址"), help_text=_("每行一个，要与对方配置的完全一致。"))
    logged_out_uris = Lines(label=_("退出后返回的地址"), required=False)
    logout_url = forms.CharField(
        label=_("退出通知地址"),
        max_length=300,
        required=False,
        help_text=_("这里有人退出或被停用时，由服务器通知对方（back-channel logout）。"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以读取"),
        choices=list(NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=["profile", "unit"],
    )
    skip_consent = forms.BooleanField(label=_("本单位自己的系统，不必逐人同意"), required=False)
    is_public = forms.BooleanField(label=_("手机或网页程序，不能保管密钥"), required=False)

    def __init__(self, *args: Any, row: OwnClient | None = None, **named: Any) -> None:
        if row is not None:
            named["initial"] = {
                "name": row.name,
                "redirect_uris": row.oidc.get_redirect_uris(),
                "logged_out_uris": row.oidc.get_post_logout_redirect_uris(),
                "logout_url": row.logout_url,
                "scopes": row.oidc.get_scopes(),
                "skip_consent": row.oidc.skip_consent,
            }
        super().__init__(*args, **named)
        if row is not None:
            del self.fields["is_public"]
