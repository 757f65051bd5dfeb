"""What brands do with their products. Each outermost call is one transaction."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from PIL import Image

from accounts.models import User
from appraisal.catalogue import overlays, search, selectors, watermark
from appraisal.catalogue.models import (
    Barcode,
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
from audit import trail
from audit.move import move
from evidence.errors import UnsupportedFormat
from evidence.intake import look_into, media_type_of
from evidence.models import REFUSALS
from evidence.store import make_key, store
from federation.parties import hooks
from federation.parties.models import Membership, Organisation
from federation.parties.selectors import ActingFor
from kernel import clock, gtin
from kernel.errors import BadInput, Conflict, NotFound404, TooLarge

DATA = Path(__file__).with_name("data")
Role = Membership.Role
QUICK_SET = 3
MAX_SHOTS = 30
MAX_PICTURE_BYTES = 20_000_000
SAMPLE_EDGE = 900


# Publishing -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_product(
    *,
    brand: Brand,
    name: str,
    spec: str,
    category: Category,
    nice_class: int,
    organisation: Organisation | None,
    shots: Sequence[ShotSpec],
    barcodes: Iterable[tuple[str, str]] = (),
    guide_price_yuan: Decimal | None = None,
    by_name: str = "",
    product_id: UUID | None = None,
    now: datetime | None = None,
) -> Product:
    """Bring a product, new or changed, before all provinces. A changed shot list becomes the next version.

    barcodes: (GTIN of 8 to 14 digits, kind). Raises BadInput, Conflict `product_taken`.
    """
    if nice_class not in range(1, 46):
        raise BadInput(_("请填写 1 至 45 之间的尼斯分类。"), code="nice_class", value=nice_class)
    if Product.objects.filter(brand=brand, name=name, spec=spec).exclude(pk=product_id).exists():
        raise Conflict(
            _("“{name} {spec}”已经在目录里。请改规格或名称，或联系责任单位。"),
            code="product_taken",
            name=name,
            spec=spec,
        )
    product = Product.objects.filter(pk=product_id).first() if product_id else None
    if product is None:
        product = Product(**({"pk": product_id} if product_id else {}))
    product.brand, product.name, product.spec, product.category = brand, name, spec, category
    product.nice_class, product.organisation = nice_class, organisation
    product.guide_price_yuan, product.state = guide_price_yuan, Product.State.LIVE
    search.fill_keys(product, brand).save()
    _set_barcodes(product, barcodes)
    _publish_shots(product, shots, by_name, now or clock.now())
    return product


def _set_barcodes(product: Product, barcodes: Iterable[tuple[str, str]]) -> None:
    wanted = {gtin.as_gtin14(code): kind for code, kind in barcodes}
    gone = list(product.barcodes.exclude(gtin__in=wanted))
    for row in gone:
        row.delete()
    for code, kind in wanted.items():
        Barcode.objects.get_or_create(product=product, gtin=code, defaults={"kind": kind})


def _publish_shots(product: Product, shots: Sequence[ShotSpec], by_name: str, now: datetime) -> None:
    check_shots(shots)
    if product.shot_list_version and selectors.published_shots(product) == list(shots):
        return
    version = (product.shot_lists.aggregate(last=Max("version"))["last"] or 0) + 1
    shot_list = ShotList.objects.create(product=product, version=version, published_at=now, published_by=by_name)
    Shot.objects.bulk_create(
        Shot(
            shot_list=shot_list,
            position=position,
            code=shot.code,
            name=shot.name,
            hint=shot.hint,
            required=shot.required,
            in_quick_set=shot.in_quick_set,
            overlay=shot.overlay,
            sample_id=shot.sample or None,
        )
        for position, shot in enumerate(shots, start=1)
    )
    product.shot_list_version = version
    product.save(update_fields=["shot_list_version"])


def check_shots(shots: Sequence[ShotSpec]) -> None:
    """Raise BadInput unless this can be asked of an officer."""
    if not shots:
        raise BadInput(_("请至少设一张拍照项。"), code="shots_missing")
    if len(shots) > MAX_SHOTS:
        raise BadInput(_("拍照项最多 {limit} 张，请减少。"), code="too_many_shots", limit=MAX_SHOTS)
    if not all(shot.code and shot.name.strip() for shot in shots):
        raise BadInput(_("每一张拍照项都要有名称。"), code="shot_name_missing")
    if len({shot.code for shot in shots}) < len(shots):
        raise BadInput(_("拍照项的代码不能重复。"), code="shot_code_doubled")
    if not any(shot.in_quick_set for shot in shots):
        raise BadInput(_("请至少把一张列入快拍。"), code="quick_set_empty")
    if any(shot.overlay and shot.overlay not in overlays.NAMES for shot in shots):
        raise BadInput(_("没有这种取景框。请从列表中选择。"), code="overlay_unknown")


@transaction.atomic
def set_live(*, acting: ActingFor, product_id: UUID, live: bool) -> Product:
    """Take a product out of the catalogue, or back in. Old requests still name it."""
    acting.require(Role.BRAND_ADMIN)
    return move(
        selectors.own_product(acting.organisation, product_id), "bring_back" if live else "retire", by=acting.person
    )


# Drafts ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_draft(
    *,
    acting: ActingFor,
    brand_name: str,
    name: str,
    spec: str,
    category: Category,
    nice_class: int,
    guide_price_yuan: Decimal | None = None,
    template: str = "",
) -> ProductDraft:
    """Begin a new product, with the usual shots of a trade to start from. template: of `templates()`."""
    acting.require(Role.BRAND_ADMIN)
    if brand_name not in selectors.brand_names(acting.organisation):
        raise BadInput(_("请从贵单位的品牌中选择。"), code="brand_not_yours")
    return ProductDraft.objects.create(
        organisation=acting.organisation,
        brand_name=brand_name,
        name=name.strip(),
        spec=spec.strip(),
        category=category,
        nice_class=nice_class,
        guide_price_yuan=guide_price_yuan,
        shots=[vars(shot) for shot in templates().get(template, [])],
        updated_by=acting.person,
    )


@transaction.atomic
def draft_of(*, acting: ActingFor, product_id: UUID) -> ProductDraft:
    """The draft of a product; one is made from what is published if there is none. Raises NotFound404."""
    acting.require(Role.BRAND_ADMIN)
    found = ProductDraft.objects.filter(organisation=acting.organisation, pk=product_id).first()
    if found is not None:
        return found
    product = selectors.own_product(acting.organisation, product_id)
    return ProductDraft.objects.create(
        pk=product.pk,
        organisation=acting.organisation,
        brand_name=product.brand.name,
        name=product.name,
        spec=product.spec,
        category=product.category,
        nice_class=product.nice_class,
        guide_price_yuan=product.guide_price_yuan,
        barcodes=[{"gtin": row.gtin, "kind": row.kind} for row in product.barcodes.all()],
        shots=[vars(shot) for shot in selectors.published_shots(product)],
        updated_by=acting.person,
    )


DRAFT_FIELDS = ("name", "spec", "category", "nice_class", "guide_price_yuan", "barcodes", "shots")


@transaction.atomic
def write_draft(*, acting: ActingFor, product_id: UUID, **fields: Any) -> ProductDraft:
    """Change a draft. barcodes: GTINs as typed; shots: list of ShotSpec. Raises BadInput, NotFound404."""
    draft = draft_of(acting=acting, product_id=product_id)
    unknown = set(fields) - set(DRAFT_FIELDS)
    if unknown:
        raise ValueError(f"no such fields: {sorted(unknown)}")
    if "barcodes" in fields:
        fields["barcodes"] = [{"gtin": gtin.parse(code), "kind": "item"} for code in fields["barcodes"]]
    if "shots" in fields:
        check_shots(fields["shots"])
        fields["shots"] = [vars(shot) for shot in fields["shots"]]
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.updated_by = acting.person
    draft.save()
    return draft


@transaction.atomic
def publish(*, acting: ActingFor, product_id: UUID) -> Product:
    """Publish a draft: live in every province at once, no release of software needed (M-02)."""
    draft = draft_of(acting=acting, product_id=product_id)
    brand = selectors.brand_named(acting.organisation, draft.brand_name)
    product = publish_product(
        brand=brand,
        name=draft.name,
        spec=draft.spec,
        category=draft.category,
        nice_class=draft.nice_class,
        organisation=acting.organisation,
        shots=[ShotSpec(**shot) for shot in draft.shots],
        barcodes=[(row["gtin"], row["kind"]) for row in draft.barcodes],
        guide_price_yuan=draft.guide_price_yuan,
        by_name=acting.person.display_name,
        product_id=draft.pk,
    )
    trail.record(product, "publish", by=acting.person, data={"shot_list_version": product.shot_list_version})
    draft.delete()
    return product


@transaction.atomic
def drop_draft(*, acting: ActingFor, product_id: UUID) -> None:
    """Throw changes away; what is published stays. Raises NotFound404."""
    acting.require(Role.BRAND_ADMIN)
    gone, _rows = ProductDraft.objects.filter(organisation=acting.organisation, pk=product_id).delete()
    if not gone:
        raise NotFound404()


# Checkpoints ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_checkpoint(
    *, acting: ActingFor, product_id: UUID, name: str, is_secret: bool, shot_code: str = ""
) -> Checkpoint | SecretCheckpoint:
    """Add a checkpoint at the end. Whether it is secret is chosen once: a secret never becomes public."""
    acting.require(Role.BRAND_ADMIN)
    product = selectors.own_product(acting.organisation, product_id)
    if not name.strip():
        raise BadInput(_("请写明检查点。"), code="name_missing")
    model = SecretCheckpoint if is_secret else Checkpoint
    position = len(selectors.checkpoints(product.pk, with_ended=True)) + 1
    row = model.objects.create(product=product, name=name.strip()[:120], shot_code=shot_code, position=position)
    trail.record(row, "add", by=acting.person)
    return row


@transaction.atomic
def end_checkpoint(*, acting: ActingFor, product_id: UUID, checkpoint_id: UUID) -> None:
    """Take a checkpoint out of use; opinions that name it stay. Raises NotFound404."""
    acting.require(Role.BRAND_ADMIN)
    product = selectors.own_product(acting.organisation, product_id)
    for model in (Checkpoint, SecretCheckpoint):
        for row in model.objects.filter(product=product, pk=checkpoint_id, is_active=True):
            row.is_active = False
            row.save(update_fields=["is_active"])
            trail.record(row, "end", by=acting.person)
            return
    raise NotFound404()


# Pictures -------------------------------------------------------------------------------------------------------------


def _clean_copy(file: BinaryIO, *, edge: int) -> bytes:
    """A JPEG made anew from an uploaded picture, at most `edge` pixels. The upload is opened in another process."""
    file.seek(0)
    data = file.read(MAX_PICTURE_BYTES + 1)
    if len(data) > MAX_PICTURE_BYTES:
        raise TooLarge(
            _("图片超过 {limit_mb} MB。请缩小后上传。"), code="file_too_large", limit_mb=MAX_PICTURE_BYTES // 1_000_000
        )
    media_type = media_type_of(data[:32])
    if media_type is None:
        raise UnsupportedFormat()
    with watermark.scratch_file(data) as path, look_into(path, media_type) as found:
        if found.refused or found.view is None:
            raise BadInput(REFUSALS.get(found.refused, REFUSALS["unreadable"]), code=found.refused or "unreadable")
        with Image.open(found.view) as view:
            view.thumbnail((edge, edge))
            out = io.BytesIO()
            view.convert("RGB").save(out, "JPEG", quality=82, progressive=True)
    return out.getvalue()


def keep_sample(file: BinaryIO) -> str:
    """Keep a sample picture of a shot; every province may read it. Returns its digest, for ShotSpec.sample."""
    data = _clean_copy(file, edge=SAMPLE_EDGE)
    digest = hashlib.sha256(data).hexdigest()
    ShotSample.objects.get_or_create(sha256=digest, defaults={"data": data})
    return digest


def add_reference(
    *,
    acting: ActingFor,
    product_id: UUID,
    shot_code: str,
    file: BinaryIO,
    title: str = "",
    made_from: date | None = None,
    made_until: date | None = None,
) -> ReferenceImage:
    """Add a picture of the genuine product. Raises BadInput, TooLarge, UnsupportedFormat, NotFound404."""
    acting.require(Role.BRAND_ADMIN)
    _in_order(made_from, made_until)
    product = selectors.own_product(acting.organisation, product_id)
    data = _clean_copy(file, edge=2400)
    return keep_reference(
        product=product,
        shot_code=shot_code,
        data=data,
        title=title,
        by=acting.person,
        made_from=made_from,
        made_until=made_until,
    )


def _in_order(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise BadInput(_("适用的最后生产日期不能早于最初的。"), code="days_wrong")


@transaction.atomic
def keep_reference(
    *,
    product: Product,
    shot_code: str,
    data: bytes,
    title: str,
    by: User,
    made_from: date | None = None,
    made_until: date | None = None,
) -> ReferenceImage:
    """Keep a clean JPEG of our own making as a reference, under the organisation's prefix."""
    key = make_key(f"org-{product.organisation_id}", "reference")
    kept = store().put(key, io.BytesIO(data), "image/jpeg")
    row = ReferenceImage.objects.create(
        product=product,
        shot_code=shot_code,
        title=title.strip()[:80],
        object_key=key,
        sha256=kept.sha256,
        uploaded_by=by,
        made_from=made_from,
        made_until=made_until,
    )
    trail.record(row, "add", by=by)
    return row


