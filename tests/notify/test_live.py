"""Events reach the pages that may hear them: once, in order, after commit, and nobody else."""

from __future__ import annotations

import json
import logging
import os
import time
from uuid import uuid4

import psutil
import pytest
from django.db import transaction
from harness.forgery import forged

from accounts import admission, services
from accounts.models import Post, User
from accounts.signals import suspended
from notify import live
from provinces import context
from provinces.seats import BRANDS, OFFICE


@pytest.fixture
def chen(border, chen_of):
    with context.province("gx"):
        return chen_of()


@pytest.fixture
def ticket_of(client_for, valkey):
    """`ticket_of("gx", chen)`: what POST /live/ticket answers."""

    def make(host: str, user=None) -> dict:
        answer = client_for(host, user=user).post("/live/ticket")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return make


def publish(topics, kind="changed", data=None, *, province="gx", **more):
    with context.province(province):
        live.publish(topics, kind, data or {}, **more)


def test_an_event_reaches_the_page_with_its_topics(chen, ticket_of, open_stream):
    said = ticket_of("gx", chen)
    assert said["url"] == "http://gx.testhost:8001/events"
    stream = open_stream(said["ticket"], after=said["cursor"])
    assert stream.response.headers["Access-Control-Allow-Origin"] == "http://gx.testhost"
    publish(["request:1", "requests"], "photo", {"id": "一"})
    event = stream.next()
    assert event["event"] == "change"
    assert event["json"] == {
        "topic": "request:1", "topics": ["request:1", "requests"], "kind": "photo", "data": {"id": "一"}
    }  # fmt: skip


def test_an_event_waits_for_the_commit_and_dies_with_a_rollback(chen, ticket_of, open_stream, valkey):
    stream = open_stream(ticket_of("gx", chen))
    with context.province("gx"):
        with transaction.atomic():
            live.publish(["a"], "changed", {})
            assert stream.quiet()
        assert stream.next()["json"]["topic"] == "a"
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            live.publish(["b"], "changed", {})
            raise ZeroDivisionError
    assert stream.quiet()


def test_after_a_lost_connection_nothing_is_lost_and_nothing_doubled(chen, ticket_of, open_stream):
    said = ticket_of("gx", chen)
    first = open_stream(said["ticket"], after=said["cursor"])
    publish(["n:1"])
    seen = first.next()
    first.close()
    for number in range(2, 6):
        publish([f"n:{number}"])
    second = open_stream(said["ticket"], headers={"Last-Event-ID": seen["id"]})
    publish(["n:6"])
    assert [second.next()["json"]["topic"] for _ in range(5)] == [f"n:{number}" for number in range(2, 7)]
    assert second.quiet()


def test_events_between_the_ticket_and_the_stream_are_not_lost(chen, ticket_of, open_stream):
    said = ticket_of("gx", chen)
    publish(["early"])
    assert open_stream(said["ticket"], after=said["cursor"]).next()["json"]["topic"] == "early"


def test_a_gap_is_told_by_reset(chen, ticket_of, open_stream, valkey):
    publish(["old"])
    old = valkey.xrevrange(live.stream_key("gx"), count=1)[0][0].decode()
    for number in range(5):
        publish([f"n:{number}"])
    valkey.xtrim(live.stream_key("gx"), maxlen=2, approximate=False)
    stream = open_stream(ticket_of("gx", chen)["ticket"], after=old)
    reset = stream.next()
    assert reset["event"] == "reset" and reset["id"] == valkey.xrevrange(live.stream_key("gx"), count=1)[0][0].decode()
    publish(["next"])
    assert stream.next()["json"]["topic"] == "next"


def test_a_stream_that_was_lost_is_told_by_reset(chen, ticket_of, open_stream, valkey):
    publish(["old"])
    said = ticket_of("gx", chen)
    valkey.delete(live.stream_key("gx"))
    assert open_stream(said["ticket"], after=said["cursor"]).next()["event"] == "reset"


