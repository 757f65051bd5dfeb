"""A platform asks: pictures first, then the listing; one, or thousands at once, row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue.models import Brand, Product
from appraisal.platforms import selectors
from appraisal.platforms.cleaning import clean, clean_url, listing_number
from appraisal.platforms.models import AskPicture, FastAsk
from appraisal.platforms.promises import due_at, service_hours
from appraisal.platforms.quotas import Offer, Room
from audit import trail
from audit.move import move, move_each
from audit.trail import Actor
from evidence.models import Exhibit
from evidence.services import attachment_fields, own_prefix, receive
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment
from federation.contracts.platforms import MOST_PICTURES, FastAskV1, FastAskWithdrawnV1, FastPictureV1
from federation.letters.post import post, post_each
from federation.parties.models import Organisation
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Problem, TooLarge
from kernel.locks import lock
from notify import live
from provinces.context import required

MOST_ROWS = 5_000
MACHINE = Actor(None, "系统")
State = FastAsk.State


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a platform says of one listing. pictures: ids of pictures that it handed in."""

    listing_id: str
    shop_name: str
    pictures: tuple[UUID, ...]
    brand_name: str = ""
    product_id: UUID | None = None
    product_name: str = ""
    listing_url: str = ""
    price_yuan: Decimal | None = None
    question: str = ""
    reference: str = ""
    wanted_minutes: int | None = None


class FastAppraisalOff(NotAllowed):
    """The right holder takes no asks from this platform now."""

    code = "fast_appraisal_off"
    sentence = _("“{holder}”目前不接受贵平台的快速鉴定。可以改用电商法的通知途径，或向市场监管部门反映。")


def hand_in(*, acting: ActingFor, file: BinaryIO, sha256: str = "") -> Exhibit:
    """Keep a picture of a listing, by its digest; the same bytes twice are one. Call it outside any transaction.

    sha256: made by the platform; without it, of what arrived. Raises as `evidence.services.receive` does.
    """
    selectors.require_platform(acting)
    if not sha256:
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return receive(
        file,
        declared_sha256=sha256,
        captured_at=None,
        source=Exhibit.Source.ALBUM,
        by=acting.person,
        owner_prefix=own_prefix(acting.organisation.pk),
    )


def ask(*, acting: ActingFor, listing: Listing) -> FastAsk:
    """Ask about one listing. The same reference again is the same ask. Raises what `ask_many` puts into its row."""
    (found,) = ask_many(acting=acting, listings=[listing])
    if isinstance(found, Problem):
        raise found
    return found


@transaction.atomic
def ask_many(*, acting: ActingFor, listings: Sequence[Listing]) -> list[FastAsk | Problem]:
    """Ask about many listings. Each row is taken or refused by itself: the ask, or the Problem, in the same order.

    Over the quota a row is refused with the moment to come again; nothing is queued. What is taken goes to the right
    holder by letter as soon as all its pictures can be shown. Raises NotAllowed, TooLarge.
    """
    selectors.require_platform(acting)
    if len(listings) > MOST_ROWS:
        raise too_many_rows()
    lock(f"fast {acting.organisation.pk}")  # two calls cannot both have what is left
    book = _Book(acting, listings)
    found: list[FastAsk | Problem] = []
    for listing in listings:
        try:
            found.append(book.take(listing))
        except Problem as refused:
            found.append(refused)
    book.write()
    return found


def too_many_rows() -> TooLarge:
    """What a call with more rows than one may have is told."""
    return TooLarge(_("一次最多 {most} 件。请分几次提交。"), code="too_many_rows", most=MOST_ROWS)


