"""Hints: made from what the engine found, told to the province, answered on both sides, flagged when they fall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from appraisal.comparison import to_letter
from appraisal.desk.models import DeskItem, DeskPhoto, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services.steps import announce as announce_task
from appraisal.letter_photos import view_attachment
from appraisal.recognition import selectors
from appraisal.recognition.keys import near, normalise
from appraisal.recognition.models import (
    CodeSighting,
    Elsewhere,
    EntryPhoto,
    Hint,
    HintDecision,
    LibraryEntry,
    LookBack,
    RunLink,
)
from appraisal.recognition.services import limits
from appraisal.recognition.services.steps import MACHINE, find_of, may_be_seen, tell_task
from audit.move import move
from audit.trail import Person
from evidence.models import Exhibit
from federation.contracts.messages import Attachment
from federation.contracts.recognition import (
    CodeComparedV1,
    GeometryV1,
    HintFlaggedV1,
    HintV1,
    ReasonV1,
    SeenV1,
)
from kernel import clock
from kernel.errors import BadInput

SHOWN = ("strong", "likely")
FOLDED = "possible"
MOST_A_PHOTO = 3
DEFECT_AGREES = 0.5
"""Mean agreement inside a drawn defect from which it is said to agree."""


@dataclass(frozen=True)
class Found:
    """One entry that a photo looks like, in rows' own terms. geometry: as rows keep it."""

    entry_photo: EntryPhoto
    band: str
    score: float
    inliers: int = 0
    geometry: dict[str, Any] = field(default_factory=dict)
    defects: tuple[int | None, ...] = ()
    held_down: str = ""
    same_picture: bool = False


# Made -----------------------------------------------------------------------------------------------------------------


def make(photo: DeskPhoto, found: Iterable[Found], *, engine: str, good: bool, at: datetime) -> list[Hint]:
    """Hints for one photo, in the transaction of its look; the task's row is locked.

    Entries that were switched off since, entries made from this very item, and matches under the entry's own least
    score are left out. A poor photo gives no confident hint. Shown ones go to the province; a merely possible one goes
    there only when there is nothing better, and never more than one.
    """
    item = photo.item
    living = _living(found, item, at)
    made: list[Hint] = []
    for each in sorted(living, key=lambda one: -one.score)[:MOST_A_PHOTO]:
        band, held = each.band, each.held_down
        if not good and band in SHOWN:
            band, held = FOLDED, "poor_photo"
        entry = each.entry_photo.entry
        hint, new = Hint.objects.get_or_create(
            photo=photo,
            entry=entry,
            defaults={
                "organisation_id": item.task.organisation_id,
                "entry_photo": each.entry_photo,
                "category_id": entry.category_id,
                "band": band,
                "score": each.score,
                "inliers": each.inliers,
                "held_down": held,
                "engine": engine,
                "geometry": each.geometry,
                "defects": list(each.defects),
                "codes": compare_codes(item, entry),
                "at": at,
            },
        )
        if new:
            hint.reasons = _reasons(hint, each)
            hint.save(update_fields=["reasons"])
            made.append(hint)
    better = any(hint.band in SHOWN for hint in made)
    for hint in made:
        if hint.band in SHOWN or (not better and hint is made[0]):
            post_hint(hint)
    if made:
        announce_task(item.task, "hint")
    return made


def in_force(found: Iterable[Found], at: datetime) -> list[Found]:
    """Those whose entry stands, is in its term and is reached; held to the limits of its product group."""
    today = clock.local_date(at)
    kept = []
    for each in found:
        entry = LibraryEntry.objects.select_related("find", "category", "organisation").get(
            pk=each.entry_photo.entry_id
        )
        each.entry_photo.entry = entry
        stands = entry.state == LibraryEntry.State.CONFIRMED
        in_term = entry.valid_from <= today and (entry.valid_until is None or today <= entry.valid_until)
        reached = each.band in (*SHOWN, FOLDED) and (each.score >= entry.least_score or each.same_picture)
        if stands and in_term and reached:
            kept.append(each if each.same_picture else _to_limits(each, entry))
    return kept


def _to_limits(each: Found, entry: LibraryEntry) -> Found:
    band = limits.band_under(entry.organisation_id, entry.category, each.band, each.score)
    return each if band == each.band else replace(each, band=band, held_down=each.held_down or limits.HELD)


def _living(found: Iterable[Found], item: DeskItem, at: datetime) -> list[Found]:
    return [
        each
        for each in in_force(found, at)
        if each.entry_photo.entry.organisation_id == item.task.organisation_id
        and each.entry_photo.entry.find.desk_item_id != item.pk
    ]