def test_a_person_s_topic_reaches_that_person_alone(chen, chen_of, ticket_of, open_stream):
    with context.province("gx"):
        other = chen_of("li", name="李", title="李队长")
    mine, theirs = open_stream(ticket_of("gx", chen)), open_stream(ticket_of("gx", other))
    publish([f"person:{other.pk}"], "notice")
    assert theirs.next()["json"]["kind"] == "notice"
    assert mine.quiet()


def test_another_province_hears_nothing_and_the_ticket_is_for_one_host(chen, chen_of, ticket_of, open_stream):
    with context.province("gd"):
        stranger = chen_of()
    stream = open_stream(ticket_of("gd", stranger), host="gd.testhost")
    publish(["secret"])
    assert stream.quiet()
    ticket = ticket_of("gx", chen)["ticket"]
    assert open_stream(ticket, host="gd.testhost").status == 403
    assert open_stream(ticket, headers={"Origin": "http://gd.testhost"}).status == 403
    assert open_stream(forged(ticket)).status == 403
    assert open_stream("").status == 403


def test_a_ticket_is_old_after_a_minute(chen, ticket_of, open_stream, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: real() - 61)
    ticket = ticket_of("gx", chen)["ticket"]
    assert open_stream(ticket).status == 403


real = time.time


def test_suspended_means_out_at_once(chen, chen_of, ticket_of, open_stream):
    with context.province("gx"):
        other = chen_of("li", name="李", title="李队长")
    said = ticket_of("gx", chen)
    stream, stays = open_stream(said), open_stream(ticket_of("gx", other))
    with context.province("gx"):
        chen.is_active = False
        chen.save()
        suspended.send(type(chen), user_id=chen.pk)
    assert stream.next(30) is None
    assert open_stream(said["ticket"]).status == 403
    publish(["still"])
    assert stays.next()["json"]["topic"] == "still"


def test_suspending_by_the_administrators_service_ends_the_stream(chen, chen_of, ticket_of, open_stream):
    with context.province("gx"):
        huang = chen_of("huang", name="黄", title="黄管理员")
        Post.objects.filter(user=huang).update(role=Post.Role.BUREAU_ADMIN)
    stream = open_stream(ticket_of("gx", chen))
    with context.province("gx"):
        services.suspend(user=chen, by=User.objects.get(pk=huang.pk), why="离岗")
    assert stream.next() is None


def test_when_a_party_changes_all_its_streams_take_a_new_ticket(
    border, chen_of, ticket_of, open_stream, monkeypatch, valkey
):
    one, two = f"org-{uuid4()}", f"org-{uuid4()}"
    acts_for = {"lin": [one], "wang": [two]}
    monkeypatch.setattr(live, "_at_brands", [lambda user: acts_for[user.username]])
    monkeypatch.setitem(admission._checks, "brands", [lambda user: True])
    with context.seat(BRANDS):
        lin, wang = chen_of("lin", name="林", title="林工"), chen_of("wang", name="王", title="王工")
    said = ticket_of("brands", lin)
    ends = open_stream(said, host="brands.testhost")
    stays = open_stream(ticket_of("brands", wang), host="brands.testhost")
    with context.seat(OFFICE):
        live.renew_party(one)
    assert ends.next() is None and stays.quiet()
    assert open_stream(said["ticket"], host="brands.testhost").status == 403


def test_nobody_gets_a_ticket_without_a_session(border, client_for, valkey):
    for host in ("gx", "brands", "federation"):
        assert client_for(host).post("/live/ticket").status_code in (401, 404)
    assert client_for("gx").get("/live/ticket").status_code == 405


def test_the_front_door_has_its_own_stream(border, ticket_of, open_stream):
    stream = open_stream(ticket_of(""), host="testhost")
    publish(["verdicts"])
    assert stream.quiet()
    publish(["demo"], "verdict", party="door")
    assert stream.next()["json"]["topic"] == "demo"


