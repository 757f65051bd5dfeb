"""The doors of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import search as ways
from appraisal.catalogue.models import (
    Brand,
    Category,
    Checkpoint,
    Product,
    ProductDraft,
    ReferenceImage,
    ReferenceView,
    SecretCheckpoint,
    Shot,
    ShotList,
    ShotSample,
)
from appraisal.catalogue.shots import ShotSpec
from federation.parties.models import Coverage, Enrolment, Organisation
from federation.parties.selectors import ACTIVE, split_names
from kernel import clock
from kernel.errors import Conflict, NotFound404
from provinces.context import required


def product(product_id: UUID) -> Product:
    """One product with brand and category, retired ones too: an old request still names it. Raises NotFound404."""
    found = Product.objects.select_related("brand", "category", "organisation").filter(pk=product_id).first()
    if found is None:
        raise NotFound404()
    return found


# Shot lists ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShotView:
    """One picture to take. Addresses are paths on any host of the installation; "" where there is none."""

    code: str
    name: str
    hint: str
    required: bool
    in_quick_set: bool
    overlay_url: str
    sample_url: str


@dataclass(frozen=True)
class ShotListView:
    """A shot list in one version, as it is kept with a request."""

    product_id: UUID
    version: int
    shots: tuple[ShotView, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """The shots as plain JSON, in order."""
        return [asdict(shot) for shot in self.shots]


def shot_list(product_id: UUID, version: int | None = None) -> ShotListView:
    """The shot list in force, or an earlier version. Raises NotFound404, or Conflict when none was published yet."""
    rows = ShotList.objects.filter(product_id=product_id)
    found = (rows.filter(version=version) if version else rows).order_by("-version").first()
    if found is None:
        if version is None and Product.objects.filter(pk=product_id).exists():
            raise Conflict(_("这个产品还没有发布拍照模板，暂不能申请。请联系品牌企业。"), code="shot_list_missing")
        raise NotFound404()
    return ShotListView(product_id, found.version, tuple(_view(shot) for shot in found.shots.all()))


def products(product_ids: Iterable[UUID]) -> dict[UUID, Product]:
    """Many products with brand, category and organisation. Ids that nobody knows are left out."""
    return Product.objects.select_related("brand", "category", "organisation").in_bulk(set(product_ids))


def products_with_shots(product_ids: Iterable[UUID]) -> dict[UUID, tuple[Product, ShotListView | None]]:
    """Many products with brand, category, organisation and the shot list in force, in three queries. None: no list yet.

    Ids that nobody knows are left out.
    """
    found = products(product_ids)
    newest = ShotList.objects.filter(product_id__in=found).order_by("product_id", "-version").distinct("product_id")
    lists = {
        found.product_id: ShotListView(
            found.product_id, found.version, tuple(_view(shot) for shot in found.shots.all())
        )
        for found in newest.prefetch_related("shots")
    }
    return {pk: (product, lists.get(pk)) for pk, product in found.items()}


def enrolled_brands(names: Iterable[str]) -> dict[str, Brand]:
    """Brands of these names that an active organisation answers for."""
    rows = Brand.objects.filter(name__in=set(names), organisation__state=ACTIVE).select_related("organisation")
    return {brand.name: brand for brand in rows}


def owners_of(brand_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Which organisation answers for these brands, where one does."""
    rows = Brand.objects.filter(pk__in=set(brand_ids), organisation__isnull=False)
    return dict(rows.order_by().values_list("pk", "organisation_id"))


def brands_of_products(product_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, UUID | None]]:
    """Brand of each of these products, and which organisation answers for the product."""
    rows = Product.objects.filter(pk__in=set(product_ids)).order_by().values_list("pk", "brand_id", "organisation_id")
    return {pk: (brand_id, organisation_id) for pk, brand_id, organisation_id in rows}


def _view(shot: Shot) -> ShotView:
    return ShotView(
        code=shot.code,
        name=shot.name,
        hint=shot.hint,
        required=shot.required,
        in_quick_set=shot.in_quick_set,
        overlay_url=overlay_url(shot.overlay),
        sample_url=sample_url(shot.sample_id),
    )


def overlay_url(name: str) -> str:
    """Address of an outline drawing. Without a content hash: it is kept with requests for years."""
    return f"{settings.STATIC_URL}catalogue/overlays/{name}.svg" if name else ""


