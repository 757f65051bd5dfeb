"""By what authority an appraiser answers, and the one most useful reason when there is none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness import people

from accounts.models import User
from federation.parties import selectors, services
from federation.parties.models import Authorisation, Mandate, Membership, Organisation, Trademark
from federation.parties.selectors import Uncovered
from kernel import clock
from kernel.errors import NotAllowed
from provinces import context
from provinces.seats import BRANDS


@pytest.fixture
def house(border):
    return people.brand_house()


def ask(house, user=None, *, province="gx", at=None):
    with context.seat(BRANDS):
        return selectors.authority(
            user or house.lin,
            principal=house.organisation,
            product=house.product,
            province_code=province,
            at=at or clock.now(),
        )


def refused(house, **question) -> Uncovered:
    with pytest.raises(Uncovered) as caught:
        ask(house, **question)
    return caught.value


def change(house, **fields):
    with context.owner():
        Authorisation.objects.filter(pk=house.authorisations["lin"].pk).update(**fields)


def test_an_appraiser_answers_by_the_authorisation_in_force(house):
    assert ask(house).pk == house.authorisations["lin"].pk


def test_without_any_authorisation_the_reason_is_that(house):
    change(house, state="withdrawn")
    assert refused(house).code == "authorisation_missing"


def test_an_authorisation_that_ended_after_sending_no_longer_answers(house):
    """The request was sent yesterday; the authorisation ended today at midnight."""
    last_day = clock.today()
    change(house, valid_until=last_day)
    assert ask(house, at=clock.at_end(last_day)).number
    reason = refused(house, at=clock.at_end(last_day) + timedelta(seconds=1))
    assert reason.code == "authorisation_ended"
    assert last_day.isoformat() in reason.detail


def test_an_authorisation_that_has_not_begun_says_when_it_does(house):
    change(house, valid_from=clock.today() + timedelta(days=3))
    reason = refused(house)
    assert reason.code == "authorisation_ended"
    assert (clock.today() + timedelta(days=3)).isoformat() in reason.detail


def test_goods_of_another_class_are_blocked_and_both_classes_are_named(house):
    house.product.nice_class = 32
    reason = refused(house)
    assert reason.code == "class_not_covered"
    assert "第 32 类" in reason.detail and "第 33 类" in reason.detail


def test_a_province_outside_the_territory_is_blocked(house):
    change(house, territory=["gz", "gd"])
    assert ask(house, province="gz")
    assert refused(house, province="gx").code == "territory_not_covered"


def test_a_lapsed_trademark_ends_the_authority_that_rests_on_it(house):
    with context.owner():
        Trademark.objects.update(valid_until=clock.today() - timedelta(days=1))
    assert refused(house).code == "trademark_lapsed"


def test_the_reason_is_the_furthest_that_any_authorisation_came(house):
    """One paper is out of term, another is of the wrong territory: the second is what has to be mended."""
    change(house, valid_until=clock.today() - timedelta(days=1))
    with context.owner():
        second = Authorisation.objects.create(
            number="第二份",
            organisation=house.organisation,
            membership=house.authorisations["lin"].membership,
            nice_classes=[33],
            territory=["gd"],
            valid_from=clock.today(),
            valid_until=clock.today(),
        )
        second.trademarks.set(Trademark.objects.all())
    assert refused(house).code == "territory_not_covered"


def test_one_of_several_authorisations_is_enough(house):
    change(house, nice_classes=[5])
    with context.owner():
        second = Authorisation.objects.create(
            number="第二份",
            organisation=house.organisation,
            membership=house.authorisations["lin"].membership,
            nice_classes=[33],
            territory=["*"],
            valid_from=clock.today(),
            valid_until=clock.today(),
        )
        second.trademarks.set(Trademark.objects.all())
    assert ask(house).pk == second.pk


def test_a_member_whose_role_ended_has_no_authority(house):
    with context.owner():
        Membership.objects.filter(user=house.lin).update(is_active=False)
    assert refused(house).code == "authorisation_missing"


def test_nobody_answers_for_a_suspended_organisation(house):
    with context.owner():
        Organisation.objects.update(state="suspended")
        house.organisation.refresh_from_db()
    assert refused(house).code == "authorisation_missing"
    with context.seat(BRANDS):
        assert selectors.organisation_for(house.product) is None
        assert not selectors.is_member(house.lin)


def test_an_authorisation_for_one_brand_does_not_serve_another(house):
    """林工 appraises for two brands: each answer rests on that brand's own paper."""
    other = people.brand_house("泽云", suffix="2")
    with context.owner():
        Membership.objects.create(user=house.lin, organisation=other.organisation, role="appraiser")
    with context.seat(BRANDS), pytest.raises(Uncovered) as caught:
        selectors.authority(
            house.lin, principal=other.organisation, product=other.product, province_code="gx", at=clock.now()
        )
    assert caught.value.code == "authorisation_missing"


def test_explain_says_by_what_or_why_not(house):
    with context.seat(BRANDS):
        question = dict(principal=house.organisation, product=house.product, province_code="gx", at=clock.now())
        assert "授 lin" in selectors.explain(house.lin, **question)
        house.product.nice_class = 5
        assert "第 5 类" in selectors.explain(house.lin, **question)


# Agencies and associations --------------------------------------------------------------------------------------------


@pytest.fixture
def agency(house):
    """正信代理 acts for 岚壑春 by power of attorney; 覃工 works there and is authorised."""
    with context.owner():
        organisation = Organisation.objects.create(name="正信代理", uscc="9" * 18, kind=Organisation.Kind.AGENCY)
        qin = User.objects.create_user("qin", name="覃某")
        membership = Membership.objects.create(user=qin, organisation=organisation, role="appraiser")
        mandate = Mandate.objects.create(
            kind=Mandate.Kind.POWER_OF_ATTORNEY,
            agent=organisation,
            principal=house.organisation,
            valid_from=clock.today() - timedelta(days=1),
            valid_until=clock.today() + timedelta(days=1),
        )
        paper = Authorisation.objects.create(
            number="代 1",
            organisation=house.organisation,
            membership=membership,
            nice_classes=[33],
            territory=["*"],
            valid_from=clock.today(),
            valid_until=clock.today() + timedelta(days=100),
        )
        paper.trademarks.set(Trademark.objects.all())
    return organisation, qin, mandate


def test_an_agents_appraiser_answers_while_the_mandate_is_in_force(house, agency):
    _organisation, qin, mandate = agency
    assert ask(house, qin).number == "代 1"
    assert refused(house, user=qin, at=clock.now() + timedelta(days=3)).code == "authorisation_missing"
    with context.owner():
        Mandate.objects.filter(pk=mandate.pk).update(state="offered")
    assert refused(house, user=qin).code == "authorisation_missing"


def test_an_agent_sees_each_principal_apart_and_never_its_papers(house, agency):
    organisation, qin, _mandate = agency
    with context.seat(BRANDS):
        seats = selectors.acting_organisations(qin)
        assert [(seat.organisation, seat.via) for seat in seats] == [
            (organisation, None),
            (house.organisation, organisation),
        ]
        assert seats[1].roles == {"appraiser"}
        assert not any(seat.organisation == organisation for seat in selectors.acting_organisations(house.lin))
        with pytest.raises(NotAllowed):
            services.invite(acting=seats[1], name="甲某", phone="19900001111", roles=["appraiser"])
