"""Codes: where each was seen, and an alert when a unique one turns up on other goods or in another place.

A code is compared by its key (0/O, 1/I, 5/S, 8/B, 2/Z are one), the raw text stays beside it. Equal codes never make
goods genuine: a refilled bottle has all the right ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue.models import Barcode as CatalogueBarcode
from appraisal.desk.models import DeskItem, DeskPhoto
from appraisal.desk.selectors import Desk
from appraisal.recognition import selectors
from appraisal.recognition.keys import gtin, near, normalise
from appraisal.recognition.models import CodeAlert, CodeReading, CodeSighting, Find, SharedCode
from appraisal.recognition.services.steps import MACHINE, announce, find_of, may_be_seen, needed, tell_task
from audit.move import move
from audit.trail import Person
from federation.contracts.recognition import CodeAlertSettledV1, CodeAlertV1
from kernel import clock
from kernel.errors import BadInput
from notify.services import tell

if TYPE_CHECKING:
    from appraisal.recognition.vision.barcodes import Barcode

KEPT_LENGTH = 120
SHORTEST_UNIQUE = 8
FEWEST_DIGITS = 6
SAME_VISIT = timedelta(hours=24)
TWO_DIMENSIONAL = frozenset({"qrcode", "datamatrix", "pdf417", "aztec"})
MOST_OTHERS = 20


def fits(text: str, *, product_id: UUID, organisation_id: UUID) -> dict[str, str]:
    """What the catalogue says of a decoded code: {gtin, fits, product_name}. A mismatch is never called a fake.

    A GTIN-12 is the GTIN-13 with a leading 0; in-store codes and other text are no GTIN.
    """
    number = gtin(text)
    if not number:
        return {"gtin": "", "fits": "no_gtin", "product_name": ""}
    rows = CatalogueBarcode.objects.filter(gtin=number).select_related("product__brand")
    known = [row.product for row in rows]
    if any(product.pk == product_id for product in known):
        return {"gtin": number, "fits": "this_product", "product_name": ""}
    own = [product for product in known if product.organisation_id == organisation_id]
    if own:
        return {"gtin": number, "fits": "other_product", "product_name": own[0].full_name[:120]}
    if known:
        return {"gtin": number, "fits": "other_brand", "product_name": known[0].full_name[:120]}
    return {"gtin": number, "fits": "unknown", "product_name": ""}


def require_own_goods(organisation_id: UUID, field: str, raw: str) -> None:
    """Raise GoodsOfAnother for the barcode of somebody else's product."""
    from appraisal.recognition.services.entries import GoodsOfAnother

    if field != "barcode" or not (number := gtin(raw)):
        return
    owners = set(CatalogueBarcode.objects.filter(gtin=number).values_list("product__organisation_id", flat=True))
    if owners and organisation_id not in owners:
        raise GoodsOfAnother(barcode=raw)


def is_unique(text: str, symbology: str) -> bool:
    """Whether a decoded code can be one of a kind: a 2D code long enough, with digits, that is no mere address."""
    if symbology.lower().replace("_", "").replace("-", "") not in TWO_DIMENSIONAL or gtin(text):
        return False
    parts = urlsplit(text)
    tail = f"{parts.path}{parts.query}" if parts.scheme in ("http", "https") else text
    key = normalise(tail)
    return len(key) >= SHORTEST_UNIQUE and sum(letter.isdigit() for letter in tail) >= FEWEST_DIGITS


def key_of(field: str, raw: str) -> str:
    """How a code is compared. A long one ends in a digest, so that two addresses that begin alike stay two."""
    key = (gtin(raw) if field == "barcode" else "") or normalise(raw)
    if len(key) <= KEPT_LENGTH:
        return key
    return f"{key[: KEPT_LENGTH - 33]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


# Seen -----------------------------------------------------------------------------------------------------------------


def sight(find: Find, field: str, raw: str, *, how: str, photo: DeskPhoto | None = None) -> CodeSighting | None:
    """A code on a find, once. Unique ones are compared with all others at once. None for what has no key."""
    key = key_of(field, raw)
    if not key:
        return None
    row, made = CodeSighting.objects.get_or_create(
        find=find,
        field=field,
        key=key,
        defaults={
            "organisation_id": find.organisation_id,
            "photo": photo,
            "raw": raw.strip()[:KEPT_LENGTH],
            "how": how,
            "at": clock.now(),
        },
    )
    if made and field == "unique":
        _compare(row)
    return row


