"""A store that is slow, says 503, garbles, or a disk that is full: told with what to do, nothing lost, nothing half."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory
from harness import people
from harness.bad_store import bad_line

from evidence import resumable, services
from evidence.errors import StoreBusy, StoredDiffers
from evidence.hooks import UploadTarget, on_uploaded
from evidence.models import Exhibit, Upload
from evidence.parts import Part
from evidence.resumable import Sender
from evidence.store import content_id, make_key, store, work_dir
from evidence.store.nights import Circuit
from gateway.middleware import ProblemMiddleware
from kernel import clock
from kernel.errors import DiskFull, disk_full


@pytest.fixture(scope="module")
def line():
    with bad_line() as found:
        yield found


@pytest.fixture
def box(line, objects, settings):
    """A store over that line, without a lock."""
    line.slow_s, line.refuse, line.full, line.calls = 0.0, 0, False, 0
    line.garble.clear()
    settings.S3 = {
        "endpoint_url": f"http://{line.address}:{line.port}", "bucket": f"b{uuid4().hex[:8]}", "access_key_id": "test",
        "secret_access_key": "test", "region": "cn-local", "lock_days": 0, "kms_keys": (), "timeout_s": 30.0,
    }  # fmt: skip
    store().make_bucket()
    line.calls = 0
    return store()


def key_of(data: bytes) -> str:
    return make_key("gx", "original", content_id(hashlib.sha256(data).hexdigest()))


def test_a_store_that_says_503_is_asked_again_and_one_that_stays_away_is_told(gx, box, line):
    line.refuse = 2
    sealed, kept = box.seal(key_of(b"one"), io.BytesIO(b"one"), "image/jpeg", sha256=hashlib.sha256(b"one").hexdigest())
    assert kept.size_bytes == 3 and line.refuse == 0, "the third try went through"
    line.refuse = 100
    with pytest.raises(StoreBusy) as told:
        box.exists(sealed)
    assert told.value.status == 503 and "自动重发" in str(told.value.detail)
    line.refuse, line.full = 0, True
    with pytest.raises(DiskFull) as told_full:
        box.seal(key_of(b"two"), io.BytesIO(b"two"), "image/jpeg")
    assert told_full.value.status == 507 and told_full.value.code == "disk_full"
    line.full = False
    assert box.open(sealed).read() == b"one"


def test_a_slow_store_is_told_in_time_and_after_some_nobody_waits_for_the_next(gx, box, line, settings, monkeypatch):
    settings.S3 = settings.S3 | {"timeout_s": 0.3}
    hurried, circuit = store(), Circuit(failures=1, rest_s=2.0)
    for each in (box, hurried):
        monkeypatch.setattr(each._client, "_circuit", circuit)
    line.slow_s = 0.7
    with pytest.raises(StoreBusy):  # each answer has its time-out
        hurried.exists(make_key("gx", "view"))
    asked = line.calls
    with pytest.raises(StoreBusy):
        hurried.exists(make_key("gx", "view"))
    assert line.calls == asked, "nobody waits while it rests"
    line.slow_s = 0.0
    time.sleep(circuit.rest_s)
    assert not box.exists(make_key("gx", "view")), "it goes on by itself"


def test_bytes_that_the_store_changed_are_never_shown_and_another_version_is_tried(gx, box, line):
    data = b"sealed on the phone"
    digest = hashlib.sha256(data).hexdigest()
    sealed, _kept = box.seal(key_of(data), io.BytesIO(data), "image/jpeg", sha256=digest)
    line.garble.add("GET")
    with pytest.raises(StoredDiffers) as told:
        box.open(sealed, sha256=digest)
    assert told.value.status == 502 and "没有显示" in str(told.value.detail)
    line.garble.clear()
    # What lies there now was changed behind our back: the version that is right is found.
    name = sealed.partition("?")[0]
    box._client.put_object(Bucket=box.bucket, Key=name, Body=b"forged")
    assert box.open(name).read() == b"forged"
    assert box.open(name, sha256=digest).read() == data


def test_bytes_that_the_store_wrote_down_wrongly_are_refused_and_the_next_try_is_kept(gx, box, line):
    data = b"garbled on its way"
    digest = hashlib.sha256(data).hexdigest()
    line.garble.add("PUT")
    with pytest.raises(StoreBusy):
        box.seal(key_of(data), io.BytesIO(data), "image/jpeg", sha256=digest)
    line.garble.clear()
    # As under a lock: the wrong version stays where it is.
    box._client.put_object(Bucket=box.bucket, Key=key_of(data), Body=b"wrong")
    sealed, kept = box.seal(key_of(data), io.BytesIO(data), "image/jpeg", sha256=digest)
    assert kept.sha256 == digest and box.open(sealed).read() == data


# A full disk ----------------------------------------------------------------------------------------------------------


@contextmanager
def little_room(folder: Path, size: int, monkeypatch) -> Iterator[None]:
    """A file system of `size` bytes at a folder; where none can be mounted, writes fail as on a full one."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )  # fmt: skip
    if mounted.returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)
        return
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if os.fstat(descriptor).st_size > size // 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


