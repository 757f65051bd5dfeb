"""The feed: whoever reads on from a cursor misses nothing and sees only what their doors show (B-02, B-04)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from harness import people
from harness.told import HIDDEN, connect

from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7
from provinces import context
from webhooks import events, selectors
from webhooks.models import Event


def test_a_reader_misses_no_event_that_was_committed_late(border, things):
    """Two transactions overlap: the one that wrote first commits last. "id > last" would lose it."""
    people.bureau("gx")
    wrote, read = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with context.province("gx"), transaction.atomic():
            events.emit("thing.made", about=uuid7(), payload={"late": True})
            wrote.set()
            assert read.wait(20)

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert wrote.wait(20)
    with context.province("gx"):
        from accounts.models import User

        chen = User.objects.get(username="chen")
        for _ in range(2):
            events.emit("thing.made", about=uuid7(), payload={"late": False})
        first = selectors.feed(chen)
        assert [each.payload["late"] for each in first.events] == [False, False]
        read.set()
        writer.join()
        second = selectors.feed(chen, after=first.cursor)
        assert [each.payload["late"] for each in second.events] == [True]
        assert selectors.feed(chen, after=second.cursor).events == []


def test_a_feed_is_cut_into_pages_by_kind_and_object_and_hides_what_doors_hide(told):
    user = told.client.user
    start = selectors.feed(user, after="latest").cursor
    ids = [told.happen(kind="thing.made") for _ in range(5)]
    told.happen(ids[0], kind="thing.moved")
    other = told.happen(kind="other.made")
    HIDDEN.add(ids[1])
    page = selectors.feed(user, after=start, kinds=["thing.*"], limit=2)
    assert [each.about for each in page.events] == [ids[0], ids[2]]
    assert page.more
    rest = selectors.feed(user, after=page.cursor, kinds=["thing.*"])
    assert [each.about for each in rest.events] == [ids[3], ids[4], ids[0]]
    assert not rest.more
    assert [each.kind for each in selectors.feed(user, about=ids[0]).events] == ["thing.made", "thing.moved"]
    assert [each.about for each in selectors.feed(user, kinds=["other.made"]).events] == [other]


def test_a_cursor_older_than_what_is_kept_says_so_and_a_strange_one_is_refused(told):
    user = told.client.user
    told.happen()
    old = selectors.feed(user, limit=1).cursor
    for _ in range(3):
        told.happen()
    events.place()
    Event.objects.filter(position__lte=3).update(at=clock.now() - timedelta(days=31))
    assert events.drop_old() == 3
    with pytest.raises(selectors.CursorTooOld) as refused:
        selectors.feed(user, after=old)
    assert (refused.value.code, refused.value.status) == ("cursor_expired", 410)
    assert len(selectors.feed(user).events) == 1, "from the beginning of what is kept"
    for strange in ("x", "WyIxIiwiZ2QiLDBd", "WyIxIiwiZ3giLDk5OTldW", "é", "W10"):
        with pytest.raises(BadInput):
            selectors.feed(user, after=strange)


def test_a_step_of_the_trail_becomes_an_event_in_the_same_transaction(gx):
    from appraisal.requests.models import AppraisalRequest, Site
    from audit.move import move
    from audit.trail import Actor

    bureau = people.bureau("gx")
    site = Site.objects.create(unit=bureau.unit, opened_by=bureau.chen, county_code="450103")
    request = AppraisalRequest.objects.create(
        number="桂Q-1", site=site, unit=bureau.unit, officer=bureau.chen, brand_name="岚壑春", question="是不是真的"
    )
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        move(request, "send", by=bureau.chen)
        raise ZeroDivisionError
    assert not Event.objects.exists()
    request.refresh_from_db()
    move(request, "send", by=bureau.chen, why="张三举报")
    (event,) = selectors.feed(bureau.chen).events
    assert (event.kind, event.about) == ("appraisal_request.sent", request.pk)
    assert event.payload["number"] == "桂Q-1"
    assert event.payload["links"]["api"] == f"/api/v1/requests/{request.pk}/"
    assert "张三" not in str(event.payload)
    assert "是不是真的" not in str(event.payload)
    move(request, "claim", by=Actor(None, "林工"))
    assert [each.kind for each in selectors.feed(bureau.wei).events] == [
        "appraisal_request.sent",
        "appraisal_request.claimed",
    ]


def test_the_partners_own_numbers_go_along_and_nobody_elses(told, monkeypatch):
    other, _client, _secret = connect(told.bureau)
    monkeypatch.setattr(events, "_references", [])
    events.register_references(
        lambda objects: {
            about: [
                {"connection_id": told.connection.pk, "case_number": "桂案1"},
                {"connection_id": other.pk, "case_number": "别家2"},
            ]
            for about in objects
        }
    )
    told.happen()
    told.work()
    (said,) = told.receiver.order
    assert said["data"]["case_numbers"] == ["桂案1"]
    assert "别家" not in str(said)


def test_every_kind_names_a_model_with_that_step_and_has_words_and_a_door():
    from django.apps import apps

    known = list(events.KINDS.values())
    assert len({kind.group for kind in known}) >= 14
    for kind in known:
        assert str(kind.words), kind.name
        assert kind.door is not None
        if kind.model:
            model = apps.get_model(kind.model)
            assert all(isinstance(verb, str) for verb in kind.verbs)
            assert model is not None