def sample_url(sha256: str | None) -> str:
    """Address of a sample picture by its digest, on this host."""
    return f"/catalogue/samples/{sha256}.jpg" if sha256 else ""


MOST_ON_A_PHONE = 3000


def for_phones() -> list[dict[str, Any]]:
    """Live products with their barcodes and shot lists, enrolled brands first, as a phone keeps them for where there is
    no signal. At most MOST_ON_A_PHONE.
    """
    rows = (
        ways.of_this_world(Product.objects.filter(state=Product.State.LIVE, shot_list_version__gt=0))
        .select_related("brand", "organisation")
        .prefetch_related("barcodes")
        .order_by("-brand__is_enrolled", "brand__name", "name", "spec")[:MOST_ON_A_PHONE]
    )
    products = list(rows)
    shots: dict[UUID, list[ShotView]] = {}
    in_force = Shot.objects.filter(
        shot_list__product__in=[row.pk for row in products],
        shot_list__version=F("shot_list__product__shot_list_version"),
    ).select_related("shot_list")
    for shot in in_force.order_by("shot_list_id", "position"):
        shots.setdefault(shot.shot_list.product_id, []).append(_view(shot))
    return [
        {
            "id": str(row.pk),
            "name": row.full_name,
            "brand": row.brand.name,
            "organisation": row.organisation.name if row.organisation and row.brand.is_enrolled else "",
            "version": row.shot_list_version,
            "gtins": [barcode.gtin for barcode in row.barcodes.all()],
            "begins": [
                word
                for word in (
                    *(ways.plain(name) for name in (row.brand.name, row.name)),
                    row.brand.pinyin,
                    row.brand.initials,
                    row.pinyin,
                    row.initials,
                )
                if word
            ],
            "keys": row.search_text or ways.plain(row.full_name),
            "shots": [asdict(shot) for shot in shots.get(row.pk, [])],
        }
        for row in products
        if shots.get(row.pk)
    ]


# What appraisers look at --------------------------------------------------------------------------------------------


def checkpoints(product_id: UUID, *, with_ended: bool = False) -> list[Checkpoint | SecretCheckpoint]:
    """Checkpoints of a product in order, secret ones among them (`is_secret`). Only on the brands host."""
    found: list[Checkpoint | SecretCheckpoint] = []
    for model in (Checkpoint, SecretCheckpoint):
        rows = model.objects.filter(product_id=product_id)
        found.extend(rows if with_ended else rows.filter(is_active=True))
    return sorted(found, key=lambda each: (each.position, str(each.pk)))


# Searching ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Readiness:
    """How an organisation stands now. state: on_duty, off_duty, unknown, not_enrolled. words: for an officer."""

    state: str
    words: str
    minutes: int | None = None


@dataclass(frozen=True)
class Hit:
    """One product found."""

    product: Product
    readiness: Readiness

    @property
    def brand(self) -> Brand:
        return self.product.brand

    @property
    def enrolled(self) -> bool:
        return self.readiness.state != "not_enrolled"


def search(q: str, limit: int = 20, *, now: datetime | None = None) -> list[Hit]:
    """Products by barcode, name, pinyin or initials, best first, with how soon each would be answered."""
    found = ways.find(q, limit)
    now = now or clock.now()
    return [Hit(each, readiness(each.organisation, now)) for each in found if offered_here(each.category)]


def readiness(organisation: Organisation | None, now: datetime) -> Readiness:
    """What an officer may expect of this organisation now. Fetch it with `coverage`."""
    if organisation is None or organisation.state != ACTIVE:
        return Readiness("not_enrolled", _now("未入驻"))
    known: Coverage | None = getattr(organisation, "coverage", None)
    minutes = None
    if known is not None and known.median_answer_s is not None:
        minutes = max(1, round(known.median_answer_s / 60))
    if known is None or now - known.updated_at > STALE_AFTER:
        return Readiness("unknown", _now("可申请，值班情况未知"), minutes)
    if known.on_duty:
        words = _now("约 {minutes} 分钟答复").format(minutes=minutes) if minutes else _now("值班中")
        return Readiness("on_duty", words, minutes)
    if known.next_on_duty_at is None:
        return Readiness("off_duty", _now("值班外，尚未排班"), minutes)
    return Readiness("off_duty", _now("值班外，{when}起").format(when=_when(known.next_on_duty_at, now)), minutes)


