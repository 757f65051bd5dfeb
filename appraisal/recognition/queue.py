"""What is handed to the recognition worker, after the commit. A broker that is down is no error: the sweep comes by."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from kombu.exceptions import KombuError

from provinces.seats import BRANDS

log = logging.getLogger(__name__)


def _send(name: str, *args: Any) -> None:
    from appraisal.recognition import tasks  # tasks need the services, the services need this

    try:
        getattr(tasks, name).apply_async(args, seat=BRANDS.name)
    except (KombuError, OSError) as error:
        log.warning("the broker took no %s: %s", name, error)


def enqueue_look(look_id: UUID) -> None:
    """Have one photo looked at."""
    transaction.on_commit(partial(_send, "look", str(look_id)))


def enqueue_beyond(look_id: UUID) -> None:
    """Have one photo compared with the libraries of other right holders."""
    transaction.on_commit(partial(_send, "beyond", str(look_id)))


def enqueue_sync(organisation_id: UUID, *, then_look_back: UUID | None = None) -> None:
    """Have the index of an organisation follow its library; then look back for one entry."""
    transaction.on_commit(partial(_send, "sync", str(organisation_id), str(then_look_back) if then_look_back else None))


def enqueue_rebuild(organisation_id: UUID) -> None:
    """Have the index of an organisation made anew beside the one in use."""
    transaction.on_commit(partial(_send, "rebuild", str(organisation_id)))


def enqueue_examine(entry_id: UUID) -> None:
    """Have the photos of a candidate looked at, for whoever is to confirm it."""
    transaction.on_commit(partial(_send, "examine", str(entry_id)))
