"""事件 by file: the feed of changes for a system that cannot ask for it. What its own program would see, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from connections.models import Client
from tenants.parcels.kinds import Column, Link, Record, RecordKind, register
from webhooks.selectors import MOST, feed

COLUMNS = (
    Column(name="kind", label=_("事件")),
    Column(name="about", label=_("对象编号")),
    Column(name="number", label=_("文书编号")),
    Column(name="at", label=_("时间")),
)


def out(connection: Link, since: datetime, until: datetime) -> Iterator[Record]:
    """Events of a time, in their order, each once; none where no program of the connection is switched on."""
    seen = set()
    for client in Client.objects.filter(connection_id=connection.id, state=Client.State.ON).select_related("user"):
        cursor, more = "", True
        while more:
            page = feed(client.user, after=cursor, limit=MOST)
            cursor, more = page.cursor, page.more
            for event in page.events:
                if since <= event.at < until and event.pk not in seen:
                    seen.add(event.pk)
                    said = {
                        "kind": event.kind,
                        "about": str(event.about),
                        "number": str(event.payload.get("number", "")),
                        "at": event.at.isoformat(),
                    }
                    whole = {**event.payload, "kind": event.kind, "about": str(event.about)}
                    yield Record(id=event.pk, at=event.at, said=said, whole=whole)


def register_all() -> None:
    """Offer the kind."""
    register(RecordKind(name="event", label=_("事件"), out_columns=COLUMNS, out=out))
