"""The office sets how much a platform may ask; a right holder whether, when and how much it takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from appraisal.platforms import selectors
from appraisal.platforms.models import HolderTerms, PlatformLimit, PlatformTerms
from appraisal.platforms.promises import due_at, service_hours
from audit import trail
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor
from kernel import clock


@transaction.atomic
def set_limit(*, by: User, platform_id: UUID, **numbers: Any) -> PlatformLimit:
    """Set the office's numbers for a platform: is_open, per_hour, per_day, open_at_once, note. From the next ask on."""
    platform = selectors.platform_or_404(platform_id)
    row, _made = PlatformLimit.objects.update_or_create(
        platform=platform, defaults={**numbers, "set_by_name": by.display_name, "set_at": clock.now()}
    )
    trail.record(platform, "set_limit", by=by, data={name: value for name, value in numbers.items() if name != "note"})
    return row


@transaction.atomic
def set_terms(*, acting: ActingFor, **said: Any) -> HolderTerms:
    """Switch fast appraisals on or off and say on what terms. What was asked before stays to be answered.

    said: accepts, hours, every_day, promise_minutes, per_day. Raises BadInput.
    """
    acting.require(Membership.Role.BRAND_ADMIN)
    row = selectors.terms_of(acting.organisation)
    for name, value in said.items():
        setattr(row, name, value)
    hours = service_hours(row.hours)
    row.hours = ",".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in hours.spans)
    due_at(clock.now(), row.promise_minutes, hours=hours, every_day=row.every_day)
    row.set_by_name, row.set_at = acting.person.display_name, clock.now()
    row.save()
    trail.record(acting.organisation, "set_fast_terms", by=acting.person, data={**said, "hours": row.hours})
    return row


@transaction.atomic
def set_platform_terms(
    *,
    acting: ActingFor,
    platform_id: UUID,
    accepts: bool,
    promise_minutes: int | None = None,
    per_day: int | None = None,
) -> PlatformTerms:
    """Treat one platform otherwise than the rest. An empty number: as for all."""
    acting.require(Membership.Role.BRAND_ADMIN)
    platform = selectors.platform_or_404(platform_id)
    said = {"accepts": accepts, "promise_minutes": promise_minutes, "per_day": per_day}
    row, _made = PlatformTerms.objects.update_or_create(
        organisation=acting.organisation, platform=platform, defaults=said
    )
    trail.record(row, "set", by=acting.person, data=said)
    return row
