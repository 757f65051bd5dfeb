"""The clock that deletes and the backup that copies do not meet in one province; each says so and comes later."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from harness.vault import person

from backups import writing
from backups.errors import FilesAreDeleted
from backups.models import Backup
from gateway.models import IdempotencyKey
from kernel import clock
from provinces import context
from provinces.alone import alone, files_of
from retention import tasks
from retention.models import Run


def over_at(code: str) -> None:
    """Something whose day has come."""
    user = person(code, f"{code}-chen")
    with context.province(code):
        IdempotencyKey.objects.create(
            user_id=user, seat=code, key="k", request_sha256="0" * 64, status=200, body=b"{}", content_type="",
            created_at=clock.now() - timedelta(days=3),
        )  # fmt: skip


def test_the_clock_waits_for_a_province_that_is_backed_up_and_for_no_other_and_goes_on_after_it(vault):
    over_at("gx")
    over_at("gd")
    with writing.at_rest(["gx"], whole=False):
        with context.province("gx"):
            assert tasks.nightly.run() == 0
            assert tasks.go_on.run() == 0
            assert IdempotencyKey.objects.exists()
            assert Run.objects.get().state == Run.State.PAUSED, "one pass, still to be made"
        with context.province("gd"):
            assert tasks.nightly.run() == 1
    with context.province("gx"):
        assert tasks.go_on.run() == 1
        assert Run.objects.get().state == Run.State.DONE
        assert not IdempotencyKey.objects.exists()


def test_a_backup_waits_for_the_clock_and_says_so_when_it_takes_too_long(vault, monkeypatch):
    monkeypatch.setattr(writing, "DELETING_S", 1)
    holds, may_go = threading.Event(), threading.Event()

    def clock_at_work() -> None:
        with context.province("gx"), alone(files_of("gx")) as is_alone:
            assert is_alone
            holds.set()
            may_go.wait(20)

    working = threading.Thread(target=clock_at_work)
    working.start()
    assert holds.wait(5)
    try:
        with pytest.raises(FilesAreDeleted):
            vault.back_up()
        with context.owner():
            assert not Backup.objects.exists(), "nothing was begun"
        threading.Timer(0.3, may_go.set).start()
        with writing.at_rest(["gx"], whole=False):
            assert may_go.is_set(), "it waited"
    finally:
        may_go.set()
        working.join()
