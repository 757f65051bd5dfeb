"""The story's months are counted and stated, and the office has written two prices. Found by name: `runtime.seed`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import User
from billing_free.prices.models import Price
from billing_free.prices.services import next_month, set_price
from billing_free.usage import services
from billing_free.usage.models import Statement
from federation.letters.delivery import deliver_everywhere
from kernel import clock

WORDS = ("用量和结算", "usage")
AFTER = "tenants.correspondence"
_PRICES = (
    ("messages_sms", 4, "三家短信服务商报价的中位数（示例）"),
    ("storage_bytes", 15, "同类政务云对象存储公开报价（示例）"),
)


def fill(stage: Any) -> None:
    """Make what is missing."""
    _at_office(stage)
    _count(stage, list(stage.cast.PROVINCES))


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    _at_office(later)
    _count(later, later.provinces)


def _at_office(stage: Any) -> None:
    with stage.enter("office"):
        by = User.objects.filter(posts__role="office_admin").order_by("username").first()
        if by is None:
            return
        if not Price.objects.exists():
            with clock.frozen(stage.now - timedelta(days=75)):  # so that the months of the story have them
                for meter, fen, note in _PRICES:
                    set_price(meter=meter, fen=fen, valid_from=next_month(clock.today()), note=note, by=by)


def _count(stage: Any, provinces: list[str]) -> None:
    for seat in (*provinces, "brands"):
        with stage.enter(seat):
            if not Statement.objects.filter(seat=seat).exists():
                services.nightly()
                services.issue_last_month()
    deliver_everywhere()
