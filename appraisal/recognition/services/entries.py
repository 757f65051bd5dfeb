"""Library entries: made, drawn on, confirmed by an appraiser, stopped and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import selectors as catalogue
from appraisal.catalogue.models import Product
from appraisal.desk import selectors as desk_doors
from appraisal.desk.selectors import Desk
from appraisal.recognised import as_of, words
from appraisal.recognition import selectors
from appraisal.recognition.models import SHARES, EntryPhoto, Find, LibraryEntry
from appraisal.recognition.queue import enqueue_examine, enqueue_sync
from appraisal.recognition.services import codes, hinting
from appraisal.recognition.services.steps import (
    MACHINE,
    announce,
    find_of,
    needed,
    require_appraiser,
    tell_about_offer,
)
from audit.move import move
from audit.trail import Person
from evidence.models import Exhibit
from federation.contracts.appraisal import VerdictValue
from federation.contracts.recognition import CandidateAnsweredV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from kernel.locks import lock

State = LibraryEntry.State
MOST_PHOTOS = 60
MOST_CORNERS = 60
FOUND_WANTING = frozenset({VerdictValue.COUNTERFEIT, VerdictValue.REFILLED_OR_REASSEMBLED, VerdictValue.GREY_MARKET})
"""Verdicts from which an entry can be made."""
CHANGEABLE = frozenset(
    {
        "title",
        "typology",
        "visibility",
        "show_picture",
        "radius_bits",
        "least_score",
        "valid_from",
        "valid_until",
        "note",
    }
)


@dataclass(frozen=True)
class Drawn:
    """A photo for an entry. outline: corners of the item; defects: {x, y, w, h, words}. In parts of the picture."""

    exhibit_id: UUID
    shot_code: str = ""
    outline: Sequence[Sequence[float]] = ()
    defects: Sequence[dict[str, Any]] = field(default_factory=tuple)


class GoodsOfAnother(BadInput):
    """Only goods that carry the organisation's own marks belong into its library."""

    code = "goods_of_another"
    sentence = _("这不是贵单位的产品。假货库只收标着本单位商标的商品。")


# Made -----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_from_verdict(
    *,
    desk: Desk,
    verdict_id: UUID,
    typology: str,
    photos: Sequence[Drawn] = (),
    visibility: str = "place_only",
    show_picture: bool = True,
    note: str = "",
    entry_id: UUID | None = None,
) -> LibraryEntry:
    """A candidate from goods that an appraiser found wanting. photos: all of the item if none are named.

    entry_id makes it once. Raises NotFound404; Conflict when the verdict no longer stands or is of another kind.
    """
    if entry_id and (known := LibraryEntry.objects.filter(pk=entry_id, organisation=desk.organisation).first()):
        return known
    verdict = desk_doors.access_verdict(desk, verdict_id)
    standing = desk_doors.standing_verdict(verdict.item)
    if standing is None or standing.pk != verdict.pk:
        raise Conflict(_("这条结论已撤回或被取代，不能据此入库。请刷新页面。"), code="verdict_fallen")
    if VerdictValue(verdict.value) not in FOUND_WANTING:
        raise Conflict(_("只有判为假冒、灌装或窜货的商品才能入库。"), code="verdict_no_fake")
    item = verdict.item
    there = {photo.exhibit_id: photo for photo in selectors.photos_of_item(item)}
    chosen = list(photos) or [Drawn(pk, photo.shot_code) for pk, photo in there.items()]
    if any(each.exhibit_id not in there for each in chosen):
        raise BadInput(_("有照片不属于这件商品，请刷新页面。"), code="photo_unknown")
    chosen = [
        each if each.shot_code else Drawn(each.exhibit_id, there[each.exhibit_id].shot_code, each.outline, each.defects)
        for each in chosen
    ]
    product = catalogue.own_product(desk.organisation, item.product_id)
    return _make(
        desk=desk,
        product=product,
        find=find_of(item),
        source=LibraryEntry.Source.VERDICT,
        typology=typology,
        photos=chosen,
        verdict=verdict,
        visibility=visibility,
        show_picture=show_picture,
        note=note,
        entry_id=entry_id,
    )


