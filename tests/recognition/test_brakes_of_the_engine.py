"""With the real engine: siblings and packs of another time hold a hint down; other owners are asked."""

import hashlib
import io
from dataclasses import replace
from datetime import date

import cv2
import numpy as np
import pytest
from harness import people
from harness.prints import label, shot

from appraisal.catalogue import services as catalogue
from appraisal.catalogue.models import Product, ReferenceImage
from appraisal.hints.models import Hint as ShownHint
from appraisal.recognition import engine
from appraisal.recognition import services as brand
from appraisal.recognition.models import Find, Hint, LibraryEntry
from appraisal.recognition.services import beyond, codes, defects, entries, indexes, periods
from appraisal.recognition.services.steps import find_of
from appraisal.recognition.vision import verify
from evidence import services as evidence
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from provinces import context
from provinces.seats import BRANDS

pytestmark = pytest.mark.usefixtures("real_engine")


def reference(library, product, data, **days):
    """A picture of the genuine goods, from these days of production on."""
    return catalogue.keep_reference(
        product=product, shot_code="front_label", data=data, title="", by=library.house.lin, **days
    )


def test_edge_5_a_reference_counts_only_for_goods_made_while_packs_looked_like_it(library, photograph, look_at):
    """The brand changed its pack to one that the fake had copied: old goods are judged by the old references."""
    library.entry(photograph(library.gx, shot(label(21))))
    with context.seat(BRANDS):
        reference(library, library.house.product, shot(label(21), lean=14), made_from=date(2026, 1, 1))
        indexes.sync(library.house.organisation.pk)
    for number, (batch, outcome) in enumerate((("20240131 LH", "hints"), ("", "nothing_similar"))):
        request = photograph(library.gz, shot(label(21), lean=20 + 6 * number, dark=0.95), batch_no=batch)
        assert look_at(request).outcome == outcome, batch
    with context.seat(BRANDS):
        item = library.photo(request).item
        item.batch_no = "LH 20260201"
        assert periods.made_on(item) == date(2026, 2, 1)
        item.batch_no = "20990101"
        assert periods.made_on(item) is None, "goods are not made after they were asked about"
        codes.sight(find_of(item), "date", "24/01/31", how="confirmed")
        codes.sight(find_of(item), "date", "2026.01.30", how="confirmed")
        assert periods.made_on(item) == date(2024, 1, 31), "of two the earlier: the other says until when it keeps"
        own = library.house.organisation.pk
        assert len(periods.outside(own, date(2025, 12, 31))) == 1 and not periods.outside(own, date(2026, 1, 1))
        assert not periods.outside(own, None), "where the day is not known every reference counts"


def test_an_entry_that_genuine_goods_of_a_sibling_match_as_well_is_braked(library, photograph, look_at):
    with context.owner():
        mine = library.house.product
        sibling = Product.objects.create(
            brand=mine.brand, name="窖藏", spec="500ml", category=mine.category, nice_class=33,
            organisation=mine.organisation, shot_list_version=1,
        )  # fmt: skip
    entry = library.entry(photograph(library.gx, shot(label(22))))
    with context.seat(BRANDS):
        kept = reference(library, sibling, shot(label(22), lean=14))
        indexes.sync(mine.organisation_id)
        assert "like_sibling" in indexes.examine(entry.pk), "whoever confirms it is told"
    assert look_at(photograph(library.gz, shot(label(22), lean=30))).outcome == "nothing_similar"
    with context.seat(BRANDS):
        assert set(Hint.objects.values_list("held_down", flat=True)) <= {"sibling_as_near"}
        assert not Hint.objects.filter(band__in=("strong", "likely")).exists()
        ReferenceImage.objects.filter(pk=kept.pk).update(product=mine, is_active=False)
        indexes.sync(mine.organisation_id)
        assert "like_sibling" not in indexes.examine(entry.pk)
    assert look_at(photograph(library.gz, shot(label(22), lean=26))).outcome == "hints", "without it the hint stands"


def test_a_drawn_defect_tells_a_fake_from_genuine_goods_that_look_the_same(library, photograph, look_at):
    """The brake is taken off, to "likely", where the defect is there; it stays where it is not, or none is drawn."""
    genuine = label(25)
    fake = genuine.copy()
    fake[420:490, 420:490] = 255 - fake[420:490, 420:490]
    entry = library.entry(photograph(library.gx, shot(fake)))
    with context.seat(BRANDS):
        kept = reference(library, library.house.product, shot(genuine, lean=10))
        indexes.sync(library.house.organisation.pk)
        index, extractor = engine.library(library.house.organisation.pk), engine.extractor()
        photo = entry.photos.get()

        def held(picture):
            query = extractor.extract(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR))
            found = verify.compare(query, None, index.features(photo.pk), None)
            match = replace(found, photo_id=photo.pk, band="possible", held_down="genuine_as_near")
            near = replace(match, photo_id=kept.pk, genuine=True)
            return defects.let_go([match], [near], group="baijiu", load=index.features)[0]

        assert held(shot(fake, lean=22)).band == "possible", "nothing is drawn yet"
        box = {"x": 0.46, "y": 0.45, "w": 0.1, "h": 0.1, "words": "印章反色"}
        brand.draw(desk=library.lin, photo_id=photo.pk, outline=[], defects=[box])
        let_go = held(shot(fake, lean=22))
        assert (let_go.band, let_go.held_down) == ("likely", "")
        assert held(shot(genuine, lean=22)).band == "possible"


def test_a_fake_in_another_owners_library_is_found_there_and_its_features_stay_there(library, photograph, look_at):
    """The third ring with the engine: 云上坡 knows the print that 岚壑春 was asked about."""
    other = people.brand_house("云上坡", suffix="2")
    desk = people.desk(other, other.lin)
    data = shot(label(23))
    with context.seat(BRANDS):
        exhibit = evidence.receive(
            io.BytesIO(data),
            declared_sha256=hashlib.sha256(data).hexdigest(),
            captured_at=clock.now(),
            source="album",
            by=other.lin,
            owner_prefix=evidence.own_prefix(other.organisation.pk),
        )
        evidence.make_views(exhibit.pk)
        find = Find.objects.create(
            organisation=other.organisation, origin="staff", product=other.product, product_name="x",
            found_on=clock.today(),
        )  # fmt: skip
        facts = {"typology": "counterfeit_mark", "exhibits": [(exhibit, "front_label")], "note": ""}
        entry = entries.make_from_offer(find=find, product=other.product, **facts)
        brand.confirm(desk=desk, entry_id=entry.pk)
        indexes.sync(other.organisation.pk)
    request = photograph(library.gz, shot(label(23), lean=24, dark=0.9))
    row = look_at(request)
    assert (row.outcome, row.beyond) == ("no_comparison", "waiting")
    stranger = look_at(photograph(library.gz, shot(label(24))))
    with context.seat(BRANDS):
        (hit,) = beyond.search(row.pk)
        assert (hit.entry_id, hit.how) == (entry.pk, "broker") and hit.band in ("strong", "likely")
        assert beyond.search(row.pk) == [], "twice is once"
        assert beyond.search(stranger.pk) == []
        assert len(engine.library(library.house.organisation.pk)) == 0, "nothing of it came into the other library"
        assert len(engine.library(other.organisation.pk)) == 1
        assert LibraryEntry.objects.get().organisation_id == other.organisation.pk
    deliver_everywhere()
    with context.province("gz"):
        shown = ShownHint.objects.get()
        assert shown.elsewhere and shown.item.request_id == request.pk and shown.picture is None