def sight_decoded(photo: DeskPhoto, barcodes: Iterable[Barcode]) -> None:
    """What was decoded from a photo of the desk, as sightings. The very same picture sent again is none (edge 6)."""
    find = find_of(photo.item)
    for code in barcodes:
        if number := gtin(code.text):
            sight(find, "barcode", number, how="decoded", photo=photo)
        elif is_unique(code.text, code.symbology):
            sight(find, "unique", code.text, how="decoded", photo=photo)


def read(photo: DeskPhoto, field: str, raw: str, *, value: str, confidence: float) -> CodeReading:
    """A proposal: no sighting until the officer stands for it. One for each photo and text."""
    row = CodeReading.objects.filter(photo=photo, field=field, raw=raw[:KEPT_LENGTH]).first()
    return row or CodeReading.objects.create(
        item=photo.item,
        photo=photo,
        field=field,
        raw=raw[:KEPT_LENGTH],
        value=value[:KEPT_LENGTH],
        confidence=round(100 * confidence),
        at=clock.now(),
    )


def officer_said(
    item: DeskItem, reading_id: UUID, *, photo_id: UUID | None, field: str, step: str, raw: str, who: str
) -> None:
    """The officer confirmed, corrected or refused what was read, or typed a code. By the receivers alone."""
    row = CodeReading.objects.filter(pk=reading_id, item=item).first()
    photo = item.photos.filter(photo_id=photo_id).first() if photo_id else None
    if row is None:
        row = CodeReading.objects.create(
            pk=reading_id,
            item=item,
            photo=photo,
            field=field,
            raw=raw,
            state=CodeReading.State.TYPED,
            confirmed_raw=raw,
            who=who[:40],
            at=clock.now(),
        )
    else:
        _unsight(row)
        verb = "corrected" if step == "typed" else step
        move(row, verb, by=MACHINE, confirmed_raw=raw, who=who[:40])
    if step != "refused" and raw:
        how = "typed" if step == "typed" else "confirmed"
        sight(find_of(item), row.field, raw, how=how, photo=row.photo)


def _unsight(row: CodeReading) -> None:
    """What was confirmed before is taken back: its sighting goes, unless a decoded code says the same."""
    if row.confirmed_raw:
        CodeSighting.objects.filter(
            find__desk_item=row.item, field=row.field, key=key_of(row.field, row.confirmed_raw)
        ).exclude(how="decoded").delete()


# Alerts ---------------------------------------------------------------------------------------------------------------


def _compare(row: CodeSighting) -> None:
    """Raise an alert if this unique code was seen on other goods or elsewhere; near ones within one product."""
    shared = SharedCode.objects.filter(organisation_id=row.organisation_id, key=row.key)
    if shared.exists():
        return
    others = (
        CodeSighting.objects.filter(organisation_id=row.organisation_id, field="unique")
        .exclude(find_id=row.find_id)
        .select_related("find")
    )
    same = [other for other in others.filter(key=row.key) if not same_goods(row.find, other.find)]
    if same:
        kind = _kind([row, *same])
        _raise(row.key, kind, [row, *same])
        return
    if row.find.product_id is None:
        return
    close = others.filter(find__product_id=row.find.product_id, key__startswith=row.key[:2]).exclude(key=row.key)
    # Misread first letters are rarer than an index over all codes of a product is dear.
    for other in close.order_by("-at")[:2000]:
        both_certain = row.certain and other.certain
        if not both_certain and near(row.key, other.key) and not in_sequence(row.key, other.key):
            _raise("~".join(sorted((row.key, other.key))), CodeAlert.Kind.NEAR, [row, other])
            return


def same_goods(one: Find, other: Find) -> bool:
    """Whether two finds are likely the same goods asked about twice: one unit, one county, within a day.

    Two items of one request are two goods.
    """
    if one.request_id is None or other.request_id is None or one.request_id == other.request_id:
        return False
    if one.product_id != other.product_id:
        return False
    apart = abs(one.created_at - other.created_at)
    return (
        one.province_code == other.province_code
        and one.county_code == other.county_code
        and one.unit_name == other.unit_name
        and apart <= SAME_VISIT
    )