def compare_codes(item: DeskItem, entry: LibraryEntry) -> list[dict[str, str]]:
    """The codes of an item beside those of the entry's find, field by field. Equal codes never mean genuine."""
    here = _by_field(CodeSighting.objects.filter(find__desk_item=item))
    if item.batch_no:
        here["batch"].append((normalise(item.batch_no), item.batch_no))
    there = _by_field(entry.find.sightings.all())
    rows = []
    for name in sorted({*here, *there}, key=_ORDER.index):
        mine, theirs = here.get(name, []), there.get(name, [])
        both = {key for key, _raw in mine} & {key for key, _raw in theirs}
        if not mine or not theirs:
            result = "unknown"
        elif both:
            result = "same"
        else:
            result = "near" if any(near(a, b) for a, _x in mine for b, _y in theirs) else "differs"
        rows.append(
            {
                "field": name,
                "here": "、".join(raw for _key, raw in mine)[:120],
                "there": "、".join(raw for _key, raw in theirs)[:120],
                "result": result,
            }
        )
    return rows


_ORDER = ("barcode", "unique", "batch", "mould", "logistics", "date")


def _by_field(rows: Iterable[CodeSighting]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        if (row.key, row.raw) not in found[row.field]:
            found[row.field].append((row.key, row.raw))
    return found


def _reasons(hint: Hint, each: Found) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if each.same_picture:
        rows.append({"code": "same_picture", "count": None})
    if each.inliers:
        rows.append({"code": "print", "count": each.inliers})
    rows += [
        {"code": "defect", "count": percent}
        for percent in each.defects
        if percent is not None and percent >= 100 * DEFECT_AGREES
    ]
    results = {row["field"]: row["result"] for row in hint.codes}
    if results.get("unique") == "same":
        rows.append({"code": "code_same", "count": None})
    if results.get("unique") == "near":
        rows.append({"code": "code_near", "count": None})
    if results.get("batch") == "same":
        rows.append({"code": "batch_same", "count": None})
    if hint.geometry.get("turned"):
        rows.append({"code": "turned", "count": None})
    if hint.held_down:
        rows.append({"code": hint.held_down[:30], "count": None})
    return rows


# Told -----------------------------------------------------------------------------------------------------------------


def picture_of(entry: LibraryEntry, exhibit: Exhibit, seen: SeenV1) -> Attachment | None:
    """The earlier picture, if its owner lets it travel: to the province it came from, or where it may be shown."""
    allowed = seen.how == "own" or (entry.show_picture and seen.how != "broker")
    return view_attachment(exhibit, "earlier") if allowed and exhibit.state == Exhibit.State.READY else None


def codes_for(rows: Iterable[dict[str, str]], seen: SeenV1) -> tuple[CodeComparedV1, ...]:
    """Codes as they travel: of another's matter only whether they agree, unless it may be shown; of a broker's none."""
    if seen.how == "broker":
        return ()
    open_ = seen.how in ("own", "shown", "staff")
    return tuple(CodeComparedV1.model_validate({**row, "there": row["there"] if open_ else ""}) for row in rows)


def geometry_for(geometry: dict[str, Any], picture: Attachment | None) -> GeometryV1:
    """The geometry as it travels: what lies on the earlier picture only with that picture."""
    return to_letter(geometry, with_library=picture is not None)


def post_hint(hint: Hint) -> None:
    """Tell the province. What may be seen of the earlier matter is decided now, and once."""
    task, entry = hint.photo.item.task, hint.entry
    seen = may_be_seen(entry.find, task.province_code, entry)
    picture = picture_of(entry, hint.entry_photo.exhibit, seen)
    tell_task(
        task,
        HintV1(
            hint_id=hint.pk,
            request_id=task.request_id,
            item_id=hint.photo.item.item_id,
            photo_id=hint.photo.photo_id,
            view_sha256=hint.photo.exhibit.view_sha256,
            band=hint.band,  # type: ignore[arg-type] # one that is shown or folded
            score=round(hint.score),
            inliers=hint.inliers,
            typology=entry.typology,
            reasons=tuple(ReasonV1.model_validate(row) for row in hint.reasons),
            codes=codes_for(hint.codes, seen),
            seen=seen,
            geometry=geometry_for(hint.geometry, picture),
            picture_sha256=picture.sha256 if picture else "",
            at=hint.at,
        ),
        MACHINE,
        [picture] if picture else [],
    )
    Hint.objects.filter(pk=hint.pk).update(posted_at=clock.now())
    hint.posted_at = clock.now()


# Answered -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(*, desk: Desk, hint_id: UUID, answer: str, note: str = "") -> HintDecision:
    """An appraiser takes a hint, refuses it, leaves it aside, or takes that back (shown). It stays in the house."""
    if answer not in Hint.State.values:
        raise BadInput(_("请选择采纳、不像、搁置或收回。"), code="answer_unknown", answer=answer)
    hint = selectors.access_hint(desk, hint_id, lock=True)
    row = decided(hint, "brand", answer, who=desk.person.display_name, note=note, at=clock.now())
    announce_task(hint.photo.item.task, "hint")
    return row


def decided(
    hint: Hint, side: str, answer: str, *, who: str, note: str, at: datetime, letter_id: UUID | None = None
) -> HintDecision:
    """Write down what one person said. A hint that people refuse again and again brakes its entry."""
    from appraisal.recognition.services import brakes, runs

    row = HintDecision.objects.create(
        hint=hint, side=side, answer=answer, note=note.strip()[:500], who=who[:40], at=at, letter_id=letter_id
    )
    if answer == Hint.State.REJECTED:
        brakes.check_refusals(hint.entry)
    elif answer == Hint.State.ACCEPTED:
        runs.propose(find_of(hint.photo.item))
    return row


def officer_answered(hint: Hint, answer: str, *, who: str, note: str, at: datetime, letter_id: UUID) -> None:
    """The officer's answer came by letter."""
    if hint.state != answer:
        move(hint, answer, by=MACHINE, why=note, answered_at=at, answered_by=who[:40])
    decided(hint, "bureau", answer, who=who, note=note, at=at, letter_id=letter_id)
    announce_task(hint.photo.item.task, "hint")


# Fallen ---------------------------------------------------------------------------------------------------------------


def flag(entry: LibraryEntry, why: str, *, by: Person) -> int:
    """Every hint, look back and link that rests on an entry falls with it (why), or stands again (why empty).

    Whoever was shown a hint is told, one letter for each request. Returns how many hints.
    """
    from appraisal.recognition.services import beyond

    hints = Hint.objects.filter(entry=entry)
    beyond.flag(Elsewhere.objects.filter(entry=entry), why, by=by)
    count = _flag_rows(hints, LookBack.objects.filter(entry=entry), why, by=by)
    links = RunLink.objects.filter(organisation_id=entry.organisation_id, reasons__contains=[{"entry": str(entry.pk)}])
    of_find = RunLink.objects.filter(first=entry.find) | RunLink.objects.filter(second=entry.find)
    if why or not _other_fallen(entry):
        (links | of_find).update(flagged=why)
    return count


def _other_fallen(entry: LibraryEntry) -> bool:
    stopped = (LibraryEntry.State.SUSPENDED, LibraryEntry.State.WITHDRAWN)
    return LibraryEntry.objects.filter(find=entry.find, state__in=stopped).exclude(pk=entry.pk).exists()


def flag_photos(photos: QuerySet[EntryPhoto], why: str, *, by: Person) -> int:
    """Hints and look backs that rest on these photos of entries fall."""
    from appraisal.recognition.services import beyond

    beyond.flag(Elsewhere.objects.filter(entry_photo__in=photos), why, by=by)
    return _flag_rows(
        Hint.objects.filter(entry_photo__in=photos), LookBack.objects.filter(entry_photo__in=photos), why, by=by
    )


def _flag_rows(hints: QuerySet[Hint], backs: QuerySet[LookBack], why: str, *, by: Person) -> int:
    now = clock.now()
    told: dict[DeskTask, list[UUID]] = defaultdict(list)
    changed = hints.exclude(flagged=why).select_related("photo__item__task").order_by("pk")
    for hint in changed:
        if hint.posted_at is not None:
            told[hint.photo.item.task].append(hint.pk)
    for back in backs.exclude(flagged=why).select_related("item__task").order_by("pk"):
        told[back.item.task].append(back.pk)
    tasks = {hint.photo.item.task for hint in changed} | set(told)
    count = hints.exclude(flagged=why).update(flagged=why, flagged_at=now if why else None)
    backs.exclude(flagged=why).update(flagged=why)
    for task in sorted(tasks, key=lambda each: each.pk):
        if ids := told.get(task):
            tell_task(
                task,
                HintFlaggedV1(
                    request_id=task.request_id,
                    hint_ids=tuple(ids),
                    why=why or "resumed",
                    standing=not why,
                    at=now,
                ),
                by,
            )
        announce_task(task, "hint")
    return count
