"""allauth's passkey forms with words that an officer understands."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey; ticked from the start, since signing in without a password is what it is for."""

    name = forms.CharField(label=_("名称"), required=False)
    passwordless = forms.BooleanField(
        label=_("单凭它登录，不输密码"),
        required=False,
        initial=True,
        help_text=_("设备会要求指纹、面容或解锁码。不勾选时，它只作为密码之后的第二步验证。"),
    )


class EditPasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("名称"))
