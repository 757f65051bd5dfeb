"""A directory of people at 广西's door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness.people_directory import MACHINE, Directory, directory_client

from accounts import services as accounts
from accounts.models import Post, Unit, User


@pytest.fixture
def top(gx) -> Unit:
    """广西局."""
    return accounts.create_unit(
        by=MACHINE, code="450000", name="广西局", kind="provincial_bureau", division_code="450000"
    )


@pytest.fixture
def nanning(top) -> Unit:
    """南宁市局."""
    return accounts.create_unit(
        by=MACHINE, code="450100", name="南宁市局", kind="municipal_bureau", division_code="450100", parent=top
    )


@pytest.fixture
def scim(top, client_for) -> Directory:
    """The directory of 广西."""
    connection, token = directory_client()
    return Directory(client_for("gx"), connection, token)


@pytest.fixture
def officer(nanning) -> Callable[..., User]:
    """`officer("chen", "陈勇")`: an officer of 南宁."""

    def make(username: str, name: str, *roles: str, **fields: Any) -> User:
        return accounts.create_person(
            by=MACHINE, username=username, name=name, unit=nanning, roles=roles or (Post.Role.OFFICER,), **fields
        )

    return make
