"""Identity providers of this province, sessions made through them, and this province as a provider for others."""

from signon.models.clients import ClientSession, LogoutNotice, OwnClient, SigningKey
from signon.models.providers import IdentityProvider, RefusedSignIn, SsoSession

__all__ = [
    "ClientSession",
    "IdentityProvider",
    "LogoutNotice",
    "OwnClient",
    "RefusedSignIn",
    "SigningKey",
    "SsoSession",
]
