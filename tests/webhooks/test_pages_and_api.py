"""What administrators and programs do with endpoints: pages for the one, operations for the other (B-04, B-08)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from harness import people
from harness.receiver import down, page, receiving
from harness.told import connect

from accounts.models import Post, User
from connections.seen import ChangedSinceSeen
from gateway import outbound
from kernel import clock
from kernel.ids import uuid7
from webhooks import events, sending, services
from webhooks.models import Delivery, Endpoint

JSON = {"content_type": "application/json"}


@pytest.fixture
def bureau(gx):
    found = people.bureau("gx")
    mo = User.objects.create_user("mo", name="莫某", title="莫管理员", unit=found.wei.unit)
    Post.objects.create(user=mo, unit=found.wei.unit, role=Post.Role.SECURITY_ADMIN)
    found.mo = mo
    return found


def test_two_administrators_add_an_address_test_it_and_send_again_what_was_lost(bureau, things, client_for):
    connection, _client, _secret = connect(bureau)
    huang, guard = client_for("gx", user=bureau.huang), client_for("gx", user=bureau.mo)
    here = f"/connections/{connection.pk}/webhooks/"
    assert client_for("gx", user=bureau.chen).get(here).status_code == 403
    assert "还没有回调网址" in huang.get(here).content.decode()
    refused = huang.post(here, {"url": "http://169.254.169.254/"})
    assert refused.status_code == 400
    assert "这个地址不能访问" in refused.content.decode()
    with receiving() as receiver:
        made = huang.post(here, {"url": receiver.url, "kinds": ["appraisal_request.*"]}).content.decode()
        secret = re.search(r'value="(whsec_[^"]+)"', made)[1]
        receiver.keys.append(secret)
        endpoint = Endpoint.objects.get()
        one = f"{here}{endpoint.pk}/"
        assert secret not in huang.get(one).content.decode(), "a key was shown twice"
        assert "请通知安全管理员" in huang.get(one).content.decode()
        huang.post(f"{one}do/on/")
        assert Endpoint.objects.get().state == "off"
        guard.post(f"{one}do/on/")
        assert Endpoint.objects.get().state == "on"
        assert "对方收到了" in huang.post(f"{one}do/test/").content.decode()
        receiver.answer = page
        assert "可能是错误页" in huang.post(f"{one}do/test/").content.decode()
        receiver.answer = down
        assert "对方服务器出错（503）" in huang.post(f"{one}do/test/").content.decode()
        receiver.answer = None
        huang.post(one, {"url": receiver.url, "kinds": []})
        about = uuid7()
        events.emit("thing.made", about=about, payload={"number": "桂Q-1"})
        events.place()
        assert sending.deliver(endpoint.pk) == 1
        shown = huang.get(one).content.decode()
        assert "桂Q-1" in shown
        now = clock.local_date(clock.now())
        span = {"since": f"{now - timedelta(days=1)}T00:00", "until": f"{now + timedelta(days=1)}T00:00"}
        assert huang.post(f"{one}do/replay/", span)["Location"] == one
        assert Delivery.objects.get(about=about).state == "waiting"
        old = {"since": f"{now - timedelta(days=40)}T00:00", "until": f"{now}T00:00"}
        assert "最近 30 天" in huang.post(f"{one}do/replay/", old).content.decode()
        event = Delivery.objects.get(about=about).event_id
        assert huang.post(f"{one}events/{event}/again/").status_code == 302
        assert huang.post(f"{one}events/{uuid7()}/again/").status_code == 404
        rotated = huang.post(f"{one}do/rotate/").content.decode()
        assert "whsec_" in rotated
        assert endpoint.keys.count() == 2
        huang.post(f"{one}do/end-old/")
        assert endpoint.keys.count() == 1
        huang.post(one, {"url": receiver.url + "?new=1"})
        assert Endpoint.objects.get().state == "off", "a new address waits for the second person"
    for show in ("waiting", "failing", "dead", "odd", "done"):
        assert guard.get(f"{one}?show={show}").status_code == 200


def test_another_address_than_the_one_that_was_looked_at_is_not_switched_on(bureau, things, client_for):
    endpoint, _secret = services.make(connect(bureau)[0], by=bureau.huang, url="https://seen.example/hook")
    seen = endpoint.seen
    services.change(endpoint, by=bureau.huang, url="https://other.example/hook")
    with pytest.raises(ChangedSinceSeen):
        services.switch_on(endpoint, by=bureau.mo, seen=seen)
    endpoint.refresh_from_db()
    assert endpoint.state == "off"
    page = client_for("gx", user=bureau.mo).get(f"/connections/{endpoint.connection_id}/webhooks/{endpoint.pk}/")
    assert f'name="seen" value="{endpoint.seen}"' in page.content.decode()
    assert services.switch_on(endpoint, by=bureau.mo, seen=endpoint.seen).is_on


def test_an_address_that_changes_while_it_is_switched_on_waits_for_the_second_person(bureau, things):
    """What the keeper holds was read before the second person agreed to the address that stood there."""
    connection, _client, _secret = connect(bureau)
    endpoint, _key = services.make(connection, by=bureau.huang, url="http://127.0.0.1:9443/a")
    older = Endpoint.objects.get(pk=endpoint.pk)
    services.switch_on(endpoint, by=bureau.mo)
    services.change(older, by=bureau.huang, url="http://127.0.0.1:9443/b")
    endpoint.refresh_from_db()
    assert (endpoint.url[-2:], endpoint.state) == ("/b", "off")
    with pytest.raises(outbound.OutboundRefused):
        services.change(endpoint, by=bureau.huang, url=f"http://127.0.0.1:9443/{'x' * 600}")


def test_a_program_reads_the_feed_and_keeps_its_own_endpoints_and_nobody_elses(bureau, things, client_for):
    scopes = ("events:read", "webhooks:read", "webhooks:write")
    connection, client, secret = connect(bureau, scopes)
    other, _client, _secret = connect(bureau, scopes)
    call = client_for("gx")
    said = {"grant_type": "client_credentials", "client_id": client.oidc_id, "client_secret": secret}
    token = call.post("/identity/o/api/token", said).json()["access_token"]
    bearer = {"headers": {"authorization": f"Bearer {token}"}}

    start = call.get("/api/v1/events/?after=latest", **bearer).json()["cursor"]
    assert start
    about = uuid7()
    for name in ("thing.made", "thing.moved"):
        events.emit(name, about=about, payload={"number": "桂Q-2", "state": "sent"})
    found = call.get(f"/api/v1/events/?after={start}&kinds=thing.*&limit=1", **bearer).json()
    assert "events" in found, found
    assert (found["events"][0]["type"], found["events"][0]["data"]["number"]) == ("thing.made", "桂Q-2")
    assert found["more"]
    rest = call.get(f"/api/v1/events/?after={found['cursor']}&about={about}", **bearer).json()
    assert [each["type"] for each in rest["events"]] == ["thing.moved"]
    assert call.get("/api/v1/events/?after=x", **bearer).json()["code"] == "cursor_unknown"
    assert "thing.made" in [each["name"] for each in call.get("/api/v1/events/kinds/", **bearer).json()]

    body = {"connection_id": str(connection.pk), "url": "http://127.0.0.1:4/", "kinds": ["thing.moved"]}
    made = call.post("/api/v1/webhooks/", body, **JSON, **bearer)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    one = f"/api/v1/webhooks/{made.json()['endpoint']['id']}/"
    assert call.post("/api/v1/webhooks/", {**body, "connection_id": str(other.pk)}, **JSON, **bearer).status_code == 404
    assert call.post("/api/v1/webhooks/", {**body, "kinds": ["x.y"]}, **JSON, **bearer).json()["code"] == "kind_unknown"
    switched = call.post(f"{one}switch/", {"on": True}, **JSON, **bearer)
    assert (switched.status_code, switched.json()["code"]) == (403, "not_switcher")
    tried = call.post(f"{one}test/", {}, **JSON, **bearer).json()
    assert (tried["ok"], tried["status"], tried["code"]) == (False, None, "no_connection")
    assert call.post(f"{one}rotate/", {}, **JSON, **bearer).json()["secret"].startswith("whsec_")
    now = clock.now()
    span = {"since": (now - timedelta(hours=1)).isoformat(), "until": (now + timedelta(hours=1)).isoformat()}
    assert call.post(f"{one}replay/", span, **JSON, **bearer).json() == {"count": 1}
    rows = call.get(f"{one}deliveries/?show=waiting", **bearer).json()["results"]
    assert [each["type"] for each in rows] == ["thing.moved"]
    changed = call.patch(one, {"kinds": []}, **JSON, **bearer)
    assert changed.json()["kinds"] == []
    assert [each["id"] for each in call.get("/api/v1/webhooks/", **bearer).json()] == [made.json()["endpoint"]["id"]]
