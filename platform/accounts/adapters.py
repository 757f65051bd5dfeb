"""How allauth meets our people: phones, admission, no open sign-up, sign-in by a province's own identity provider."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.admission import admitted
from accounts.codes import send_code
from accounts.models import User
from accounts.phones import TypedPhoneField, normal_phone
from provinces.context import required


class AccountAdapter(DefaultAccountAdapter):
    """People are imported or invited; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("账号或密码不对。请核对后再试，或改用手机验证码登录。"),
        "phone_password_mismatch": _("手机号或密码不对。请核对后再试，或改用手机验证码登录。"),
        "incorrect_code": _("验证码不对。请核对短信，或重新获取。"),
        "too_many_login_attempts": _("试得太多了。请五分钟后再试，或改用手机验证码登录。"),
        "phone_taken": _("这个手机号已属于另一个账号。请换一个号码，或请管理员核对。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only this very host: allauth would also take its neighbours."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts={context.request.get_host()})

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:  # type: ignore[override]
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refused is None and not admitted(user):
            clear_login(request)
            return redirect("account_inactive")
        return refused

    # Phones -----------------------------------------------------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> TypedPhoneField:
        return TypedPhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        return normal_phone(phone) or phone

    def get_phone(self, user: User) -> tuple[str, bool] | None:  # type: ignore[override]
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # type: ignore[override]
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:  # type: ignore[override]
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=normal_phone(phone) or phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:  # type: ignore[override]
        send_code(user, code, phone=phone)


class MfaAdapter(DefaultMFAAdapter):
    """Second factors: a passkey belongs to one host (allauth's relying party), secrets are kept encrypted."""

    def get_totp_issuer(self) -> str:
        return f"查真假 {context.request.get_host()}"

    def _get_user_identifier(self, user: User) -> str:  # type: ignore[override]
        return user.username

    def encrypt(self, text: str) -> str:
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _vault().decrypt(encrypted_text.encode()).decode()


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in through a bureau's own identity provider (OpenID Connect).

    The provider is a `SocialApp` row in the bureau's schema, written by its administrator and so trusted to say who
    somebody is. `settings["match"]` of the row names the claim that holds our account name; by default
    `preferred_username`. Somebody unknown here is refused: no account is made.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        app = sociallogin.account.get_provider().app
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        name = claims.get(app.settings.get("match", "preferred_username"))
        user = User.objects.filter(username__iexact=name).first() if name else None
        if user is None:
            raise ImmediateHttpResponse(redirect("account_inactive"))
        sociallogin.connect(request, user)


def _vault() -> Fernet:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"chazhenjia second factors", info=required().name.encode())
    return Fernet(base64.urlsafe_b64encode(key.derive(settings.MASTER_KEY.encode())))
