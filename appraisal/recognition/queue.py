"""What is handed to the recognition worker, after the commit. A broker that is down is no error: the sweep comes by."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from appraisal.recognition import sharding
from kernel.soon import soon
from provinces.seats import BRANDS


def _send(name: str, *args: Any, owner: UUID | None = None, shard: int | None = None) -> None:
    """owner: whose library the task works with. shard: or which worker's turn it is."""
    from appraisal.recognition import tasks  # tasks need the services, the services need this

    to: dict[str, str] = {}
    if settings.RECOGNITION_SHARDS > 1 and (owner or shard is not None):
        number = sharding.shard_of(owner) if owner else int(shard or 0)
        to = {"queue": sharding.queue(number, first=name in ("sync", "examine"))}
    soon(getattr(tasks, name), *args, seat=BRANDS.name, **to)


def _send_look(name: str, look_id: UUID, *args: Any) -> None:
    """To the worker that holds the library of the photo's goods."""
    owner = None
    if settings.RECOGNITION_SHARDS > 1:
        from appraisal.recognition.models import PhotoLook

        owner = PhotoLook.objects.filter(pk=look_id).values_list("organisation_id", flat=True).first()
    _send(name, str(look_id), *args, owner=owner)


def enqueue_look(look_id: UUID, *, by_night: bool = False) -> None:
    """Have one photo looked at. by_night: this very one, though its request is answered."""
    transaction.on_commit(partial(_send_look, "look", look_id, by_night))


def enqueue_beyond(look_id: UUID) -> None:
    """Have one photo compared with the libraries of other right holders."""
    transaction.on_commit(partial(_send_look, "beyond", look_id))


def pass_on(look_id: UUID, *, to: int, done: list[int], found: list[dict[str, Any]], ended: bool) -> None:
    """Have the next worker compare a photo with its libraries, and hand it what was found so far."""
    _send("beyond", str(look_id), done, found, ended, shard=to)


def enqueue_sync(organisation_id: UUID, *, then_look_back: UUID | None = None) -> None:
    """Have the index of an organisation follow its library; then look back for one entry."""
    back = str(then_look_back) if then_look_back else None
    transaction.on_commit(partial(_send, "sync", str(organisation_id), back, owner=organisation_id))


def enqueue_rebuild(organisation_id: UUID) -> None:
    """Have the index of an organisation made anew beside the one in use."""
    transaction.on_commit(partial(_send, "rebuild", str(organisation_id), owner=organisation_id))


def enqueue_night(organisation_id: UUID) -> None:
    """Have one library made anew and checked, and its limits reckoned."""
    transaction.on_commit(partial(_send, "overnight", str(organisation_id), owner=organisation_id))


def enqueue_examine(entry_id: UUID) -> None:
    """Have the photos of a candidate looked at, for whoever is to confirm it."""
    transaction.on_commit(partial(_send_examine, entry_id))


def _send_examine(entry_id: UUID) -> None:
    owner = None
    if settings.RECOGNITION_SHARDS > 1:
        from appraisal.recognition.models import LibraryEntry

        owner = LibraryEntry.objects.filter(pk=entry_id).values_list("organisation_id", flat=True).first()
    _send("examine", str(entry_id), owner=owner)
