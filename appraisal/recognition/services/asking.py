"""Photos wait for the worker: asked for when they arrive, and again when their turn never came."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from appraisal.desk.models import DeskPhoto
from appraisal.recognition import sharding
from appraisal.recognition.models import IndexState, PhotoLook
from appraisal.recognition.queue import enqueue_beyond, enqueue_look
from appraisal.recognition.selectors import ANSWERED
from appraisal.recognition.services import telling
from kernel import clock
from kernel.errors import MoveRefused

log = logging.getLogger(__name__)
State = PhotoLook.State
MOST_TRIES = 3
LONGEST_RUN = timedelta(seconds=90)
"""A run that takes longer hangs: its process ends itself (`tasks`), and is started again by whoever supervises it."""
LOST_AFTER = LONGEST_RUN + timedelta(seconds=10)


def photo_arrived(photo: DeskPhoto) -> None:
    """The hook of the desk: one photo waits to be looked at, in the transaction of its arrival."""
    look, made = PhotoLook.objects.get_or_create(
        photo=photo,
        defaults={"organisation_id": photo.item.task.organisation_id, "asked_at": clock.now()},
    )
    if made:
        enqueue_look(look.pk)


def sweep(*, older_than_s: float = 60, limit: int = 200) -> int:
    """Ask again for photos whose turn never came: a broker that was down, a worker that died. Returns how many."""
    before = clock.now() - timedelta(seconds=older_than_s)
    lost = IndexState.objects.filter(state=IndexState.State.LOST).values("organisation_id")
    waiting = PhotoLook.objects.filter(asked_at__lt=before, state__in=(State.WAITING, State.PENDING)).exclude(ANSWERED)
    ids = list(waiting.exclude(Q(state=State.PENDING, organisation_id__in=lost)).values_list("pk", flat=True)[:limit])
    for pk in ids:
        enqueue_look(pk)
    further = PhotoLook.objects.filter(beyond=PhotoLook.Beyond.WAITING, beyond_at__lt=before)
    late = list(further.order_by("beyond_at").values_list("pk", flat=True)[:limit])
    for pk in late:
        enqueue_beyond(pk)
    return len(ids) + len(late)


def youngest(look_id: UUID) -> UUID | None:
    """The photo that is looked at when it is this one's turn: of all that wait, the one asked about last.

    Somebody stands in a shop with it, while older ones waited already. Each turn is one photo, so all are looked at.
    None: those that wait are answered already, and have time until night.
    """
    waiting = PhotoLook.objects.filter(state=State.WAITING)
    asked = waiting.filter(pk=look_id).values_list("organisation_id", flat=True).first()
    if asked is None:
        return look_id
    if settings.RECOGNITION_SHARDS > 1:
        owners = waiting.order_by().values_list("organisation_id", flat=True).distinct()
        waiting = waiting.filter(
            organisation_id__in=[each for each in owners if sharding.shard_of(each) == sharding.shard_of(asked)]
        )
    return waiting.exclude(ANSWERED).order_by("-asked_at", "-id").values_list("pk", flat=True).first()


def by_night() -> int:
    """Ask for the photos that were answered before their turn came: a verdict may have missed what is known.

    Returns how many.
    """
    late = list(
        PhotoLook.objects.filter(ANSWERED, state__in=(State.WAITING, State.PENDING)).values_list("pk", flat=True)
    )
    for pk in late:
        enqueue_look(pk, by_night=True)
    return len(late)


def notice_lost() -> int:
    """Runs whose worker died or hangs: the photo is pending, the province told, and it is looked at again.

    After so many runs that nobody ended the photo is given up, and said to be. Returns how many. Runs in an ordinary
    worker, for the one of recognition may be the one that is gone.
    """
    lost = PhotoLook.objects.filter(state=State.RUNNING, started_at__lt=clock.now() - LOST_AFTER)
    count = 0
    for row in lost.order_by("started_at"):
        log.warning("the run over photo %s ended without a word, try %s", row.photo_id, row.tries)
        with transaction.atomic():
            try:
                if row.tries >= MOST_TRIES:
                    telling.failed(row, "other")
                else:
                    telling.put_off(row, "worker_lost")
                    enqueue_look(row.pk)
            except MoveRefused:
                continue  # it ended after all
        count += 1
    return count
