"""Signing in, and staying signed in: both ask the person's standing afresh."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.admission import admitted
from accounts.models import User
from accounts.standing import take_posts_along


class PeopleBackend(AuthenticationBackend):
    """Password sign-in by account name or phone. Django asks `user_can_authenticate` again for every request.

    A program's account has no session, whatever way one was made.
    """

    def user_can_authenticate(self, user: User) -> bool:  # type: ignore[override]
        return not user.is_service and bool(super().user_can_authenticate(user)) and admitted(user)

    def get_user(self, user_id: Any) -> User | None:
        """Whoever a session names, with their posts: every page asks for them."""
        user: User | None = super().get_user(user_id)
        if user is not None:
            take_posts_along(user)
        return user
