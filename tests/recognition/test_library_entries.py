"""The library: who makes entries of what, who confirms them, and what falls when a verdict falls."""

from datetime import timedelta
from decimal import Decimal

import pytest
from harness import people

from accounts.models import User
from appraisal.desk import services as desk_services
from appraisal.hints.models import Hint as ShownHint
from appraisal.recognition import selectors, services
from appraisal.recognition.models import GuidePrice, Hint, LibraryEntry, PhotoLook, RunLink
from appraisal.recognition.services import prices
from federation.contracts.appraisal import VerdictValue
from federation.parties.models import Membership
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS

State = LibraryEntry.State


def test_an_entry_from_a_verdict_is_a_candidate_until_an_appraiser_confirms_it(library):
    """R-01, R-02, R-12."""
    entry = library.entry(confirmed=False)
    with context.seat(BRANDS):
        assert (entry.state, entry.typology, str(entry)) == (State.CANDIDATE, "counterfeit_mark", "F00001")
        assert entry.find.county_code == people.NANNING
        staff = User.objects.create_user("wen", name="温某", title="温工")
        Membership.objects.create(user=staff, organisation=library.house.organisation, role="rights_staff")
        with pytest.raises(NotAllowed) as refused:
            services.confirm(desk=people.desk(library.house, staff), entry_id=entry.pk)
        assert refused.value.code == "not_an_appraiser"
        services.confirm(desk=library.lin, entry_id=entry.pk)
        assert services.confirm(desk=library.wang, entry_id=entry.pk).confirmed_by == library.house.lin


def test_goods_that_were_found_genuine_make_no_entry(library):
    request = library.ask()
    verdict = library.verdict(request, VerdictValue.GENUINE)[0]
    with context.seat(BRANDS), pytest.raises(Conflict) as refused:
        services.make_from_verdict(desk=library.lin, verdict_id=verdict.pk, typology="counterfeit_mark")
    assert refused.value.code == "verdict_no_fake"


def test_rights_staff_cannot_offer_goods_of_a_competitor(library):
    """Edge 10: by the product, and by a barcode that belongs to another brand."""
    other = people.brand_house("云上坡", suffix="2")
    with context.owner():
        other.product.barcodes.create(gtin="06901234567892")
    facts = {"typology": "counterfeit_mark", "found_on": clock.today()}
    with context.seat(BRANDS):
        with pytest.raises(BadInput) as refused:
            services.make_by_staff(desk=library.lin, product_id=other.product.pk, **facts)
        assert refused.value.code == "goods_of_another"
        with pytest.raises(BadInput) as refused:
            services.make_by_staff(
                desk=library.lin,
                product_id=library.house.product.pk,
                codes_seen=[("barcode", "6901234567892")],
                **facts,
            )
        assert refused.value.code == "goods_of_another"
        assert not LibraryEntry.objects.exists()


def test_an_entry_without_photo_or_code_cannot_be_confirmed_and_one_with_a_code_can(library):
    facts = {"typology": "counterfeit_mark", "found_on": clock.today(), "product_id": library.house.product.pk}
    with context.seat(BRANDS):
        bare = services.make_by_staff(desk=library.lin, **facts)
        assert bare.remarks == ["no_photo"]
        with pytest.raises(Conflict) as refused:
            services.confirm(desk=library.lin, entry_id=bare.pk)
        assert refused.value.code == "entry_empty"
        coded = services.make_by_staff(desk=library.lin, codes_seen=[("unique", "LH-0815-4711")], **facts)
        assert services.confirm(desk=library.lin, entry_id=coded.pk).state == State.CONFIRMED


def test_drawings_lie_on_the_picture_and_say_what_they_are(library):
    entry = library.entry()
    with context.seat(BRANDS):
        photo = entry.photos.get()
        drawn = services.draw(
            desk=library.lin,
            photo_id=photo.pk,
            outline=[[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]],
            defects=[{"x": 0.2, "y": 0.2, "w": 0.1, "h": 0.1, "words": "字缺口"}],
        )
        assert drawn.defects[0]["words"] == "字缺口"
        for outline, defects, code in (
            ([[0.1, 0.1], [1.9, 0.1], [0.5, 0.9]], [], "drawing_outside"),
            ([[0.1, 0.1], [0.9, 0.1]], [], "outline_wrong"),
            ([], [{"x": 0.2, "y": 0.2, "w": 0.1, "h": 0.1, "words": " "}], "defect_wrong"),
        ):
            with pytest.raises(BadInput) as refused:
                services.draw(desk=library.lin, photo_id=photo.pk, outline=outline, defects=defects)
            assert refused.value.code == code


