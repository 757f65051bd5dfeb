"""Who is let in to a page by their post."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from accounts.models import Post, User
from kernel.errors import NotAllowed

View = Callable[..., HttpResponse]


def holding(*roles: str) -> Callable[[View], View]:
    """Let in signed-in people who hold one of these posts; others are told so (NotAllowed), nobody is sent to sign in.

    The person's posts are fetched once and kept on `request.user`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            prefetch_related_objects([request.user], "posts")
            if not request.user.has_role(*roles):  # type: ignore[union-attr]
                raise NotAllowed()
            return view(request, *args, **kwargs)

        return inner

    return decorate


reader = holding(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
officer = holding(Post.Role.OFFICER)


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
