"""The third ring: libraries of other right holders, for a photo that its own library says nothing of.

Features stay in their owner's index, and the one worker of the shared layer looks. The house that was asked learns
nothing of it, nor does the owner learn whose photo it was: the province alone is told, by a letter in the owner's name
that says no more than the owner and the province of the find chose.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from appraisal.catalogue.models import Product
from appraisal.desk.models import DeskPhoto, DeskTask
from appraisal.recognition import sharding
from appraisal.recognition.models import Elsewhere, EntryPhoto, LibraryChoice, LibraryEntry, PhotoLook
from appraisal.recognition.queue import pass_on
from appraisal.recognition.services import hinting, periods
from appraisal.recognition.services.hinting import SHOWN, Found
from appraisal.recognition.services.steps import MACHINE, may_be_seen
from audit.move import move
from audit.trail import Person
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, Message
from federation.contracts.recognition import ElsewhereV1, HintFlaggedV1, SeenV1
from federation.letters.post import post
from federation.parties.models import Organisation
from kernel import clock

if TYPE_CHECKING:
    from appraisal.recognition.vision.features import Features
    from appraisal.recognition.vision.kinds import Image

log = logging.getLogger(__name__)
Beyond = PhotoLook.Beyond
Others = LibraryChoice.Others
CHECKED = 16
MOST_A_PHOTO = 3


def choice_of(organisation_id: UUID) -> str:
    """What a library does for photos of other right holders' goods."""
    said = LibraryChoice.objects.filter(organisation_id=organisation_id).values_list("others", flat=True).first()
    return said or Others.KNOWN


def _open_to(organisation_id: UUID) -> QuerySet[LibraryEntry]:
    """Entries in force of other owners that take part."""
    closed = LibraryChoice.objects.filter(others=Others.NONE).values("organisation_id")
    return (
        LibraryEntry.objects.filter(
            state=LibraryEntry.State.CONFIRMED, organisation__state=Organisation.State.ACTIVE, photos__isnull=False
        )
        .exclude(organisation_id=organisation_id)
        .exclude(organisation_id__in=closed)
    )


def wanted(photo: DeskPhoto, good: bool) -> bool:
    """Whether there is anything further to look at, for a photo that is worth a confident hint."""
    return good and _open_to(photo.item.task.organisation_id).exists()


def owners_for(photo: DeskPhoto) -> list[UUID]:
    """Whose libraries are searched: those with most entries of the same product group first."""
    group = Product.objects.filter(pk=photo.item.product_id).values_list("category_id", flat=True).first()
    rows = _open_to(photo.item.task.organisation_id).order_by().values("organisation_id")
    counted = rows.annotate(alike=Count("pk", filter=Q(category_id=group))).order_by("-alike", "organisation_id")
    return [row["organisation_id"] for row in counted]


# Searched -------------------------------------------------------------------------------------------------------------


def search(
    look_id: UUID, *, done: Sequence[int] = (), found: Sequence[dict[str, Any]] = (), ended: bool = True
) -> list[Elsewhere]:
    """Compare one photo with the libraries of others. In the worker. Safe to run twice.

    Where several workers share the libraries each adds what its own know and passes the photo on; the last writes down.
    """
    from appraisal.recognition import engine
    from appraisal.recognition.services import indexes

    row = (
        PhotoLook.objects.select_related("photo__exhibit", "photo__item__task")
        .filter(pk=look_id, beyond=Beyond.WAITING)
        .first()
    )
    if row is None:
        return []
    photo = row.photo
    try:
        image = engine.picture(photo.exhibit)
    except engine.PictureMissing:
        return keep(row, [])
    query, day = engine.extractor().extract(image), periods.made_on(photo.item)
    owners = owners_for(photo)
    mine = [owner for owner in owners if sharding.is_mine(owner)]
    ready = [owner for owner in mine if indexes.usable(owner)]
    known = [each for owner in ready if (each := _best(owner, query, image, day)) is not None]
    if len(ready) < len(mine):
        log.warning("%s libraries of others wait for their index", len(mine) - len(ready))
        ended = False
    if settings.RECOGNITION_SHARD is not None:
        asked = [*done, settings.RECOGNITION_SHARD]
        if left := sharding.others(owners, asked):
            said = [*found, *map(_written, known)]
            pass_on(row.pk, to=left[0], done=asked, found=said, ended=ended)
            return []
    return keep(row, [*_read(found), *known], ended=ended)


def _written(found: Found) -> dict[str, Any]:
    """As it travels to the next worker."""
    return {
        "entry_photo": str(found.entry_photo.pk), "band": found.band, "score": found.score, "inliers": found.inliers,
        "geometry": found.geometry, "held_down": found.held_down,
    }  # fmt: skip


def _read(said: Sequence[dict[str, Any]]) -> list[Found]:
    """What other workers found; an entry that was taken away meanwhile is left out."""
    photos = EntryPhoto.objects.select_related("entry", "exhibit").in_bulk([each["entry_photo"] for each in said])
    return [
        Found(photos[UUID(each["entry_photo"])], **{name: each[name] for name in each if name != "entry_photo"})
        for each in said
        if UUID(each["entry_photo"]) in photos
    ]


