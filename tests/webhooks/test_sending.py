"""Webhooks leave in order, are tried again, and hold up nobody (B-04; edge cases 2 and 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections
from harness import people
from harness.receiver import down, page, receiving, said_in, slow
from harness.told import HIDDEN, MACHINE, told_of

from gateway import outbound
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7
from notify.models import Notice
from provinces.context import province
from webhooks import events, sending, services
from webhooks.models import Delivery, Endpoint, Event


def moved(held, headers, body):
    """Keeps effects by id without looking at the time of the signature: the clock of the tests runs ahead."""
    with held.lock:
        if headers["webhook-id"] not in held.effects:
            held.effects[headers["webhook-id"]] = said_in(body)
            held.order.append(said_in(body))
    return 200, {}, b"ok"


def test_an_event_is_posted_signed_with_its_id_time_and_body_alone(told):
    about = told.happen(number="甲1", state="sent")
    assert told.work() == 1
    ((headers, body),) = told.receiver.posts
    said = said_in(body)
    assert said["type"] == "thing.moved"
    assert said["data"]["id"] == str(about)
    assert said["data"]["number"] == "甲1"
    assert set(said) == {"type", "timestamp", "data"}
    (row,) = told.rows()
    assert headers["webhook-id"] == str(row.event_id)
    assert (row.state, row.status, row.tries) == ("done", 200, 1)
    assert len(told.receiver.effects) == 1


def test_what_the_connection_may_not_see_is_not_told(told):
    hidden, open_to = uuid7(), uuid7()
    HIDDEN.add(hidden)
    told.happen(hidden)
    told.happen(open_to)
    told.work()
    assert [each["data"]["id"] for each in told.receiver.order] == [str(open_to)]
    event = Event.objects.get(about=hidden)
    with pytest.raises(NotFound404):
        services.replay_one(told.endpoint, event.pk, by=MACHINE)
    told.client.oidc.set_scopes(["requests:read"])
    told.client.oidc.save()
    told.happen()
    told.work()
    assert len(told.receiver.posts) == 1


def test_a_failing_event_holds_only_later_events_of_its_own_object(told):
    bad, good = uuid7(), uuid7()

    def picky(held, headers, body):
        if said_in(body)["data"]["id"] == str(bad) and not held.effects.get("mended"):
            return 422, {}, b'{"error": "\xe5\xbc\xa0\xe4\xb8\x89 13800138000"}'
        return moved(held, headers, body)

    told.receiver.answer = picky
    with clock.frozen(clock.now()) as tick:
        told.happen(bad, step=1)
        told.happen(good, step=1)
        told.happen(bad, step=2)
        told.happen(good, step=2)
        told.work()
        assert [(each["data"]["id"], each["data"]["step"]) for each in told.receiver.order] == [
            (str(good), 1),
            (str(good), 2),
        ]
        first, second = told.rows(about=bad)
        assert (first.state, first.tries, first.status) == ("waiting", 1, 422)
        assert "13800138000" not in first.answer
        assert "张三" not in first.answer
        assert second.tries == 0
        told.receiver.effects["mended"] = {"type": "", "data": {}}
        tick(timedelta(seconds=10))
        told.work()
        assert [each["data"]["step"] for each in told.receiver.order if each["data"]["id"] == str(bad)] == [1, 2]


def test_a_case_system_that_is_down_for_six_hours_gets_everything_once_and_in_order(told):
    """Edge case 2: items queue, order per case is kept, nothing is sent twice."""
    cases = [uuid7() for _ in range(3)]
    told.receiver.answer = down
    with clock.frozen(clock.now()) as tick:
        for step in range(12):
            for case in cases:
                told.happen(case, step=step)
            told.work()
            tick(timedelta(minutes=30))
        posts = len(told.receiver.posts)
        assert posts < 40, "a server that is down is asked now and then, not by every event"
        told.receiver.answer = moved
        told.receiver.posts.clear()
        for _ in range(4):
            tick(timedelta(minutes=12))
            told.work()
    for case in cases:
        steps = [each["data"]["step"] for each in told.receiver.order if each["data"]["id"] == str(case)]
        assert steps == list(range(12))
    ids = [headers["webhook-id"] for headers, _body in told.receiver.posts]
    assert len(ids) == len(set(ids)) == 36
    assert {row.state for row in told.rows()} == {"done"}
    endpoint = Endpoint.objects.get(pk=told.endpoint.pk)
    assert (endpoint.failures, endpoint.failing_since) == (0, None)
    assert Notice.objects.filter(code="webhook_silent", user_id=told.bureau.huang.pk).count() == 1


@pytest.mark.parametrize("many", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_ten_thousand_events_to_a_dead_receiver_hold_up_nobody_and_are_told_of_once(told, many):
    told.receiver.answer = slow
    with receiving() as other:
        endpoint, key = services.make(told.connection, by=MACHINE, url=other.url, kinds=["other.*"])
        other.keys.append(key)
        services.switch_on(endpoint, by=MACHINE)
        now = clock.now()
        Event.objects.bulk_create(
            Event(seat="gx", kind="thing.moved", about=uuid7(), at=now, payload={"id": str(at)}) for at in range(many)
        )
        told.happen(kind="other.made")
        events.place()
        assert Delivery.objects.filter(endpoint=told.endpoint).count() == many + 1
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sending, "READ_S", 1.0)
            patch.setattr(sending, "CONNECT_S", 1.0)
            assert told.work() == 1
            assert len(told.receiver.posts) <= 2 * sending.AT_ONCE, "the rest would wait for theirs"
        assert len(other.effects) == 1
        dead = Endpoint.objects.get(pk=told.endpoint.pk)
        assert dead.quiet_until > now
        assert told.endpoint.pk not in sending.due_endpoints(), "it is left alone, so it costs no worker"
        told.receiver.answer = down
        with clock.frozen(now) as tick:
            for _ in range(3):
                tick(timedelta(hours=25))
                told.work()
    assert Delivery.objects.filter(endpoint=told.endpoint, state="dead").count() == many + 1
    assert Notice.objects.filter(code="webhook_silent", user_id=told.bureau.huang.pk).count() == 2


def test_a_worker_that_is_at_it_stops_when_the_endpoint_is_switched_off(border, things):
    """Three events of one object are three rounds: off after the first, the others wait."""
    with province("gx"), receiving() as receiver:
        told = told_of(people.bureau("gx"), receiver)

        def off(held, headers, body):
            with province("gx"):
                services.switch_off(Endpoint.objects.get(pk=told.endpoint.pk), by=MACHINE)
            connections.close_all()
            return 200, {}, b"ok"

        receiver.answer, about = off, uuid7()
        for _ in range(3):
            told.happen(about)
        assert told.work() == 1
        assert len(receiver.posts) == 1
        assert [row.state for row in told.rows()] == ["done", "waiting", "waiting"]
    outbound.forget_connections()


def test_who_said_gone_when_it_was_off_already_is_written_down_all_the_same(told):
    events.place()
    about = told.happen()
    events.place()
    (row,) = told.rows(about=about)
    tried = sending.Tried(row, False, 410, 5, "refused")
    services.switch_off(Endpoint.objects.get(pk=told.endpoint.pk), by=MACHINE)
    assert sending._record(told.endpoint, [tried]) == 0
    row.refresh_from_db()
    told.endpoint.refresh_from_db()
    assert (row.tries, row.status, told.endpoint.state) == (1, 410, "off")


def test_redirects_refusals_pages_and_waits_are_each_told_apart(told):
    told.receiver.answer = lambda *_: (302, {"Location": "http://127.0.0.1:1/"}, b"")
    told.happen()
    told.work()
    (row,) = told.rows()
    assert (row.state, row.status, row.code) == ("waiting", 302, "redirected")
    assert len(told.receiver.posts) == 1, "nobody followed"
    with clock.frozen(clock.now()) as tick:
        told.receiver.answer = lambda *_: (429, {"Retry-After": "3600"}, b"busy")
        tick(timedelta(minutes=2))
        told.work()
        row.refresh_from_db()
        assert row.next_try_at == clock.now() + timedelta(hours=1)
        told.receiver.answer = page
        tick(timedelta(hours=1, seconds=1))
        assert told.work() == 1
        row.refresh_from_db()
        assert (row.state, row.odd) == ("done", True)
        assert "系统错误" in row.answer
        assert "13800138000" not in row.answer
        told.receiver.answer = lambda *_: (410, {}, b"")
        told.happen()
        told.work()
    assert Endpoint.objects.get(pk=told.endpoint.pk).state == "gone"
    assert Notice.objects.filter(code="webhook_silent", user_id=told.bureau.huang.pk).count() == 1


def test_what_was_taken_and_lost_is_sent_again_by_time_with_the_same_ids(told):
    """Edge case 3: the receiver answered 200 and lost it."""
    before = clock.now()
    for _ in range(3):
        told.happen()
    told.work()
    first = [headers["webhook-id"] for headers, _body in told.receiver.posts]
    bodies = {body for _headers, body in told.receiver.posts}
    assert services.replay(told.endpoint, by=MACHINE, since=before, until=clock.now()) == 3
    told.work()
    again = [headers["webhook-id"] for headers, _body in told.receiver.posts[3:]]
    assert sorted(again) == sorted(first)
    assert {body for _headers, body in told.receiver.posts} == bodies
    assert len(told.receiver.effects) == 3, "one effect for each id"
    services.replay_one(told.endpoint, told.rows()[0].event_id, by=MACHINE)
    assert told.work() == 1
    with pytest.raises(services.NothingToReplay):
        services.replay(told.endpoint, by=MACHINE, since=before - timedelta(days=2), until=before - timedelta(days=1))
    with pytest.raises(services.ReplayTooOld):
        services.replay(told.endpoint, by=MACHINE, since=before - timedelta(days=40), until=before)


def test_the_test_button_posts_at_once_to_this_endpoint_alone_and_says_what_came_back(told):
    with receiving() as other:
        endpoint, key = services.make(told.connection, by=MACHINE, url=other.url)
        other.keys.append(key)
        tried = services.test(endpoint, by=MACHINE)
        assert (tried.ok, tried.status) == (True, 200)
        told.work()
        assert [each["type"] for each in other.order] == ["webhook.test"]
        assert told.receiver.posts == []
        other.answer = down
        assert services.test(endpoint, by=MACHINE).status == 503
        told.work()
        assert len(other.posts) == 2, "a test is not tried again by itself"


def test_an_address_that_points_inside_is_refused_when_it_is_written_down(told):
    for url in ("http://169.254.169.254/latest", "https://user@example.com/", "http://10.0.0.1/", "ftp://example.com/"):
        with pytest.raises(outbound.OutboundRefused):
            services.make(told.connection, by=MACHINE, url=url)
