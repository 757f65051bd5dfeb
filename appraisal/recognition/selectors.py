"""The doors of the library. A person acts for one organisation at a time, as at the desk; libraries never mix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Max, Model, Q, QuerySet

from appraisal.comparison import comparison as comparison_json
from appraisal.desk.models import DeskItem, DeskPhoto, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.recognised import word
from appraisal.recognition.keys import normalise
from appraisal.recognition.models import (
    KEY_SEARCHED,
    BandLimits,
    CodeAlert,
    CodeReading,
    CodeSighting,
    Elsewhere,
    EntryPhoto,
    Find,
    GuidePrice,
    Hint,
    HintDecision,
    IndexState,
    LibraryChoice,
    LibraryEntry,
    LookBack,
    PhotoLook,
    RunLink,
)
from evidence.models import Exhibit
from evidence.store import photo_url
from kernel import clock, searching
from kernel.errors import NotFound404
from provinces.models import Province

Row = TypeVar("Row", bound=Model)
BANDS_SHOWN = ("strong", "likely")
"""Bands shown as hits; "possible" is folded away."""


def _one(rows: QuerySet[Row], pk: UUID, *, lock: bool = False) -> Row:
    found = (rows.select_related(None).select_for_update() if lock else rows).filter(pk=pk).first()
    if found is None:
        raise NotFound404()
    return found


# The library ----------------------------------------------------------------------------------------------------------


def all_entries(desk: Desk) -> QuerySet[LibraryEntry]:
    """All entries of the organisation, newest first."""
    return (
        LibraryEntry.objects.filter(organisation=desk.organisation)
        .select_related("product__brand", "category", "find", "created_by", "confirmed_by")
        .prefetch_related("photos__exhibit")
    )


def entries(
    desk: Desk,
    *,
    state: str = "",
    product: UUID | None = None,
    category: UUID | None = None,
    typology: str = "",
    province: str = "",
    source: str = "",
    text: str = "",
) -> QuerySet[LibraryEntry]:
    """The library page. text: in the title, the note, a code, or the number (F00012)."""
    rows = all_entries(desk)
    exact = {
        "state": state, "product_id": product, "category_id": category, "typology": typology,
        "find__province_code": province, "source": source,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if text:
        named = Q(title__icontains=text) | Q(note__icontains=text) | Q(find__sightings__raw__icontains=text)
        digits = text.lstrip("Ff").lstrip("0")
        rows = rows.filter(named | Q(number=int(digits)) if digits.isascii() and digits.isdigit() else named).distinct()
    return rows


def access_entry(desk: Desk, entry_id: UUID, *, lock: bool = False) -> LibraryEntry:
    """One entry. Raises NotFound404 for another organisation's as for none."""
    return _one(all_entries(desk), entry_id, lock=lock)


def access_entry_photo(desk: Desk, photo_id: UUID) -> EntryPhoto:
    """One photo of an entry. Raises NotFound404."""
    return _one(
        EntryPhoto.objects.filter(entry__organisation=desk.organisation).select_related("entry", "exhibit"), photo_id
    )