def test_a_full_folder_store_says_507_keeps_nothing_half_and_goes_on_when_there_is_room(gx, objects, monkeypatch):
    chen = people.bureau("gx").chen
    data = people.jpeg("room", (1200, 900)) + os.urandom(300_000)
    digest = hashlib.sha256(data).hexdigest()
    given = {"declared_sha256": digest, "captured_at": clock.now(), "source": "camera", "by": chen}
    with little_room(objects, 200_000, monkeypatch):
        with pytest.raises(OSError) as full:
            services.receive(io.BytesIO(data), **given)
        told = disk_full(full.value)
        assert told is not None and told.status == 507
        assert not Exhibit.objects.filter(sha256=digest).exists()
        assert [path for path in work_dir().iterdir() if path.is_file()] == [], "nothing half stored"
        assert not store().exists(key_of(data))
    exhibit = services.receive(io.BytesIO(data), **given)
    assert store().digests(exhibit.original_key).sha256 == digest


def test_an_upload_on_a_full_disk_stops_at_a_byte_that_is_safe_and_is_continued_there(gx, objects, monkeypatch):
    chen = people.bureau("gx").chen
    on_uploaded("evidence:quarantine", UploadTarget(check=lambda *_: None, take=lambda _arrived: {"ok": True}))
    data = os.urandom(600_000)
    upload = Upload.objects.create(
        by_id=chen.pk, target="/", length=len(data), fields={}, expires_at=clock.now().replace(year=2999)
    )
    part_dir = objects / ".parts"
    with little_room(part_dir, 200_000, monkeypatch):
        Part(upload.pk).create()
        source = io.BytesIO(data)
        with suppress(OSError):
            resumable.append(upload, offset=0, read=source.read, length=len(data))
        safe = Part(upload.pk).path.stat().st_size
        assert Part(upload.pk).path.read_bytes() == data[:safe], "what is there is right"
        kept = Part(upload.pk).path.read_bytes()
    Part(upload.pk).create() if not Part(upload.pk).path.exists() else None
    Part(upload.pk).path.write_bytes(kept)
    source = io.BytesIO(data[safe:])
    assert resumable.append(upload, offset=safe, read=source.read, length=len(data) - safe) == len(data)
    assert Part(upload.pk).path.read_bytes() == data
    assert Sender(chen).ticket is None


def test_a_full_database_is_told_as_507_on_a_page_and_to_a_program(gx):
    with pytest.raises(OperationalError) as full, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$")
    middleware = ProblemMiddleware(lambda request: None)
    for headers, kind in (
        ({"HTTP_ACCEPT": "application/json"}, "problem+json"),
        ({"HTTP_ACCEPT": "text/html"}, "html"),
    ):
        request = RequestFactory(**headers).post("/requests/")
        request.request_id, request.user = "1", None
        answer = middleware.process_exception(request, full.value)
        assert answer is not None and answer.status_code == 507 and kind in answer["Content-Type"]
        assert "存储空间" in answer.content.decode() or "\\u5b58" in answer.content.decode()
