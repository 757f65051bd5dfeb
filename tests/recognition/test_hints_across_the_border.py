"""Hints as provinces see them: what they say, what they leave out, and what comes back."""

import pytest
from django.db import transaction
from harness import people

from appraisal.hints import selectors, services
from appraisal.hints.models import CodeAlert as ShownAlert
from appraisal.hints.models import Hint as ShownHint
from appraisal.hints.models import Looked, Offer, ReadCode
from appraisal.recognition import services as brand
from appraisal.recognition.models import (
    CodeAlert,
    CodeReading,
    CodeSighting,
    Hint,
    HintDecision,
    IndexState,
    LibraryEntry,
    PhotoLook,
)
from appraisal.recognition.services import codes, looking
from appraisal.recognition.services.steps import find_of
from appraisal.recognition.vision.codes import CodeReading as Reading
from federation.letters.models import LetterBody
from kernel import clock
from kernel.errors import BadInput, NotFound404
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS


def shown(bureau, hint):
    with context.province(bureau.code):
        return ShownHint.objects.select_related("picture", "photo").get(pk=hint.pk)


def test_a_hint_reaches_the_officer_with_the_earlier_matter_the_picture_and_the_matched_areas(library):
    """R-03."""
    entry = library.entry()
    request = library.ask(library.gz)
    row = shown(library.gz, library.hint(request, entry))
    assert (row.band, row.inliers, row.typology, row.state) == ("strong", 130, "counterfeit_mark", "shown")
    assert row.seen["how"] == "shown" and row.seen["county_code"] == "450103" and row.seen["unit_name"] == "青秀区局"
    assert "request_no" not in {name for name, value in row.seen.items() if value}, "numbers stay in their province"
    with context.province("gz"):
        compared = selectors.comparison(row)
        assert row.picture.state == "ready" and selectors.door_to_picture(library.gz.chen, row.picture)
        assert Notice.objects.filter(code="hint", user_id=library.gz.chen.pk).count() == 1
        assert Looked.objects.get(item__request=request).outcome == "hints"
    assert compared["homography"] == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert compared["tiles"][1] == [0.5, 0.0, 0.5, 1.0, 0.2]


