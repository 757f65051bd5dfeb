"""Guard G14, several addressees at once: a group that shrinks on the way, and a reminder to one who is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.contracts.addresses import Address
from federation.letters.delivery import deliver_everywhere
from federation.letters.errors import AddresseeMissing, AddresseeSuspended
from federation.letters.models import Delivery, Letter
from federation.office import services
from kernel import clock
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import OFFICE, province_seat

from .conftest import CHEN, TEA, WINE, ZHAO

GX, GZ, GD, FJ = (province_seat(code) for code in ("gx", "gz", "gd", "fj"))
GROUP = [Address.province(code) for code in ("gz", "gd", "fj")]


@pytest.fixture
def suspend(desk):
    """`suspend("gd")`: a province is taken off the directory until the test is over."""

    def change(code: str, state: str) -> None:
        with desk.superuser() as cursor:
            cursor.execute("UPDATE provinces_province SET state = %s WHERE schema_name = %s", [state, code])
            cursor.execute("UPDATE provinces_directoryversion SET version = version + 1")
        DIRECTORY.clear()

    yield lambda code: change(code, "suspended")
    change("gd", "active")


@pytest.mark.guard("G14")
def test_a_member_that_goes_while_a_bulletin_is_out_gets_nothing_and_the_others_get_it_once(desk, suspend, trials):
    trials(3)
    desk.send("通报", GROUP)
    suspend("gd")
    deliver_everywhere()
    assert [desk.noted(seat) for seat in (GZ, FJ)] == [["通报"], ["通报"]]
    assert desk.deliver(GD) == 0
    with context.seat(OFFICE):
        states = dict(Delivery.objects.values_list("addressee_seat", "state"))
        assert states["gz"] == states["fj"] == "delivered" and states["gd"] != "delivered"
    assert {str(envelope.addressee) for envelope in desk.envelopes} == {"province:gz", "province:fj"}


@pytest.mark.guard("G14")
def test_a_group_that_was_emptied_is_nobody_and_takes_nothing_away_from_what_is_out_already(desk, suspend, trials):
    trials(3)
    members = list(GROUP)
    desk.send("第一份", members)
    members.clear()
    with pytest.raises(AddresseeMissing):
        desk.send("第二份", members)
    suspend("gd")
    with pytest.raises(AddresseeSuspended):
        desk.send("第三份", GROUP)
    deliver_everywhere()
    assert desk.noted(GZ) == desk.noted(FJ) == ["第一份"], "a letter to several goes to all of them or to none"


@pytest.mark.guard("G14")
def test_one_of_several_organisations_that_has_left_gets_nothing_beside_one_that_stays(desk, organisations, trials):
    trials(2)
    desk.send("通报", [Address.organisation(WINE), Address.organisation(TEA)], by=CHEN)
    del organisations[TEA]
    deliver_everywhere()
    assert [str(envelope.addressee) for envelope in desk.envelopes] == [f"organisation:{WINE}"]


@pytest.mark.guard("G14")
def test_nobody_is_reminded_who_is_not_there_any_more(desk, suspend, trials):
    trials(1)
    with clock.frozen(clock.now()) as tick:
        letter = desk.send("请查", Address.province("gd"))
        desk.deliver(GD)
        tick(timedelta(days=40))
        with context.seat(OFFICE):
            row = Delivery.objects.get(letter_id=letter.pk)
            suspend("gd")
            with pytest.raises(AddresseeSuspended):
                services.remind(delivery_id=row.pk, by=ZHAO)
            assert not Letter.objects.filter(kind="office.reminder").exists()
