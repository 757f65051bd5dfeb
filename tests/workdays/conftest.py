"""The office's administrator, and a process that forgets what it was told of holidays."""

from __future__ import annotations

import pytest

from accounts.models import Post, User
from kernel import clock
from provinces import context
from provinces.seats import OFFICE
from workdays import tables


@pytest.fixture(autouse=True)
def forgetful(monkeypatch):
    monkeypatch.setattr(tables, "_held", clock.packaged_calendar())


@pytest.fixture
def zhao(border):
    """赵处 of the office."""
    with context.seat(OFFICE):
        made = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=made, role=Post.Role.OFFICE_ADMIN)
    return made