STALE_AFTER = timedelta(minutes=15)


def _when(moment: datetime, now: datetime) -> str:
    """ "明早 8:30", "周五 9:00", as one would say it."""
    local, days = moment.astimezone(clock.SHANGHAI), (clock.local_date(moment) - clock.local_date(now)).days
    at = f"{local.hour}:{local:%M}"
    if days <= 0:
        return _now("今天 {time} ").format(time=at)
    if days == 1:
        return (_now("明早 {time} ") if local.hour < NOON else _now("明天 {time} ")).format(time=at)
    names = (_now("周一"), _now("周二"), _now("周三"), _now("周四"), _now("周五"), _now("周六"), _now("周日"))
    return _now("{weekday} {time} ").format(weekday=names[local.weekday()], time=at)


NOON = 12


# The coverage list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoveredBrand:
    """One line of 可鉴定清单."""

    brand: Brand
    organisation: Organisation
    readiness: Readiness
    products: list[Product]


@dataclass(frozen=True)
class CoverageList:
    """可鉴定清单 with its counters. brands, products: enrolled and live; on_duty: brands answered now."""

    rows: list[CoveredBrand]
    brands: int
    products: int
    on_duty: int
    not_enrolled: int
    answered_30d: int


def coverage(q: str = "", *, category: str = "", now: datetime | None = None) -> CoverageList:
    """What can be appraised now, those on duty first. q: as for `search`. category: code."""
    now = now or clock.now()
    served = (
        ways.of_this_world(Product.objects.filter(state=Product.State.LIVE, organisation__state=ACTIVE))
        .select_related("brand", "category", "organisation__coverage")
        .order_by("name", "spec")
    )
    everything = served
    if q.strip():
        served = served.filter(pk__in=[each.pk for each in ways.find(q, 200)])
    if category:
        served = served.filter(Q(category__code=category) | Q(category__parent__code=category))
    grouped: dict[tuple[UUID, UUID], list[Product]] = {}
    for each in served[:MAX_COVERED]:
        if each.organisation_id is None or not offered_here(each.category):
            continue
        grouped.setdefault((each.brand_id, each.organisation_id), []).append(each)
    rows = [
        CoveredBrand(
            brand=products[0].brand,
            organisation=products[0].organisation,  # type: ignore[arg-type]
            readiness=readiness(products[0].organisation, now),
            products=products,
        )
        for products in grouped.values()
    ]
    order = {"on_duty": 0, "unknown": 1, "off_duty": 2}
    rows.sort(key=lambda row: (order[row.readiness.state], row.brand.pinyin, row.brand.name))
    totals = everything.aggregate(products=Count("pk"), brands=Count("brand", distinct=True))
    live = Coverage.objects.filter(organisation__state=ACTIVE, updated_at__gt=now - STALE_AFTER)
    return CoverageList(
        rows=rows,
        brands=totals["brands"],
        products=totals["products"],
        on_duty=everything.filter(organisation__in=live.filter(on_duty=True).values("organisation_id"))
        .order_by()
        .values("brand")
        .distinct()
        .count(),
        not_enrolled=Brand.objects.filter(is_enrolled=False).count(),
        answered_30d=sum(Coverage.objects.values_list("answered_30d", flat=True)),
    )


MAX_COVERED = 2000


def categories() -> QuerySet[Category]:
    """Categories in use, as a list for choosing."""
    return Category.objects.filter(is_active=True).select_related("parent")


def offered_here(category: Category) -> bool:
    """Whether whoever asks may choose this category: a pilot only in provinces that the setting names; brands all."""
    if not category.is_active:
        return False
    pilots: dict[str, list[str]] = settings.PILOT_CATEGORIES
    seat = required()
    return not category.pilot or seat.kind != "province" or category.code in pilots.get(seat.name, [])


# A brand's own shelves ------------------------------------------------------------------------------------------------


def brand_names(organisation: Organisation) -> list[str]:
    """Brands the organisation may publish under: its own, and those its enrolment named (a licensee's)."""
    names = list(Brand.objects.filter(organisation=organisation).values_list("name", flat=True))
    enrolment = Enrolment.objects.filter(organisation=organisation).first()
    for name in split_names(enrolment.brands) if enrolment else []:
        if name not in names:
            names.append(name)
    return names


