"""The known fakes of the sample story: seized in 钦州 months ago, seen again in 南宁 and in Guangdong.

The pictures are drawn anew, from another side, and compared by the engine itself: the story shows what it finds.
"""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from accounts.models import User
from appraisal.catalogue.models import Product
from appraisal.desk.models import DeskPhoto, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.hints import services as officer
from appraisal.hints.models import Hint as ShownHint
from appraisal.recognition import services
from appraisal.recognition.models import Find, Hint, LibraryEntry, PhotoLook
from appraisal.recognition.services import codes, entries, indexes, looking, runs
from appraisal.recognition.services.steps import find_of
from evidence import services as evidence
from federation.letters.delivery import deliver_waiting
from federation.parties.models import Organisation
from kernel import clock
from tenants.bureau import fakes_past

BRAND = "lanhe"
FAKES = ("lanhe-53", "lanhe-42")
SHOT = "front_label"
FOUND_DAYS_AGO = 96
TURNED = 5
"""What is added to the pose of the story's photographs: the same fake from another side."""
UNIQUE = "26LH08150047113"


def fill(stage: Any, shown: list[Any]) -> None:
    """Two entries, what they were recognised in, one code in two places, one proposal of the same run, guide prices.

    Then what the library did in the weeks before. What was told is left alone.
    """
    organisation_id = stage.made["organisations"][BRAND]
    with stage.enter("brands"):
        begun = LibraryEntry.objects.filter(organisation_id=organisation_id).exists()
        if begun and Find.objects.filter(organisation_id=organisation_id, origin=Find.Origin.STAFF).exists():
            return
        desk = _desk(stage, organisation_id)
    if not begun:
        _today(stage, desk, shown)
    _past(stage, desk)
    _deliver(stage)


def _today(stage: Any, desk: Desk, shown: list[Any]) -> None:
    organisation_id = desk.organisation.pk
    here = [row for row in shown if _fits(row, "gx", "lanhe-53")]
    there = [row for row in shown if _fits(row, "gd", "lanhe-53")]
    with stage.enter("brands"):
        chosen = [row for row in (*here[-2:], *there[-1:]) if _task(stage, organisation_id, row) is not None]
        _forget_the_rest(stage, organisation_id, chosen)
        if not chosen:
            return
        began = min(row.sent_at for row in chosen) - timedelta(days=1)
        with clock.frozen(began):
            _prices(desk)
            made = [_entry(stage, desk, product) for product in FAKES]
            indexes.sync(organisation_id)
    for row in chosen:
        with stage.enter("brands"), clock.frozen(row.sent_at + timedelta(seconds=9)):
            _look(stage, organisation_id, row)
    with stage.enter("brands"), clock.frozen(max(row.sent_at for row in chosen) + timedelta(minutes=2)):
        _codes(stage, organisation_id, chosen, made[0])
    _deliver(stage)
    if len(here) > 1:
        _accept(stage, here[-2])


def _past(stage: Any, desk: Desk) -> None:
    """What the library did before, and what the worker said of the photos of other brands."""
    with stage.enter("brands"):
        hints = Hint.objects.filter(organisation=desk.organisation, band__in=("strong", "likely")).select_related(
            "photo__exhibit", "photo__item__task", "entry__product", "entry__find", "entry_photo__exhibit", "category"
        )
        real = hints.filter(photo__item__task__province_code="gx").last() or hints.last()
        others = list(PhotoLook.objects.filter(organisation__in=stage.made["organisations"].values()))
        photos = [
            DeskPhoto.objects.select_related("exhibit", "item__task").get(pk=look.photo_id)
            for look in others
            if look.organisation_id != desk.organisation.pk
        ]
        fakes_past.nothing_to_compare(photos)
        asked = next((each for each in photos if each.item.task.province_code == "gx"), None)
        elsewhere = [each for each in photos if asked is not None and _owner(each) != _owner(asked)]
        known = next((each for each in elsewhere if _appraiser(stage, _owner(each))), None)
        if real is not None and asked is not None and known is not None:
            fakes_past.known_elsewhere(stage, real, asked, known, _desk_of(stage, _owner(known)))
    if real is not None:
        fakes_past.fill(stage, desk, real)


def _owner(photo: DeskPhoto) -> UUID:
    owner: UUID = photo.item.task.organisation_id
    return owner


def _desk_of(stage: Any, organisation_id: UUID) -> Desk:
    """Somebody who appraises for another house of the story."""
    who = stage.made["people"][_appraiser(stage, organisation_id)][1]
    return Desk(User.objects.get(pk=who), Organisation.objects.get(pk=organisation_id))


def _appraiser(stage: Any, organisation_id: UUID) -> str:
    """Who appraises in that house itself; "" where an association or an agency does."""
    party = next((code for code, pk in stage.made["organisations"].items() if pk == organisation_id), "")
    staff = stage.cast.STAFF.values()
    return next((row.code for row in staff if row.party == party and "appraiser" in row.roles), "")


def _fits(row: Any, province: str, product: str) -> bool:
    fake = any(item.product_code == product and item.verdict in ("", "counterfeit") for item in row.items)
    return row.province == province and row.brand == BRAND and fake and row.state != "cancelled"


def _task(stage: Any, organisation_id: Any, row: Any) -> DeskTask | None:
    return DeskTask.objects.filter(organisation_id=organisation_id, items__item_id=_item_id(row)).first()


def _item_id(row: Any) -> UUID:
    """The first item of a request that is played."""
    return uuid5(NAMESPACE_URL, f"sample item {row.code} 0")


