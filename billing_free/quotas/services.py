"""Fair use: who has to wait, and what the office allows. Nothing of an appraisal on the premises asks here."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.admission import holds_office_post
from accounts.models import User
from audit import trail
from audit.trail import Person
from billing_free.quotas import rate, selectors
from billing_free.quotas.kinds import KINDS
from billing_free.quotas.models import Limit
from billing_free.quotas.tenants import tenant_of
from federation.contracts.addresses import Address
from gateway.pacing import Share, What
from kernel.errors import BadInput, NotAllowed

KEPT_S = 15.0
"""How long a process goes on with a limit that was changed meanwhile."""
HIGHEST, WHY_LENGTH = 10**16, 200
_amounts: dict[str, tuple[float, dict[str, int]]] = {}


class FairShare:
    """What `gateway.pacing` asks."""

    def wait_s(self, what: What, *, user: Any, amount: int, queued: bool) -> int:
        return pace(user, what, amount=amount, queued=queued)

    def share(self, what: What, *, user: Any) -> Share | None:
        tenant = tenant_of(user)
        return None if tenant is None else Share(str(tenant), most_of(tenant, what))


def pace(user: Any, what: What, *, amount: int = 1, queued: bool = False) -> int:
    """Seconds that the tenant of this person or program has to wait for something; 0: none, and it is counted."""
    tenant = tenant_of(user)
    if tenant is None:
        return 0
    return rate.take(tenant, KINDS[what], most_of(tenant, what), amount, queued=queued)


def most_of(tenant: Address, what: str) -> int:
    """A tenant's limit, looked up now and then."""
    held = _amounts.get(str(tenant))
    if held is None or held[0] < time.monotonic():
        found = {code: amount for code, (amount, _source) in selectors.amounts(tenant).items()}
        held = _amounts[str(tenant)] = (time.monotonic() + KEPT_S, found)
    return held[1][what]


def forget() -> None:
    """Look limits up anew from now on."""
    _amounts.clear()


def set_limit(*, tenant: str, what: str, amount: int | None, why: str = "", by: Person) -> Limit:
    """Give a tenant, or with `*` all of a kind, another limit; amount None goes back. Raises NotAllowed, BadInput.

    tenant: "province:gx", "organisation:<uuid>", "province:*", "organisation:*".
    """
    if isinstance(by, User) and not holds_office_post(by):
        raise NotAllowed()
    kind = KINDS.get(what)
    if kind is None:
        raise BadInput(_("没有这一项上限。请从列表里选择。"), code="limit_unknown")
    if tenant not in ("province:*", "organisation:*"):
        try:
            is_tenant = Address.parse(tenant).kind in ("province", "organisation")
        except ValueError:
            is_tenant = False
        if not is_tenant:
            raise BadInput(_("没有这个省份或单位。请从列表里选择。"), code="tenant_unknown")
    if amount is not None and not kind.least <= amount <= HIGHEST:
        raise BadInput(
            _("“{title}”的上限不能低于 {least}，否则正常的一次也通不过。请改大。"),
            code="limit_too_low",
            title=kind.title,
            least=kind.least // kind.shown_in,
        )
    with transaction.atomic():
        row = Limit.objects.create(
            tenant=tenant,
            what=what,
            amount=amount,
            why=why.strip()[:WHY_LENGTH],
            set_by_id=by.pk,
            set_by_name=by.display_name,
        )
        trail.record(row, "set", by=by, why=row.why, data={"tenant": tenant, "what": what, "amount": amount})
    forget()
    return row
