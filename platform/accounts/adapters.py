"""How allauth meets our people: phones, admission, no open sign-up, sign-in by a province's own identity provider."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import MultiFernet
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from requests import Session

from accounts import entrance
from accounts.admission import admitted
from accounts.codes import send_code
from accounts.models import User
from accounts.phones import TypedPhoneField, normal_phone
from gateway import outbound
from kernel import sealing
from provinces.context import required
from provinces.kept import Kept


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

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Nothing where whoever signs somebody in has said `request.unannounced`: it would be written for nobody."""
        if not getattr(request, "unannounced", False):
            super().add_message(request, *args, **kwargs)

    def is_safe_url(self, url: str) -> bool:
        """Only this very host: allauth would also take its neighbours."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts={context.request.get_host()})

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:  # type: ignore[override]
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refused is None and (user.is_service or not admitted(user)):
            clear_login(request)
            return redirect("account_inactive")
        if refused is None:
            by_provider = bool((kwargs.get("signal_kwargs") or {}).get("sociallogin"))
            refused = entrance.held_up(request, user, by_provider=by_provider)
            if refused is not None:
                clear_login(request)
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
        return User.people.filter(phone=normal_phone(phone) or phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:  # type: ignore[override]
        send_code(user, code, phone=phone)


class MfaAdapter(DefaultMFAAdapter):
    """Second factors: a passkey belongs to one host (allauth's relying party), secrets are kept encrypted."""

    def get_totp_issuer(self) -> str:
        return f"查真假 {context.request.get_host()}"

    def _get_user_identifier(self, user: User) -> str:  # type: ignore[override]
        return user.username

    def is_mfa_enabled(self, user: User | AnonymousUser, types: Iterable[str] | None = None) -> bool:  # type: ignore[override]
        """As allauth asks it, at every sign-in."""
        if user.is_anonymous:
            return False
        wanted = Authenticator.Type if types is None else types
        return _FACTOR.first(user.pk, [str(each) for each in wanted]) is not None

    def encrypt(self, text: str) -> str:
        return vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault().decrypt(encrypted_text.encode()).decode()


_FACTOR = Kept(lambda user, types: Authenticator.objects.filter(user_id=user, type__in=types).only("pk")[:1])


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in through an identity provider makes no account. Which providers there are, an app above says."""

    def get_requests_session(self) -> Session:
        """Discovery, keys and tokens are fetched under the checks of every call out of the house."""
        return outbound.session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False


def vault() -> MultiFernet:
    """What seals and opens second factors of this seat."""
    return sealing.box(salt=b"chazhenjia second factors", info=required().name.encode())
