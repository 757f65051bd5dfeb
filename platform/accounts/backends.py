"""Signing in, and staying signed in: both ask the person's standing afresh."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from accounts.admission import admitted
from accounts.models import User


class PeopleBackend(AuthenticationBackend):
    """Password sign-in by account name or phone. Django asks `user_can_authenticate` again for every request."""

    def user_can_authenticate(self, user: User) -> bool:  # type: ignore[override]
        return bool(super().user_can_authenticate(user)) and admitted(user)
