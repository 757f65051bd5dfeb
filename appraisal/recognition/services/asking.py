"""Photos wait for the worker: asked for when they arrive, and again when their turn never came."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from appraisal.desk.models import DeskPhoto
from appraisal.recognition.models import IndexState, PhotoLook
from appraisal.recognition.queue import enqueue_look
from kernel import clock

State = PhotoLook.State


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
    waiting = PhotoLook.objects.filter(asked_at__lt=before, state__in=(State.WAITING, State.PENDING))
    ids = list(waiting.exclude(Q(state=State.PENDING, organisation_id__in=lost)).values_list("pk", flat=True)[:limit])
    for pk in ids:
        enqueue_look(pk)
    return len(ids)
