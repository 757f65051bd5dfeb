"""Products, shot lists, checkpoints and references of the sample story. Found by name, see `runtime.seed`."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from accounts.models import User
from appraisal.catalogue import overlays, search, services
from appraisal.catalogue.models import (
    Brand,
    Checkpoint,
    Product,
    ReferenceImage,
    SecretCheckpoint,
    ShotSample,
)
from appraisal.catalogue.shots import ShotSpec
from federation.parties.models import Organisation

WORDS = ("产品、拍照模板和比对样张", "products, shot lists and references")


def fill(stage: Any) -> None:
    """Make what is missing. Leaves `stage.made["products"]`: product code to id."""
    with stage.owner():
        known = {str(row): row for row in Product.objects.exclude(organisation=None).select_related("brand")}
        wanted = {code: f"{_name(each)} {each.spec}" for code, each in stage.catalogue.PRODUCTS.items()}
        missing = [code for code, title in wanted.items() if title not in known]
        for code in missing:
            stage.pictures.begin("reference", [(code, shot) for shot in stage.pictured_shots(code)])
        for code in missing:
            known[wanted[code]] = _publish(stage, code)
        stage.made["products"] = {code: known[title].pk for code, title in wanted.items()}
        if not Brand.objects.filter(organisation=None).exists():
            services.load_search_catalogue()
        pictured = set(ReferenceImage.objects.values_list("product_id", flat=True))
        bare = [code for code in stage.catalogue.PRODUCTS if known[wanted[code]].pk not in pictured]
    with stage.enter("brands"):
        for code in bare:
            _references(stage, code, known[wanted[code]])


def _name(product: Any) -> str:
    """Without the brand, which the catalogue says before it."""
    return str(product.name_zh).removeprefix(product.brand.name_zh).strip()


def _publish(stage: Any, code: str) -> Product:
    product, organisations = stage.catalogue.PRODUCTS[code], stage.made["organisations"]
    organisation = Organisation.objects.get(pk=organisations[product.brand_code])
    brand = Brand.objects.filter(name=product.brand.name_zh, organisation=organisation).first()
    if brand is None:
        brand = search.fill_brand_keys(
            Brand(
                name=product.brand.name_zh,
                owner_company=organisation.name,
                organisation=organisation,
                is_enrolled=True,
            )
        )
        brand.save()
    pictured = stage.pictured_shots(code)
    shots = [
        ShotSpec(
            code=shot.code,
            name=shot.name_zh,
            hint=shot.hint_zh,
            required=shot.required,
            in_quick_set=shot.quick,
            overlay=overlays.for_shot(shot.code),
            sample=_sample(stage.pictures.sample(code, shot.code)) if shot.code in pictured else "",
        )
        for shot in stage.catalogue.shots(code)
    ]
    made = services.publish_product(
        brand=brand,
        name=_name(product),
        spec=product.spec,
        category=services.category_named(product.brand.category_zh, code=product.template),
        nice_class=product.brand.nice_class,
        organisation=organisation,
        shots=shots,
        barcodes=[(product.gtin, "item")],
        guide_price_yuan=Decimal(product.guide_price_yuan),
        by_name=product.brand.name_zh,
    )
    for position, each in enumerate(stage.catalogue.checkpoints(code), start=1):
        (SecretCheckpoint if each.secret else Checkpoint).objects.create(
            product=made, position=position, name=each.text_zh, shot_code=each.shot_code
        )
    return made


def _sample(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    ShotSample.objects.get_or_create(sha256=digest, defaults={"data": data})
    return digest


def _references(stage: Any, code: str, product: Product) -> None:
    staff = next(
        row.code
        for row in stage.cast.STAFF.values()
        if stage.catalogue.PRODUCTS[code].brand_code == row.party and "enterprise_admin" in row.roles
    )
    by = User.objects.get(pk=stage.made["people"][staff][1])
    names = {shot.code: shot.name_zh for shot in stage.catalogue.shots(code)}
    for shot in stage.pictured_shots(code):
        services.keep_reference(
            product=product, shot_code=shot, data=stage.pictures.reference(code, shot), title=names[shot], by=by
        )
