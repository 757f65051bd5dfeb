"""Each class of data goes on its day from tables, files, thumbnails and caches, and not before; holds stay (X-15)."""

from __future__ import annotations

import io
import json
import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from harness import people

from accounts.models import ImportFile, ImportJob
from appraisal.requests.models import AppraisalRequest, ItemPhoto
from audit import keys, log, trail, verify
from audit.models import LogEntry, Trail
from evidence import services as keeping
from evidence.errors import StillLocked, StoreBusy
from evidence.models import CustodyEvent, Exhibit, Quarantined
from evidence.store import FolderStore, store
from gateway.models import IdempotencyKey
from kernel import clock
from kernel.ids import uuid7
from notify.models import Notice
from notify.services import tell
from provinces import context
from provinces.seats import BRANDS, OFFICE
from retention import clearing, kinds, proofs, services
from retention.models import Portion, Run, WaitingObject
from tenants.cases.models import CaseProposal

pytestmark = pytest.mark.guard("G24")
DAYS = 30


def proposal_for(request, bureau) -> CaseProposal:
    """陈队长 proposes to file a case on it."""
    row = AppraisalRequest.objects.get(pk=request.request_id)
    return CaseProposal.objects.create(
        unit=row.unit, source=CaseProposal.Source.VERDICT, request=row, cause_code="x", cause_day=row.created_at.date(),
        party_name="某店", summary="x", proposed_by=bureau.chen,
    )  # fmt: skip


def everything(request) -> tuple[bool, ...]:
    """What is there of a request: its row, its photo, the exhibit, custody, a notice, original, view, thumbnail."""
    files = (request.exhibit.original_key, request.exhibit.view_key, request.exhibit.thumb_key)
    return (
        AppraisalRequest.objects.filter(pk=request.request_id).exists(),
        ItemPhoto.objects.filter(item_id=request.item_id).exists(),
        Exhibit.objects.filter(pk=request.exhibit.pk).exists(),
        CustodyEvent.objects.filter(exhibit_id=request.exhibit.pk).exists(),
        Notice.objects.filter(url__contains=str(request.request_id)).exists(),
        *(store().exists(key) for key in files),
    )


def everywhere_else(request) -> list[str]:
    """Tables in which an id of the request still stands, other than the proofs, the trail and the sealed log."""
    found = []
    ids = {str(request.request_id), str(request.item_id), str(request.exhibit.pk)}
    for model in apps.get_models():
        if not kinds.stands_in(model, "gx") or model in (Trail, LogEntry):
            continue
        for row in model._base_manager.values():
            if any(one in str(row) for one in ids):
                found.append(model._meta.label)
    return sorted(set(found))


def test_each_class_of_data_goes_on_its_day_and_what_is_held_or_used_stays(bureau, period, trials):
    went, held, used = (bureau.request(words) for words in ("goes", "held", "used"))
    with context.province("gx"):
        period("requests", DAYS)
        for each in (went, held, used):
            tell(to=[bureau.chen.pk], code="request_answered", title="结论", url=f"/requests/{each.request_id}/")
        cache.set(f"seen:{went.request_id}", "正标", 10**6)
        proposal_for(used, bureau)
        services.place("request", held.request_id, by=bureau.wei, reason="复议", ordered_by="某法院")
        job = ImportJob.objects.create(state="done", file_name="人员.xlsx", by=bureau.system, finished_at=clock.now())
        ImportFile.objects.create(job=job, content=b"names")
        IdempotencyKey.objects.create(
            user=bureau.chen,
            seat="gx",
            key="k",
            request_sha256="0" * 64,
            status=200,
            body=b"{}",
            content_type="",
            created_at=clock.now(),
        )
        gone_row = AppraisalRequest.objects.get(pk=went.request_id)
        with trail.through("办案系统"):
            trail.record(gone_row, "note", by=bureau.chen, why="当事人张某说", data={"to": "李某"})
        log.sequence()
        kind = kinds.kinds()["requests"]
        object.__setattr__(kind, "caches", lambda row: [f"seen:{row.pk}"])
        start, checks = clock.now(), 0
        try:
            with clock.frozen(start) as tick:
                # A day, 29 days, 30 days, 90 days: what is due by then and nothing else.
                tick(timedelta(hours=23))
                clearing.run()
                assert IdempotencyKey.objects.exists()
                tick(timedelta(hours=2))
                clearing.run()
                assert not IdempotencyKey.objects.exists()
                tick(timedelta(days=DAYS - 2))
                clearing.run()
                assert all(everything(went)), "went before its day"
                tick(timedelta(days=1))
                (said,) = (each for each in clearing.preview() if each["kind"] == "requests")
                assert (said["due"], said["soon"], said["held"]) == (3, 3, 1), "the dry run"
                run = clearing.run()
                assert run.state == Run.State.DONE
                assert not any(everything(went)), everything(went)
                assert cache.get(f"seen:{went.request_id}") is None
                assert everywhere_else(went) == []
                _trail_tells_who_and_no_more(went, bureau)
                assert all(everything(held)) and all(everything(used))
                assert run.progress["requests"] | {"after": ""} == {"gone": 1, "held": 1, "used": 1, "after": ""}
                assert ImportFile.objects.exists()
                tick(timedelta(days=60))
                clearing.run()
                assert not ImportJob.objects.exists() and not ImportFile.objects.exists()
                assert all(everything(held)), "a hold outlasts every period"
                checks = 8 * 3 + 8
                _proof_is_whole(went, held)
        finally:
            object.__setattr__(kind, "caches", None)
            cache.clear()
    trials(checks)


