"""An inspection begins: two officers, two certificates, a place, an entity, notices."""

from datetime import timedelta

import pytest
from harness import people

from accounts.models import User
from kernel import clock, searching
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from tenants.inspections import selectors, services
from tenants.inspections.models import Inspection, InspectionOfficer
from tenants.inspections.services import Place

RIGHT = "91350100M000100Y43"


def test_the_second_officer_joins_by_the_code_on_the_first_phone_once(at_gx, opened):
    inspection = opened(alone=True)
    assert inspection.state == Inspection.State.OPENED
    code, until = services.make_join_code(by=at_gx.chen, inspection_id=inspection.pk)
    assert len(code) == 6
    assert until - clock.now() <= services.CODE_LIVES
    assert services.join(by=at_gx.li, code=f" {code[:3]} {code[3:]}").state == Inspection.State.UNDERWAY
    assert [each.certificate_no for each in selectors.officers_of(inspection)] == ["桂A-1001", "桂A-1002"]
    with pytest.raises(BadInput) as refused:
        services.join(by=at_gx.mo, code=code)
    assert refused.value.code == "join_code_wrong"


@pytest.mark.parametrize("looked_at", [searching.LOOKED_AT, 0], ids=["by walking", "by the index"])
def test_inspections_are_found_by_state_and_part_of_their_number(at_gx, opened, monkeypatch, looked_at):
    monkeypatch.setattr(searching, "LOOKED_AT", looked_at)
    first, second = opened(alone=True), opened()
    assert set(selectors.search(at_gx.chen)) == set(selectors.search(at_gx.chen, number=" ")) == {first, second}
    assert list(selectors.search(at_gx.chen, number=first.number[2:].lower())) == [first]
    assert list(selectors.search(at_gx.chen, state=[second.state], number=second.number[:4])) == [second]
    assert not selectors.search(at_gx.chen, state=[second.state], number=first.number)
    assert not selectors.search(at_gx.mo, number=first.number), "another unit's was found"


def test_a_join_code_ends_after_minutes_and_when_a_new_one_is_shown(at_gx, opened):
    inspection = opened(alone=True)
    first, _until = services.make_join_code(by=at_gx.chen, inspection_id=inspection.pk)
    second, _until = services.make_join_code(by=at_gx.chen, inspection_id=inspection.pk)
    with pytest.raises(BadInput):
        services.join(by=at_gx.li, code=first)
    with clock.frozen(clock.now() + services.CODE_LIVES + timedelta(seconds=1)), pytest.raises(BadInput):
        services.join(by=at_gx.li, code=second)
    assert services.join(by=at_gx.li, code=second).pk == inspection.pk


def test_guessing_join_codes_ends_after_a_few_tries(at_gx, opened):
    inspection = opened(alone=True)
    code, _until = services.make_join_code(by=at_gx.chen, inspection_id=inspection.pk)
    for number in range(5):
        with pytest.raises(BadInput):
            services.join(by=at_gx.li, code=f"{(int(code) + number + 1) % 1_000_000:06}")
    with pytest.raises(Conflict) as refused:
        services.join(by=at_gx.li, code=code)
    assert refused.value.code == "join_too_many_tries"


def test_an_officer_whose_certificate_lapsed_yesterday_cannot_be_the_second(at_gx, opened):
    inspection = opened(alone=True)
    code, _until = services.make_join_code(by=at_gx.chen, inspection_id=inspection.pk)
    User.objects.filter(pk=at_gx.li.pk).update(officer_cert_until=clock.today() - timedelta(days=1))
    li = User.objects.get(pk=at_gx.li.pk)
    with pytest.raises(Conflict) as refused:
        services.join(by=li, code=code)
    assert refused.value.code == "certificate_lapsed"
    assert str(clock.today() - timedelta(days=1)) in refused.value.detail
    User.objects.filter(pk=at_gx.li.pk).update(officer_cert_until=clock.today())  # its last day is a day
    assert services.join(by=User.objects.get(pk=at_gx.li.pk), code=code).officers.count() == 2


def test_without_a_certificate_nobody_opens_an_inspection(at_gx):
    User.objects.filter(pk=at_gx.chen.pk).update(officer_cert_until=None)
    with pytest.raises(Conflict) as refused:
        services.open_inspection(by=User.objects.get(pk=at_gx.chen.pk), place=Place(county_code=people.NANNING))
    assert refused.value.code == "certificate_missing"


def test_an_officer_of_a_bureau_apart_cannot_join_and_one_above_can(at_gx, opened):
    inspection = opened(alone=True)
    code, _until = services.make_join_code(by=at_gx.chen, inspection_id=inspection.pk)
    with pytest.raises(Conflict) as refused:
        services.join(by=at_gx.mo, code=code)
    assert refused.value.code == "units_apart"
    User.objects.filter(pk=at_gx.mo.pk).update(unit=at_gx.bureau.unit.parent)
    assert services.join(by=User.objects.get(pk=at_gx.mo.pk), code=code).pk == inspection.pk