class _Book:
    """Everything that the rows of one call need, read once; and what is to be written."""

    def __init__(self, acting: ActingFor, listings: Sequence[Listing]) -> None:
        self.acting, self.platform = acting, acting.organisation
        self.now = clock.now()
        self.room = Room(self.platform, self.now)
        # Locked: whoever makes a view meanwhile waits, and then finds the ask that hangs on it.
        self.pictures = selectors.own_pictures(
            self.platform, (pk for each in listings for pk in each.pictures), lock=True
        )
        self._products = {
            row.pk: row
            for row in Product.objects.filter(
                pk__in={each.product_id for each in listings if each.product_id}, state=Product.State.LIVE
            ).select_related("brand", "organisation")
        }
        self._holders_of = _holders_by_brand({each.brand_name.strip() for each in listings if not each.product_id})
        everybody = {row.pk: row for rows in self._holders_of.values() for row in rows}
        everybody |= {row.organisation.pk: row.organisation for row in self._products.values() if row.organisation}
        self._offers = selectors.offers_to(self.platform, everybody.values())
        references = {each.reference.strip() for each in listings} - {""}
        self._known = {
            row.reference: row
            for row in selectors.whole(FastAsk.objects.filter(platform=self.platform, reference__in=references))
        }
        self.made: list[tuple[FastAsk, list[Exhibit]]] = []

    def take(self, listing: Listing) -> FastAsk:
        """The ask of one row, counted. Raises a Problem, counting nothing."""
        reference = listing.reference.strip()
        number = listing_number(listing.listing_id)
        if reference and reference in self._known:
            return _same(self._known[reference], number)
        exhibits = self._exhibits(listing)
        holder, brand_name, product = self._holder(listing)
        offer = self._offers.get(holder.pk)
        if offer is None or not offer.accepts:
            raise FastAppraisalOff(holder=holder.name)
        due = self._promise(listing, holder, offer)
        said, masked = _said(listing)
        if not said["shop_name"]:
            raise BadInput(_("请写店铺名称。"), code="shop_missing")
        self.room.take(holder, offer)
        row = FastAsk(
            platform=self.platform,
            holder=holder,
            reference=reference[:64],
            listing_id=number,
            brand_name=brand_name,
            product_id=product.pk if product else None,
            price_yuan=listing.price_yuan,
            wanted_minutes=listing.wanted_minutes,
            asked_by=self.acting.person,
            asked_at=self.now,
            due_at=due,
            masked=masked,
            **(said | ({"product_name": product.full_name} if product and not said["product_name"] else {})),
        )
        self.made.append((row, exhibits))
        if reference:
            self._known[reference] = row
        return row

    def _exhibits(self, listing: Listing) -> list[Exhibit]:
        ids = list(dict.fromkeys(listing.pictures))
        if not ids:
            raise BadInput(_("请至少附一张商品图片。"), code="pictures_missing")
        if len(ids) > MOST_PICTURES:
            raise BadInput(_("一件最多附 {most} 张图片。"), code="too_many_pictures", most=MOST_PICTURES)
        unknown = [str(pk) for pk in ids if pk not in self.pictures]
        if unknown:
            raise BadInput(
                _("没有这些图片：{unknown}。请先上传图片，再用返回的 id 提交。"),
                code="picture_unknown",
                unknown=unknown,
            )
        found = [self.pictures[pk] for pk in ids]
        spoilt = [str(each.pk) for each in found if each.state == Exhibit.State.REFUSED]
        if spoilt:
            raise BadInput(
                _("这些图片打不开：{pictures}。请换成 JPEG、PNG、WebP 或 HEIC。"),
                code="picture_unreadable",
                pictures=spoilt,
            )
        return found

    def _holder(self, listing: Listing) -> tuple[Organisation, str, Product | None]:
        """Who answers for the goods, the brand as it is called here, and the product where it is said."""
        if listing.product_id:
            product = self._products.get(listing.product_id)
            if product is None:
                raise BadInput(_("产品库里没有这个产品。请核对产品编号，或只写品牌。"), code="product_unknown")
            if product.organisation is None:
                raise _not_enrolled(product.brand.name)
            return _active(product.organisation, product.brand.name), product.brand.name, product
        name = listing.brand_name.strip()
        if not name:
            raise BadInput(_("请写品牌，或给出产品编号。"), code="brand_missing")
        holders = self._holders_of.get(name.casefold(), [])
        if not holders:
            raise _not_enrolled(name)
        standing = [row for row in holders if row.state == Organisation.State.ACTIVE]
        if len(standing) > 1:
            raise BadInput(
                _("“{brand}”有几家权利人：{holders}。请改用产品编号，说明是哪一家的。"),
                code="brand_unclear",
                brand=name,
                holders=[row.name for row in standing],
            )
        return _active((standing or holders)[0], name), name[:80], None

    def _promise(self, listing: Listing, holder: Organisation, offer: Offer):  # type: ignore[no-untyped-def]
        wanted = listing.wanted_minutes
        if wanted is not None and wanted < offer.promise_minutes:
            raise Conflict(
                _("“{holder}”承诺 {minutes} 分钟内答复，长于您要求的 {wanted} 分钟。去掉这项要求即可按承诺提交。"),
                code="promise_longer",
                holder=holder.name,
                minutes=offer.promise_minutes,
                wanted=wanted,
            )
        return due_at(self.now, offer.promise_minutes, hours=service_hours(offer.hours), every_day=offer.every_day)

    def write(self) -> None:
        """Keep what was taken; send what can be sent."""
        rows = [row for row, _exhibits in self.made]
        if not rows:
            return
        by = self.acting.person
        FastAsk.objects.bulk_create(rows)
        AskPicture.objects.bulk_create(
            AskPicture(ask=row, exhibit=exhibit, position=position)
            for row, exhibits in self.made
            for position, exhibit in enumerate(exhibits, start=1)
        )
        trail.record_each(rows, "ask", by=by, to_state=State.PREPARING)
        ready = [each for each in self.made if all(one.state == Exhibit.State.READY for one in each[1])]
        move_each([row for row, _exhibits in ready], "send", by=by)
        post_each([_letter(row, exhibits, by) for row, exhibits in ready])
        announce(self.platform.pk)