def test_libraries_of_two_organisations_never_mix(library):
    entry = library.entry()
    stranger = people.brand_house("云上坡", suffix="2")
    desk = people.desk(stranger, stranger.lin)
    with context.seat(BRANDS):
        assert not selectors.entries(desk).exists()
        for call in (
            lambda: selectors.access_entry(desk, entry.pk),
            lambda: selectors.access_entry_photo(desk, entry.photos.get().pk),
            lambda: services.switch_off(desk=desk, entry_id=entry.pk, reason="x"),
        ):
            with pytest.raises(NotFound404):
                call()


def test_a_withdrawn_verdict_suspends_its_entries_and_flags_every_hint_and_link(library, post_goes):
    """R-10, edge 9."""
    entry = library.entry()
    later = library.ask(library.gz)
    hint = library.hint(later, entry)
    with context.seat(BRANDS):
        other = selectors.all_hints(library.lin).get().photo.item.find
        first, second = sorted((entry.find, other), key=lambda find: find.pk)
        link = RunLink.objects.create(
            organisation=library.house.organisation,
            first=first,
            second=second,
            strength="strong",
            proposed_at=clock.now(),
        )
        desk_services.withdraw(desk=library.lin, verdict_id=entry.verdict_id, reason="看错了批次")
    post_goes()
    with context.seat(BRANDS):
        entry.refresh_from_db()
        assert (entry.state, entry.stopped_because) == (State.SUSPENDED, "verdict_withdrawn")
        assert Hint.objects.get(pk=hint.pk).flagged == "verdict_withdrawn"
        link.refresh_from_db()
        assert link.flagged == "verdict_withdrawn"
        with pytest.raises(Conflict) as refused:
            services.resume(desk=library.lin, entry_id=entry.pk)
        assert refused.value.code == "verdict_fallen"
    with context.province("gz"):
        assert ShownHint.objects.get(pk=hint.pk).flagged == "verdict_withdrawn"
        assert Notice.objects.filter(code="hint_flagged", user_id=library.gz.chen.pk).exists()


def test_a_corrected_verdict_suspends_its_entries(library):
    request = library.ask()
    entry = library.entry(request)
    library.verdict(request, VerdictValue.GENUINE)
    with context.seat(BRANDS):
        entry.refresh_from_db()
        assert entry.stopped_because == "verdict_withdrawn"


def test_switched_off_is_off_for_the_next_photo_and_put_back_stands_again(library, post_goes):
    entry = library.entry()
    hint = library.hint(library.ask(library.gz), entry)
    with context.seat(BRANDS):
        services.switch_off(desk=library.wang, entry_id=entry.pk, reason="客户投诉")
        photo = library.photo(library.ask(library.gz))
        library.look(photo, found=(library.found(entry),))
        assert not Hint.objects.filter(photo=photo).exists()
    post_goes()
    with context.province("gz"):
        assert ShownHint.objects.get(pk=hint.pk).flagged == "switched_off"
    with context.seat(BRANDS):
        services.resume(desk=library.lin, entry_id=entry.pk)
    post_goes()
    with context.province("gz"):
        assert ShownHint.objects.get(pk=hint.pk).flagged == ""


def test_an_entry_that_suddenly_matches_everything_is_stopped_by_itself_and_shown(library):
    """Most of a day's requests; one raid with many lots is one request, and what people took counts for the entry."""
    entry = library.entry()
    with context.seat(BRANDS):
        PhotoLook.objects.all().delete()
    raid = library.ask(library.gx, count=9)
    taken, *requests = [library.ask(library.gz) for _each in range(8)]
    with context.seat(BRANDS):
        for position in range(9):
            library.look(library.photo(raid, position), found=(library.found(entry),))
        library.look(library.photo(taken), found=(library.found(entry),))
        for hint in Hint.objects.filter(photo=library.photo(taken)):
            services.answer_hint(desk=library.lin, hint_id=hint.pk, answer="accepted")
        for request in requests[:6]:
            library.look(library.photo(request), found=(library.found(entry),) if request in requests[:3] else ())
        entry.refresh_from_db()
        assert entry.state == State.CONFIRMED, "four of eight, and one more that people took"
        library.look(library.photo(requests[6]), found=(library.found(entry),))
        entry.refresh_from_db()
        assert (entry.state, entry.stopped_because) == (State.SUSPENDED, "brake")
        assert Notice.objects.filter(code="entry_braked", user_id=library.house.wang.pk).exists()
        assert not Hint.objects.filter(entry=entry, flagged="").exists()