def _trail_tells_who_and_no_more(went, bureau) -> None:
    ids = (went.request_id, went.item_id, went.exhibit.pk)
    lines = Trail.objects.filter(record_id__in=ids)
    noted = lines.get(verb="note")
    assert (noted.by_id, noted.why, noted.data) == (bureau.chen.pk, "", {"through": "办案系统"})
    assert lines.filter(verb="cancel").exists(), "that something was done, and by whom, stays"
    assert not lines.exclude(why="").exists() and not lines.exclude(data={}).exclude(pk=noted.pk).exists()


def _proof_is_whole(went, held) -> None:
    answer = proofs.asked(went.request_id)
    assert answer is not None and answer.label == "requests.AppraisalRequest"
    assert proofs.asked(went.exhibit.pk) is not None
    assert proofs.asked(held.request_id) is None and proofs.asked(uuid4()) is None
    assert proofs.holds(answer.portion)
    document = json.loads(answer.portion.document)
    assert document["rule"]["agreed_by"] == "安管" and document["rule"]["basis"] == "某文件第三条"
    assert document["trail_lines_emptied"] > 0
    assert document["rows"]["evidence.Exhibit"] == 1 and document["files"] == {"gone": 3, "locked": 0, "kept": 0}
    assert str(went.request_id) not in answer.portion.document and "front_label" not in answer.portion.document
    # The log: text of the gone records is away, every hash is there, and the whole still holds.
    assert not LogEntry.objects.get(record_id=went.exhibit.pk).body
    log.sequence()
    report = verify.Verification("gx").walk()
    assert report.holds, report.faults
    assert report.emptied == len(document["log_lines_emptied"]) > 0
    # A line emptied without a proof is named.
    with context.owner("gx"):
        LogEntry.objects.filter(record_id=held.exhibit.pk).update(body="")
    assert "entry_emptied" in {fault.code for fault in verify.Verification("gx").walk().faults}
    assert keys.public_key("gx").hex() == answer.portion.public_key


def test_a_hold_placed_one_second_before_the_clock_runs_wins(bureau, period, trials):
    request = bureau.request("raced")
    with context.province("gx"):
        period("requests", DAYS)
        user = people.User.objects.get(pk=bureau.wei.pk)
        placed, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            with context.province("gx"), transaction.atomic():
                services.place("request", request.request_id, by=user, reason="复议", ordered_by="某法院")
                placed.set()
                go_on.wait(10)
            connection.close()

        holder = threading.Thread(target=hold)
        with clock.frozen(clock.now() + timedelta(days=DAYS + 1)):
            holder.start()
            assert placed.wait(10)
            threading.Timer(0.5, go_on.set).start()
            run = clearing.run()  # waits for the hold that is being placed
            holder.join()
            assert run.gone == 0 and run.progress["requests"]["held"] == 1
            assert AppraisalRequest.objects.filter(pk=request.request_id).exists()
            # The other way round: the clock was first, and whoever wants to hold is told.
            other = bureau.request("first")
            with clock.frozen(clock.now() + timedelta(days=DAYS + 1)):
                clearing.run()
                assert not AppraisalRequest.objects.filter(pk=other.request_id).exists()
    trials(2)