def _holders_by_brand(names: Iterable[str]) -> dict[str, list[Organisation]]:
    rows = Brand.objects.filter(name__in=set(names), organisation__isnull=False).select_related("organisation")
    found: dict[str, list[Organisation]] = {}
    for brand in rows:
        holders = found.setdefault(brand.name.casefold(), [])
        if brand.organisation is not None and brand.organisation not in holders:
            holders.append(brand.organisation)
    return found


def _same(known: FastAsk, number: str) -> FastAsk:
    if known.listing_id != number:
        raise Conflict(
            _("编号 {reference} 已用于另一件商品。请为每件商品用一个自己的编号。"),
            code="reference_reused",
            reference=known.reference,
        )
    return known


def _not_enrolled(brand: str) -> BadInput:
    return BadInput(
        _("“{brand}”还没有入驻，没有人能答复。可以向市场监管部门反映，或请权利人入驻。"),
        code="brand_not_enrolled",
        brand=brand,
    )


def _active(holder: Organisation, brand: str) -> Organisation:
    if holder.state != Organisation.State.ACTIVE:
        raise BadInput(
            _("“{brand}”的权利人已暂停或退出，目前没有人能答复。请过些时候再试。"), code="holder_suspended", brand=brand
        )
    return holder


def _said(listing: Listing) -> tuple[dict[str, str], list[str]]:
    """Text without anything of a buyer; and in which fields something was taken out."""
    said, masked = {}, []
    for name, most in (("shop_name", 120), ("product_name", 120), ("question", 500)):
        text, found = clean(getattr(listing, name))
        said[name] = text[:most]
        masked += [name] if found else []
    said["listing_url"], found = clean_url(listing.listing_url)
    return said, [*masked, "listing_url"] if found else masked


def _letter(row: FastAsk, exhibits: Sequence[Exhibit], by: User | Actor) -> dict[str, object]:
    """The arguments of `post`."""
    return {
        "message": FastAskV1(
            ask_id=row.pk,
            reference=row.reference,
            platform_name=row.platform.name[:80],
            listing_id=row.listing_id,
            listing_url=row.listing_url,
            shop_name=row.shop_name,
            brand_name=row.brand_name,
            product_id=row.product_id,
            product_name=row.product_name,
            price_yuan=row.price_yuan,
            question=row.question,
            asked_at=row.asked_at,
            promised_by=row.due_at,
            pictures=tuple(FastPictureV1(picture_id=each.pk, view_sha256=each.view_sha256) for each in exhibits),
        ),
        "to": Address.organisation(row.holder_id),
        "sender": Address.organisation(row.platform_id),
        "thread": row.pk,
        "by": by,
        "attachments": [Attachment(**attachment_fields(each, what="listing")) for each in exhibits],
        "due_at": row.due_at,
        "purpose": "fast_appraisal",
    }


def picture_settled(exhibit: Exhibit) -> None:
    """A picture can be shown, or cannot be opened: asks that waited for it go out, or end. In the seat of its owner."""
    if required().kind != "brands":
        return
    for ask_id in list(AskPicture.objects.filter(exhibit=exhibit).values_list("ask_id", flat=True)):
        row = FastAsk.objects.select_for_update(of=("self",)).select_related("platform", "asked_by").get(pk=ask_id)
        if row.state != State.PREPARING:
            continue
        if exhibit.state == Exhibit.State.REFUSED:
            move(row, "spoil", by=MACHINE, ended_why=str(_("有一张图片打不开。请换一张，重新提交。")))
        else:
            _send_when_ready(row)
        announce(row.platform_id)


def _send_when_ready(row: FastAsk) -> None:
    exhibits = [each.exhibit for each in row.pictures.select_related("exhibit")]
    if any(each.state != Exhibit.State.READY for each in exhibits):
        return
    try:
        with transaction.atomic():
            post(**_letter(row, exhibits, row.asked_by))  # type: ignore[arg-type]
            move(row, "send", by=MACHINE)
    except Problem as refused:
        move(row, "spoil", by=MACHINE, ended_why=refused.detail[:500])


@transaction.atomic
def withdraw_ask(*, acting: ActingFor, ask_id: UUID, reason: str = "") -> FastAsk:
    """No answer is needed any more. Raises NotFound404, MoveRefused."""
    selectors.require_platform(acting)
    row = selectors.access_ask(acting.organisation, ask_id, lock=True)
    was_sent = row.state != State.PREPARING
    why = clean(reason)[0][:500]
    move(row, "withdraw", by=acting.person, why=why, ended_why=why)
    if was_sent:
        post(
            FastAskWithdrawnV1(ask_id=row.pk, reason=why, at=clock.now()),
            to=Address.organisation(row.holder_id),
            sender=Address.organisation(row.platform_id),
            thread=row.pk,
            by=acting.person,
            purpose="fast_appraisal",
        )
    announce(row.platform_id)
    return selectors.access_ask(acting.organisation, ask_id)


def announce(platform_id: UUID) -> None:
    """Pages of the platform that are open fetch themselves."""
    live.publish(["fast-asks"], "changed", {}, party=f"org-{platform_id}")
