"""The indexes follow the database: photos are added as entries come, and all of it is rebuilt beside and swapped.

What is in the database is true. An index is a copy that makes it quick to search; losing one costs minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from appraisal.catalogue.models import ReferenceImage
from appraisal.desk.models import DeskPhoto
from appraisal.recognition import engine
from appraisal.recognition.models import EntryPhoto, IndexState, LibraryEntry, PhotoLook
from appraisal.recognition.queue import enqueue_look, enqueue_rebuild
from appraisal.recognition.services.steps import MACHINE
from appraisal.recognition.vision import bands
from appraisal.recognition.vision import pdq as pdq_engine
from appraisal.recognition.vision import recognise as recognition_engine
from appraisal.recognition.vision.index import Index, NewPhoto
from appraisal.recognition.vision.kinds import Image, Scope
from audit.move import move_each
from evidence.models import Exhibit
from federation.parties.models import Organisation
from kernel import clock

log = logging.getLogger(__name__)
State = IndexState.State
LOST_SHARE = 0.5
FEWEST_TO_REBUILD = 20
"""So few missing photos are added one by one, however great a share of the library they are."""
SEEN_KEPT = timedelta(days=730)
MOST_SEEN = 30_000
FEWEST_POINTS = 60


@dataclass(frozen=True)
class Checked:
    """An index against the database: how many there should be, how many are missing or too many."""

    expected: int
    missing: int
    surplus: int


# What should be there -------------------------------------------------------------------------------------------------


def entry_photos(organisation_id: UUID) -> Any:
    """Photos of entries that are in force: confirmed, in their term, and with a picture that can be opened."""
    today = clock.local_date(clock.now())
    in_force = LibraryEntry.objects.filter(
        organisation_id=organisation_id, state=LibraryEntry.State.CONFIRMED, valid_from__lte=today
    ).exclude(valid_until__lt=today)
    return EntryPhoto.objects.filter(entry__in=in_force, exhibit__state=Exhibit.State.READY).select_related(
        "entry__category", "exhibit"
    )


def references(organisation_id: UUID) -> Any:
    """The negative bank: genuine references in use. Old ones stay for old goods."""
    return ReferenceImage.objects.filter(product__organisation_id=organisation_id, is_active=True).select_related(
        "product__category"
    )


def expected(organisation_id: UUID) -> set[UUID]:
    """Ids of all photos that a search should look at."""
    entries = entry_photos(organisation_id).values_list("pk", flat=True)
    return set(entries) | set(references(organisation_id).values_list("pk", flat=True))


# How it stands --------------------------------------------------------------------------------------------------------


def state_of(organisation_id: UUID) -> IndexState:
    """The row that says how the index stands."""
    return IndexState.objects.get_or_create(organisation_id=organisation_id)[0]


def usable(organisation_id: UUID) -> bool:
    """Whether photos can be compared now. One that was lost, or made by another extractor, is rebuilt first."""
    state = state_of(organisation_id)
    if state.state == State.LOST:
        return False
    if state.photos == 0:
        return True
    index, extractor = engine.library(organisation_id), engine.extractor()
    if len(index) > 0 and state.engine == extractor.name:
        return True
    lose(organisation_id)
    return False


def lose(organisation_id: UUID) -> None:
    """The index is gone: photos wait, and it is made anew."""
    with transaction.atomic():
        changed = IndexState.objects.filter(organisation_id=organisation_id).exclude(state=State.LOST)
        if changed.update(state=State.LOST):
            log.warning("the index of %s is lost and made anew", organisation_id)
            enqueue_rebuild(organisation_id)


# Kept up to date ------------------------------------------------------------------------------------------------------


def sync(organisation_id: UUID) -> Checked:
    """Bring an index up to date: add what is missing, take out what is too many. Many missing ones mean a rebuild."""
    state = state_of(organisation_id)
    wanted = expected(organisation_id)
    index = engine.library(organisation_id)
    extractor = engine.extractor()
    differences = index.check(wanted)
    stale = bool(state.photos) and state.engine != extractor.name
    if stale or (len(differences.missing) > FEWEST_TO_REBUILD and len(differences.missing) > LOST_SHARE * len(wanted)):
        if state.photos:
            lose(organisation_id)
        return rebuild(organisation_id)
    for photo_id in differences.surplus:
        index.remove(photo_id)
    redrawn = set(entry_photos(organisation_id).filter(engine="").values_list("pk", flat=True))
    for new in _photos(organisation_id, only=set(differences.missing) | redrawn):
        index.add(new.photo_id, new.entry_id, new.product, new.group, new.features, genuine=new.genuine)
    return _write_down(organisation_id, index, wanted)


def rebuild(organisation_id: UUID) -> Checked:
    """Make an index anew beside the one in use and swap them; photos that waited for it are looked at then."""
    IndexState.objects.filter(organisation_id=organisation_id, state=State.READY).update(state=State.REBUILDING)
    state_of(organisation_id)
    index = engine.library(organisation_id)
    wanted = expected(organisation_id)
    index.rebuild(_photos(organisation_id, only=wanted))
    return _write_down(organisation_id, index, wanted, built=True)


def check(organisation_id: UUID) -> Checked:
    """Compare an index with the database and write down how they differ. Changes nothing in the index."""
    wanted = expected(organisation_id)
    found = engine.library(organisation_id).check(wanted)
    IndexState.objects.filter(organisation_id=organisation_id).update(
        checked_at=clock.now(), missing=len(found.missing), surplus=len(found.surplus)
    )
    return Checked(len(wanted), len(found.missing), len(found.surplus))


def _write_down(organisation_id: UUID, index: Index, wanted: set[UUID], *, built: bool = False) -> Checked:
    found, now, extractor = index.check(wanted), clock.now(), engine.extractor()
    state = state_of(organisation_id)
    state.state, state.engine, state.engine_code = State.READY, extractor.name, extractor.health.code
    state.photos, state.checked_at = len(index), now
    state.missing, state.surplus = len(found.missing), len(found.surplus)
    if built or state.built_at is None:
        state.built_at = now
    state.save()
    waiting = list(
        PhotoLook.objects.filter(organisation_id=organisation_id, state=PhotoLook.State.PENDING).order_by("asked_at")
    )
    with transaction.atomic():
        move_each(waiting, "again", by=MACHINE)
        for look in waiting:
            enqueue_look(look.pk)
    return Checked(len(wanted), len(found.missing), len(found.surplus))


def _photos(organisation_id: UUID, *, only: set[UUID]) -> Iterator[NewPhoto]:
    """Features of these photos, read one by one. A picture that cannot be opened is left out, and said."""
    extractor = engine.extractor()
    for photo in entry_photos(organisation_id).filter(pk__in=only):
        try:
            image = engine.picture(photo.exhibit)
        except engine.PictureMissing as missing:
            log.warning("entry photo %s: %s", photo.pk, missing)
            continue
        features = extractor.extract(image, engine.in_pixels(photo.outline, image))
        code, quality = pdq_engine.hash(image)
        EntryPhoto.objects.filter(pk=photo.pk).update(
            engine=extractor.name, indexed_at=clock.now(), pdq=code, pdq_quality=quality
        )
        entry = photo.entry
        yield NewPhoto(photo.pk, entry.pk, str(entry.product_id or ""), entry.category.code, features)
    for reference in references(organisation_id).filter(pk__in=only):
        try:
            image = engine.picture_at(reference.object_key, sha256=reference.sha256)
        except engine.PictureMissing as missing:
            log.warning("reference %s: %s", reference.pk, missing)
            continue
        product = reference.product
        yield NewPhoto(
            reference.pk, reference.pk, str(product.pk), product.category.code, extractor.extract(image), genuine=True
        )


def organisations() -> list[UUID]:
    """Those that have anything to compare with."""
    with_entries = LibraryEntry.objects.order_by().values_list("organisation_id", flat=True).distinct()
    return list(Organisation.objects.filter(pk__in=with_entries).values_list("pk", flat=True))


# Looked at while it comes in ------------------------------------------------------------------------------------------


def examine(entry_id: UUID) -> list[str]:
    """What is odd about a candidate's photos: codes of the list `remark`. For whoever confirms it."""
    entry = LibraryEntry.objects.select_related("category", "find").filter(pk=entry_id).first()
    if entry is None:
        return []
    from appraisal.recognition.services import codes, siblings
    from appraisal.recognition.vision import barcodes as barcode_engine

    remarks: set[str] = set()
    extractor, index = engine.extractor(), engine.library(entry.organisation_id)
    photos = list(entry.photos.select_related("exhibit").filter(exhibit__state=Exhibit.State.READY))
    if not photos:
        remarks.add("no_photo")
    for photo in photos:
        image = engine.picture(photo.exhibit)
        for code in barcode_engine.read(image):
            said = codes.fits(code.text, product_id=entry.product_id, organisation_id=entry.organisation_id)
            if said["fits"] == "other_brand":
                remarks.add("other_brand")
            elif said["gtin"]:
                codes.sight(entry.find, "barcode", said["gtin"], how="decoded")
        outline = engine.in_pixels(photo.outline, image)
        features = extractor.extract(image, outline)
        if len(features.points) < FEWEST_POINTS:
            remarks.add("few_points")
        near = siblings.references_near(features, index=index, load=index.features)
        alike = [each.score for each in near if each.product_id != entry.product_id]
        if not photo.defects and any(bands.shown(bands.band(score).name) for score in alike):
            remarks.add("like_sibling")
        scope = Scope(product=str(entry.product_id or ""), group=entry.category.code)
        result = recognition_engine.recognise(
            image, outline=outline, scope=scope, index=index, extractor=extractor, widen=False
        )
        if not photo.defects and any(match.band == "strong" for match in result.genuine):
            remarks.add("like_genuine")
    LibraryEntry.objects.filter(pk=entry.pk).update(remarks=sorted(remarks))
    return sorted(remarks)


