"""A draft out of a listing on an e-commerce platform that the right holder has looked at."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.desk.hooks import ReportedListing
from appraisal.reverse_clues.models import ClueFile, ReverseClue
from appraisal.reverse_clues.services.drafting import start
from appraisal.reverse_clues.services.filing import put_file
from federation.parties.selectors import ActingFor


@transaction.atomic
def from_listing(acting: ActingFor, listing: ReportedListing) -> UUID:
    """Begin a draft with what the listing and the answer say, and with its pictures. A person chooses the bureau."""
    price = "" if listing.price_yuan is None else _("售价 {price} 元。").format(price=listing.price_yuan)
    where = " ".join(filter(None, [listing.listing_id, listing.listing_url]))
    clue = start(
        acting=acting,
        title=_("{platform}店铺“{shop}”销售{goods}").format(
            platform=listing.platform, shop=listing.shop_name, goods=listing.goods
        )[:120],
        content=_("平台来文请我单位看商品图片。商品：{where}。{price}\n我单位看图片的结论理由：{reasons}").format(
            where=where, price=price, reasons=listing.reasons
        )[:8000],
        subject_kind=ReverseClue.SubjectKind.ONLINE_ACCOUNT,
        subject_name=listing.shop_name[:120],
        subject_account=_("{platform}，店铺“{shop}”").format(platform=listing.platform, shop=listing.shop_name)[:200],
        channel=ReverseClue.Channel.ONLINE,
        violations=[ReverseClue.Violation.COUNTERFEIT_TRADEMARK],
        products=[(listing.product_id, "")] if listing.product_id else [],
    )
    for exhibit in listing.pictures:
        put_file(
            clue,
            exhibit,
            form=ClueFile.Form.PHOTO,
            what=_("商品图片"),
            platform=listing.platform[:80],
            account=listing.shop_name[:120],
            link=listing.listing_url[:500],
        )
    return clue.pk
