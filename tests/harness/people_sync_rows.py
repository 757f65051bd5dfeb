"""A row of each kind that has an address in the people sync."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from connections import services
from connections.models import Connection
from kernel import clock
from provinces import context
from scim.models import Mismatch


def fill(code: str, *, huang: User) -> dict[str, Any]:
    """A directory of people, and somebody whom it named and nobody could match."""
    now = clock.now()
    with context.province(code):
        directory = services.create(by=huang, kind=Connection.Kind.DIRECTORY, name="统一身份目录", contact="某")
        row = Mismatch.objects.create(
            connection_id=directory.pk, code="two_matches", key="u-1", name="覃某", first_at=now, last_at=now,
            data={"people": ["覃某"]},
        )  # fmt: skip
    return {"directory_id": directory.pk, "mismatch_id": row.pk}
