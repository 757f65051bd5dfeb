"""Answers that this party got, and what it said of their use."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from federation.contracts.office import RatingV1
from federation.letters.models import Delivery
from federation.office.selectors import flight
from kernel.errors import NotFound404
from provinces.context import required


def answered() -> QuerySet[Delivery]:
    """Official letters of this seat that a province has answered, the last answer first; `is_rated` on each."""
    ratings = Delivery.objects.filter(
        thread=OuterRef("pk"), sender_seat=required().name, letter__kind=RatingV1.kind
    ).order_by()
    return (
        flight.official()
        .filter(sender_seat=required().name, addressee__startswith="province:", answered_at__isnull=False)
        .annotate(is_rated=Exists(ratings))
        .order_by("-answered_at", "-id")
    )


def to_rate() -> QuerySet[Delivery]:
    """Those that nobody has rated yet."""
    return answered().filter(is_rated=False)


def access_answered(delivery_id: UUID) -> Delivery:
    """One of `answered()`. Raises NotFound404."""
    row = answered().filter(pk=delivery_id).first()
    if row is None:
        raise NotFound404(delivery_id=delivery_id)
    return row
