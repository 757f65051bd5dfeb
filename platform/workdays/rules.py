"""Who loads the table: the office's administrator. All who sign in read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.rules import roles_of
from kernel.errors import NotAllowed
from provinces.context import required


def may_load(user: Any) -> bool:
    """Whether this person loads a year."""
    return isinstance(user, User) and required().kind == "office" and Post.Role.OFFICE_ADMIN in roles_of(user)


def require_loader(user: Any) -> None:
    """Raise NotAllowed for whoever does not load the table."""
    if not may_load(user):
        raise NotAllowed(
            _("节假日表由省际协作办公室录入，全国共用。发现有误，请告诉办公室。"), code="not_workdays_loader"
        )


def loads(request: HttpRequest) -> bool:
    """For the office's rail."""
    return may_load(request.user)


def keeps_people(request: HttpRequest) -> bool:
    """For a bureau's rail: the administrator, whom a missing year is told to."""
    return isinstance(request.user, User) and Post.Role.BUREAU_ADMIN in roles_of(request.user)
