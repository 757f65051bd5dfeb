"""The houses whose matters somebody at the brands host may know of; a program is a member of its own house."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from accounts.models import User
from federation.parties.selectors import acting_organisations


def houses_of(user: User) -> Collection[UUID]:
    """Ids of organisations; none for who has none."""
    return {acting.organisation.pk for acting in acting_organisations(user)}
