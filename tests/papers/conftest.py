"""An inspection with a carried-out seizure, from which papers are made."""

from decimal import Decimal

import pytest
from harness import people
from harness.openssl_tsa import authority, tsa  # noqa: F401 - fixtures

from accounts.models import Post, Unit, User
from kernel import clock
from provinces import context
from tenants.inspections import seizure_services as seizures
from tenants.inspections import services as inspections
from tenants.inspections.models import Inspection, Lot
from tenants.inspections.seizure_services import Taken


@pytest.fixture
def world(border):
    """陈队长 and 李队 with certificates, 韦处 above, 莫队 elsewhere; the test holds the seat of 广西."""
    from datetime import timedelta

    people.divisions()
    bureau = people.bureau("gx")
    with context.province("gx"):
        until = clock.today() + timedelta(days=300)
        li = User.objects.create_user("li", name="李某", title="李队长", unit=bureau.unit)
        Post.objects.create(user=li, unit=bureau.unit, role=Post.Role.OFFICER)
        for person, number in ((bureau.chen, "桂A-1001"), (li, "桂A-1002")):
            person.officer_cert_no, person.officer_cert_until = number, until
            person.save()
        Unit.objects.filter(pk=bureau.unit.pk).update(agency_word="桂南青市监")
        elsewhere = Unit.objects.create(
            code="gx-9", name="兴宁区局", kind="county_bureau", parent=bureau.unit.parent, division_code=people.NANNING
        )
        mo = User.objects.create_user("mo", name="莫某", title="莫队长", unit=elsewhere)
        Post.objects.create(user=mo, unit=elsewhere, role=Post.Role.OFFICER)
        bureau.li, bureau.mo = li, mo
        yield bureau


@pytest.fixture
def inspection(world):
    """Ended, with two lots, a party and what was told."""
    place = inspections.Place(county_code=people.NANNING, place="某市场 12 号")
    made = inspections.open_inspection(by=world.chen, place=place)
    code, _until = inspections.make_join_code(by=world.chen, inspection_id=made.pk)
    inspections.join(by=world.li, code=code)
    for person in (world.chen, world.li):
        inspections.show_certificate(by=person, inspection_id=made.pk)
    inspections.set_entity(by=world.chen, inspection_id=made.pk, kind="stall", name="张某某")
    inspections.add_person(by=world.chen, inspection_id=made.pk, role="party", name="张某某")
    for notice in ("identity", "avoidance", "duty"):
        inspections.give_notice(by=world.chen, inspection_id=made.pk, code=notice)
    for number, quantity, unit in ((1, "42", "瓶"), (2, "2.5", "千克")):
        Lot.objects.create(
            inspection_id=made.pk,
            quantity=Decimal(quantity),
            unit=unit,
            product_name=f"商品 {number} <b>",
            claimed_brand="岚壑春",
            price_basis="labelled" if number == 1 else "unknown",
            price_labelled_yuan=Decimal("199.00") if number == 1 else None,
            supplier_answer="refused",
        )
    inspections.close(by=world.chen, inspection_id=made.pk)
    return Inspection.objects.get(pk=made.pk)


@pytest.fixture
def seizure(world, inspection):
    """Approved and carried out."""
    taken = [Taken(lot_id=lot.pk) for lot in inspection.lots.all()]
    made = seizures.draft_seizure(by=world.chen, inspection_id=inspection.pk, taken=taken, facts="销售假冒白酒")
    seizures.propose(by=world.chen, seizure_id=made.pk)
    seizures.decide(by=world.wei, seizure_id=made.pk, approve=True)
    return seizures.carry_out(by=world.chen, seizure_id=made.pk)
