"""Photos that a case system names by address and digest: fetched here, compared, sealed. What fails is listed."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.move import move
from audit.trail import Person
from connections.selectors import active
from connections.traffic import note
from evidence import services as evidence
from evidence.models import Exhibit
from gateway import outbound
from gateway.outbound import OutboundFailed
from kernel import clock
from kernel.errors import Problem
from kernel.soon import soon
from tenants.embedding import news
from tenants.embedding.models import Matter, MatterPhoto
from tenants.embedding.tokens import PhotoSaid

State = MatterPhoto.State
TRIES = 4
FIRST_WAIT_S = 15


def expect(matter: Matter, said: Collection[PhotoSaid], *, by: User) -> None:
    """Note the photos that are still to come; those that are known by digest are not asked for again."""
    if not said:
        return
    known = set(matter.photos.values_list("sha256", flat=True))
    new = {each.sha256: each for each in said if each.sha256 not in known}
    if not new:
        return
    MatterPhoto.objects.bulk_create(
        MatterPhoto(matter=matter, position=len(known) + at, url=each.url, sha256=each.sha256, name=each.name, by=by)
        for at, each in enumerate(new.values())
    )
    transaction.on_commit(lambda: enqueue(matter.pk))


def enqueue(matter_id: UUID) -> None:
    """Have them fetched soon; with the broker down the sweep finds them."""
    from tenants.embedding.tasks import fetch

    soon(fetch, str(matter_id))


def due() -> list[UUID]:
    """Matters with photos whose time has come."""
    rows = MatterPhoto.objects.filter(state=State.WAITING, next_try_at__lte=clock.now())
    return list(rows.order_by().values_list("matter_id", flat=True).distinct()[:50])


def fetch_all(matter_id: UUID) -> int:
    """Fetch what waits of one matter, one by one. Returns how many came. Outside any transaction."""
    got = 0
    waiting = MatterPhoto.objects.filter(matter_id=matter_id, state=State.WAITING, next_try_at__lte=clock.now())
    for photo in waiting.select_related("matter", "by__unit"):
        # Another worker that had the same idea finds the time moved on.
        hold = clock.now() + timedelta(seconds=120)
        if not MatterPhoto.objects.filter(pk=photo.pk, state=State.WAITING, next_try_at=photo.next_try_at).update(
            next_try_at=hold
        ):
            continue
        got += _fetch(photo)
        news.changed(photo.matter)
    return got


def _fetch(photo: MatterPhoto) -> bool:
    connection = active(photo.matter.connection_id)
    if connection is None:
        _fail(photo, "connection_off")
        return False
    try:
        answer = outbound.send("GET", photo.url, longest_bytes=settings.MAX_UPLOAD_BYTES)
        why = "" if answer.status == 200 else f"http_{answer.status}"
        if not why:
            exhibit = evidence.receive(
                io.BytesIO(answer.content),
                declared_sha256=photo.sha256,
                captured_at=None,
                source=Exhibit.Source.ALBUM,
                by=photo.by,
                kept_reason=_("由“{name}”转来").format(name=connection.name)[:200],
            )
            move(photo, "keep", by=photo.by, exhibit=exhibit)
    except OutboundFailed as problem:
        why = str(problem.data.get("why") or problem.code)
        if why != "too_long" and photo.tries + 1 < TRIES:
            wait = timedelta(seconds=FIRST_WAIT_S * 4**photo.tries)
            MatterPhoto.objects.filter(pk=photo.pk).update(
                tries=photo.tries + 1, why=why, next_try_at=clock.now() + wait
            )
            note(connection.pk, direction="out", what="launch photo", ok=False, code=why)
            return False
    except Problem as problem:
        why = problem.code
    if why:
        _fail(photo, why)
    note(connection.pk, direction="out", what="launch photo", ok=not why, code=why, reference=photo.matter.case_number)
    return not why


def _fail(photo: MatterPhoto, why: str) -> None:
    move(photo, "fail", by=photo.by, why=why[:60])
    MatterPhoto.objects.filter(pk=photo.pk).update(why=why[:60])


def try_again(*, photo: MatterPhoto, by: Person) -> None:
    """Fetch one more time, as a person asks."""
    with transaction.atomic():
        move(photo, "retry", by=by)
        MatterPhoto.objects.filter(pk=photo.pk).update(tries=0, why="", next_try_at=clock.now())
        transaction.on_commit(lambda: enqueue(photo.matter_id))
