"""Both stores keep the same promises: whole or not at all, never overwritten, each seat its own."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from moto.server import ThreadedMotoServer

from evidence.errors import AlreadyStored, NoSuchObject
from evidence.store import content_id, make_key, read_link, store, sweep_work_dir, work_dir
from provinces.errors import BorderCrossing


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """A local S3 service over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def box(request, objects, settings):
    """The store of the installation, once a folder and once S3."""
    if request.param == "s3":
        address = request.getfixturevalue("s3_address")
        settings.S3 = {
            "endpoint_url": address,
            "bucket": f"b{uuid4().hex[:8]}",
            "access_key_id": "test",
            "secret_access_key": "test",
            "region": "cn-local",
        }
        store().make_bucket()
    return store()


def put(box, key: str, data: bytes):
    return box.put(key, io.BytesIO(data), "image/jpeg")


def test_what_is_put_is_read_back_with_digests_made_from_the_bytes(gx, box):
    key, data = make_key("gx", "original"), os.urandom(3_000_000)
    kept = put(box, key, data)
    assert (kept.sha256, kept.sm3, kept.size_bytes) == (
        hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest(), len(data)
    )  # fmt: skip
    with box.open(key) as stream:
        assert stream.read() == data
    assert box.exists(key) and box.digests(key) == kept
    with box.as_file(key) as path:
        assert path.read_bytes() == data


def test_an_original_is_never_overwritten_and_a_derived_copy_is(gx, box):
    original, view = make_key("gx", "original"), make_key("gx", "view")
    put(box, original, b"first")
    with pytest.raises(AlreadyStored):
        put(box, original, b"second")
    put(box, view, b"first")
    put(box, view, b"second")
    with box.open(original) as one, box.open(view) as two:
        assert (one.read(), two.read()) == (b"first", b"second")


def test_only_derived_copies_can_be_deleted(gx, box):
    original, view = make_key("gx", "original"), make_key("gx", "view")
    put(box, original, b"x")
    put(box, view, b"x")
    box.delete(view)
    assert not box.exists(view)
    with pytest.raises(ValueError, match="no derived copy"):
        box.delete(original)
    assert box.exists(original)
    with pytest.raises(NoSuchObject):
        box.open(view)


def test_a_seat_reaches_its_own_keys_only(gx, box):
    person = uuid4()
    for prefix in ("gd", "office", "brands", f"org-{uuid4()}"):
        key = make_key(prefix, "view")
        for attempt in (
            lambda key=key: put(box, key, b"x"),
            lambda key=key: box.open(key),
            lambda key=key: box.exists(key),
            lambda key=key: box.digests(key),
            lambda key=key: box.delete(key),
            lambda key=key: box.link(key, person_id=person),
            lambda key=key: box.as_file(key).__enter__(),
            lambda key=key: box.copy(make_key("gx", "view"), key),
        ):
            with pytest.raises(BorderCrossing):
                attempt()


@pytest.mark.parametrize(
    "key", ["gx/../gd/view", "gx/view/aa/../../../gd", "/etc/passwd", "", "gx/view/aa/x", "gx/view"]
)
def test_what_is_no_key_is_refused(gx, box, key):
    with pytest.raises(ValueError, match="no"):
        box.open(key)


def test_a_letter_s_attachment_is_copied_under_the_addressee_s_prefix_once(border, box):
    from provinces import context
    from provinces.seats import BRANDS

    source, organisation = make_key("gx", "view"), uuid4()
    target = make_key(f"org-{organisation}", "view")
    with context.province("gx"):
        kept = put(box, source, b"view")
    with context.seat(BRANDS):
        assert box.copy(source, target) == kept == box.copy(source, target)
        with pytest.raises(NoSuchObject):
            box.copy(make_key("gx", "view"), make_key(f"org-{organisation}", "view"))
        with pytest.raises(BorderCrossing):
            box.open(source)


def test_a_stream_that_breaks_leaves_nothing(gx, box, objects):
    class Broken(io.RawIOBase):
        left = 3

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            if not self.left:
                raise ConnectionResetError
            return b"x" * size

    key = make_key("gx", "original")
    with pytest.raises(ConnectionResetError):
        box.put(key, Broken(), "image/jpeg")
    assert not box.exists(key) and not list(work_dir().iterdir())


def test_what_a_dead_process_left_is_swept_after_an_hour(objects):
    old, fresh = work_dir() / "old", work_dir() / "fresh"
    (work_dir() / "folder").mkdir()
    for file in (old, fresh, work_dir() / "folder" / "view.jpg"):
        file.write_bytes(b"half")
    before = time.time() - 4000
    os.utime(old, (before, before))
    os.utime(work_dir() / "folder", (before, before))
    assert sweep_work_dir() == 2
    assert [left.name for left in work_dir().iterdir()] == ["fresh"]


def test_an_original_as_a_file_cannot_be_written(gx, objects):
    key = make_key("gx", "original")
    put(store(), key, b"sealed")
    assert (objects / key).stat().st_mode & 0o222 == 0


def test_the_same_bytes_have_the_same_key_and_it_is_a_uuid_8():
    one = content_id(hashlib.sha256(b"a").hexdigest())
    assert one == content_id(hashlib.sha256(b"a").hexdigest()) != content_id(hashlib.sha256(b"b").hexdigest())
    assert one.version == 8 and one.variant == "specified in RFC 4122"


def test_a_link_is_for_one_person_one_seat_and_some_seconds(gx, objects, monkeypatch):
    person = uuid4()
    token = store().link(make_key("gx", "view"), person_id=person, seconds=600).rpartition("/")[2]
    assert read_link(token, person_id=person)
    assert read_link(token, person_id=uuid4()) is None
    assert read_link(token + "x", person_id=person) is None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    assert read_link(token, person_id=person) is None
    with pytest.raises(ValueError, match="lives"):
        store().link(make_key("gx", "view"), person_id=person, seconds=10_000)