def _best(owner: UUID, query: Features, image: Image, day: date | None) -> Found | None:
    """The entry of one library that a photo looks like, after the brakes: its genuine references, its own limits."""
    from dataclasses import replace

    from appraisal.recognition import engine
    from appraisal.recognition.vision import recognise, verify
    from appraisal.recognition.vision.kinds import Scope

    index = engine.library(owner)
    load = periods.without(index.features, periods.outside(owner, day))
    matches = []
    for candidate in index.search(query, Scope(), CHECKED):
        theirs = load(candidate.photo_id)
        if theirs is None or theirs.kind != query.kind:
            continue
        match = verify.compare(query, None, theirs, None)
        matches.append(
            replace(
                match,
                photo_id=candidate.photo_id,
                entry_id=candidate.entry_id,
                votes=candidate.votes,
                genuine=candidate.genuine,
            )
        )
    candidates, _genuine = recognise.decide(matches)
    for match in candidates:
        kept = EntryPhoto.objects.select_related("entry", "exhibit").filter(pk=match.photo_id).first()
        features = load(match.photo_id) if match.photo_id else None
        if match.band in SHOWN and kept is not None and features is not None:
            height, width = image.shape[:2]
            geometry = engine.geometry_of(match, (width, height), features.size)
            return Found(kept, match.band, float(match.score), match.inliers, geometry, held_down=match.held_down)
    return None


@transaction.atomic
def keep(row: PhotoLook, found: Sequence[Found], *, ended: bool = True) -> list[Elsewhere]:
    """Write down what others know, tell the province. ended: no library is left to be searched."""
    from appraisal.recognition.services import brakes

    photo = DeskPhoto.objects.select_related("item", "exhibit").get(pk=row.photo_id)
    photo.item.task = DeskTask.objects.select_for_update(of=("self",)).get(pk=photo.item.task_id)
    now, made = clock.now(), []
    living = hinting.in_force(found, now)
    for each in sorted(living, key=lambda one: -one.score)[:MOST_A_PHOTO]:
        entry = each.entry_photo.entry
        choice = choice_of(entry.organisation_id)
        if each.band not in SHOWN or choice == Others.NONE or entry.organisation_id == row.organisation_id:
            continue
        seen = _seen(entry, photo.item.task.province_code, choice)
        hit, new = Elsewhere.objects.get_or_create(
            photo=photo,
            entry=entry,
            defaults={
                "organisation_id": entry.organisation_id,
                "entry_photo": each.entry_photo,
                "band": each.band,
                "score": each.score,
                "inliers": each.inliers,
                "engine": row.engine,
                "how": seen.how,
                "at": now,
            },
        )
        if new:
            _tell(hit, each, seen)
            made.append(hit)
    PhotoLook.objects.filter(pk=row.pk).update(beyond=Beyond.DONE if ended else Beyond.WAITING, beyond_at=now)
    for hit in made:
        brakes.check_elsewhere(hit.entry)
    return made


# Told -----------------------------------------------------------------------------------------------------------------


def _seen(entry: LibraryEntry, province_code: str, choice: str) -> SeenV1:
    """What a province may see: its own matter whole, of another's no more than the owner's choice for all of them."""
    seen = may_be_seen(entry.find, province_code, entry)
    return seen if seen.how == "own" or choice == Others.ENTRY else SeenV1(how="broker")


def _post(hit: Elsewhere, message: Message, by: Person, attachments: Sequence[Attachment] = ()) -> None:
    post(
        message,
        to=Address.province(hit.photo.item.task.province_code),
        sender=Address.organisation(hit.organisation_id),
        thread=hit.pk,
        by=by,
        attachments=attachments,
        purpose="recognition",
    )


def _tell(hit: Elsewhere, each: Found, seen: SeenV1) -> None:
    item, entry = hit.photo.item, hit.entry
    picture = hinting.picture_of(entry, hit.entry_photo.exhibit, seen)
    unnamed = seen.how == "broker"
    message = ElsewhereV1(
        hint_id=hit.pk,
        request_id=item.task.request_id,
        item_id=item.item_id,
        photo_id=hit.photo.photo_id,
        view_sha256=hit.photo.exhibit.view_sha256,
        band=hit.band,  # type: ignore[arg-type] # one that is shown
        score=round(hit.score),
        inliers=hit.inliers,
        typology="" if unnamed else entry.typology,
        seen=seen,
        owner_name="" if unnamed else entry.organisation.name[:120],
        geometry=hinting.geometry_for(each.geometry, picture),
        picture_sha256=picture.sha256 if picture else "",
        at=hit.at,
    )
    _post(hit, message, MACHINE, [picture] if picture else [])


def answered(hit: Elsewhere, answer: str, *, at: Any) -> None:
    """The officer took it, refused it or left it aside; who and why stay in the province."""
    from appraisal.recognition.services import brakes

    if hit.state != answer:
        move(hit, answer, by=MACHINE, answered_at=at)
    if answer == Elsewhere.State.REJECTED:
        brakes.check_refusals(hit.entry)


def flag(hits: QuerySet[Elsewhere], why: str, *, by: Person) -> int:
    """What others were told falls with its entry or photo (why), or stands again (why empty). Returns how many."""
    changed = list(hits.exclude(flagged=why).select_related("photo__item__task", "photo__exhibit").order_by("pk"))
    now = clock.now()
    for hit in changed:
        message = HintFlaggedV1(
            request_id=hit.photo.item.task.request_id,
            hint_ids=(hit.pk,),
            why=why or "resumed",
            standing=not why,
            at=now,
        )
        _post(hit, message, by)
    Elsewhere.objects.filter(pk__in=[hit.pk for hit in changed]).update(flagged=why)
    return len(changed)
