"""What the worker does with one photo of the desk: codes, copies, matches."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import cv2
import numpy as np
from django.db import transaction

from appraisal.catalogue.models import Category, Product
from appraisal.desk.models import DeskItem, DeskPhoto, DeskTask
from appraisal.recognition import engine
from appraisal.recognition.models import EntryPhoto, LibraryEntry, PhotoLook
from appraisal.recognition.queue import enqueue_beyond
from appraisal.recognition.services import beyond, brakes, codes, defects, hinting, indexes, periods, runs, siblings
from appraisal.recognition.services.asking import MOST_TRIES
from appraisal.recognition.services.hinting import Found
from appraisal.recognition.services.steps import MACHINE, find_of
from appraisal.recognition.services.telling import failed, is_code_shot, put_off, tell_item
from appraisal.recognition.vision import barcodes as barcode_engine
from appraisal.recognition.vision import codes as code_engine
from appraisal.recognition.vision import pdq as pdq_engine
from appraisal.recognition.vision import recognise as recognition_engine
from appraisal.recognition.vision.barcodes import Barcode
from appraisal.recognition.vision.codes import CodeReading as Reading
from appraisal.recognition.vision.kinds import Image, Match, Result, Scope
from audit.move import move
from kernel import clock
from kernel.errors import MoveRefused, Problem

log = logging.getLogger(__name__)
State = PhotoLook.State
GOOD_COPY_QUALITY = 50
"""PDQ quality below which two pictures are not taken for one: a blank wall is like any other."""
FEWEST_CODE_LETTERS = 4
LEAST_CONFIDENCE = 0.4


@dataclass(frozen=True)
class Seen:
    """What the engine saw on one photo, in rows' own terms."""

    good: bool
    quality: tuple[str, ...] = ()
    comparable: bool = True
    scope: str = ""
    found: tuple[Found, ...] = ()
    barcodes: tuple[Barcode, ...] = ()
    reading: Reading | None = None
    pdq: bytes = b""
    pdq_quality: int = 0
    engine: str = ""
    took_ms: int = 0


# Looked ---------------------------------------------------------------------------------------------------------------


def look(look_id: UUID) -> PhotoLook | None:
    """Look at one photo. Safe to run twice. The slow part runs outside any transaction. None: it is gone.

    That it was begun stands in the database first: a run that dies or hangs is noticed (`asking.notice_lost`).
    """
    row = PhotoLook.objects.select_related("photo__exhibit", "photo__item__task").filter(pk=look_id).first()
    if row is None or row.state not in (State.WAITING, State.PENDING):
        return row
    photo = row.photo
    try:
        image = engine.picture(photo.exhibit)
    except engine.PictureMissing:
        return failed(row, "unreadable")
    if not indexes.usable(row.organisation_id):
        return put_off(row)
    try:
        move(row, "begin", by=MACHINE, started_at=clock.now(), tries=row.tries + 1)
    except MoveRefused:
        return row  # another worker has it
    try:
        seen = see(photo, image)
    except (Problem, ValueError, ArithmeticError, cv2.error) as broken:
        log.exception("photo %s of the desk", photo.pk)
        if row.tries >= MOST_TRIES:
            return failed(row, "other")
        put_off(row)
        raise RuntimeError(f"photo {photo.pk} could not be looked at") from broken
    return keep(row, seen, image)


def see(photo: DeskPhoto, image: Image, *, with_codes: bool = True) -> Seen:
    """Everything the engine says of one photo. Reads the library, writes nothing."""
    began = time.perf_counter()
    item, shot = photo.item, photo.shot_code
    product, group = scope_of(item)
    code_shot = is_code_shot(shot)
    extractor, index = engine.extractor(), engine.library(item.task.organisation_id)
    load = periods.without(index.features, periods.outside(item.task.organisation_id, periods.made_on(item)))
    result = recognition_engine.recognise(
        image,
        scope=Scope(product=product, group=group),
        index=index,
        extractor=extractor,
        load=load,
        task="code" if code_shot else "item",
        seen=_library_copies(item.task.organisation_id),
    )
    apart = defects.let_go(result.candidates, result.genuine, group=group, load=load)
    matches = siblings.held(apart, image, index=index, extractor=extractor, load=load)
    found = [each for match in matches if (each := _found(match, image, item)) is not None]
    reading = code_engine.read_code(image) if code_shot and with_codes else None
    hash_, hash_quality = (result.pdq, result.pdq_quality) if result.pdq else pdq_engine.hash(image)
    return Seen(
        good=result.quality.good,
        quality=result.quality.reasons,
        comparable=bool(result.comparable and has_samples(item)),
        scope="product" if result.scope.product else "group" if result.scope.group else "all",
        found=tuple(_with_copies(found, result)),
        barcodes=tuple(barcode_engine.read(image)) if with_codes else (),
        reading=reading,
        pdq=hash_,
        pdq_quality=hash_quality,
        engine=extractor.name,
        took_ms=round(1000 * (time.perf_counter() - began)),
    )


