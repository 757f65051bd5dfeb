"""The doors: what a tenant may use, what is left of it, and all limits for the office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import QuerySet

from accounts.models import User
from billing_free.quotas import rate
from billing_free.quotas.kinds import KINDS, Kind
from billing_free.quotas.models import Limit
from billing_free.quotas.tenants import all_of
from billing_free.usage import rules
from billing_free.usage import selectors as usage
from federation.contracts.addresses import Address
from kernel.errors import NotFound404

Source = Literal["own", "all", "built_in"]


@dataclass(frozen=True)
class Standing:
    """What a tenant has of one kind. used: None where nobody counts at the moment. share: per cent of it, at most 100.

    wait_s: how long one more would wait now.
    """

    kind: Kind
    most: int
    source: Source
    used: int | None
    wait_s: int = 0

    @property
    def left(self) -> int | None:
        return None if self.used is None else max(0, self.most - self.used)

    @property
    def share(self) -> int:
        return min(100, round(100 * self.used / self.most)) if self.used else 0

    @property
    def is_over(self) -> bool:
        return self.used is not None and self.used >= self.most


def amounts(tenant: Address) -> dict[str, tuple[int, Source]]:
    """The limit of each kind for one tenant, and where it comes from."""
    wanted = (str(tenant), all_of(tenant))
    rows = Limit.objects.filter(tenant__in=wanted).order_by("tenant", "what", "-id").distinct("tenant", "what")
    written = {(row.tenant, row.what): row.amount for row in rows}
    found: dict[str, tuple[int, Source]] = {}
    for kind in KINDS.values():
        own, others = written.get((wanted[0], kind.code)), written.get((wanted[1], kind.code))
        if own is not None:
            found[kind.code] = (own, "own")
        elif others is not None:
            found[kind.code] = (others, "all")
        else:
            found[kind.code] = (kind.organisation if tenant.kind == "organisation" else kind.province, "built_in")
    return found


def standing_of(user: User, tenant: Address) -> list[Standing]:
    """What is left to a tenant of which this person reads the figures. Raises NotFound404, NotAllowed."""
    whose = rules.require_reader(user)
    if whose is not None and tenant not in whose:
        raise NotFound404()
    found = []
    for code, (most, source) in amounts(tenant).items():
        kind = KINDS[code]
        if code == "storage_bytes":
            used: int | None = usage.latest(tenant, "storage_bytes")
        else:
            used = rate.used(tenant, kind, most)
        wait_s = rate.wait_s(tenant, kind, most) if used is not None and used >= most else 0
        found.append(Standing(kind, most, source, used, wait_s))
    return found


def history(tenants: Iterable[str] = ()) -> QuerySet[Limit]:
    """All limits that were ever written, the newest first."""
    rows = Limit.objects.order_by("-id")
    wanted = list(tenants)
    return rows.filter(tenant__in=wanted) if wanted else rows