def remember(photo: DeskPhoto, image: Image) -> None:
    """Keep the features of a photo of the desk, to be found again when a fake is confirmed."""
    from appraisal.recognition.services.looking import scope_of

    item = photo.item
    product, group = scope_of(item)
    index = engine.seen(item.task.organisation_id)
    index.add(photo.pk, item.pk, product, group, engine.extractor().extract(image))


def rebuild_seen(organisation_id: UUID) -> int:
    """Make the index of the desk's photos anew: those of the last two years. Returns how many."""
    from appraisal.recognition.services.looking import scope_of

    since = clock.now() - SEEN_KEPT
    rows = DeskPhoto.objects.filter(
        item__task__organisation_id=organisation_id, arrived_at__gte=since, exhibit__state=Exhibit.State.READY
    ).select_related("exhibit", "item__task")
    extractor, index = engine.extractor(), engine.seen(organisation_id)
    there = index.check(rows.values_list("pk", flat=True))

    def photos() -> Iterator[NewPhoto]:
        for photo in rows.order_by("-pk")[:MOST_SEEN]:
            features = index.features(photo.pk) if photo.pk not in there.missing else None
            if features is None or features.kind != extractor.name:
                try:
                    features = extractor.extract(engine.picture(photo.exhibit))
                except engine.PictureMissing:
                    continue
            product, group = scope_of(photo.item)
            yield NewPhoto(photo.pk, photo.item_id, product, group, features)

    index.rebuild(photos())
    return len(index)