def _library_copies(organisation_id: UUID) -> recognition_engine.Seen | None:
    """Hashes of the library's photos: whether this very picture is one of them."""
    rows = indexes.entry_photos(organisation_id).filter(pdq_quality__gte=GOOD_COPY_QUALITY)
    kept = [(pk, bytes(code)) for pk, code in rows.values_list("pk", "pdq") if len(bytes(code)) == 32]
    if not kept:
        return None
    codes_ = np.frombuffer(b"".join(code for _pk, code in kept), np.uint8).reshape(-1, 32)
    return recognition_engine.Seen([pk for pk, _code in kept], pdq_engine.Codes(codes_))


def field_of_shot(shot_code: str) -> str:
    """What kind of code a shot shows: mould numbers stand on bases, logistics codes on outer boxes."""
    if "base" in shot_code:
        return "mould"
    if "outer" in shot_code:
        return "logistics"
    return "unique" if "serial" in shot_code else "batch"


def scope_of(item: DeskItem) -> tuple[str, str]:
    """Where to look first: the product, then its group."""
    product = Product.objects.filter(pk=item.product_id).values_list("category__code", flat=True).first()
    return str(item.product_id), product or ""


def has_samples(item: DeskItem) -> bool:
    """Whether the library holds anything of this product or its group. Without, nothing can be said (edge 12)."""
    category = Category.objects.filter(products__pk=item.product_id).first()
    return LibraryEntry.objects.filter(
        organisation_id=item.task.organisation_id,
        state=LibraryEntry.State.CONFIRMED,
        category=category,
        photos__isnull=False,
    ).exists()


def _found(match: Match, image: Image, item: DeskItem) -> Found | None:
    if match.photo_id is None or match.genuine:
        return None
    entry_photo = EntryPhoto.objects.select_related("entry", "exhibit").filter(pk=match.photo_id).first()
    features = engine.library(item.task.organisation_id).features(match.photo_id)
    if entry_photo is None or features is None:
        return None
    height, width = image.shape[:2]
    geometry = engine.geometry_of(match, (width, height), features.size)
    agreements = [engine.agreement_in(geometry, defect) for defect in entry_photo.defects]
    return Found(
        entry_photo=entry_photo,
        band=match.band,
        score=float(match.score),
        inliers=match.inliers,
        geometry=geometry,
        defects=tuple(None if each is None else round(100 * each) for each in agreements),
        held_down=match.held_down,
    )


def _with_copies(found: list[Found], result: Result) -> list[Found]:
    """The very same picture is in the library: said with the match, or by itself where features found nothing."""
    by_entry = {each.entry_photo.entry_id: each for each in found}
    for copy in result.duplicates:
        photo = EntryPhoto.objects.select_related("entry", "exhibit").filter(pk=copy.photo_id).first()
        if photo is None or copy.distance > photo.entry.radius_bits:
            continue
        there = by_entry.get(photo.entry_id)
        facts = {"same_picture": True}
        by_entry[photo.entry_id] = (
            Found(**{**there.__dict__, **facts})
            if there
            else Found(entry_photo=photo, band="likely", score=0.0, same_picture=True)
        )
    return list(by_entry.values())