def in_sequence(one: str, other: str, *, within: int = 50) -> bool:
    """Whether two codes of one length differ in a number at their end, by at most `within`: a run, not a misreading."""
    if len(one) != len(other) or one == other:
        return False
    at = next(index for index, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    while at > 0 and one[at - 1].isdigit():
        at -= 1
    tails = one[at:], other[at:]
    return all(tail.isdigit() for tail in tails) and 0 < abs(int(tails[0]) - int(tails[1])) <= within


def _kind(rows: list[CodeSighting]) -> str:
    places = {(row.find.province_code, row.find.county_code) for row in rows}
    return CodeAlert.Kind.TWO_PLACES if len(places) > 1 else CodeAlert.Kind.TWO_GOODS


def _raise(key: str, kind: str, rows: list[CodeSighting]) -> CodeAlert:
    """One alert for a code, kept up to date; the brand's people and every unit concerned are told."""
    now = clock.now()
    newest = rows[0]
    alert, made = CodeAlert.objects.get_or_create(
        organisation_id=newest.organisation_id,
        key=key[:250],
        defaults={"kind": kind, "product_id": newest.find.product_id, "first_at": now, "last_at": now},
    )
    if not made:
        alert.kind, alert.last_at = kind, now
        alert.save(update_fields=["kind", "last_at"])
        if alert.state == CodeAlert.State.DISMISSED:
            return alert
    alert.sightings.add(*rows)
    _tell_units(alert)
    if made:
        task = newest.find.desk_item.task if newest.find.desk_item else None
        if task is not None and task.claimed_by_id:
            tell(
                to=[task.claimed_by_id],
                code="code_alert",
                title=_("一个唯一码在别处也出现过"),
                url=f"/desk/{task.pk}/",
            )
    announce(alert.organisation_id, "alerts", kind="code_alert", pk=alert.pk)
    return alert


def _tell_units(alert: CodeAlert) -> None:
    rows = list(alert.sightings.select_related("find__desk_item__task").order_by("at", "id"))
    # Matters in one order everywhere, so that two workers never wait for each other.
    for row in sorted(rows, key=lambda each: (each.find.request_id or each.pk, each.pk)):
        find = row.find
        if find.desk_item is None:
            continue
        task = find.desk_item.task
        others = [each for each in rows if each.find_id != find.pk]
        seen = tuple(may_be_seen(each.find, task.province_code) for each in others[:MOST_OTHERS])
        other_code = ""
        if alert.kind == CodeAlert.Kind.NEAR and others and seen[0].how in ("own", "shown"):
            other_code = others[0].raw
        tell_task(
            task,
            CodeAlertV1(
                alert_id=alert.pk,
                request_id=task.request_id,
                item_id=find.desk_item.item_id,
                alert=alert.kind,  # type: ignore[arg-type] # one of its kinds
                code=row.raw,
                other_code=other_code,
                times=max(2, len({each.find_id for each in rows})),
                others=seen,
                at=alert.last_at,
            ),
            MACHINE,
        )


@transaction.atomic
def settle_alert(*, desk: Desk, alert_id: UUID, step: str, reason: str = "", printed_on_all: bool = False) -> CodeAlert:
    """Confirm an alert, or dismiss it with the reason; the units are told.

    printed_on_all: the code stands on all goods alike, so it never alerts again.
    """
    if step not in ("confirm", "dismiss"):
        raise BadInput(_("请选择核实或排除。"), code="step_unknown", step=step)
    why = needed(reason) if step == "dismiss" else reason.strip()[:500]
    alert = selectors.access_alert(desk, alert_id, lock=True)
    if step == "dismiss" and printed_on_all:
        SharedCode.objects.get_or_create(
            organisation_id=alert.organisation_id,
            key=alert.key[:KEPT_LENGTH],
            defaults={"said_by": desk.person, "at": clock.now()},
        )
    if alert.state == CodeAlert.MOVES[step][1]:
        return alert
    move(alert, step, by=desk.person, why=why, decided_by=desk.person, decided_at=clock.now(), reason=why)
    _tell_settled(alert, desk.person, why)
    announce(alert.organisation_id, "alerts", kind="code_alert", pk=alert.pk)
    return alert


def _tell_settled(alert: CodeAlert, by: Person, why: str) -> None:
    told: set[Any] = set()
    for row in alert.sightings.select_related("find__desk_item__task").order_by("pk"):
        item = row.find.desk_item
        if item is None or item.pk in told:
            continue
        told.add(item.pk)
        tell_task(
            item.task,
            CodeAlertSettledV1(
                alert_id=alert.pk,
                request_id=item.task.request_id,
                item_id=item.item_id,
                step=alert.state,  # type: ignore[arg-type] # confirmed or dismissed, as it was just moved
                reason=why,
                at=clock.now(),
            ),
            by,
        )