def brand_named(organisation: Organisation, name: str) -> Brand:
    """A brand the organisation may publish under: its own of that name, else another's. Raises NotFound404."""
    if name not in brand_names(organisation):
        raise NotFound404()
    found = Brand.objects.filter(name=name).order_by("-is_enrolled", "owner_company")
    own = found.filter(organisation=organisation).first() or found.first()
    if own is None:
        raise NotFound404()
    return own


def others_to_ask(product: Product) -> QuerySet[Organisation]:
    """Other enrolled organisations that hold the brand or answer for products of it (owner and licensee)."""
    return (
        Organisation.objects.filter(Q(brands=product.brand_id) | Q(products__brand=product.brand_id), state=ACTIVE)
        .exclude(pk=product.organisation_id)
        .distinct()
    )


def products_of(organisation: Organisation) -> QuerySet[Product]:
    """The organisation's products, live ones first."""
    return (
        Product.objects.filter(organisation=organisation)
        .select_related("brand", "category")
        .prefetch_related("barcodes")
        .order_by("state", "brand__name", "name", "spec")
    )


def own_product(organisation: Organisation, product_id: UUID) -> Product:
    """One of the organisation's products. Raises NotFound404."""
    found = products_of(organisation).filter(pk=product_id).first()
    if found is None:
        raise NotFound404()
    return found


def drafts_of(organisation: Organisation) -> QuerySet[ProductDraft]:
    """What the organisation is writing, latest first."""
    return ProductDraft.objects.filter(organisation=organisation).select_related("category")


def product_and_draft(organisation: Organisation, product_id: UUID) -> tuple[Product | None, ProductDraft | None]:
    """What is published and what is being written of one product; one of the two at least. Raises NotFound404."""
    published = products_of(organisation).filter(pk=product_id).first()
    draft = drafts_of(organisation).filter(pk=product_id).first()
    if published is None and draft is None:
        raise NotFound404()
    return published, draft


def access_draft(organisation: Organisation, product_id: UUID) -> ProductDraft:
    """What the organisation is writing of one product. Raises NotFound404."""
    found = drafts_of(organisation).filter(pk=product_id).first()
    if found is None:
        raise NotFound404()
    return found


def shots_as_written(organisation: Organisation, product_id: UUID) -> list[ShotSpec]:
    """The shots of the draft, or those published where there is none. Raises NotFound404."""
    published, draft = product_and_draft(organisation, product_id)
    return [ShotSpec(**shot) for shot in draft.shots] if draft else published_shots(published)


def published_shots(product: Product | None) -> list[ShotSpec]:
    """The shots of the list in force, as they would be written again."""
    if product is None:
        return []
    rows = Shot.objects.filter(shot_list__product=product, shot_list__version=product.shot_list_version)
    return [ShotSpec.of(row) for row in rows]


def sample(sha256: str) -> bytes:
    """A sample picture, JPEG. Raises NotFound404."""
    found = ShotSample.objects.filter(pk=sha256).first()
    if found is None:
        raise NotFound404()
    return bytes(found.data)


def references(organisation: Organisation, product_id: UUID, shot_code: str = "") -> QuerySet[ReferenceImage]:
    """References in use of one of the organisation's products, of one shot or of all."""
    rows = ReferenceImage.objects.filter(
        product_id=product_id, product__organisation=organisation, is_active=True
    ).select_related("uploaded_by")
    return rows.filter(shot_code=shot_code) if shot_code else rows


def reference_urls(organisation: Organisation, product_id: UUID) -> dict[str, str]:
    """For the desk: shot code to the address of its reference, watermarked to whoever opens it."""
    found: dict[str, str] = {}
    for row in references(organisation, product_id):
        found.setdefault(row.shot_code, f"/references/{row.pk}.jpg")
    return found


def access_reference(organisation: Organisation, reference_id: UUID) -> ReferenceImage:
    """One reference in use of the organisation. Raises NotFound404 for another's as for none."""
    found = ReferenceImage.objects.filter(pk=reference_id, product__organisation=organisation, is_active=True).first()
    if found is None:
        raise NotFound404()
    return found


def reference_views(organisation: Organisation, product_id: UUID) -> QuerySet[ReferenceView]:
    """Who saw which reference of a product, latest first."""
    return ReferenceView.objects.filter(
        reference__product_id=product_id, reference__product__organisation=organisation
    ).select_related("user", "reference")
