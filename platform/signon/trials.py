"""A provider is tried by the administrator who sets it up, for real, before anybody else signs in by it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from audit.move import move
from kernel import clock
from signon import identities
from signon.errors import SignOnRefused
from signon.models import IdentityProvider

State = IdentityProvider.State


def note(row: IdentityProvider, identity: identities.Identity, *, by: Any) -> IdentityProvider:
    """What the provider said, masked, and whom it would let in. Exactly one active person: the trial has succeeded."""
    found: dict[str, Any] = {"claims": identities.masked(identity.claims), "code": "", "person": "", "self": False}
    try:
        person = identities.person_of(row, identity)
        found |= {"person": person.display_name, "self": person.pk == by.pk}
    except SignOnRefused as refused:
        found["code"] = refused.code
    return _keep(row, found, by=by)


def failed(row: IdentityProvider, *, by: Any, why: str) -> IdentityProvider:
    """The provider gave no usable answer."""
    return _keep(row, {"claims": {}, "code": "broken", "person": "", "self": False, "why": why[:300]}, by=by)


def _keep(row: IdentityProvider, found: dict[str, Any], *, by: User) -> IdentityProvider:
    tried = {**found, "at": clock.now().isoformat(), "by": str(by.pk), "by_name": by.display_name}
    with transaction.atomic():
        IdentityProvider.objects.filter(pk=row.pk).update(tried=tried)
        row.tried = tried
        if not found["code"] and row.state in (State.DRAFT, State.TESTED):
            return move(row, "try", by=by)
    return row