@transaction.atomic
def date_reference(
    *, acting: ActingFor, reference_id: UUID, made_from: date | None, made_until: date | None
) -> ReferenceImage:
    """Say for goods of which days of production a reference holds. Raises BadInput, NotFound404."""
    acting.require(Role.BRAND_ADMIN)
    _in_order(made_from, made_until)
    row = selectors.access_reference(acting.organisation, reference_id)
    row.made_from, row.made_until = made_from, made_until
    row.save(update_fields=["made_from", "made_until"])
    days = [day.isoformat() if day else "" for day in (made_from, made_until)]
    trail.record(row, "date", by=acting.person, data={"made": days})
    return row


@transaction.atomic
def end_reference(*, acting: ActingFor, reference_id: UUID) -> None:
    """Take a reference out of use. Raises NotFound404."""
    acting.require(Role.BRAND_ADMIN)
    row = selectors.access_reference(acting.organisation, reference_id)
    ReferenceImage.objects.filter(pk=row.pk).update(is_active=False)
    trail.record(row, "end", by=acting.person)


def show_reference(*, acting: ActingFor, reference_id: UUID, edge: int = 1600) -> bytes:
    """A reference as this person may see it: their name and the time burnt in, and the view on record. JPEG.

    Only for those who appraise for the organisation or administer it. Raises NotFound404, NotAllowed.
    """
    acting.require(Role.APPRAISER, Role.BRAND_ADMIN, own=False)
    row = selectors.access_reference(acting.organisation, reference_id)
    now = clock.now()
    ReferenceView.objects.create(reference=row, user=acting.person, seen_at=now)
    with store().open(row.object_key, sha256=row.sha256) as stream:
        return watermark.burn_in(stream.read(), name=acting.person.name, at=now, edge=edge)


