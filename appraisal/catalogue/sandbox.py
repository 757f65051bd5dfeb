"""Products of the sandbox: each is answered by the robot in the way that its name says. See `runtime.sandbox`."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from appraisal.catalogue import search, services
from appraisal.catalogue.models import Brand, Product
from appraisal.catalogue.shots import ShotSpec
from federation.letters.addressees import SANDBOX_ORGANISATION
from kernel import gtin

BRAND = "沙箱牌"
NICE_CLASS = 33
PRODUCTS = (
    ("counterfeit", "假冒样品", "690999900001"),
    ("genuine", "正品样品", "690999900002"),
    ("cannot_tell_need_sample", "看不清样品", "690999900003"),
    ("refilled_or_reassembled", "灌装样品", "690999900004"),
)
SHOTS = (("front", "正面"), ("back", "背面"), ("code", "喷码"))


def product_id(verdict: str) -> UUID:
    """The product that the robot answers with this verdict; the same in every installation."""
    return uuid5(UUID(SANDBOX_ORGANISATION), verdict)


def barcode(verdict: str) -> str:
    """Its barcode, as it may be typed or scanned."""
    return next(digits + gtin.check_digit(digits) for value, _name, digits in PRODUCTS if value == verdict)


def fill(stage: Any) -> None:
    """Make what is missing."""
    organisation = stage.made["organisation"]
    with stage.owner():
        brand = Brand.objects.filter(organisation=organisation).first()
        if brand is None:
            brand = search.fill_brand_keys(
                Brand(name=BRAND, owner_company=organisation.name, organisation=organisation, is_enrolled=True)
            )
            brand.save()
        for verdict, name, _digits in PRODUCTS:
            if Product.objects.filter(pk=product_id(verdict)).exists():
                continue
            services.publish_product(
                product_id=product_id(verdict),
                brand=brand,
                name=name,
                spec="500ml",
                category=services.category_named("沙箱商品", code="sandbox"),
                nice_class=NICE_CLASS,
                organisation=organisation,
                shots=[
                    ShotSpec(code=code, name=words, required=code != "back", in_quick_set=True) for code, words in SHOTS
                ],
                barcodes=[(barcode(verdict), "item")],
                by_name=organisation.name,
            )
