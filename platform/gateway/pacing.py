"""Fair use: what may be made to wait, and who says how long. The floors above register a pacer; without one all go on.

Nothing of an appraisal on the premises ever asks here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from django.utils.translation import gettext_lazy as _

from gateway.problems import TooMany

What = Literal["exports", "bulk_rows", "api_calls"]


@dataclass(frozen=True)
class Share:
    """What a tenant has of something in its window. tenant: how it is named, e.g. "province:gx"."""

    tenant: str
    most: int


class Pacer(Protocol):
    """Whoever keeps fair use. Any of these may be asked in every kind of seat."""

    def wait_s(self, what: What, *, user: Any, amount: int, queued: bool) -> int:
        """Seconds until this may go on; 0: now, and it is counted. queued: it waits its turn, so it counts anyway."""

    def share(self, what: What, *, user: Any) -> Share | None:
        """Of the tenant that this caller works for. None: no limit."""


_pacers: list[Pacer] = []


class FairUse(TooMany):
    """The tenant has used its share; nothing was done. Data: what, wait_s."""

    code = "fair_use"
    sentence = _("本单位这段时间的批量和导出已到合理使用上限，请 {wait_s} 秒后再试。现场鉴定不受影响。")


def register(pacer: Pacer) -> None:
    """Ask this one. One registered before is replaced."""
    _pacers[:] = [pacer]


def wait_s(what: What, *, user: Any = None, amount: int = 1) -> int:
    """Seconds that something which is queued anyway has to wait for its turn; it is counted. 0: none."""
    return _pacers[0].wait_s(what, user=user, amount=amount, queued=True) if _pacers else 0


def require(what: What, *, user: Any = None, amount: int = 1) -> None:
    """Count something that is done at once. Raises FairUse (429, with `Retry-After`) when it has to wait."""
    seconds = _pacers[0].wait_s(what, user=user, amount=amount, queued=False) if _pacers else 0
    if seconds > 0:
        raise FairUse(what=what, wait_s=seconds)


def share(what: What, *, user: Any = None) -> Share | None:
    """What the tenant of this caller has of it in a window. None: no limit."""
    return _pacers[0].share(what, user=user) if _pacers else None
