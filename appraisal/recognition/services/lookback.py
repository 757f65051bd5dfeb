"""回查: when a fake is confirmed, earlier requests that match are found, and the officer who cleared one is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.desk import selectors as desk_doors
from appraisal.desk.models import DeskItem, DeskPhoto, DeskTask, DeskVerdict
from appraisal.desk.selectors import Desk
from appraisal.recognition import selectors
from appraisal.recognition.models import EntryPhoto, LibraryEntry, LookBack
from appraisal.recognition.services import hinting, limits, runs
from appraisal.recognition.services.steps import MACHINE, announce, may_be_seen, tell_task
from audit.move import move
from evidence.models import Exhibit
from federation.contracts.recognition import LookBackV1, ReasonV1
from kernel import clock
from notify.services import tell

if TYPE_CHECKING:
    from appraisal.recognition.vision.kinds import Match

SHOWN = ("strong", "likely")
MOST_CHECKED = 100


def look_back(entry_id: UUID) -> list[LookBack]:
    """Compare a confirmed entry with the photos of earlier requests. Safe to run twice. In the worker."""
    from appraisal.recognition import engine
    from appraisal.recognition.vision import verify
    from appraisal.recognition.vision.kinds import Scope

    entry = (
        LibraryEntry.objects.select_related("category", "find", "organisation")
        .filter(pk=entry_id, state=LibraryEntry.State.CONFIRMED)
        .first()
    )
    if entry is None:
        return []
    best: dict[UUID, tuple[Match, EntryPhoto, UUID, tuple[int, int], tuple[int, int]]] = {}
    index, extractor = engine.seen(entry.organisation_id), engine.extractor()
    scope = Scope(product=str(entry.product_id or ""), group="" if entry.product_id else entry.category.code)
    for photo in entry.photos.select_related("exhibit").filter(exhibit__state=Exhibit.State.READY):
        image = engine.picture(photo.exhibit)
        mine = extractor.extract(image, engine.in_pixels(photo.outline, image))
        for candidate in index.search(mine, scope, top=MOST_CHECKED):
            theirs = index.features(candidate.photo_id)
            if theirs is None or theirs.kind != mine.kind:
                continue
            match = verify.compare(theirs, None, mine, None, group=entry.category.code)
            match = replace(
                match, band=limits.band_under(entry.organisation_id, entry.category, match.band, match.score)
            )
            there = best.get(candidate.entry_id)
            if match.band in SHOWN and (there is None or match.score > there[0].score):
                best[candidate.entry_id] = (match, photo, candidate.photo_id, theirs.size, mine.size)
    made = []
    for item_id, (match, photo, desk_photo_id, query_size, library_size) in best.items():
        geometry = engine.geometry_of(match, query_size, library_size)
        row = keep(entry, photo, item_id, desk_photo_id, match, geometry)
        if row is not None:
            made.append(row)
    return made


@transaction.atomic
def keep(
    entry: LibraryEntry,
    entry_photo: EntryPhoto,
    item_id: UUID,
    desk_photo_id: UUID,
    match: Match,
    geometry: dict[str, Any],
) -> LookBack | None:
    """Write down that goods of an earlier request look like an entry, and tell. None where that is no news.

    No news: the goods the entry was made of; goods that were found wanting then; a hint of this entry was shown there.
    """
    item = DeskItem.objects.filter(pk=item_id, task__organisation_id=entry.organisation_id).first()
    if item is None or entry.find.desk_item_id == item.pk:
        return None
    task = DeskTask.objects.select_for_update(of=("self",)).get(pk=item.task_id)
    item.task = task
    photo = DeskPhoto.objects.select_related("exhibit").filter(pk=desk_photo_id, item=item).first()
    if photo is None or photo.exhibit.state != Exhibit.State.READY:
        return None
    verdict = desk_doors.standing_verdict(item)
    was = _was(verdict)
    if was is None or entry.hints.filter(photo__item=item).exists():
        return None
    reasons = [{"code": "print", "count": match.inliers}]
    row, made = LookBack.objects.get_or_create(
        entry=entry,
        item=item,
        defaults={
            "organisation_id": entry.organisation_id,
            "entry_photo": entry_photo,
            "photo": photo,
            "verdict": verdict if was == "cleared" else None,
            "was": was,
            "band": match.band,
            "score": float(match.score),
            "inliers": match.inliers,
            "geometry": geometry,
            "reasons": reasons,
            "at": clock.now(),
        },
    )
    if not made:
        return None
    _tell_province(row, task)
    if verdict is not None and was == "cleared":
        tell(
            to=[verdict.opinion.given_by_id],
            code="look_back",
            title=_("{number} 曾判为真品，现与新确认的假货相似").format(number=task.request_no),
            url=f"/desk/{task.pk}/",
        )
    announce(entry.organisation_id, "look_backs", kind="look_back", pk=row.pk)
    return row


def _was(verdict: DeskVerdict | None) -> str | None:
    if verdict is None:
        return "open"
    if verdict.value in runs.CLEARED:
        return "cleared"
    return None if verdict.value in runs.WANTING else "open"


def _tell_province(row: LookBack, task: DeskTask) -> None:
    seen = may_be_seen(row.entry.find, task.province_code, row.entry)
    picture = hinting.picture_of(row.entry, row.entry_photo.exhibit, seen)
    tell_task(
        task,
        LookBackV1(
            look_back_id=row.pk,
            request_id=task.request_id,
            item_id=row.item.item_id,
            photo_id=row.photo.photo_id,
            band=row.band,  # type: ignore[arg-type] # one of SHOWN
            typology=row.entry.typology,
            was=row.was,  # type: ignore[arg-type] # cleared or open
            reasons=tuple(ReasonV1.model_validate(reason) for reason in row.reasons),
            seen=seen,
            geometry=hinting.geometry_for(row.geometry, picture),
            picture_sha256=picture.sha256 if picture else "",
            at=row.at,
        ),
        MACHINE,
        [picture] if picture else [],
    )


@transaction.atomic
def settle(*, desk: Desk, look_back_id: UUID, step: str, why: str = "") -> LookBack:
    """The appraiser corrected the verdict (correct), or stands by it (keep)."""
    row = selectors.access_look_back(desk, look_back_id, lock=True)
    if step in LookBack.MOVES and row.state == LookBack.MOVES[step][1]:
        return row
    return move(row, step, by=desk.person, why=why, settled_by=desk.person, settled_at=clock.now())
