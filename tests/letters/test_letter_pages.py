"""Pages of stuck letters, of letters in flight and of ledgers: who may see them, and that no body is on them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from accounts import admission
from accounts.models import Post, User
from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS
from federation.letters import delivery, ledger, words
from federation.letters.models import Delivery
from federation.parties.models import Membership, Organisation
from kernel import clock
from provinces import context
from provinces.seats import BRANDS, OFFICE, province_seat

from .conftest import LIN, TEA, WINE

GX = province_seat("gx")
TO_GX, TO_WINE, TO_TEA = Address.province("gx"), Address.organisation(WINE), Address.organisation(TEA)


def person(seat, username: str, name: str, *roles: str) -> User:
    with context.seat(seat):
        user = User.objects.create_user(username, name=name)
        for role in roles:
            Post.objects.create(user=user, role=role)
        return user


@pytest.fixture
def zhao(desk) -> User:
    return person(OFFICE, "zhao", "赵处", Post.Role.OFFICE_ADMIN)


@pytest.fixture
def huang(desk) -> User:
    return person(GX, "huang", "黄管理员", Post.Role.BUREAU_ADMIN)


@pytest.fixture
def chen(desk) -> User:
    return person(GX, "chen", "陈队长", Post.Role.OFFICER)


@pytest.fixture
def wine_admin(desk, monkeypatch) -> User:
    """The administrator of 酒, who has nothing to do with 茶. Who is admitted at all is tested elsewhere."""
    monkeypatch.setattr(admission, "_checks", {**admission._checks, "brands": [lambda user: True]})
    user = person(BRANDS, "liu", "刘经理")
    with context.seat(OFFICE):
        for pk, name, uscc in ((WINE, "漓泉坊酒业", "91450300M000100Y43"), (TEA, "云雾茶业", "91350100M000100Y43")):
            Organisation.objects.create(pk=pk, name=name, uscc=uscc)
    with context.seat(BRANDS):
        Membership.objects.create(user=user, organisation_id=WINE, role=Membership.Role.BRAND_ADMIN)
    return user


def kill(desk, seat) -> None:
    """Let all that waits for a seat fail until it is dead."""

    def behave(message, envelope):
        raise LookupError("秘密内容")

    desk.behave = behave
    with clock.frozen(clock.now()) as tick:
        for wait in (*delivery.BACK_OFF, timedelta()):
            desk.deliver(seat)
            tick(wait)
    desk.behave = lambda message, envelope: None


def state_of(letter) -> Delivery:
    with context.seat(OFFICE):
        return Delivery.objects.get(letter_id=letter.pk)


@pytest.fixture
def stuck(desk):
    """A verdict from 酒 that 广西 could not take in."""
    letter = desk.send("秘密正文", TO_GX, seat=BRANDS, sender=TO_WINE, by=LIN)
    kill(desk, GX)
    return letter


def test_the_bureau_administrator_sees_why_and_puts_the_letter_back_on_its_way(desk, stuck, huang, client_for):
    client = client_for("gx", user=huang)
    page = client.get("/letters/stuck/")
    assert "收件方的系统在收下时出错（LookupError）" in page.text
    row = state_of(stuck)
    assert client.get(f"/letters/stuck/{row.pk}/").status_code == 200
    assert client.post(f"/letters/stuck/{row.pk}/retry/").status_code == 302
    assert desk.deliver(GX) == 1
    assert "没有滞留件" in client.get("/letters/stuck/").text


def test_a_letter_is_sent_back_with_a_reason_only(stuck, huang, client_for):
    client = client_for("gx", user=huang)
    row = state_of(stuck)
    refused = client.post(f"/letters/stuck/{row.pk}/", {"reason": " "})
    assert "请写明退回理由" in refused.text
    assert client.post(f"/letters/stuck/{row.pk}/", {"reason": "格式有误"}).status_code == 302
    assert (state_of(stuck).state, state_of(stuck).return_reason) == ("returned", "格式有误")


def test_no_contents_are_on_any_page(stuck, huang, zhao, client_for):
    row = state_of(stuck)
    for host, user, paths in (
        ("gx", huang, ["/letters/stuck/", f"/letters/stuck/{row.pk}/"]),
        ("federation", zhao, ["/letters/", "/letters/stuck/", f"/letters/stuck/{row.pk}/", "/letters/ledgers/"]),
    ):
        client = client_for(host, user=user)
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            assert "秘密" not in page.text, path


def test_an_officer_has_no_business_with_stuck_letters(stuck, chen, client_for):
    client = client_for("gx", user=chen)
    row = state_of(stuck)
    assert client.get("/letters/stuck/").status_code == 403
    assert client.get(f"/letters/stuck/{row.pk}/").status_code == 403
    assert client.post(f"/letters/stuck/{row.pk}/retry/").status_code == 403
    assert state_of(stuck).state == "dead"


def test_without_signing_in_one_is_asked_to(stuck, client_for):
    assert client_for("gx").get("/letters/stuck/").status_code == 302


def test_another_province_finds_nothing_at_the_same_address(stuck, client_for):
    gd_admin = person(province_seat("gd"), "gd", "管理员", Post.Role.BUREAU_ADMIN)
    client = client_for("gd", user=gd_admin)
    row = state_of(stuck)
    foreign, absent = (client.get(f"/letters/stuck/{pk}/") for pk in (row.pk, uuid4()))
    assert foreign.status_code == absent.status_code == 404
    assert client.post(f"/letters/stuck/{row.pk}/retry/").status_code == 404


def test_a_brand_administrator_sees_only_the_letters_of_the_own_organisation(desk, wine_admin, client_for):
    own, foreign = desk.send("x", TO_WINE), desk.send("y", TO_TEA)
    kill(desk, BRANDS)
    client = client_for("brands", user=wine_admin)
    page = client.get("/letters/stuck/")
    assert "漓泉坊酒业" in page.text
    assert "云雾茶业" not in page.text
    assert client.get(f"/letters/stuck/{state_of(foreign).pk}/").status_code == 404
    assert client.post(f"/letters/stuck/{state_of(foreign).pk}/", {"reason": "x"}).status_code == 404
    assert client.post(f"/letters/stuck/{state_of(own).pk}/retry/").status_code == 302


def test_the_office_sees_routes_and_ages_and_filters_them(desk, wine_admin, zhao, client_for):
    desk.send("x", TO_WINE)
    desk.send("y", TO_TEA)
    client = client_for("federation", user=zhao)
    page = client.get("/letters/")
    assert page.text.count("广西壮族自治区市场监督管理局") >= 4
    page = client.get("/letters/", {"party": str(TO_WINE), "state": "waiting"})
    assert [row.addressee for row in page.context["rows"]] == ["漓泉坊酒业"]
    assert client.get("/letters/", {"party": "nobody"}).status_code == 200


def test_the_office_sends_back_what_no_addressee_can(desk, organisations, zhao, wine_admin, client_for):
    from federation.letters import tasks

    letter = desk.send("x", TO_TEA)
    del organisations[TEA]
    with context.seat(OFFICE):
        tasks.sweep.run()
    client = client_for("federation", user=zhao)
    row = state_of(letter)
    assert client.post(f"/letters/stuck/{row.pk}/", {"reason": "该企业已退出"}).status_code == 302
    assert state_of(letter).state == "returned"


def test_a_ledger_is_verified_on_the_page(desk, zhao, client_for):
    letter = desk.send("x", TO_WINE)
    with context.seat(GX):
        ledger.append(TO_GX)
    client = client_for("federation", user=zhao)
    assert "完好" in client.post("/letters/ledgers/", {"party": str(TO_GX)}).text
    with desk.superuser() as cursor:
        cursor.execute("UPDATE letters_letter SET body_sha256 = repeat('0', 64) WHERE id = %s", [str(letter.pk)])
    assert "第 1 行对不上" in client.post("/letters/ledgers/", {"party": str(TO_GX)}).text
    assert client.post("/letters/ledgers/", {"party": "province:zz"}).status_code == 404


def test_the_pages_of_the_office_are_at_no_other_host(desk, huang, client_for):
    client = client_for("gx", user=huang)
    assert client.get("/letters/").status_code == 404
    assert client.get("/letters/ledgers/").status_code == 404


def test_every_kind_of_letter_is_called_by_name_in_both_languages():
    kinds = sorted({kind for kind, _version in KINDS})
    assert len(kinds) > 90
    chinese = {kind: words.kind_name(kind) for kind in kinds}
    with translation.override("en"):
        english = {kind: words.kind_name(kind) for kind in kinds}
    assert not [kind for kind in kinds if kind == chinese[kind]]
    assert not [kind for kind in kinds if english[kind] in (kind, chinese[kind])]
