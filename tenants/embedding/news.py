"""Telling the other side, and open pages, that something happened in a matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import clock
from notify import live
from provinces.context import required
from tenants.embedding import selectors
from tenants.embedding.models import Matter
from webhooks import events

KIND = "matter.changed"


def changed(matter: Matter) -> None:
    """The result of a matter is another one now: its page reloads, and its system is sent word."""
    matter.changed_at = clock.now()
    matter.save(update_fields=["changed_at"])
    events.emit(KIND, about=matter.pk, payload={"matter": str(matter.pk), "case_number": matter.case_number})
    live.publish([f"matter:{matter.pk}"], "matter", {"id": str(matter.pk)})


def changed_each(matters: Iterable[Matter]) -> None:
    """The same for several."""
    if required().kind != "province":
        return
    for matter in matters:
        changed(matter)


def references(objects: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """How other systems number objects: those that are a matter, or that something was begun for."""
    if required().kind != "province":
        return {}  # matters are kept there alone
    return {
        about: [{"connection_id": each.connection_id, "case_number": each.case_number} for each in matters]
        for about, matters in selectors.matters_by_object(objects).items()
    }


def _open(person: User, ids: Collection[UUID]) -> Collection[UUID]:
    return set(selectors.matters_of(person).filter(pk__in=ids).values_list("pk", flat=True))


def register() -> None:
    """Make the event known, and the numbers."""
    events.GROUPS["matter"] = _("对接案件")
    events.register(events.EventKind(name=KIND, words=_("案件有新进展"), door=_open))
    events.register_references(references)
