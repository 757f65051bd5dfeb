"""What a provider said about somebody, read in one way for all kinds, and who that is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount

from accounts.models import User
from accounts.phones import normal_phone
from signon.errors import SignOnRefused
from signon.models import IdentityProvider

Match = IdentityProvider.Match
_USUAL_CLAIM = {IdentityProvider.Kind.WECOM: "userid", IdentityProvider.Kind.DINGTALK: "userid"}


@dataclass(frozen=True, slots=True)
class Identity:
    """uid: the provider's name for somebody, for good. value: of the claim looked for here. claims: all it said."""

    uid: str
    value: str
    name: str
    claims: Mapping[str, Any]
    sid: str = ""
    differs: bool = False


def usual_claim(kind: str) -> str:
    """The claim that names an account, where nobody chose one."""
    return _USUAL_CLAIM.get(kind, "preferred_username")  # type: ignore[call-overload, no-any-return]


def read(provider: IdentityProvider, account: SocialAccount) -> Identity:
    """What allauth gathered. An OpenID provider speaks twice, in the ID token and at userinfo: both name one person."""
    said: dict[str, Any] = account.extra_data if isinstance(account.extra_data, dict) else {}
    token, info = said.get("id_token") or {}, said.get("userinfo") or {}
    claims = {**token, **info} if token or info else said
    value = claims.get(provider.claim)
    return Identity(
        uid=str(account.uid),
        value=str(value).strip() if isinstance(value, str | int) else "",
        name=str(claims.get("name") or claims.get("nick") or "")[:80],
        claims=claims,
        sid=str(token.get("sid") or "")[:191],
        differs=bool(token and info and token.get("sub") != info.get("sub")),
    )


def linked(provider: IdentityProvider, uid: str) -> User | None:
    """Whose account the provider's person is tied to."""
    link = SocialAccount.objects.filter(provider=provider.slug, uid=uid).select_related("user").first()
    return link.user if link else None


def person_of(provider: IdentityProvider, identity: Identity) -> User:
    """Exactly one active person of this province, or SignOnRefused. Nobody is made."""
    if identity.differs:
        raise SignOnRefused("differs")
    tied = linked(provider, identity.uid)
    if tied is not None:
        return _active([tied])
    if provider.match == Match.LINK:
        raise SignOnRefused("unknown")
    if not identity.value:
        raise SignOnRefused("nameless")
    person = _active(_named(provider.match, identity.value))
    if SocialAccount.objects.filter(provider=provider.slug, user=person).exists():
        raise SignOnRefused("taken")
    return person


def _named(field: str, value: str) -> list[User]:
    if field == Match.PHONE:
        phone = normal_phone(value)
        return list(User.objects.filter(phone=phone)) if phone else []
    return list(User.objects.filter(**{f"{field}__iexact": value}))


def _active(found: list[User]) -> User:
    people = [each for each in found if not each.is_service]
    active = [each for each in people if each.is_active]
    if len(active) == 1:
        return active[0]
    if active:
        raise SignOnRefused("two")
    raise SignOnRefused("suspended" if people else "unknown")


def masked(claims: Mapping[str, Any]) -> dict[str, str]:
    """Claims as an administrator may look at them: enough to recognise oneself, not enough to copy."""
    return {str(name)[:60]: _masked(value) for name, value in sorted(claims.items())[:60]}


def _masked(value: Any) -> str:
    if isinstance(value, bool | int) or value is None:
        return str(value)
    if not isinstance(value, str):
        return "…"
    if len(value) <= 2:
        return value[:1] + "*"
    shown = 1 if len(value) <= 6 else 2
    return f"{value[:shown]}{'*' * min(len(value) - 2 * shown, 8)}{value[-shown:]}"