def test_a_person_of_two_organisations_hears_both(border, chen_of, ticket_of, open_stream, monkeypatch):
    one, two = f"org-{uuid4()}", f"org-{uuid4()}"
    monkeypatch.setattr(live, "_at_brands", [lambda user: [one, two]])
    monkeypatch.setitem(admission._checks, "brands", [lambda user: True])
    with context.seat(BRANDS):
        lin = chen_of("lin", name="林", title="林工")
        live.publish(["before"], "changed", {}, party=one)
    said = ticket_of("brands", lin)

    def comes_back(after):
        return open_stream(said["ticket"], host="brands.testhost", after=after)

    stream = comes_back(said["cursor"])
    with context.seat(BRANDS):
        live.publish(["two"], "changed", {}, party=two)
        # A server that cannot reach Valkey for a moment ends a stream; a browser comes back with the last id it has.
        heard = stream.next() or (stream := comes_back(said["cursor"])).next()
        live.publish(["one"], "changed", {}, party=one)
    assert heard["json"]["topic"] == "two" and heard["id"].count(",") == 1
    last = stream.next() or comes_back(heard["id"]).next()
    assert last["json"]["topic"] == "one"
    again = open_stream(said["ticket"], host="brands.testhost", after=heard["id"])
    assert again.next()["json"]["topic"] == "one" and again.quiet()


def test_nobody_publishes_for_somebody_else(gx):
    for party in ("gd", "office", f"org-{uuid4()}", "standing"):
        with pytest.raises(ValueError, match="may not publish"):
            live.publish(["a"], "changed", {}, party=party)
    with pytest.raises(ValueError, match="contents"):
        live.publish(["a"], "changed", {"text": "字" * 1000})


def test_without_valkey_a_change_is_still_a_change(border, settings, caplog, client_for, chen_of):
    settings.VALKEY_URL = "redis://127.0.0.1:1/1"
    with caplog.at_level(logging.WARNING, logger="notify.live"):
        publish(["a"])
    assert "not published" in caplog.text


def test_streams_end_in_order_when_the_server_stops(chen, ticket_of, new_server):
    server, connect = new_server
    stream = connect(server.port, "gx.testhost", ticket_of("gx", chen)["ticket"])
    assert server.stop() in (0, -15)
    assert stream.ended.wait(30)


def test_a_restart_of_valkey_is_survived(chen, ticket_of, open_stream, valkey):
    stream = open_stream(ticket_of("gx", chen))
    here = str(valkey.connection_pool.connection_kwargs["db"])
    for client in valkey.client_list():
        if client["cmd"].startswith("xread") and client["db"] == here:  # others are at the same server
            valkey.client_kill_filter(_id=client["id"])
    time.sleep(0.5)
    publish(["after"])
    kinds = []
    while "after" not in kinds:
        event = stream.next()
        if event is None:  # told to come back with a new ticket
            stream = open_stream(ticket_of("gx", chen))
            publish(["after"])
            continue
        kinds.append(event["json"].get("topic", event["event"]))


@pytest.mark.slow
def test_a_stream_costs_little_memory(chen, ticket_of, new_server):
    n = int(os.environ.get("STREAMS", "300"))
    server, connect = new_server
    ticket = ticket_of("gx", chen)["ticket"]
    connect(server.port, "gx.testhost", ticket)
    before = psutil.Process(server.process.pid).memory_info().rss
    streams = [connect(server.port, "gx.testhost", ticket) for _ in range(n)]
    time.sleep(0.5)
    each = (psutil.Process(server.process.pid).memory_info().rss - before) / n
    publish(["all"])
    assert all(stream.next()["json"]["topic"] == "all" for stream in streams)
    server.stop()
    print(json.dumps({"streams": n, "bytes_each": round(each)}))
    assert each < 30_000