@transaction.atomic
def make_by_staff(
    *,
    desk: Desk,
    product_id: UUID,
    typology: str,
    found_on: date,
    province_code: str = "",
    county_code: str = "",
    photos: Sequence[Drawn] = (),
    codes_seen: Sequence[tuple[str, str]] = (),
    visibility: str = "place_only",
    show_picture: bool = True,
    note: str = "",
    entry_id: UUID | None = None,
) -> LibraryEntry:
    """A candidate from goods that the brand's rights staff saw. photos: handed in by this person.

    codes_seen: (field, as it stands on the goods). Raises GoodsOfAnother for a product of somebody else.
    """
    if entry_id and (known := LibraryEntry.objects.filter(pk=entry_id, organisation=desk.organisation).first()):
        return known
    product = catalogue.products([product_id]).get(product_id)
    if product is None or product.organisation_id != desk.organisation.pk:
        raise GoodsOfAnother(product_id=product_id)
    if found_on > clock.local_date(clock.now()):
        raise BadInput(_("发现日期不能在今天之后。"), code="date_ahead")
    for each in photos:
        desk_doors.own_exhibit(desk, each.exhibit_id)
    for code_field, raw in codes_seen:
        codes.require_own_goods(desk.organisation.pk, code_field, raw)
    find = Find.objects.create(
        organisation=desk.organisation,
        origin=Find.Origin.STAFF,
        product=product,
        product_name=product.full_name[:120],
        province_code=province_code,
        county_code=county_code,
        unit_name=desk.organisation.name[:80],
        found_on=found_on,
    )
    entry = _make(
        desk=desk,
        product=product,
        find=find,
        source=LibraryEntry.Source.STAFF,
        typology=typology,
        photos=photos,
        visibility=visibility,
        show_picture=show_picture,
        note=note,
        entry_id=entry_id,
    )
    for code_field, raw in codes_seen:
        codes.sight(find, code_field, raw, how="typed")
    return entry


def make_from_offer(
    *, find: Find, product: Product, typology: str, exhibits: Sequence[tuple[Exhibit, str]], note: str
) -> LibraryEntry:
    """A candidate from goods that a province seized and offers. By the receivers alone.

    A typology that this installation's list lacks is taken for the most usual one: the owner sets it right.
    """
    return _make_entry(
        product=product,
        find=find,
        source=LibraryEntry.Source.SEIZURE,
        typology=typology if typology in words("typology") else "counterfeit_mark",
        photos=[Drawn(exhibit.pk, shot_code) for exhibit, shot_code in exhibits],
        visibility="shown",  # the province said what may be shown; the owner may narrow it
        note=note,
    )


def _make(*, desk: Desk, **facts: Any) -> LibraryEntry:
    entry = _make_entry(**facts, created_by=desk.person)
    enqueue_examine(entry.pk)
    announce(entry.organisation_id, kind="entry", pk=entry.pk)
    return entry


def _make_entry(
    *,
    product: Product,
    find: Find,
    source: str,
    typology: str,
    photos: Sequence[Drawn],
    visibility: str,
    show_picture: bool = True,
    note: str = "",
    verdict: Any = None,
    created_by: Any = None,
    entry_id: UUID | None = None,
) -> LibraryEntry:
    if typology not in words("typology"):
        raise BadInput(_("请选择假货类型。"), code="typology_unknown")
    if visibility not in dict(SHARES):
        raise BadInput(_("请选择他省可以看到什么。"), code="share_unknown")
    if len(photos) > MOST_PHOTOS:
        raise BadInput(_("请选 1 至 {most} 张照片。"), code="photos_wrong", most=MOST_PHOTOS)
    entry = LibraryEntry.objects.create(
        pk=entry_id or uuid7(),
        number=_next_number(find.organisation_id),
        organisation_id=find.organisation_id,
        product=product,
        category_id=product.category_id,
        title=product.full_name[:120],
        typology=typology,
        typology_as_of=date.fromisoformat(as_of("typology")),
        source=source,
        find=find,
        verdict=verdict,
        visibility=visibility,
        show_picture=show_picture,
        valid_from=clock.local_date(clock.now()),
        note=note.strip()[:500],
        created_by=created_by,
        remarks=[] if photos else ["no_photo"],
    )
    for position, each in enumerate(photos):
        _hang(entry, each, position)
    return entry


