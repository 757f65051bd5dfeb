"""The office registers another installation, compares by voice, and lists who lives there."""

from __future__ import annotations

import pytest
from peers import house

from accounts.models import Post, User
from federation.peers import keys, services
from federation.peers.models import Peer
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.models import RemoteParty
from provinces.seats import OFFICE

CARD = f"czj1 hn.example.test https://courier.hn.example.test {keys.encode(bytes(range(32)))}"


@pytest.fixture
def zhao(border) -> User:
    with context.seat(OFFICE):
        user = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=user, role=Post.Role.OFFICE_ADMIN)
    yield user
    with context.owner():
        RemoteParty.objects.all().delete()
        services._new_directory()


def test_a_peer_is_registered_by_its_card_and_written_to_only_after_the_call(client_for, zhao, monkeypatch):
    browser = client_for("federation", user=zhao)
    assert services_card() in browser.get("/peers/").content.decode()
    wrong = browser.post("/peers/", {"title": "乙", "card": "hello"})
    assert "这不是平台名片" in wrong.content.decode()
    added = browser.post("/peers/", {"title": "海南自建平台", "card": CARD}, follow=True)
    with context.seat(OFFICE):
        peer = Peer.objects.get()
        spoken = services.spoken(peer).split()
    assert all(f"<code>{group}</code>" in added.content.decode() for group in spoken)
    page = f"/peers/{peer.pk}/"
    assert browser.post(page, {"step": "confirm"}).status_code == 200  # not ticked: nothing happens
    with context.seat(OFFICE):
        assert Peer.objects.get().state == Peer.State.PENDING
    assert "赵处" in browser.post(page, {"step": "confirm", "same": "on"}, follow=True).content.decode()

    said = [{"party": "province:hn", "title": "海南省市场监督管理局", "division_code": "460000"}]
    monkeypatch.setattr(services, "ask_parties", lambda peer: said)
    assert "海南省市场监督管理局" in browser.get(f"{page}parties/").content.decode()
    assert "可通函" in browser.post(f"{page}parties/", follow=True).content.decode()
    DIRECTORY.clear()
    assert DIRECTORY.remote("province:hn").installation == "hn.example.test"
    said.clear()
    assert "将暂停" in browser.get(f"{page}parties/").content.decode()

    browser.post(page, {"step": "turn", "verb": "suspend", "why": "核查"})
    DIRECTORY.clear()
    assert DIRECTORY.remote("province:hn").state == "suspended"
    assert browser.post("/peers/new-key/").status_code == 302
    with context.seat(OFFICE):
        assert keys.newest() == 2
    ended = browser.post(page, {"step": "turn", "verb": "end", "why": "撤销"}, follow=True).content.decode()
    assert "已解除" in ended
    assert browser.post(page, {"step": "turn", "verb": "resume", "why": "x"}).status_code == 200  # no such choice


def services_card() -> str:
    with context.seat(OFFICE):
        return str(services.own_card())


def test_the_api_says_the_same_and_nobody_but_the_offices_administrators_may(client_for, zhao):
    program = client_for("federation", user=zhao)
    made = program.post("/api/v1/peers/", {"title": "乙", "card": CARD}, content_type="application/json")
    assert (made.status_code, made.json()["state"], len(made.json()["spoken"])) == (201, "pending", 35)
    address = f"/api/v1/peers/{made.json()['id']}/"
    assert program.post(f"{address}confirm/", {}, content_type="application/json").json()["state"] == "active"
    again = program.post(f"{address}confirm/", {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "move_refused")
    turned = program.post(f"{address}turn/", {"verb": "suspend", "why": "x"}, content_type="application/json")
    assert turned.json()["state"] == "suspended"
    assert [each["title"] for each in program.get("/api/v1/peers/").json()] == ["乙"]
    with context.seat(OFFICE):
        clerk = User.objects.create_user("clerk", name="钱某")
    other = client_for("federation", user=clerk)
    assert other.get("/peers/").status_code == 302  # has no post, and is not let in at all
    assert other.get(address).status_code in (401, 403)


def test_the_couriers_host_shows_no_pages(client_for, border):
    anybody = client_for("courier")
    for path in ("/", "/accounts/login/", "/peers/", "/api/v1/", "/courier/v1/"):
        assert anybody.get(path).status_code == 404
    assert anybody.get("/courier/v1/letters/").status_code == 405
    assert anybody.get("/courier/v1/about/").json()["code"] == "peer_signature_wrong"
    assert house.COURIER.login == "czj_courier"
