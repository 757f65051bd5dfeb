"""One province of the story has a limit of its own. Found by name: `runtime.seed`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from billing_free.quotas.models import Limit
from billing_free.quotas.services import set_limit

WORDS = ("合理使用", "fair use")


def fill(stage: Any) -> None:
    """Make what is missing."""
    with stage.enter("office"):
        by = User.objects.filter(posts__role="office_admin").order_by("username").first()
        if by is not None and not Limit.objects.exists():
            set_limit(
                tenant="province:gx", what="bulk_rows", amount=100_000, why="专项行动期间补录历史台账（示例）", by=by
            )


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    fill(later)
