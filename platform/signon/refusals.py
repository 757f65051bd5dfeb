"""Whom we did not let in: noted once, shown to the administrators, linked to a person in one tap."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import THREE_ADMINISTRATORS, require_other, roles_of
from audit import trail
from audit.move import move
from audit.trail import Actor, Person
from kernel import clock
from kernel.errors import Conflict
from signon import ending, identities, rules
from signon.errors import AdministratorsLink, NotSwitcher
from signon.models import IdentityProvider, RefusedSignIn

MACHINE = Actor(None, "统一登录")
LINKABLE = ("unknown", "nameless", "two", "taken")


def note(provider: IdentityProvider, identity: identities.Identity, code: str) -> RefusedSignIn:
    """Keep that somebody was refused. Trying again adds to the same line."""
    said: dict[str, Any] = {"code": code, "value": identity.value[:191], "shown_name": identity.name}
    with transaction.atomic():
        row, new = RefusedSignIn.objects.get_or_create(
            provider=provider, uid=identity.uid[:191], state=RefusedSignIn.State.OPEN, defaults=said
        )
        if new:
            trail.record(row, "refuse", by=MACHINE, to_state=row.state, data={"code": code, "by": provider.slug})
        else:
            RefusedSignIn.objects.filter(pk=row.pk).update(tries=F("tries") + 1, last_at=clock.now(), **said)
    return row


def link(refused: RefusedSignIn, *, user: User, by: Person) -> RefusedSignIn:
    """Tie the provider's person to this account from now on. Raises NotAllowed, Conflict `link_taken`."""
    rules.require_either(by)
    require_other(by, user)
    if roles_of(user) & THREE_ADMINISTRATORS:
        try:
            rules.require_switcher(by)
        except NotSwitcher as error:
            raise AdministratorsLink(name=user.display_name) from error
    if not user.is_active or user.is_service:
        raise Conflict(_("{name}已停用，不能关联。请先恢复账号。"), code="person_suspended", name=user.display_name)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        tie(refused.provider, refused.uid, user, by=by)
        return move(refused, "link", by=by, user=user, noted={"user": str(user.pk)})


def dismiss(refused: RefusedSignIn, *, by: Person, why: str = "") -> RefusedSignIn:
    """Leave it: they stay out, and come up again when they try again."""
    rules.require_either(by)
    return move(refused, "dismiss", by=by, why=why)


def tie(provider: IdentityProvider, uid: str, user: User, *, by: Person) -> SocialAccount:
    """One identity of a provider to one person and back: what was there before is replaced. In a transaction."""
    held = identities.linked(provider, uid)
    if held is not None and held.pk != user.pk:
        raise Conflict(
            _("这个身份已关联到{name}。请先在“已处理的”里解除关联。"), code="link_taken", name=held.display_name
        )
    SocialAccount.objects.filter(provider=provider.slug, user=user).exclude(uid=uid).delete()
    made, new = SocialAccount.objects.get_or_create(provider=provider.slug, uid=uid, defaults={"user": user})
    if new:
        trail.record(user, "link", by=by, data={"provider": provider.slug})
    return made


def unlink(refused: RefusedSignIn, *, by: Person) -> RefusedSignIn:
    """Take a link away again; sessions that rest on it end."""
    rules.require_either(by)
    with transaction.atomic():
        SocialAccount.objects.filter(provider=refused.provider.slug, uid=refused.uid).delete()
        if refused.user is not None:
            trail.record(refused.user, "unlink", by=by, data={"provider": refused.provider.slug})
        ending.end_by(refused.provider, sub=refused.uid, why="unlinked")
        return move(refused, "unlink", by=by)