def test_one_officer_only_or_a_doubled_certificate_number_cannot_be_signed(at_gx, opened):
    alone = opened(alone=True)
    with pytest.raises(Conflict) as refused:
        services.check_signable(alone)
    assert refused.value.code == "one_officer"
    code, _until = services.make_join_code(by=at_gx.chen, inspection_id=alone.pk)
    with pytest.raises(Conflict) as refused:
        # The same number in another spelling is the same certificate.
        User.objects.filter(pk=at_gx.li.pk).update(officer_cert_no="桂ａ-1001 ")
        services.join(by=User.objects.get(pk=at_gx.li.pk), code=code)
    assert refused.value.code == "certificate_twice"
    both = opened()
    services.check_signable(both)
    InspectionOfficer.objects.filter(inspection=both, officer=at_gx.li).update(certificate_no="桂a-1001")
    with pytest.raises(Conflict) as refused:
        services.check_signable(both)
    assert refused.value.code == "certificate_twice"


@pytest.mark.parametrize(
    ("code", "error", "positions"),
    [
        ("91350100M0O0100Y43", "uscc_character", 11),
        ("91350100M000100Y44", "uscc_check", [*range(1, 9), 18]),
        ("91450100M000100Y43", "uscc_check", [*range(1, 9), 18]),
        ("91350100M000109Y43", "uscc_check", list(range(9, 18))),
        ("91350100M000100Y4", "uscc_length", None),
    ],
)
def test_a_wrong_uscc_letter_is_refused_and_its_place_named(at_gx, opened, code, error, positions):
    inspection = opened()
    with pytest.raises(BadInput) as refused:
        services.set_entity(by=at_gx.chen, inspection_id=inspection.pk, kind="licensed", name="某店", uscc=code)
    assert refused.value.code == error
    assert (refused.value.data.get("positions") or refused.value.data.get("position")) == positions


def test_a_shop_without_a_licence_is_an_entity_too(at_gx, opened):
    inspection = opened()
    with pytest.raises(BadInput) as refused:
        services.set_entity(by=at_gx.chen, inspection_id=inspection.pk, kind="licensed", name="某店")
    assert refused.value.code == "entity_code_missing"
    for kind in ("stall", "natural_person", "unlicensed"):
        entity = services.set_entity(by=at_gx.chen, inspection_id=inspection.pk, kind=kind, name="红棚摊主")
        assert (entity.kind, entity.uscc) == (kind, "")
    photo = people.sealed_photo(at_gx.chen, "licence")
    entity = services.set_entity(
        by=at_gx.li, inspection_id=inspection.pk, kind="licensed", name="某店", licence_exhibit=photo
    )
    assert entity.licence_exhibit_id == photo.pk
    assert selectors.door_to_exhibit(at_gx.li, photo)
    assert not selectors.door_to_exhibit(at_gx.mo, photo)
    entity = services.set_entity(by=at_gx.chen, inspection_id=inspection.pk, kind="licensed", name="某店", uscc=RIGHT)
    assert (entity.uscc, Inspection.objects.get(pk=inspection.pk).entity_id) == (RIGHT, entity.pk)


def test_notices_are_kept_in_the_words_that_were_read_out(at_gx, opened):
    inspection = opened()
    notice = services.give_notice(by=at_gx.chen, inspection_id=inspection.pk, code="identity")
    assert "桂A-1001" in notice.words
    assert "桂A-1002" in notice.words
    assert inspection.officers.get(officer=at_gx.chen).shown_at
    services.give_notice(by=at_gx.chen, inspection_id=inspection.pk, code="avoidance", answer="不申请回避")
    again = services.give_notice(by=at_gx.li, inspection_id=inspection.pk, code="avoidance", answer="申请回避")
    assert (again.answer, again.given_by) == ("申请回避", at_gx.chen)
    assert inspection.notices.count() == 2


def test_strangers_see_no_inspection_and_leaders_only_read(at_gx, opened):
    inspection = opened()
    assert list(selectors.inspections_of(at_gx.wei)) == [inspection]
    with pytest.raises(NotAllowed):
        services.describe(by=at_gx.wei, inspection_id=inspection.pk, scene="看见")
    for call in (services.make_join_code, services.close):
        with pytest.raises(NotFound404):
            call(by=at_gx.mo, inspection_id=inspection.pk)


def test_opening_twice_with_one_id_opens_once_and_the_place_can_be_corrected(at_gx):
    place = Place(county_code=people.NANNING, place="某路 1 号")
    first = services.open_inspection(by=at_gx.chen, place=place)
    again = services.open_inspection(by=at_gx.chen, place=place, inspection_id=first.pk)
    assert (again.pk, Inspection.objects.count()) == (first.pk, 1)
    services.correct_place(
        by=at_gx.chen, inspection_id=first.pk, place=Place(county_code=people.NANNING, place="某路 2 号")
    )
    assert Inspection.objects.get(pk=first.pk).site.place == "某路 2 号"


def test_a_repeat_offender_needs_a_ground(at_gx, opened):
    inspection = opened()
    with pytest.raises(BadInput) as refused:
        services.describe(by=at_gx.chen, inspection_id=inspection.pk, repeat_offender=True)
    assert refused.value.code == "repeat_basis_missing"
