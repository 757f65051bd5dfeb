"""What this province says about its people, and with which key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.internal.private_keys import filter_keys
from allauth.idp.oidc.models import Client, PrivateKey, Token

from accounts.admission import admitted
from accounts.models import User
from signon.idp import keys
from signon.idp.scopes import SCOPES
from signon.idp.sids import sid_of_code
from signon.models import OwnClient


class ProvinceAdapter(DefaultOIDCAdapter):
    """Keys of this province alone: what is signed at one host is nothing at another."""

    scope_display = SCOPES

    def list_private_keys(self, *, did_activate: Any = None, is_active: Any = None) -> list[PrivateKey]:
        found: list[PrivateKey] = filter_keys(keys.private_keys(), did_activate=did_activate, is_active=is_active)
        return found

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:
        user = super().get_user_by_sub(client, sub)
        good = isinstance(user, User) and not user.is_service and admitted(user)
        return user if good else None

    def get_claims(
        self,
        purpose: Any,
        user: User,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Names by their OpenID claims; unit and posts by ours. Everything but the name only at userinfo."""
        asked = set(scopes)
        claims: dict[str, Any] = {"sub": str(user.pk)}
        if "profile" in asked:
            claims |= {"name": user.name, "preferred_username": user.username}
        if purpose != "userinfo":
            return claims
        if "profile" in asked and user.officer_cert_no:
            claims["officer_cert_no"] = user.officer_cert_no
        if "email" in asked and user.email:
            claims |= {"email": user.email, "email_verified": False}
        if "phone" in asked and user.phone:
            claims |= {"phone_number": user.phone, "phone_number_verified": user.phone_verified}
        if "unit" in asked:
            unit = user.unit
            claims["unit"] = (
                {"code": unit.code, "name": unit.name, "division_code": unit.division_code} if unit else None
            )
            claims["posts"] = [
                {"role": post.role, "unit": post.unit.code if post.unit else None}
                for post in user.posts.select_related("unit").order_by("role")
            ]
        return claims

    def populate_id_token(self, id_token: dict[str, Any], client: Client, scopes: Iterable[str], **kwargs: Any) -> None:
        """The name of the session, by which the system is told of its end."""
        sid = sid_of_code(client.id, self.request.POST.get("code", ""))
        if sid:
            id_token["sid"] = sid

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """What this provider really does, in place of all that could be done."""
        data.pop("device_authorization_endpoint", None)
        data |= {
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "claims_supported": [
                "sub", "name", "preferred_username", "officer_cert_no", "email", "phone_number", "unit", "posts",
                "sid",
            ],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "prompt_values_supported": ["none", "login", "consent"],
        }  # fmt: skip

    def is_introspection_allowed(self, token: Token, *, caller_client: Client) -> bool:
        return OwnClient.objects.filter(oidc=caller_client, state=OwnClient.State.ON).exists()
