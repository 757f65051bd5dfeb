"""Letters of every state that addresses of official letters need, for the world of the doors."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from provinces import context
from tenants.correspondence.services import drafting, partners


def fill(code: str) -> dict[str, Any]:
    """Commits, in one province: a draft without an addressee, and a department to write to."""
    with context.province(code):
        made = drafting.draft(
            by=User.objects.get(username="chen"), kind_code="notice", title="通报某情况", summary="某情况"
        )
        partner = partners.keep(by=User.objects.get(username="wei"), kind="police", name=f"{code}某公安局")
    return {"official_id": made.pk, "partner_id": partner.pk}