def counts(desk: Desk) -> dict[str, int]:
    """How many entries in each state."""
    rows = LibraryEntry.objects.filter(organisation=desk.organisation).order_by()
    found = dict(rows.values_list("state").annotate(n=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in LibraryEntry.State}


def provinces_of(desk: Desk) -> list[str]:
    """Codes of the provinces where entries were found, for the filter."""
    rows = Find.objects.filter(organisation=desk.organisation, entries__isnull=False).exclude(province_code="")
    return sorted(set(rows.order_by().values_list("province_code", flat=True)))


def province_division(schema: str) -> str:
    """The division code of a province by the code of its schema; "" for none."""
    return Province.objects.filter(schema_name=schema).values_list("division_code", flat=True).first() or ""


def entries_of_item(desk: Desk, item: DeskItem) -> QuerySet[LibraryEntry]:
    """Entries made from one item of the desk."""
    return all_entries(desk).filter(find__desk_item=item)


def may_see_exhibit(desk: Desk, exhibit_id: UUID) -> bool:
    """Whether a photo stands in the organisation's library."""
    return EntryPhoto.objects.filter(exhibit_id=exhibit_id, entry__organisation=desk.organisation).exists()


# What the worker found ------------------------------------------------------------------------------------------------


def all_hints(desk: Desk) -> QuerySet[Hint]:
    """All hints of the organisation's library, the best first."""
    return Hint.objects.filter(organisation=desk.organisation).select_related(
        "photo__exhibit", "photo__item__task", "entry__product", "entry__find", "entry_photo__exhibit", "category"
    )


def hints_of_task(desk: Desk, task: DeskTask) -> QuerySet[Hint]:
    """Hints on the photos of one task, those that fell last."""
    return all_hints(desk).filter(photo__item__task=task).prefetch_related("decisions").order_by("flagged", "-score")


def hints_of_entry(desk: Desk, entry: LibraryEntry) -> QuerySet[Hint]:
    """What an entry was recognised in, latest first."""
    return all_hints(desk).filter(entry=entry).prefetch_related("decisions").order_by("-at", "-id")


def access_hint(desk: Desk, hint_id: UUID, *, lock: bool = False) -> Hint:
    """One hint. Raises NotFound404."""
    return _one(all_hints(desk), hint_id, lock=lock)


def best_bands(desk: Desk, task_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The best band that stands for each task, for the queue's column "likely hit"; tasks without are left out."""
    rows = (
        Hint.objects.filter(
            organisation=desk.organisation, photo__item__task_id__in=list(task_ids), flagged="", band__in=BANDS_SHOWN
        )
        .order_by("score")
        .values_list("photo__item__task_id", "band")
    )
    found: dict[UUID, str] = {}
    for task_id, band in rows:
        if found.get(task_id) != "strong":
            found[task_id] = band
    return found


def looks_of_task(desk: Desk, task: DeskTask) -> dict[UUID, PhotoLook]:
    """What the worker found on each photo of a task, by the desk photo's id."""
    rows = PhotoLook.objects.filter(organisation=desk.organisation, photo__item__task=task)
    return {row.photo_id: row for row in rows}


def readings_of_task(desk: Desk, task: DeskTask) -> QuerySet[CodeReading]:
    """Codes read on a task's photos, and what the officer said of them."""
    return CodeReading.objects.filter(item__task=task, item__task__organisation=desk.organisation)


def own_answer(desk: Desk, hint: Hint) -> HintDecision | None:
    """What the brand's people said of a hint last."""
    return hint.decisions.filter(side="brand").last()


def hint_comparison(hint: Hint) -> dict[str, Any]:
    """A hint for the comparison viewer on the brands host."""
    return comparison_json(
        hint.geometry,
        band=hint.band,
        score=hint.score,
        inliers=hint.inliers,
        query_url=photo_url(hint.photo.exhibit_id),
        library_url=photo_url(hint.entry_photo.exhibit_id),
        codes=hint.codes,
    )


def look_back_comparison(found: LookBack) -> dict[str, Any]:
    """A look back for the comparison viewer on the brands host."""
    return comparison_json(
        found.geometry,
        band=found.band,
        score=found.score,
        inliers=found.inliers,
        query_url=photo_url(found.photo.exhibit_id),
        library_url=photo_url(found.entry_photo.exhibit_id),
    )


# Codes, runs, look backs ----------------------------------------------------------------------------------------------


def alerts(desk: Desk, *, state: str = "") -> QuerySet[CodeAlert]:
    """Code alerts, latest first, with their sightings and finds."""
    rows = CodeAlert.objects.filter(organisation=desk.organisation).select_related("product", "decided_by")
    rows = rows.filter(state=state) if state else rows
    return rows.prefetch_related("sightings__find")


def access_alert(desk: Desk, alert_id: UUID, *, lock: bool = False) -> CodeAlert:
    """One alert. Raises NotFound404."""
    return _one(alerts(desk), alert_id, lock=lock)


def sightings(desk: Desk, *, text: str = "", field: str = "") -> QuerySet[CodeSighting]:
    """Where codes were seen, latest first. text: part of a code, compared as codes are."""
    rows = CodeSighting.objects.filter(organisation=desk.organisation).select_related("find__product")
    rows = rows.filter(field=field) if field else rows
    if text:
        # A part of a code as it was read is, compared, a part of its key.
        key = normalise(text)
        rows = rows.order_by("-at", "-id")
        within = ("organisation_id", [desk.organisation.pk])
        rows = searching.matching(rows, key, within=within, said=KEY_SEARCHED) if key else rows.none()
    return rows.order_by("-at", "-id")


def runs(desk: Desk, *, state: str = "") -> QuerySet[RunLink]:
    """Same-run proposals, newest first."""
    rows = RunLink.objects.filter(organisation=desk.organisation).select_related(
        "first__product", "second__product", "decided_by"
    )
    return rows.filter(state=state) if state else rows


def access_run(desk: Desk, run_id: UUID, *, lock: bool = False) -> RunLink:
    """One proposal. Raises NotFound404."""
    return _one(runs(desk), run_id, lock=lock)


def look_backs(desk: Desk, *, state: str = "") -> QuerySet[LookBack]:
    """What looking back found, latest first."""
    rows = LookBack.objects.filter(organisation=desk.organisation).select_related(
        "entry", "entry_photo__exhibit", "item__task", "photo__exhibit", "verdict__opinion__given_by", "settled_by"
    )
    return rows.filter(state=state) if state else rows


def access_look_back(desk: Desk, look_back_id: UUID, *, lock: bool = False) -> LookBack:
    """One of `look_backs`. Raises NotFound404."""
    return _one(look_backs(desk), look_back_id, lock=lock)


def guide_prices(desk: Desk, product_id: UUID | None = None) -> QuerySet[GuidePrice]:
    """Guide prices of the organisation's products."""
    rows = GuidePrice.objects.filter(product__organisation=desk.organisation).select_related("product__brand")
    return rows.filter(product_id=product_id) if product_id else rows


def access_guide_price(desk: Desk, price_id: UUID) -> GuidePrice:
    """One guide price. Raises NotFound404."""
    return _one(guide_prices(desk), price_id)


# What the owner decides -----------------------------------------------------------------------------------------------


def band_limits(desk: Desk, *, state: str = "") -> QuerySet[BandLimits]:
    """Limits of the organisation's product groups, proposed and decided, latest first."""
    rows = BandLimits.objects.filter(organisation=desk.organisation).select_related("category", "decided_by")
    return rows.filter(state=state) if state else rows


def access_limits(desk: Desk, limits_id: UUID, *, lock: bool = False) -> BandLimits:
    """One of `band_limits`. Raises NotFound404."""
    return _one(band_limits(desk), limits_id, lock=lock)


def choice(desk: Desk) -> LibraryChoice | None:
    """What the organisation chose for photos of others' goods; None while it never said."""
    return LibraryChoice.objects.filter(organisation=desk.organisation).select_related("said_by").first()


def told_elsewhere(desk: Desk, *, days: int = 90) -> dict[str, int]:
    """How often the library spoke for others, and what officers made of it. Whose photos they were is not told."""
    rows = Elsewhere.objects.filter(organisation=desk.organisation, at__gte=clock.now() - timedelta(days=days))
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {"all": sum(found.values()), **{state.value: found.get(state.value, 0) for state in Hint.State}}


# Figures and health ---------------------------------------------------------------------------------------------------


@dataclass
class BandFigures:
    """Hints of one band in one product group by the last word of a person: the brand's if it spoke, else the officer's.

    hit_rate, false_alarm_rate: of those decided; None while nobody decided. ignored ones count in neither.
    """

    band: str
    shown: int = 0
    accepted: int = 0
    rejected: int = 0
    ignored: int = 0

    @property
    def decided(self) -> int:
        return self.accepted + self.rejected

    @property
    def hit_rate(self) -> float | None:
        return self.accepted / self.decided if self.decided else None

    @property
    def false_alarm_rate(self) -> float | None:
        return self.rejected / self.decided if self.decided else None


@dataclass
class GroupFigures:
    """One product group. bands: strong, likely, possible. entries: confirmed ones. references: the negative bank."""

    category_id: UUID
    name: str
    bands: dict[str, BandFigures] = field(default_factory=dict)
    entries: int = 0
    photos_looked_at: int = 0
    references: int = 0

    @property
    def all(self) -> BandFigures:
        """All bands that are shown as hits, together."""
        whole = BandFigures("all")
        for band in (self.bands[name] for name in BANDS_SHOWN if name in self.bands):
            whole.shown += band.shown
            whole.accepted += band.accepted
            whole.rejected += band.rejected
            whole.ignored += band.ignored
        return whole


def figures(desk: Desk, *, days: int = 90, now: datetime | None = None) -> list[GroupFigures]:
    """Hit and false-alarm rates for each product group over the last days, with the counts behind them."""
    since = (now or clock.now()) - timedelta(days=days)
    groups: dict[UUID, GroupFigures] = {}

    def group(pk: UUID, name: str) -> GroupFigures:
        return groups.setdefault(pk, GroupFigures(pk, name))

    living = LibraryEntry.objects.filter(organisation=desk.organisation, state=LibraryEntry.State.CONFIRMED).order_by()
    for pk, name, count in living.values_list("category_id", "category__name").annotate(n=Count("pk")):
        group(pk, name).entries = count
    for hint in all_hints(desk).filter(at__gte=since).prefetch_related("decisions"):
        band = group(hint.category_id, hint.category.name).bands.setdefault(hint.band, BandFigures(hint.band))
        band.shown += 1
        match last_word(hint):
            case "accepted":
                band.accepted += 1
            case "rejected":
                band.rejected += 1
            case "ignored":
                band.ignored += 1
    from appraisal.catalogue.models import Product, ReferenceImage

    products = dict(Product.objects.filter(organisation=desk.organisation).values_list("pk", "category_id"))
    references = ReferenceImage.objects.filter(product__organisation=desk.organisation, is_active=True).order_by()
    for pk, count in references.values_list("product__category_id").annotate(n=Count("pk")):
        if pk in groups:
            groups[pk].references = count
    looked = PhotoLook.objects.filter(organisation=desk.organisation, state=PhotoLook.State.DONE, asked_at__gte=since)
    for product_id, count in looked.order_by().values_list("photo__item__product_id").annotate(n=Count("pk")):
        if (category_id := products.get(product_id)) in groups:
            groups[category_id].photos_looked_at += count
    return sorted(groups.values(), key=lambda each: (-each.all.shown, each.name))


def last_word(hint: Hint) -> str:
    """What people made of a hint: the appraiser outranks the officer; shown while nobody spoke."""
    spoken = list(hint.decisions.all())
    for side in ("brand", "bureau"):
        of_side = [each for each in spoken if each.side == side]
        if of_side and of_side[-1].answer != Hint.State.SHOWN:
            return of_side[-1].answer
    return Hint.State.SHOWN


ANSWERED = Q(photo__item__task__state__in=(DeskTask.State.ANSWERED, DeskTask.State.CANCELLED))
"""Of `PhotoLook`: nobody waits for these any more, they leave the day to the others."""


@dataclass(frozen=True)
class Health:
    """How recognition stands for one organisation.

    engine: the extractor in force (xfeat, sift). engine_words: why it is not the usual one, or empty. index: a state of
    IndexState. waiting: photos not looked at yet that somebody waits for; oldest: since when. by_night: those whose
    request is answered already.
    """

    engine: str
    good: bool
    engine_words: Any
    index: str
    index_photos: int
    built_at: datetime | None
    checked_at: datetime | None
    missing: int
    surplus: int
    waiting: int
    by_night: int
    oldest: datetime | None
    last_done: datetime | None
    median_ms: int | None


def health(desk: Desk) -> Health:
    """For the figures page and the health page of the brands host."""
    state = IndexState.objects.filter(organisation=desk.organisation).first()
    looks = PhotoLook.objects.filter(organisation=desk.organisation)
    open_ones = looks.filter(state__in=(PhotoLook.State.WAITING, PhotoLook.State.RUNNING, PhotoLook.State.PENDING))
    waited_for = open_ones.exclude(ANSWERED)
    took = sorted(looks.filter(state=PhotoLook.State.DONE).order_by("-done_at").values_list("took_ms", flat=True)[:50])
    code = state.engine_code if state else ""
    return Health(
        engine=state.engine if state else "",
        good=code in ("", "ok"),
        engine_words="" if code in ("", "ok") else word("engine", code),
        index=state.state if state else IndexState.State.READY,
        index_photos=state.photos if state else 0,
        built_at=state.built_at if state else None,
        checked_at=state.checked_at if state else None,
        missing=state.missing if state else 0,
        surplus=state.surplus if state else 0,
        waiting=waited_for.count(),
        by_night=open_ones.filter(ANSWERED).count(),
        oldest=waited_for.order_by("asked_at").values_list("asked_at", flat=True).first(),
        last_done=looks.aggregate(last=Max("done_at"))["last"],
        median_ms=took[len(took) // 2] if took else None,
    )


def photos_of_item(item: DeskItem) -> QuerySet[DeskPhoto]:
    """Photos of an item whose view can be opened."""
    return item.photos.select_related("exhibit").filter(exhibit__state=Exhibit.State.READY)
