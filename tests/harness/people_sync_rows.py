"""A row of each kind that has an address in the people sync."""

from __future__ import annotations

from typing import Any

from kernel import clock
from kernel.ids import uuid7
from provinces import context
from scim.models import Mismatch


def fill(code: str) -> dict[str, Any]:
    """Somebody whom a directory of this province named and nobody could match."""
    now = clock.now()
    with context.province(code):
        row = Mismatch.objects.create(
            connection_id=uuid7(), code="two_matches", key="u-1", name="覃某", first_at=now, last_at=now,
            data={"people": ["覃某"]},
        )  # fmt: skip
    return {"mismatch_id": row.pk}
