"""Who had an exhibit is written once, in order, and cannot be rewritten."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction

from audit.models import LogEntry
from evidence import custody, services
from evidence.models import CustodyEvent, Exhibit
from kernel import clock
from kernel.canonical import canonical_json

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def send(data: bytes, by) -> Exhibit:
    return services.receive(
        io.BytesIO(data), declared_sha256=hashlib.sha256(data).hexdigest(), captured_at=AT, source="camera", by=by
    )


def test_a_new_exhibit_says_who_captured_it_and_when_it_was_received(gx, objects, people, photo):
    chen, huang = people()
    exhibit = send(photo(), chen)
    assert [(event.act, event.by_id) for event in custody.of(exhibit)] == [
        ("captured", chen.pk),
        ("received", chen.pk),
    ]
    assert send(photo(), chen) == exhibit and custody.of(exhibit).count() == 2, "sent again unheard is no news"
    assert send(photo(), huang) == exhibit, "stored once"
    assert custody.of(exhibit).last().data["again"] is True, "that somebody else handed it in is on record"


def test_every_event_is_a_leaf_of_the_log_that_can_be_made_again_from_its_row(gx, objects, people, photo):
    chen, _ = people()
    exhibit = Exhibit.objects.get(pk=send(photo(), chen).pk)
    leaf = LogEntry.objects.get(record_id=exhibit.pk, kind="exhibit.sealed")
    assert canonical_json(leaf.content) == canonical_json(custody.leaf_of_exhibit(exhibit))
    for event in custody.of(exhibit):
        sealed = LogEntry.objects.get(record_id=event.pk, kind="custody")
        assert canonical_json(sealed.content) == canonical_json(custody.leaf_of_event(event))


def test_looking_again_within_half_an_hour_is_the_same_looking(gx, objects, people, photo, monkeypatch):
    chen, huang = people()
    exhibit = send(photo(), chen)
    assert custody.viewed(exhibit, by=chen) and custody.viewed(exhibit, by=chen) is None
    assert custody.viewed(exhibit, by=huang), "another person's looking is another"
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert custody.viewed(exhibit, by=chen)


def test_no_login_that_serves_can_change_custody(gx, objects, people, photo):
    chen, _ = people()
    exhibit = send(photo(), chen)
    for change in (
        lambda: CustodyEvent.objects.filter(exhibit=exhibit).update(by_name="王"),
        lambda: CustodyEvent.objects.filter(exhibit=exhibit).delete(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()