# The search catalogue -------------------------------------------------------------------------------------------------


@cache
def templates() -> dict[str, list[ShotSpec]]:
    """The usual shots of each trade, by template name; the first three required ones are the quick set."""
    found: dict[str, list[ShotSpec]] = {}
    with (DATA / "shot_templates.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            shots = found.setdefault(row["template"], [])
            required = row["required"] == "1"
            quick = required and sum(shot.in_quick_set for shot in shots) < QUICK_SET
            shots.append(
                ShotSpec(
                    code=row["shot_code"],
                    name=row["shot_zh"],
                    hint=row["hint"],
                    required=required,
                    in_quick_set=quick,
                    overlay=overlays.for_shot(row["shot_code"]),
                )
            )
    return found


@cache
def template_trades() -> dict[str, str]:
    """Template name to the trade it is for."""
    with (DATA / "shot_templates.csv").open(encoding="utf-8", newline="") as file:
        return {row["template"]: row["category"] for row in csv.DictReader(file)}


@transaction.atomic
def load_categories() -> int:
    """A category for each trade that photographs have a template for. Returns how many are new; twice adds none.

    Where one of them is there already nothing is done: what an installation has since made of them is left alone.
    """
    trades = template_trades()
    if Category.objects.filter(code__in=trades).exists():
        return 0
    return len([category_named(trade, code=template) for template, trade in trades.items()])


@transaction.atomic
def load_search_catalogue() -> int:
    """Fill the catalogue with known brands, as not enrolled yet. Returns how many products are new; twice adds none.

    What a brand has since taken over as its own is left alone.
    """
    made = 0
    with (DATA / "brands.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            brand = _known_brand(row["brand"], row["owner_company"])
            if Product.objects.filter(brand=brand, name=row["product_line"], spec=row["spec"]).exists():
                continue
            publish_product(
                brand=brand,
                name=row["product_line"],
                spec=row["spec"],
                category=category_named(row["category"], code=row["shot_template"]),
                nice_class=int(row["nice_class"]),
                organisation=None,
                shots=_row_shots(row["shots"], row["shot_template"]),
                barcodes=[(row["sample_gtin13"], "item")],
            )
            made += 1
    return made


def _known_brand(name: str, owner_company: str) -> Brand:
    brand = Brand.objects.filter(name=name, owner_company=owner_company).first()
    if brand is None:
        brand = search.fill_brand_keys(Brand(name=name, owner_company=owner_company))
        brand.save()
    return brand


def category_named(name: str, *, code: str = "") -> Category:
    """A category by name; a new one is made beside the others. code: of a new one."""
    found = Category.objects.filter(name=name).first()
    if found is None:
        taken = not code or Category.objects.filter(code=code).exists()
        found = Category.objects.create(
            name=name, code=f"{code or 'category'}-{Category.objects.count() + 1}" if taken else code
        )
    return found


def _row_shots(text: str, template: str) -> list[ShotSpec]:
    usual = {shot.code: shot for shot in templates().get(template, [])}
    shots: list[ShotSpec] = []
    for part in text.split("|"):
        code, name, flag = part.split(":")
        known, required = usual.get(code), flag == "R"
        quick = required and sum(shot.in_quick_set for shot in shots) < QUICK_SET
        shots.append(
            ShotSpec(
                code=code,
                name=name,
                hint=known.hint if known else "",
                required=required,
                in_quick_set=quick,
                overlay=overlays.for_shot(code),
            )
        )
    return shots


@hooks.on_enrolled
def adopt_brands(organisation: Organisation, names: Sequence[str]) -> None:
    """Brands named in an approved enrolment become the organisation's, with what the catalogue knows of them.

    A brand that another organisation answers for already stays with it: owner and licensee may both be enrolled, and
    each answers for the products it publishes.
    """
    if organisation.kind != Organisation.Kind.BRAND_ENTERPRISE:
        return
    for name in names:
        known = list(Brand.objects.select_for_update().filter(name=name))
        free = [brand for brand in known if brand.organisation_id is None]
        if not known:
            fresh = Brand(name=name, owner_company=organisation.name, organisation=organisation, is_enrolled=True)
            search.fill_brand_keys(fresh).save()
        for brand in free[:1]:
            Brand.objects.filter(pk=brand.pk).update(organisation=organisation, is_enrolled=True)
            Product.objects.filter(brand=brand, organisation=None).update(organisation=organisation)