def _photo(stage: Any, organisation_id: Any, row: Any) -> DeskPhoto:
    task = _task(stage, organisation_id, row)
    return DeskPhoto.objects.select_related("exhibit", "item__task").get(item__task=task, shot_code=SHOT)


def _forget_the_rest(stage: Any, organisation_id: Any, chosen: list[Any]) -> None:
    """Only the chosen photos are looked at, and one of each item of other brands: a first start has more to do."""
    kept = {_photo(stage, organisation_id, row).pk for row in chosen}
    others = DeskPhoto.objects.exclude(item__task__organisation_id=organisation_id).order_by("item_id", "photo_id")
    kept |= set(others.distinct("item_id").values_list("pk", flat=True))
    PhotoLook.objects.exclude(photo__in=kept).delete()


def _desk(stage: Any, organisation_id: Any) -> Desk:
    """An appraiser of the house, as they sit at the desk."""
    who = next(row.code for row in stage.cast.STAFF.values() if row.party == BRAND and "appraiser" in row.roles)
    person = User.objects.get(pk=stage.made["people"][who][1])
    return Desk(person, Organisation.objects.get(pk=organisation_id))


def _prices(desk: Desk) -> None:
    for product in Product.objects.filter(organisation=desk.organisation, guide_price_yuan__isnull=False):
        services.set_guide_price(
            desk=desk,
            product_id=product.pk,
            unit="瓶",
            price_yuan=Decimal(product.guide_price_yuan),
            valid_from=clock.today() - timedelta(days=200),
        )


def _entry(stage: Any, desk: Desk, product_code: str) -> LibraryEntry:
    product = Product.objects.get(pk=stage.made["products"][product_code])
    found_on = clock.local_date(stage.now) - timedelta(days=FOUND_DAYS_AGO)
    drawing = (product_code, SHOT, False, stage.story.shot_seed(product_code, SHOT) + TURNED, "")
    taken_at = clock.now() - timedelta(hours=2)
    data = stage.pictures.photo(drawing, taken_at)
    exhibit = evidence.receive(
        io.BytesIO(data),
        declared_sha256=hashlib.sha256(data).hexdigest(),
        captured_at=taken_at,
        source="album",
        by=desk.person,
        owner_prefix=evidence.own_prefix(desk.organisation.pk),
    )
    exhibit = evidence.make_views(exhibit.pk)
    with transaction.atomic():
        find = Find.objects.create(
            organisation=desk.organisation,
            origin=Find.Origin.SEIZURE,
            product=product,
            product_name=product.full_name,
            province_code="gx",
            county_code="450702",
            unit_name="钦南区市场监督管理局",
            found_on=found_on,
            shared="shown",
        )
        entry = entries.make_from_offer(
            find=find, product=product, typology="counterfeit_mark", exhibits=[(exhibit, SHOT)],
            note="仓库查获，成箱存放，正标烫金发暗。",
        )  # fmt: skip
        codes.sight(find, "mould", "M07-3", how="typed")
        codes.sight(find, "batch", "20260815 LH", how="typed")
    services.draw(
        desk=desk,
        photo_id=entry.photos.get().pk,
        outline=[],
        defects=[
            {"x": box.x, "y": box.y, "w": box.w, "h": box.h, "words": box.words}
            for box in _boxes(stage, product_code)[:2]
        ],
    )
    return services.confirm(desk=desk, entry_id=entry.pk)


class _Box:
    def __init__(self, box: Any, words: str) -> None:
        (self.x, self.y, self.w, self.h), self.words = (float(part) for part in box), words


def _boxes(stage: Any, product_code: str) -> list[_Box]:
    seed = stage.story.shot_seed(product_code, SHOT) + TURNED
    return [_Box(each.box, each.words_zh) for each in stage.pictures.defects(product_code, SHOT, seed)]


def _look(stage: Any, organisation_id: Any, row: Any) -> None:
    from appraisal.recognition import engine

    photo = _photo(stage, organisation_id, row)
    look = PhotoLook.objects.get(photo=photo)
    image = engine.picture(photo.exhibit)
    looking.keep(look, looking.see(photo, image, with_codes=False), image)


def _codes(stage: Any, organisation_id: Any, chosen: list[Any], entry: LibraryEntry) -> None:
    """The code under the cap of two bottles is one; a mould number and a batch join two finds."""
    items = [_photo(stage, organisation_id, row).item for row in chosen]
    with transaction.atomic():
        first, last = find_of(items[0]), find_of(items[-1])
        if first.pk != last.pk:
            for find in (first, last):
                codes.sight(find, "unique", UNIQUE, how="confirmed")
        codes.sight(first, "mould", "M07-3", how="confirmed")
        codes.sight(first, "batch", "20260815 LH", how="confirmed")
        runs.propose(first)


def _accept(stage: Any, row: Any) -> None:
    """The officer of the request that is answered has taken the hint."""
    with stage.enter(row.province):
        hint = ShownHint.objects.filter(item_id=_item_id(row)).first()
        if hint is not None:
            with clock.frozen(hint.at + timedelta(minutes=1)):
                officer.decide(by=User.objects.get(username=row.officers[0]), hint_id=hint.pk, answer="accept")


def _deliver(stage: Any) -> None:
    moved = True
    while moved:
        moved = False
        for seat in ("brands", *stage.cast.PROVINCES):
            with stage.enter(seat):
                moved = deliver_waiting(1000) > 0 or moved