def test_in_a_flood_of_one_fake_its_entry_stands_while_appraisers_find_it_to_be_fake(library):
    entry = library.entry()
    with context.seat(BRANDS):
        PhotoLook.objects.all().delete()
    requests = [library.ask(library.gz) for _each in range(9)]

    def look(request):
        with context.seat(BRANDS):
            library.look(library.photo(request), found=(library.found(entry),))
            entry.refresh_from_db()

    for request in requests[:8]:
        look(request)
        library.verdict(request)
    assert entry.state == State.CONFIRMED, "all of a day's requests match, and all are fakes"
    for request in requests[:7]:
        library.verdict(request, VerdictValue.GENUINE)
    look(requests[8])
    assert (entry.state, entry.stopped_because) == (State.SUSPENDED, "brake"), "what was answered anew counts again"


def test_an_entry_that_people_refuse_again_and_again_is_stopped(library):
    entry = library.entry()
    many = library.ask(library.gz, count=5)
    with context.seat(BRANDS):
        for position in range(5):
            library.look(library.photo(many, position), found=(library.found(entry),))
            hint = Hint.objects.get(photo=library.photo(many, position))
            services.answer_hint(desk=library.lin, hint_id=hint.pk, answer="rejected")
        entry.refresh_from_db()
        assert entry.stopped_because == "brake"


def test_an_entry_out_of_its_term_or_under_its_own_least_score_gives_no_hint(library):
    entry = library.entry()
    today = clock.today()
    request = library.ask(library.gz)
    with context.seat(BRANDS):
        photo = library.photo(request)
        services.change(desk=library.lin, entry_id=entry.pk, least_score=90.0)
        assert library.look(photo, found=(library.found(entry),)).outcome == "nothing_similar"
        services.change(
            desk=library.lin, entry_id=entry.pk, least_score=0.0, valid_from=today - timedelta(days=9),
            valid_until=today - timedelta(days=1),
        )  # fmt: skip
        other = library.photo(library.ask(library.gz))
        library.look(other, found=(library.found(entry),))
        assert not Hint.objects.exists()
        with pytest.raises(BadInput):
            services.change(desk=library.lin, entry_id=entry.pk, radius_bits=40)


def test_a_price_is_told_of_only_where_unit_place_and_day_are_clear(library):
    """R-14, R-15, edge 13: a case against a bottle, another province, last year's price, a promotion."""
    day = clock.today()
    request = library.ask(quantity=Decimal(2), quantity_unit="瓶", claimed_price_yuan=Decimal(90))
    with context.seat(BRANDS):
        item = library.photo(request).item

        def hint(unit="瓶", asked="90", **facts):
            GuidePrice.objects.all().delete()
            services.set_guide_price(
                desk=library.lin, product_id=library.house.product.pk,
                **{"unit": "瓶", "price_yuan": Decimal(300), "valid_from": day - timedelta(days=30), **facts},
            )  # fmt: skip
            item.quantity_unit, item.claimed_price_yuan = unit, Decimal(asked)
            return prices.price_hint(item)

        assert (found := hint()) is not None and (found.result, found.per_cent) == ("far_below", 30)
        assert hint(asked="700").result == "far_above"
        assert hint(asked="290") is None
        assert hint(unit="箱") is None
        assert hint(unit="") is None
        assert hint(region_codes=["gd"]) is None
        assert hint(valid_from=day - timedelta(days=400), valid_until=day - timedelta(days=35)) is None
        hint()
        services.set_guide_price(
            desk=library.lin, product_id=library.house.product.pk, unit="瓶", price_yuan=Decimal(100),
            valid_from=day - timedelta(days=3), occasion="promotion",
        )  # fmt: skip
        assert prices.price_hint(item) is None, "a promotion explains it"


def test_figures_count_the_last_word_of_a_person_for_each_group_and_band(library):
    """R-13: the appraiser outranks the officer; what nobody decided is in no rate."""
    entry = library.entry()
    many = library.ask(library.gz, count=4)
    with context.seat(BRANDS):
        for position, (band, answer) in enumerate(
            (("strong", "accepted"), ("strong", "rejected"), ("likely", "ignored"), ("likely", ""))
        ):
            library.look(library.photo(many, position), found=(library.found(entry, band=band),))
            if answer:
                hint = Hint.objects.get(photo=library.photo(many, position))
                services.answer_hint(desk=library.lin, hint_id=hint.pk, answer=answer)
        (group,) = selectors.figures(library.lin)
        strong, likely = group.bands["strong"], group.bands["likely"]
        assert (strong.shown, strong.hit_rate, strong.false_alarm_rate) == (2, 0.5, 0.5)
        assert (likely.shown, likely.ignored, likely.hit_rate) == (2, 1, None)
        assert (group.all.shown, group.entries) == (4, 1)
