"""Enrolment: handed in without an account, decided once for all provinces."""

from __future__ import annotations

import io

import pytest
from harness import people

from accounts.models import Post, User
from appraisal.catalogue.models import Brand, Product
from federation.contracts.appraisal import EnrolmentWantedV1
from federation.letters.post import RECEIVERS
from federation.parties import files, selectors, services
from federation.parties.models import Coverage, Enrolment, Membership, Organisation, Trademark, WantedBrand
from kernel import clock, uscc
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, TooLarge
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS, OFFICE

USCC = "91350100M000100Y43"
OTHER_USCC = "91350100M000200Y4" + uscc.check_character("91350100M000200Y4")
PDF = b"%PDF-1.7 a licence"


@pytest.fixture
def zhao(border) -> User:
    with context.seat(OFFICE):
        person = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=person, role=Post.Role.OFFICE_ADMIN)
    return person


def written(**changes):
    fields = {
        "kind": "brand_enterprise",
        "name": "云岫酒业",
        "uscc": USCC,
        "contact_name": "林某",
        "contact_phone": "199 0000 0001",
        "brands": "云岫\n云岫坊",
        "trademarks": [{"reg_no": "１２３４５６７a", "name": "云岫", "nice_classes": [33]}],
    }
    return services.write_enrolment(**{**fields, **changes})


def handed_in(**changes) -> Enrolment:
    with context.seat(BRANDS):
        enrolment = written(**changes)
        services.add_enrolment_document(enrolment=enrolment, file=io.BytesIO(PDF), title="营业执照")
        return services.submit_enrolment(enrolment=enrolment)


def test_an_approved_applicant_gets_organisation_marks_account_and_notice(zhao):
    enrolment = handed_in()
    with context.seat(OFFICE):
        organisation = services.approve(by=zhao, enrolment_id=enrolment.pk, short_name="云岫")
    with context.seat(BRANDS):
        admin = Membership.objects.get(organisation=organisation, role="brand_admin").user
        assert (admin.name, admin.phone, admin.has_usable_password()) == ("林某", "+8619900000001", False)
        assert selectors.is_member(admin)
        assert Trademark.objects.get().reg_no == "1234567A"
        assert Notice.objects.filter(user_id=admin.pk, code="enrolment").exists()
        assert Brand.objects.filter(name="云岫坊", organisation=organisation, is_enrolled=True).exists()
    for province in ("gx", "gd"):
        with context.province(province):
            assert selectors.access_organisation(organisation.pk).name == "云岫酒业"


def test_a_refusal_carries_its_reason_and_the_applicant_may_try_again(zhao):
    enrolment = handed_in()
    with context.seat(OFFICE):
        with pytest.raises(BadInput):
            services.refuse(by=zhao, enrolment_id=enrolment.pk, reason="  ")
        services.refuse(by=zhao, enrolment_id=enrolment.pk, reason="请补商标注册证")
    with context.seat(BRANDS):
        again = selectors.enrolment_by_code(enrolment.code)
        assert (again.state, again.reason) == ("refused", "请补商标注册证")
        services.write_enrolment(enrolment=again, contact_name="王某")
        assert services.submit_enrolment(enrolment=again).state == "submitted"


def test_what_was_handed_in_is_not_changed_any_more(zhao):
    enrolment = handed_in()
    with context.seat(BRANDS), pytest.raises(MoveRefused):
        services.write_enrolment(enrolment=enrolment, name="另一家")


def test_an_application_without_a_paper_is_not_taken(border):
    with context.seat(BRANDS), pytest.raises(BadInput) as caught:
        services.submit_enrolment(enrolment=written())
    assert caught.value.code == "documents_missing"


def test_two_decisions_make_one_organisation(zhao):
    enrolment = handed_in()
    with context.seat(OFFICE):
        services.approve(by=zhao, enrolment_id=enrolment.pk)
        with pytest.raises(MoveRefused):
            services.approve(by=zhao, enrolment_id=enrolment.pk)
        assert Organisation.objects.count() == 1


def test_one_code_enrols_once(zhao):
    first, second = handed_in(), handed_in(contact_phone="19900000002")
    with context.seat(OFFICE):
        services.approve(by=zhao, enrolment_id=first.pk)
        with pytest.raises(Conflict) as caught:
            services.approve(by=zhao, enrolment_id=second.pk)
    assert caught.value.code == "already_enrolled"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"uscc": "91350100M000100Y4Z"}, "uscc_character"),
        ({"uscc": "91350100M000100Y44"}, "uscc_check"),
        ({"contact_phone": "12345"}, "phone_wrong"),
        ({"trademarks": [{"reg_no": "123456789", "nice_classes": [33]}]}, "trademark_number"),
        ({"trademarks": [{"reg_no": "1234567", "nice_classes": [46]}]}, "nice_class"),
    ],
)
def test_a_wrong_number_is_named_at_once(border, change, code):
    with context.seat(BRANDS), pytest.raises(BadInput) as caught:
        written(**change)
    assert caught.value.code == code


