"""A transfer that came in, as the matter to which its exhibits belong until it is given to a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from evidence.matters import Matter
from evidence.models import Transfer
from federation.transfers import selectors
from provinces.context import required

KIND = "transfer"


class Transfers:
    """证据移转, received."""

    kind = KIND
    label = _("证据移转")

    def find(self, person: User, matter_id: UUID) -> Matter | None:
        """The transfer, for who receives for the province."""
        if required().kind != "province" or not selectors.receives_for_province(person):
            return None
        row = Transfer.objects.filter(pk=matter_id, direction=Transfer.Direction.IN).first()
        return matter_of(row) if row else None

    def may_write(self, person: User, matter: Matter) -> bool:
        """Nobody adds to what another province sealed."""
        return False

    def recent(self, person: User, limit: int) -> list[Matter]:
        """None: nobody adds to them."""
        return []

    def ids_open_to(self, person: User) -> QuerySet[Any, UUID]:
        """All that came in, for who receives for the province."""
        rows = Transfer.objects.filter(direction=Transfer.Direction.IN)
        rows = rows if selectors.receives_for_province(person) else rows.none()
        return rows.order_by().values_list("pk", flat=True)

    def own_exhibit_ids(self, matter_ids: QuerySet[Any, UUID] | Iterable[UUID]) -> list[QuerySet[Any, UUID]]:
        """None of its own: each exhibit that came was put with it."""
        return []

    def own_uses(self, exhibit_id: UUID) -> list[tuple[UUID, str, datetime | None]]:
        """None of its own."""
        return []

    def names(self, matter_id: UUID) -> dict[UUID, str]:
        """None beyond the titles that the manifest gave."""
        return {}

    def names_of(self, exhibit_ids: Iterable[UUID]) -> dict[UUID, str]:
        """None of its own."""
        return {}


def matter_of(row: Transfer) -> Matter:
    """A transfer as a matter."""
    return Matter(
        kind=KIND,
        id=row.pk,
        number=row.other_name,
        title=row.title,
        url=reverse("transfers:transfer", args=[row.pk], urlconf=settings.URLCONFS["province"]),
        unit_id=None,
    )