def test_a_clock_that_dies_half_way_is_taken_up_and_a_locked_original_waits(bureau, period, trials, monkeypatch):
    request = bureau.request("dies")
    with context.province("gx"):
        period("requests", DAYS)
        with clock.frozen(clock.now() + timedelta(days=DAYS + 1)) as tick:
            monkeypatch.setattr(clearing, "finish", lambda portion: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                clearing.run()
            monkeypatch.undo()
            assert Portion.objects.get(kind="requests").state == Portion.State.ROWS_GONE
            until = clock.now() + timedelta(days=100)
            _lock(monkeypatch, request.exhibit.original_key, until)
            clearing.run()
            waiting = WaitingObject.objects.get()
            assert waiting.until == until and store().exists(request.exhibit.original_key)
            said = json.loads(Portion.objects.get(kind="requests").document)
            assert said["files"] == {"gone": 2, "locked": 1, "kept": 0}
            assert not store().exists(request.exhibit.view_key)
            tick(timedelta(days=101))
            monkeypatch.undo()
            assert clearing.finish_waiting() == 1
            assert not store().exists(request.exhibit.original_key)
    trials(2)


def test_a_file_that_is_still_named_in_another_version_stays(bureau, period, trials, client_for):
    """A bucket that was brought back from a backup gives new versions: old rows name the former ones."""
    request = bureau.request("named twice")
    key = request.exhibit.original_key
    with context.province("gx"):
        period("requests", DAYS)
        other = Quarantined.objects.create(
            draft_id=uuid7(), by_id=bureau.chen.pk, by_name="陈队长", object_key=f"{key}?v=2", sha256="0" * 64,
            size_bytes=1, source="camera",
        )  # fmt: skip
        with clock.frozen(clock.now() + timedelta(days=DAYS + 1)):
            clearing.run()
        assert not Exhibit.objects.filter(pk=request.exhibit.pk).exists()
        assert store().exists(key) and not store().exists(request.exhibit.view_key)
        assert clearing.is_used(key)
        portion = proofs.asked(request.exhibit.pk).portion
        assert json.loads(portion.document)["files"] == {"gone": 2, "locked": 0, "kept": 1}
        page = client_for("gx", user=bureau.auditor).get(f"/retention/proofs/{portion.pk}/")
        assert "已删除 2 个，存储锁定中 0 个，其他记录仍在使用而保留 1 个" in page.content.decode()
        other.delete()
        assert not clearing.is_used(key)
    trials(1)


def _lock(monkeypatch, key, until) -> None:
    real = FolderStore._let_go

    def let_go(self, name):
        if name == key and clock.now() < until:
            raise StillLocked(until=until.isoformat())
        real(self, name)

    monkeypatch.setattr(FolderStore, "_let_go", let_go)


def _fail(monkeypatch, key) -> None:
    """The store does not give this file up, and says no time."""
    real = FolderStore._let_go

    def let_go(self, name):
        if name == key:
            raise OSError("not now")
        real(self, name)

    monkeypatch.setattr(FolderStore, "_let_go", let_go)


def test_neither_files_locked_for_years_nor_files_in_use_keep_the_clock_from_what_it_can_take(
    bureau, period, trials, monkeypatch, client_for
):
    monkeypatch.setattr(clearing, "MOST_A_CALL", 2)
    locked, again, failed = ([bureau.request(f"{words} {n}") for n in range(2)] for words in ("lock", "again", "fail"))
    with context.province("gx"):
        period("requests", DAYS)
        period("quarantined", DAYS)
        originals = [each.exhibit.original_key for each in (*locked, *again, *failed)]
        with clock.frozen(clock.now() + timedelta(days=DAYS + 1)) as tick:
            with monkeypatch.context() as night:
                for key in originals[:2]:
                    _lock(night, key, clock.now() + timedelta(days=3650))
                for key in originals[2:4]:
                    _lock(night, key, clock.now() + timedelta(days=1))
                for key in originals[4:]:
                    _fail(night, key)
                clearing.run()
            assert all(store().exists(key) for key in originals)
            for key in originals[:2]:
                _lock(monkeypatch, key, clock.now() + timedelta(days=3650))
            assert clearing.finish_waiting() == 2, "what failed is asked for again, whatever is locked"
            assert not any(store().exists(key) for key in originals[4:])

            # The same bytes came once more: another record keeps them, and they hold up nothing.
            for each in again:
                Quarantined.objects.create(
                    draft_id=uuid7(), by_id=bureau.chen.pk, by_name="陈队长", object_key=each.exhibit.original_key,
                    sha256=each.exhibit.sha256, size_bytes=1, source="camera", received_at=clock.now(),
                )  # fmt: skip
            (late,) = WaitingObject.objects.filter(object_key=originals[0])
            tick(timedelta(days=2))
            WaitingObject.objects.filter(pk=late.pk).update(until=clock.now())
            monkeypatch.undo()
            monkeypatch.setattr(clearing, "MOST_A_CALL", 2)
            assert clearing.finish_waiting() == 0
            assert clearing.finish_waiting() == 1 and not store().exists(originals[0])
            assert all(store().exists(key) for key in originals[2:4])
            kept = WaitingObject.objects.filter(state=WaitingObject.State.KEPT)
            assert sorted(kept.values_list("object_key", flat=True)) == sorted(originals[2:4])
            page = client_for("gx", user=bureau.auditor).get(f"/retention/proofs/{kept[0].portion_id}/")
            assert page.content.decode().count("其他记录仍在使用") >= 2

            # They go with that record.
            tick(timedelta(days=DAYS))
            clearing.run()
            assert not any(store().exists(key) for key in originals[2:4])
    trials(len(originals))


def test_ids_of_versions_of_anybody_are_answered_alike(bureau):
    with context.province("gx"):
        assert proofs.asked(uuid7()) is None


@pytest.mark.parametrize("seat", [BRANDS, OFFICE], ids=["brands", "office"])
def test_the_houses_and_the_office_run_by_the_defaults(border, seat):
    with context.seat(seat):
        with context.owner():
            person = people.User.objects.create_user(f"old-{seat.name}", name="某")
        IdempotencyKey.objects.create(
            user_id=person.pk, seat=seat.name, key="k", request_sha256="0" * 64, status=200, body=b"{}",
            content_type="", created_at=clock.now(),
        )  # fmt: skip
        with clock.frozen(clock.now() + timedelta(days=200)):
            run = clearing.run()
            assert run.state == Run.State.DONE and run.gone == 1, run.progress
        assert not IdempotencyKey.objects.exists()
        assert proofs.holds(Portion.objects.get())


def rows_gone(request, monkeypatch) -> bytes:
    """The clock has deleted the rows and has still to take the files. What the original holds."""
    data = store().open(request.exhibit.original_key).read()
    with monkeypatch.context() as later, clock.frozen(clock.now() + timedelta(days=DAYS + 1)):
        later.setattr(clearing, "finish", lambda portion: portion)
        clearing.run()
    assert not Exhibit.objects.filter(pk=request.exhibit.pk).exists()
    assert store().exists(request.exhibit.original_key)
    return data


def hand_in(data: bytes, request, bureau) -> Exhibit:
    return keeping.receive(
        io.BytesIO(data), declared_sha256=request.exhibit.sha256, captured_at=None, source="camera", by=bureau.chen
    )


def test_a_file_that_the_clock_takes_before_its_new_row_is_written_is_asked_for_once_more(
    bureau, period, trials, monkeypatch
):
    request = bureau.request("again")
    key, keep = request.exhibit.original_key, keeping.keep_original

    def too_early(*args: Any, **said: Any) -> str:
        found = keep(*args, **said)
        clearing.finish_waiting()
        return found

    with context.province("gx"):
        period("requests", DAYS)
        data = rows_gone(request, monkeypatch)
        with monkeypatch.context() as late:
            late.setattr(keeping, "keep_original", too_early)
            with pytest.raises(StoreBusy):
                hand_in(data, request, bureau)
        assert not store().exists(key) and not Exhibit.objects.filter(original_key=key).exists()
        assert hand_in(data, request, bureau).original_key == key
        assert store().digests(key).sha256 == request.exhibit.sha256
    trials(1)


def test_the_clock_waits_for_a_row_that_is_being_written_and_then_leaves_its_file(bureau, period, trials, monkeypatch):
    request = bureau.request("at once")
    key, written, go_on = request.exhibit.original_key, threading.Event(), threading.Event()
    with context.province("gx"):
        period("requests", DAYS)
        data = rows_gone(request, monkeypatch)

        def send() -> None:
            with context.province("gx"), transaction.atomic():
                hand_in(data, request, bureau)
                written.set()
                go_on.wait(10)
            connection.close()

        sender = threading.Thread(target=send)
        sender.start()
        assert written.wait(10)
        threading.Timer(0.5, go_on.set).start()
        clearing.finish_waiting()
        assert go_on.is_set(), "it waited"
        sender.join()
        assert Exhibit.objects.get(original_key=key).sha256 == store().digests(key).sha256
    trials(1)