def test_papers_are_pdf_jpeg_or_png_of_bounded_size(border, monkeypatch):
    with context.seat(BRANDS):
        enrolment = written()
        with pytest.raises(BadInput) as caught:
            services.add_enrolment_document(enrolment=enrolment, file=io.BytesIO(b"MZ\x90 no paper"), title="x")
        assert caught.value.code == "file_type"
        monkeypatch.setattr(files, "LIMIT_MB", 0)
        with pytest.raises(TooLarge):
            services.add_enrolment_document(enrolment=enrolment, file=io.BytesIO(PDF), title="x")


def test_the_office_reads_the_papers_and_a_province_does_not(zhao):
    from evidence.store import store
    from provinces.errors import BorderCrossing

    enrolment = handed_in()
    with context.seat(OFFICE):
        key = selectors.access_enrolment(enrolment.pk).documents.get().object_key
        with store().open(key) as stream:
            assert stream.read() == PDF
    with context.province("gx"), pytest.raises(BorderCrossing):
        store().open(key)


def test_a_known_phone_is_one_account_in_two_organisations(zhao):
    first = handed_in()
    with context.seat(OFFICE):
        services.approve(by=zhao, enrolment_id=first.pk)
    with context.seat(BRANDS):
        admin = User.objects.get(phone="+8619900000001")
    house = people.brand_house("泽云")
    with context.owner():
        Membership.objects.create(user=house.lin, organisation=house.organisation, role="brand_admin")
    with context.seat(BRANDS):
        acting = next(seat for seat in selectors.acting_organisations(house.lin))
        invited = services.invite(acting=acting, name="林某", phone="19900000001", roles=["appraiser"])
        assert invited == admin
        assert len(selectors.acting_organisations(admin)) == 2


def test_the_last_administrator_stays_and_appraisers_manage_nobody(border):
    house = people.brand_house()
    with context.owner():
        Membership.objects.create(user=house.lin, organisation=house.organisation, role="brand_admin")
    with context.seat(BRANDS):
        lin, wang = (selectors.acting_organisations(person)[0] for person in (house.lin, house.wang))
        with pytest.raises(Conflict) as caught:
            services.set_roles(acting=lin, user_id=house.lin.pk, roles=["appraiser"])
        assert caught.value.code == "last_brand_admin"
        with pytest.raises(NotAllowed):
            services.set_roles(acting=wang, user_id=house.lin.pk, roles=[])
        services.set_roles(acting=lin, user_id=house.wang.pk, roles=[])
        assert not selectors.is_member(house.wang)


def test_a_brand_that_is_not_enrolled_counts_on_the_invitation_list(border):
    receive = RECEIVERS[EnrolmentWantedV1, "office"]
    assert receive.__name__ == "brand_wanted"
    with context.seat(OFFICE):
        for province in ("gx", "gx", "gz"):
            services.count_wanted(brand_name="远山", province_code=province, at=clock.now())
        wanted = selectors.wanted_brands()
        assert [(row.brand_name, row.count, row.provinces) for row in wanted] == [("远山", 3, ["gx", "gz"])]
        assert WantedBrand.objects.count() == 2


def test_brands_of_the_search_catalogue_become_the_enrolled_owners_and_a_licensee_takes_nothing(zhao):
    from appraisal.catalogue import services as catalogue

    with context.seat(OFFICE):
        catalogue.load_search_catalogue()
        name = Product.objects.filter(organisation=None).first().brand.name
    owner = handed_in(brands=name)
    licensee = handed_in(brands=name, uscc=OTHER_USCC, name="获许可的酒厂", contact_phone="19900000002")
    with context.seat(OFFICE):
        first = services.approve(by=zhao, enrolment_id=owner.pk)
        second = services.approve(by=zhao, enrolment_id=licensee.pk)
        assert set(Product.objects.filter(brand__name=name).values_list("organisation", flat=True)) == {first.pk}
    with context.seat(BRANDS):
        from appraisal.catalogue import selectors as shelves

        assert shelves.brand_names(second) == [name]
        own = catalogue.publish_product(
            brand=shelves.brand_named(second, name),
            name="许可款",
            spec="500ml",
            category=Product.objects.first().category,
            nice_class=33,
            organisation=second,
            shots=catalogue.templates()["baijiu"],
        )
        assert selectors.organisation_for(own) == second
        assert list(shelves.others_to_ask(own)) == [first]


def test_coverage_is_reckoned_from_roster_tasks_and_products(border):
    house = people.brand_house()
    with context.seat(BRANDS):
        assert services.reckon_coverage() == 1
    with context.province("gx"):
        row = Coverage.objects.get(organisation_id=house.organisation.pk)
        assert (row.on_duty, row.products, row.answered_30d, row.median_answer_s) == (True, 1, 0, None)