def _hang(entry: LibraryEntry, each: Drawn, position: int) -> EntryPhoto:
    return EntryPhoto.objects.get_or_create(
        entry=entry,
        exhibit_id=each.exhibit_id,
        defaults={
            "shot_code": each.shot_code[:40],
            "position": position,
            "outline": _outline(each.outline),
            "defects": _defects(each.defects),
        },
    )[0]


def _next_number(organisation_id: UUID) -> int:
    """One up within the organisation. Held until the commit, so that no two are alike."""
    lock(f"library {organisation_id}")
    last = LibraryEntry.objects.filter(organisation_id=organisation_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _outline(corners: Sequence[Sequence[float]]) -> list[list[float]]:
    found = [[_part(x), _part(y)] for x, y in corners]
    if found and not 3 <= len(found) <= MOST_CORNERS:
        raise BadInput(_("轮廓要有 3 至 {most} 个角。请重画。"), code="outline_wrong", most=MOST_CORNERS)
    return found


def _defects(boxes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for box in boxes:
        x, y, w, h = (_part(box[name]) for name in ("x", "y", "w", "h"))
        said = str(box.get("words", "")).strip()
        if w <= 0 or h <= 0 or not said:
            raise BadInput(_("每处缺陷要框出范围并写一句说明。"), code="defect_wrong")
        found.append({"x": x, "y": y, "w": min(w, 1 - x), "h": min(h, 1 - y), "words": said[:300]})
    return found


def _part(number: Any) -> float:
    value = float(number)
    if not 0 <= value <= 1:
        raise BadInput(_("标注超出了照片范围。请重画。"), code="drawing_outside")
    return round(value, 5)


# Drawn on and changed -------------------------------------------------------------------------------------------------


@transaction.atomic
def draw(
    *, desk: Desk, photo_id: UUID, outline: Sequence[Sequence[float]], defects: Sequence[dict[str, Any]] = ()
) -> EntryPhoto:
    """Draw the outline of the item and its defects anew. The photo is read again by the worker."""
    photo = selectors.access_entry_photo(desk, photo_id)
    entry = selectors.access_entry(desk, photo.entry_id, lock=True)
    photo.outline, photo.defects = _outline(outline), _defects(defects)
    photo.engine, photo.indexed_at = "", None
    photo.save(update_fields=["outline", "defects", "engine", "indexed_at"])
    enqueue_sync(entry.organisation_id)
    return photo


@transaction.atomic
def add_photos(*, desk: Desk, entry_id: UUID, photos: Sequence[Drawn]) -> LibraryEntry:
    """More photos of an entry, handed in by this person."""
    entry = selectors.access_entry(desk, entry_id, lock=True)
    there = entry.photos.count()
    if there + len(photos) > MOST_PHOTOS:
        raise BadInput(_("请选 1 至 {most} 张照片。"), code="photos_wrong", most=MOST_PHOTOS)
    for position, each in enumerate(photos, start=there):
        desk_doors.own_exhibit(desk, each.exhibit_id)
        _hang(entry, each, position)
    if entry.state == State.CANDIDATE:
        enqueue_examine(entry.pk)
    entry.remarks = [remark for remark in entry.remarks if remark != "no_photo"]
    entry.save(update_fields=["remarks"])
    enqueue_sync(entry.organisation_id)
    return selectors.access_entry(desk, entry_id)


@transaction.atomic
def change(*, desk: Desk, entry_id: UUID, **fields: Any) -> LibraryEntry:
    """Change what is said of an entry: see CHANGEABLE. Raises BadInput for a value that cannot be."""
    entry = selectors.access_entry(desk, entry_id, lock=True)
    if unknown := set(fields) - CHANGEABLE:
        raise ValueError(f"not to be changed: {sorted(unknown)}")
    if fields.get("typology", entry.typology) not in words("typology"):
        raise BadInput(_("请选择假货类型。"), code="typology_unknown")
    if fields.get("visibility", entry.visibility) not in dict(SHARES):
        raise BadInput(_("请选择他省可以看到什么。"), code="share_unknown")
    if not 0 <= fields.get("radius_bits", entry.radius_bits) <= 31 or fields.get("least_score", entry.least_score) < 0:
        raise BadInput(_("半径要在 0 至 31 之间，最低分不能为负。"), code="radius_wrong")
    first = fields.get("valid_from", entry.valid_from)
    last = fields.get("valid_until", entry.valid_until)
    if last is not None and last < first:
        raise BadInput(_("停用日不能早于启用日。"), code="days_wrong")
    if "typology" in fields:
        fields["typology_as_of"] = date.fromisoformat(as_of("typology"))
    for name, value in fields.items():
        setattr(entry, name, value.strip() if isinstance(value, str) else value)
    entry.save(update_fields=list(fields))
    enqueue_sync(entry.organisation_id)
    return entry


# Its life -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, desk: Desk, entry_id: UUID) -> LibraryEntry:
    """An appraiser stands for it: from now on it gives hints, and earlier requests are looked at again.

    Raises NotAnAppraiserHere; Conflict for an entry with neither photo nor code, or with goods of another brand.
    """
    require_appraiser(desk)
    entry = selectors.access_entry(desk, entry_id, lock=True)
    if entry.state == State.CONFIRMED:
        return entry
    if not entry.photos.exists() and not entry.find.sightings.exists():
        raise Conflict(_("这个条目既没有照片也没有码，无法比对。请先补充。"), code="entry_empty")
    if "other_brand" in entry.remarks:
        raise GoodsOfAnother()
    now = clock.now()
    move(entry, "confirm", by=desk.person, confirmed_by=desk.person, confirmed_at=now)
    _answer_offer(entry, "confirmed", desk.person)
    announce(entry.organisation_id, kind="entry", pk=entry.pk)
    enqueue_sync(entry.organisation_id, then_look_back=entry.pk)
    return entry


@transaction.atomic
def refuse(*, desk: Desk, entry_id: UUID, reason: str) -> LibraryEntry:
    """An appraiser does not stand for it. It stays on record as withdrawn."""
    require_appraiser(desk)
    why = needed(reason)
    entry = selectors.access_entry(desk, entry_id, lock=True)
    _stop(entry, "refuse", "withdrawn", by=desk.person, note=why)
    _answer_offer(entry, "refused", desk.person, why)
    return entry


@transaction.atomic
def switch_off(*, desk: Desk, entry_id: UUID, reason: str) -> LibraryEntry:
    """Stop an entry at once: the next photo is not compared with it any more, hints on it are flagged."""
    why = needed(reason)
    entry = selectors.access_entry(desk, entry_id, lock=True)
    if entry.state == State.SUSPENDED:
        return entry
    _stop(entry, "suspend", "switched_off", by=desk.person, note=why)
    return entry


@transaction.atomic
def resume(*, desk: Desk, entry_id: UUID) -> LibraryEntry:
    """An appraiser puts a stopped entry back; hints that fell with it stand again.

    Raises Conflict when the verdict it rests on was withdrawn: make a new entry from a new verdict.
    """
    require_appraiser(desk)
    entry = selectors.access_entry(desk, entry_id, lock=True)
    if entry.stopped_because == "verdict_withdrawn":
        standing = desk_doors.standing_verdict(entry.verdict.item) if entry.verdict else None
        if standing is None or VerdictValue(standing.value) not in FOUND_WANTING:
            raise Conflict(_("所依据的辨认结论已撤回，不能恢复。请依据新的结论重新入库。"), code="verdict_fallen")
    first_time = entry.confirmed_at is None
    fields: dict[str, Any] = {"stopped_because": "", "stopped_note": "", "stopped_at": None}
    if first_time:
        fields |= {"confirmed_by": desk.person, "confirmed_at": clock.now()}
    move(entry, "resume", by=desk.person, **fields)
    hinting.flag(entry, "", by=desk.person)
    announce(entry.organisation_id, kind="entry", pk=entry.pk)
    enqueue_sync(entry.organisation_id, then_look_back=entry.pk if first_time else None)
    return entry


@transaction.atomic
def withdraw(*, desk: Desk, entry_id: UUID, reason: str) -> LibraryEntry:
    """Take an entry out of the library for good. Hints that rested on it are flagged."""
    require_appraiser(desk)
    why = needed(reason)
    entry = selectors.access_entry(desk, entry_id, lock=True)
    _stop(entry, "withdraw", "withdrawn", by=desk.person, note=why)
    _answer_offer(entry, "withdrawn", desk.person, why)
    return entry


def fall(entry: LibraryEntry, because: str, *, by: Person = MACHINE, note: str = "") -> None:
    """What an entry rests on has fallen, or it was braked: it is suspended by itself. One that is stopped stays so."""
    if entry.state in LibraryEntry.MOVES["suspend"][0]:
        _stop(entry, "suspend", because, by=by, note=note)
    elif entry.state == State.SUSPENDED and because == "verdict_withdrawn":
        LibraryEntry.objects.filter(pk=entry.pk).update(stopped_because=because)


def _stop(entry: LibraryEntry, verb: str, because: str, *, by: Person, note: str) -> None:
    move(
        entry,
        verb,
        by=by,
        why=note,
        stopped_because=because,
        stopped_note=note[:500],
        stopped_at=clock.now(),
    )
    hinting.flag(entry, because, by=by)
    announce(entry.organisation_id, kind="entry", pk=entry.pk)
    enqueue_sync(entry.organisation_id)


def _answer_offer(entry: LibraryEntry, step: Any, by: Person, reason: str = "") -> None:
    if entry.find.offer_id is None:
        return
    tell_about_offer(
        entry.find,
        CandidateAnsweredV1(
            offer_id=entry.find.offer_id, step=step, reason=reason, who=by.display_name[:40], at=clock.now()
        ),
        by,
    )


def refuse_offer(find: Find, *, by: Person) -> None:
    """Goods of somebody else were offered: answered with the reason, and no entry is made."""
    tell_about_offer(
        find,
        CandidateAnsweredV1(
            offer_id=find.offer_id,  # type: ignore[arg-type] # a find that was offered has one
            step="refused",
            reason=str(GoodsOfAnother.sentence),
            who=by.display_name[:40],
            at=clock.now(),
        ),
        by,
    )


# What the desk says -----------------------------------------------------------------------------------------------


def verdict_fell(verdict: Any, *, by: Person, why: str) -> None:
    """A verdict was taken back or replaced by one of another kind: every entry that rests on its goods is suspended."""
    item = verdict.item
    rests = LibraryEntry.objects.filter(organisation_id=item.task.organisation_id).filter(
        find__desk_item=item
    ) | LibraryEntry.objects.filter(
        organisation_id=item.task.organisation_id,
        find__item_id=item.item_id,
        find__province_code=item.task.province_code,
    )
    for entry in LibraryEntry.objects.select_for_update().filter(pk__in=rests.values("pk")).order_by("pk"):
        fall(entry, "verdict_withdrawn", by=by, note=why)


def picture_hidden(exhibit: Exhibit, *, by: Person) -> None:
    """A photo was taken from view by its province: it gives no hints any more, and an entry that had no other stops."""
    hinting.flag_photos(EntryPhoto.objects.filter(exhibit=exhibit), "photo_withdrawn", by=by)
    rests = LibraryEntry.objects.filter(photos__exhibit=exhibit).values("pk")
    for entry in LibraryEntry.objects.select_for_update().filter(pk__in=rests).order_by("pk"):
        if not entry.photos.filter(exhibit__state=Exhibit.State.READY).exists():
            fall(entry, "photo_withdrawn", by=by)
        enqueue_sync(entry.organisation_id)