@pytest.mark.guard("chosen")
def test_a_province_sees_of_an_earlier_matter_only_what_its_owner_and_its_province_chose(library, trials):
    """Edge 11, R-11: a marker stands in everything of the earlier matter that may be hidden; letters are searched."""
    first = library.ask(library.gx, batch_no="CANARYBATCH1")
    entry = library.entry(first)
    with context.seat(BRANDS):
        type(entry.find).objects.filter(pk=entry.find_id).update(
            unit_name="CANARYUNIT", request_no="CANARYNUMBER", county_code="450199"
        )
        entry.photos.update(defects=[{"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2, "words": "CANARYDEFECT"}])
        LibraryEntry.objects.filter(pk=entry.pk).update(note="CANARYNOTE", title="CANARYTITLE")
        codes.sight(entry.find, "batch", "CANARYBATCH1", how="typed")
        picture = entry.photos.get().exhibit.view_sha256
    never = {"CANARYDEFECT", "CANARYNOTE", "CANARYTITLE", "CANARYNUMBER", str(first.pk)}
    hidden = {
        ("shown", "shown", True): never,
        ("shown", "shown", False): never | {picture},
        ("place_only", "shown", True): never | {"CANARYUNIT"},
        ("shown", "place_only", True): never | {"CANARYUNIT"},
        ("broker", "shown", True): never | {"CANARYUNIT", "450199", "CANARYBATCH1", picture, "青秀"},
        ("shown", "broker", True): never | {"CANARYUNIT", "450199", "CANARYBATCH1", picture, "青秀"},
    }
    for (owner, province, with_picture), words in hidden.items():
        with context.seat(BRANDS):
            LibraryEntry.objects.filter(pk=entry.pk).update(visibility=owner, show_picture=with_picture)
            type(entry.find).objects.filter(pk=entry.find_id).update(shared=province)
        request = library.ask(library.gz)
        hint = library.hint(request, entry, defects=(91,))
        with context.province("gz"):
            told = LetterBody.objects.filter(letter__thread=request.pk, letter__kind__startswith="recognition.")
            letters = "".join(f"{letter.body}{letter.manifest}" for letter in told)
            row = ShownHint.objects.get(pk=hint.pk)
        assert str(hint.pk) in letters
        found = {word for word in words if word in letters or word in repr(row.__dict__)}
        assert not found, f"{owner}, {province}: {found}"
        if "broker" in (owner, province):
            assert row.seen["how"] == "broker" and row.geometry["hull_library"] == [] and row.codes == []
    own = shown(library.gx, library.hint(library.ask(library.gx), entry))
    assert own.seen["how"] == "own" and own.seen["request_no"] == "CANARYNUMBER", "its own matter it sees whole"
    trials(len(hidden))


@pytest.mark.guard("fallen")
def test_when_a_verdict_is_withdrawn_every_hint_that_was_shown_is_flagged_everywhere(library, post_goes, trials):
    """R-10: in two provinces, accepted ones too; and no photo after it gets a hint of the entry."""
    from appraisal.desk import services as desk_services

    first = library.ask()
    entries = [library.entry(first), library.entry(first)]
    hints = [
        (bureau, library.hint(library.ask(bureau), entry)) for bureau in (library.gx, library.gz) for entry in entries
    ]
    with context.province("gz"):
        services.decide(by=library.gz.chen, hint_id=hints[2][1].pk, answer="accept")
    post_goes()
    with context.seat(BRANDS):
        standing = entries[1].verdict
        desk_services.withdraw(desk=library.lin, verdict_id=standing.pk, reason="看错了")
    post_goes()
    for bureau, hint in hints:
        assert shown(bureau, hint).flagged == "verdict_withdrawn", (bureau.code, hint.pk)
    with context.seat(BRANDS):
        assert not LibraryEntry.objects.filter(state="confirmed").exists()
        photo = library.photo(library.ask(library.gz))
        library.look(photo, found=tuple(library.found(entry) for entry in entries))
        assert not photo.hints.exists()
    trials(len(hints))


def test_an_officers_answer_is_logged_at_the_brand_and_can_be_taken_back(library, post_goes):
    """R-13."""
    hint = library.hint(library.ask(library.gz), library.entry())
    with context.province("gz"):
        for answer in ("reject", "reject", "undo", "accept"):
            services.decide(by=library.gz.chen, hint_id=hint.pk, answer=answer)
        with pytest.raises(BadInput):
            services.decide(by=library.gz.chen, hint_id=hint.pk, answer="maybe")
    with context.province("gx"), pytest.raises(NotFound404):
        services.decide(by=library.gx.chen, hint_id=hint.pk, answer="accept")
    post_goes()
    with context.seat(BRANDS):
        assert [row.answer for row in HintDecision.objects.filter(hint=hint)] == ["rejected", "shown", "accepted"]
        assert Hint.objects.get(pk=hint.pk).state == "accepted"


def test_with_an_empty_library_no_comparison_is_possible_and_never_not_found(library, post_goes):
    """Edge 12; edge 1: the right barcode makes nothing genuine."""
    from appraisal.recognised import word

    request = library.ask()
    with context.seat(BRANDS):
        assert not looking.has_samples(library.photo(request).item)
        library.look(library.photo(request), comparable=False)
    post_goes()
    with context.province("gx"):
        assert Looked.objects.get(item__request=request).outcome == "no_comparison"
    assert "无法比对" in str(word("outcome", "no_comparison"))
    assert "不说明是真品" in str(word("outcome", "nothing_similar")) and "不说明是真品" in str(
        word("fits", "this_product")
    )


def test_a_poor_photo_gives_no_confident_hint_and_says_so(library, post_goes):
    """Edge 7."""
    entry, request = library.entry(), library.ask(library.gz)
    hint = library.hint(request, entry)  # of a good photo
    poor = library.ask(library.gz)
    with context.seat(BRANDS):
        photo = library.photo(poor)
        library.look(photo, found=(library.found(entry),), good=False, quality=("glare",))
        weak = Hint.objects.get(photo=photo)
        assert (weak.band, weak.held_down) == ("possible", "poor_photo")
    post_goes()
    assert hint.band == "strong"
    with context.province("gz"):
        assert Looked.objects.get(item__request=poor).poor[0]["reasons"] == ["glare"]
        assert not Notice.objects.filter(code="hint", url__contains=str(poor.pk)).exists()


def test_a_merely_possible_match_travels_only_when_there_is_nothing_better(library):
    one, two = library.entry(), library.entry()
    request = library.ask(library.gz)
    with context.seat(BRANDS):
        photo = library.photo(request)
        library.look(photo, found=(library.found(one), library.found(two, band="possible", score=25.0)))
        posted = set(Hint.objects.exclude(posted_at=None).values_list("band", flat=True))
        assert posted == {"strong"} and Hint.objects.count() == 2


def test_where_recognition_stands_is_told_once_and_anew_when_it_changes(library, post_goes):
    request = library.ask(count=1)
    with context.seat(BRANDS):
        photo = library.photo(request)
        row = library.look(photo, comparable=False)
        with transaction.atomic():
            assert looking.tell_item(photo.item) is False
        assert row.outcome == "no_comparison"
    post_goes()
    with context.province("gx"):
        kinds = LetterBody.objects.filter(letter__thread=request.pk, letter__kind="recognition.looked")
        assert kinds.count() == 1


def test_while_the_index_is_lost_photos_wait_and_the_officer_is_told(library, post_goes):
    entry = library.entry()
    request = library.ask(library.gz)
    with context.seat(BRANDS):
        IndexState.objects.update_or_create(organisation=library.house.organisation, defaults={"state": "lost"})
        row = PhotoLook.objects.get(photo=library.photo(request))
        assert looking.look(row.pk).state == PhotoLook.State.PENDING
    post_goes()
    with context.province("gz"):
        assert Looked.objects.get(item__request=request).outcome == "pending"
    with context.seat(BRANDS):
        library.look(library.photo(request), found=(library.found(entry),))
    post_goes()
    with context.province("gz"):
        assert Looked.objects.get(item__request=request).outcome == "hints"


# Codes ----------------------------------------------------------------------------------------------------------------


def test_a_barcode_of_another_product_or_brand_is_a_mismatch_and_no_fake(library, post_goes):
    """R-05, edges 2 and 3."""
    with context.owner():
        product = library.house.product
        product.barcodes.create(gtin="06901234567892")
        other = type(product).objects.create(
            brand=product.brand,
            name="窖藏",
            spec="500ml",
            category=product.category,
            nice_class=33,
            organisation=product.organisation,
        )
        other.barcodes.create(gtin="00012345678905")
        people.brand_house("云上坡", suffix="2").product.barcodes.create(gtin="09780201379624")
    facts = {"product_id": product.pk, "organisation_id": product.organisation_id}
    with context.seat(BRANDS):
        said = {text: codes.fits(text, **facts)["fits"] for text in (
            "6901234567892", "06901234567892", "012345678905", "2012345678900", "9780201379624", "4006381333931",
            "http://x.cn/a",
        )}  # fmt: skip
        assert list(said.values()) == [
            "this_product", "this_product", "other_product", "no_gtin", "other_brand", "unknown", "no_gtin",
        ]  # fmt: skip


def test_one_unique_code_on_two_goods_or_in_two_places_alerts_the_brand_and_both_units(library, qr, post_goes):
    """R-07, edge 4: in two provinces; on two bottles of one request; but not for one bottle asked about twice."""
    here, there = library.ask(library.gx), library.ask(library.gz)
    with context.seat(BRANDS):
        library.look(library.photo(here), barcodes=(qr("http://t.cn/v?c=LH20260815471100"),))
        assert not CodeAlert.objects.exists()
        library.look(library.photo(there), barcodes=(qr("http://t.cn/v?c=LH20260815471100"),))
        alert = CodeAlert.objects.get()
        assert alert.kind == "two_places" and alert.sightings.count() == 2
    post_goes()
    for bureau in (library.gx, library.gz):
        with context.province(bureau.code):
            row = ShownAlert.objects.get()
            assert (row.kind, row.times, row.others[0]["how"]) == ("two_places", 2, "broker"), "nobody shared it"
            assert Notice.objects.filter(code="code_alert", user_id=bureau.chen.pk).exists()
    two = library.ask(library.gx, count=2)
    with context.seat(BRANDS):
        library.look(library.photo(two, 0), barcodes=(qr("LH20260815990011"),))
        library.look(library.photo(two, 1), barcodes=(qr("LH20260815990011"),))
        assert CodeAlert.objects.get(key__contains="990011").kind == "two_goods"
    again, once_more = library.ask(library.gx), library.ask(library.gx)
    with context.seat(BRANDS):
        library.look(library.photo(again), barcodes=(qr("LH20260815000022"),))
        library.look(library.photo(once_more), barcodes=(qr("LH20260815000022"),))
        assert CodeAlert.objects.count() == 2, "one bottle asked about twice in one place is no alert"
        brand.settle_alert(
            desk=library.lin, alert_id=alert.pk, step="dismiss", reason="印在所有盒上", printed_on_all=True
        )
        third = library.ask(library.gz)
        library.look(library.photo(third), barcodes=(qr("http://t.cn/v?c=LH20260815471100"),))
        alert.refresh_from_db()
        assert alert.state == "dismissed" and alert.sightings.count() == 2
    post_goes()
    with context.province("gz"):
        assert ShownAlert.objects.get(alert_id=alert.pk).state == "dismissed"


def test_a_code_that_says_nothing_of_one_piece_never_alerts(qr):
    for text in ("http://www.lanhe.cn/", "6901234567892", "岚壑春", "2026"):
        assert not codes.is_unique(text, "qrcode"), text
    assert not codes.is_unique("LH20260815471100", "ean13")


def test_the_very_same_picture_sent_again_is_no_second_sighting(library, qr):
    """Edge 6: of the same bytes in another request."""
    one, two = library.ask(library.gx, words="一张照片"), library.ask(library.gz, words="一张照片")
    with context.seat(BRANDS):
        library.look(library.photo(one), barcodes=(qr("LH20260815471100"),))
        row = library.look(library.photo(two), barcodes=(qr("LH20260815471100"),))
        assert row.duplicate_of is not None
        assert CodeSighting.objects.count() == 1 and not CodeAlert.objects.exists()


def test_what_was_read_counts_only_when_the_officer_stands_for_it(library, post_goes):
    """R-06, edge 8: confirmed, corrected, refused; raw text beside the value; codes differing by one letter."""
    typed = library.ask(library.gx)
    request = library.ask(library.gz)
    with context.seat(BRANDS):
        photo = library.photo(request)
        reading = Reading(raw="LH 2O26O815 A1", key="1H20260815A1", confidence=0.8, lines=())
        photo.shot_code = "batch_code"
        photo.save(update_fields=["shot_code"])
        library.look(photo, reading=reading)
        assert CodeReading.objects.get().state == "proposed" and not CodeSighting.objects.exists()
    post_goes()
    with context.province("gz"):
        row = ReadCode.objects.get()
        assert (row.field, row.raw, row.state) == ("batch", "LH 2O26O815 A1", "proposed")
        services.say_code(by=library.gz.chen, code_id=row.pk, step="correct", value="LH 20260815 A1")
        services.type_code(by=library.gz.chen, item_id=row.item_id, field="unique", value="LH-0815-4711")
        with pytest.raises(BadInput):
            services.type_code(by=library.gz.chen, item_id=row.item_id, field="barcode", value="1")
    with context.province("gx"):
        item = typed.items.get()
        services.type_code(by=library.gx.chen, item_id=item.pk, field="unique", value="LH-O815-471I")
        services.type_code(by=library.gx.chen, item_id=item.pk, field="batch", value="LH 20260815 A1")
    post_goes()
    with context.seat(BRANDS):
        kept = {(row.field, row.raw) for row in CodeSighting.objects.all()}
        assert kept == {("batch", "LH 20260815 A1"), ("unique", "LH-0815-4711"), ("unique", "LH-O815-471I")}
        assert CodeReading.objects.get(raw="LH 2O26O815 A1").confirmed_raw == "LH 20260815 A1"
        assert CodeAlert.objects.get().kind == "two_places", "O and 0, I and 1 are one"
    with context.province("gz"):
        services.say_code(by=library.gz.chen, code_id=row.pk, step="refuse")
    post_goes()
    with context.seat(BRANDS):
        assert not CodeSighting.objects.filter(field="batch", find__province_code="gz").exists()


def test_codes_one_letter_apart_alert_as_perhaps_misread_but_running_numbers_do_not(library):
    finds = [library.ask(bureau) for bureau in (library.gx, library.gz, library.gx)]
    with context.seat(BRANDS), transaction.atomic():
        one, two, three = (find_of(library.photo(request).item) for request in finds)
        codes.sight(one, "unique", "QXRTK7741", how="typed")
        codes.sight(two, "unique", "QXRTM7741", how="typed")
        assert CodeAlert.objects.get().kind == "near"
        codes.sight(two, "unique", "LH0815004711", how="typed")
        codes.sight(three, "unique", "LH0815004712", how="typed")
        assert CodeAlert.objects.count() == 1


# Offers ---------------------------------------------------------------------------------------------------------------


def test_seized_goods_offered_by_a_bureau_become_a_candidate_and_the_officer_hears_what_became_of_it(
    library, post_goes
):
    """R-01, R-02."""
    request = library.ask()
    with context.province("gx"):
        photo = request.items.get().photos.get().exhibit_id
        facts = {
            "by": library.gx.chen,
            "unit": library.gx.unit,
            "product_id": library.house.product.pk,
            "typology": "refilled",
            "division_code": "450103",
            "found_on": clock.today(),
        }
        with pytest.raises(BadInput):
            services.offer_goods(exhibits=[], **facts)
        offer = services.offer_goods(exhibits=[photo], share="place_only", batch_no="A1", **facts)
    post_goes()
    with context.seat(BRANDS):
        entry = LibraryEntry.objects.select_related("find").get()
        assert (entry.state, entry.source, entry.typology) == ("candidate", "seizure", "refilled")
        assert entry.find.shared == "place_only" and entry.photos.count() == 1
        assert entry.find.sightings.get().raw == "A1"
        brand.refuse(desk=library.lin, entry_id=entry.pk, reason="照片看不出缺陷")
    post_goes()
    with context.province("gx"):
        offer = Offer.objects.get(pk=offer.pk)
        assert (offer.state, offer.reason) == ("refused", "照片看不出缺陷")
        assert Notice.objects.filter(code="offer_answered", user_id=library.gx.chen.pk).exists()


def test_a_province_says_what_others_may_see_and_hints_from_then_on_follow(library, post_goes):
    first = library.ask()
    entry = library.entry(first, share="broker")
    assert shown(library.gz, library.hint(library.ask(library.gz), entry)).seen["how"] == "broker"
    with context.province("gx"):
        services.share_find(by=library.gx.chen, item_id=first.items.get().pk, share="place_only")
    post_goes()
    row = shown(library.gz, library.hint(library.ask(library.gz), entry))
    assert row.seen["how"] == "place_only" and row.seen["unit_name"] == "" and row.seen["found_on"].endswith("-01")