@transaction.atomic
def keep(row: PhotoLook, seen: Seen, image: Image | None = None) -> PhotoLook:
    """Write down what was seen: hints, sightings, proposals, and what the province is told."""
    photo = DeskPhoto.objects.select_related("item", "exhibit").get(pk=row.photo_id)
    task = DeskTask.objects.select_for_update(of=("self",)).get(pk=photo.item.task_id)
    photo.item.task = task
    row = PhotoLook.objects.select_for_update().get(pk=row.pk)
    if row.state not in (State.WAITING, State.PENDING, State.RUNNING):
        return row
    now = clock.now()
    row.photo = photo
    copy = _copy_of(row, seen)
    hints = hinting.make(photo, seen.found, engine=seen.engine, good=seen.good, at=now)
    if copy is None:
        # The very same picture sent again is no second sighting.
        codes.sight_decoded(photo, seen.barcodes)
    reading = seen.reading
    if reading is not None and reading.confidence >= LEAST_CONFIDENCE and len(reading.key) >= FEWEST_CODE_LETTERS:
        codes.read(photo, field_of_shot(photo.shot_code), reading.raw, value=reading.raw, confidence=reading.confidence)
    shown = hints and any(hint.posted_at for hint in hints)
    outcome = (
        "hints" if shown
        else "no_comparison" if not seen.comparable
        else "poor" if not seen.good
        else "nothing_similar"
    )  # fmt: skip
    further = not shown and beyond.wanted(photo, seen.good)
    move(
        row,
        "finish",
        by=MACHINE,
        started_at=None,
        beyond=PhotoLook.Beyond.WAITING if further else PhotoLook.Beyond.NO,
        beyond_at=now if further else None,
        outcome=outcome,
        good=seen.good,
        quality=list(seen.quality),
        barcodes=[
            {
                "text": code.text[:300],
                "symbology": code.symbology[:20],
                **codes.fits(code.text, product_id=photo.item.product_id, organisation_id=task.organisation_id),
            }
            for code in seen.barcodes
        ],
        pdq=seen.pdq,
        pdq_quality=seen.pdq_quality,
        duplicate_of=copy,
        engine=seen.engine,
        scope=seen.scope,
        took_ms=seen.took_ms,
        done_at=now,
    )
    for hint in hints:
        brakes.check_matches(hint.entry)
    if hints or seen.barcodes:
        runs.propose(find_of(photo.item))
    tell_item(photo.item)
    if further:
        enqueue_beyond(row.pk)
    if image is not None:
        transaction.on_commit(lambda: indexes.remember(photo, image))
    return row


def _failed(row: PhotoLook, reason: str) -> PhotoLook:
    with transaction.atomic():
        move(row, "fail", by=MACHINE, good=False, quality=[reason], outcome="poor", done_at=clock.now())
        item = DeskItem.objects.select_related("task").get(pk=row.photo.item_id)
        tell_item(item)
    return row


def _put_off(row: PhotoLook) -> PhotoLook:
    with transaction.atomic():
        if row.state == State.WAITING:
            move(row, "put_off", by=MACHINE)
        item = DeskItem.objects.select_related("task").get(pk=row.photo.item_id)
        tell_item(item)
    return row


# The very same picture ------------------------------------------------------------------------------------------------


class _Known:
    """Hashes of an organisation's photos, kept in the process and brought up to date before each scan."""

    def __init__(self) -> None:
        self.ids: list[UUID] = []
        self.there: set[UUID] = set()
        self.codes = np.zeros((0, 32), np.uint8)
        self.upto: Any = None

    def refresh(self, organisation_id: UUID) -> None:
        rows = PhotoLook.objects.filter(
            organisation_id=organisation_id, state=State.DONE, pdq_quality__gte=GOOD_COPY_QUALITY
        )
        if self.upto is not None:
            # Commits may come out of order: look a little further back than the last one seen.
            rows = rows.filter(done_at__gte=self.upto - timedelta(minutes=5))
        fresh = [
            (pk, bytes(code), at)
            for pk, code, at in rows.values_list("pk", "pdq", "done_at")
            if pk not in self.there and len(bytes(code)) == 32
        ]
        if fresh:
            added = np.frombuffer(b"".join(code for _pk, code, _at in fresh), np.uint8).reshape(-1, 32)
            self.codes = np.concatenate([self.codes, added])
            self.ids += [pk for pk, _code, _at in fresh]
            self.there |= {pk for pk, _code, _at in fresh}
            self.upto = max(at for _pk, _code, at in fresh)


_known: dict[UUID, _Known] = {}
_known_lock = threading.Lock()


def _copy_of(row: PhotoLook, seen: Seen) -> PhotoLook | None:
    """The earliest photo that is this very picture: the same bytes, or the same after saving anew, scaling, turning."""
    done = PhotoLook.objects.filter(organisation_id=row.organisation_id, state=State.DONE).exclude(pk=row.pk)
    same = done.filter(photo__exhibit__sha256=row.photo.exhibit.sha256).order_by("done_at").first()
    if same is not None or not seen.pdq or seen.pdq_quality < GOOD_COPY_QUALITY:
        return same
    with _known_lock:
        known = _known.setdefault(row.organisation_id, _Known())
        known.refresh(row.organisation_id)
        near = pdq_engine.scan(known.codes, seen.pdq) if len(known.ids) else []
        ids = [known.ids[at] for at, _distance in near]
    return done.filter(pk__in=ids).order_by("done_at").first() if ids else None
