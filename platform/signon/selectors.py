"""The doors to what stands behind the pages about signing in. Everything is of the current province."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.idp.oidc.models import Token
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from accounts.phones import normal_phone
from kernel.errors import NotFound404
from provinces.context import current
from signon import rules
from signon.models import IdentityProvider, LogoutNotice, OwnClient, RefusedSignIn, SigningKey

State = IdentityProvider.State


def here() -> bool:
    """Whether the current seat has ways to sign in of its own: provinces do."""
    held = current()
    return held is not None and held.kind == "province"


def providers(user: Any) -> QuerySet[IdentityProvider]:
    """All that were not dropped, in the order of the sign-in page; nobody's for who may not see them."""
    rows = IdentityProvider.objects.exclude(state=State.DROPPED) if rules.may_see(user) else _no_providers()
    return rows.annotate(signed_in=Count("sessions")).order_by("order", "id")


def provider(user: Any, provider_id: UUID | str) -> IdentityProvider:
    """One of them. Raises NotFound404."""
    return _one(providers(user), provider_id)  # type: ignore[no-any-return]


def open_providers() -> list[IdentityProvider]:
    """Those by which people sign in, in their order. None on hosts other than a province's."""
    return list(IdentityProvider.objects.filter(state=State.ON).order_by("order", "id")) if here() else []


def provider_by_slug(slug: str) -> IdentityProvider | None:
    """One that was not dropped, on or not, by the name in its addresses."""
    return IdentityProvider.objects.exclude(state=State.DROPPED).filter(slug=slug).first() if here() else None


def may_start(user: Any, slug: str) -> bool:
    """Whether somebody may be sent to a provider: it is on, or an administrator tries it."""
    row = provider_by_slug(slug)
    return row is not None and (row.is_on or rules.may_see(user))


def only_provider() -> IdentityProvider | None:
    """The one by which everybody but administrators has to sign in, if there is one."""
    return IdentityProvider.objects.filter(state=State.ON, only=True).first() if here() else None


def refusals(user: Any, *, settled: bool = False) -> QuerySet[RefusedSignIn]:
    """Whom we did not let in, newest first: those to settle, or those that were."""
    if not rules.may_see(user):
        return RefusedSignIn.objects.none()
    rows = RefusedSignIn.objects.select_related("provider", "user")
    return rows.exclude(state="open") if settled else rows.filter(state="open")


def refusal(user: Any, refusal_id: UUID | str) -> RefusedSignIn:
    """One of them. Raises NotFound404."""
    if not rules.may_see(user):
        raise NotFound404()
    return _one(RefusedSignIn.objects.select_related("provider", "user"), refusal_id)  # type: ignore[no-any-return]


def waiting(request: HttpRequest) -> int:
    """How many refused sign-ins wait for an administrator."""
    return RefusedSignIn.objects.filter(state="open").count()


def likely(refused: RefusedSignIn) -> list[User]:
    """People whom the refused person probably is, by name or number; at most four."""
    asked = Q()
    if refused.shown_name:
        asked |= Q(name=refused.shown_name)
    if refused.value:
        asked |= Q(username__iexact=refused.value) | Q(officer_cert_no__iexact=refused.value)
        asked |= Q(email__iexact=refused.value)
    if not asked:
        return []
    return list(User.people.filter(asked, is_active=True).select_related("unit").order_by("username")[:4])


def person_by(text: str) -> User | None:
    """The active person with exactly this account, certificate number or phone; None for nobody, or for two."""
    text = text.strip()
    phone = normal_phone(text) if text else None
    asked = Q(username__iexact=text) | Q(officer_cert_no__iexact=text) | (Q(phone=phone) if phone else Q())
    found = list(User.people.filter(asked, is_active=True)[:2]) if text else []
    return found[0] if len(found) == 1 else None


def keepers() -> list[User]:
    """Whom somebody asks who was not let in: the system administrators."""
    found = User.people.filter(is_active=True, posts__role=Post.Role.BUREAU_ADMIN).select_related("unit")
    return list(found.distinct().order_by("username")[:3])


def links(user: User) -> QuerySet[SocialAccount]:
    """What a person is tied to at providers."""
    return SocialAccount.objects.filter(user=user)


def clients(user: Any) -> QuerySet[OwnClient]:
    """Systems that sign people in with us."""
    return OwnClient.objects.select_related("oidc") if rules.may_see(user) else OwnClient.objects.none()


def client(user: Any, client_id: UUID | str) -> OwnClient:
    """One of them. Raises NotFound404."""
    return _one(clients(user), client_id)  # type: ignore[no-any-return]


def own_client(oidc_id: str) -> OwnClient | None:
    """The system that calls itself so."""
    return OwnClient.objects.filter(oidc_id=oidc_id).first()


def has_agreed(user: User, own: OwnClient) -> bool:
    """Whether this person has let this very system know of them, and it still may."""
    return bool(Token.objects.valid().filter(client=own.oidc, user=user).exists())


def logouts(own: OwnClient) -> QuerySet[LogoutNotice]:
    """What a system was told or is to be told about people who signed out, newest first."""
    return own.logouts.all()


def signing_keys() -> QuerySet[SigningKey]:
    """Our keys that are published or will sign, newest first."""
    return SigningKey.objects.all()


def _no_providers() -> QuerySet[IdentityProvider]:
    return IdentityProvider.objects.none()


def _one(rows: QuerySet[Any], pk: UUID | str) -> Any:
    try:
        found = rows.filter(pk=pk).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound404()
    return found
