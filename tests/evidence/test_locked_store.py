"""An S3 store keeps each version of an original under lock; its key reads the bytes that were sealed."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.management import call_command
from moto.server import ThreadedMotoServer

from evidence import services
from evidence.models import Exhibit
from evidence.store import make_key, store
from operations.procedures import Run
from operations.province import removing
from provinces import context
from provinces.errors import BorderCrossing
from provinces.seats import BRANDS

DAYS = 30


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A local S3 service over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def given(address, objects, settings) -> dict[str, object]:
    """Settings of a store with lock and a key for 广西."""
    settings.S3 = {
        "endpoint_url": address, "bucket": f"b{uuid4().hex[:8]}", "access_key_id": "test", "secret_access_key": "test",
        "region": "cn-local", "lock_days": DAYS, "kms_keys": (("*", "key-of-all"), ("gx", "key-of-gx")),
    }  # fmt: skip
    return settings.S3


@pytest.fixture
def box(given):
    store().make_bucket()
    return store()


@pytest.fixture
def raw(given, box):
    """Somebody with the store's own credentials, past our code."""
    return boto3.client(
        "s3", endpoint_url=given["endpoint_url"], aws_access_key_id="test", aws_secret_access_key="test",
        region_name="cn-local",
    )  # fmt: skip


def named(box, key: str) -> dict[str, str]:
    name, _mark, version = key.partition("?v=")
    return {"Bucket": box.bucket, "Key": name} | ({"VersionId": version} if version else {})


def test_an_original_is_sealed_as_a_version_under_compliance_lock(gx, box, raw):
    data = os.urandom(100_000)
    key, kept = box.seal(make_key("gx", "original"), io.BytesIO(data), "image/jpeg")
    assert "?v=" in key and kept.sha256 == hashlib.sha256(data).hexdigest()
    head = raw.head_object(**named(box, key))
    assert head["ObjectLockMode"] == "COMPLIANCE"
    left = head["ObjectLockRetainUntilDate"] - datetime.now(UTC)
    assert timedelta(days=DAYS - 1) < left <= timedelta(days=DAYS)
    with pytest.raises(ClientError, match="AccessDenied"):
        raw.delete_object(**named(box, key))
    with pytest.raises(ClientError, match="AccessDenied"):
        raw.delete_object(**named(box, key), BypassGovernanceRetention=True)
    assert box.digests(key) == kept


def test_what_is_put_over_it_or_deleted_from_above_leaves_the_sealed_bytes_readable(gx, box, raw):
    key, kept = box.seal(make_key("gx", "original"), io.BytesIO(b"sealed"), "image/jpeg")
    name = key.partition("?")[0]
    raw.put_object(Bucket=box.bucket, Key=name, Body=b"forged")
    with box.open(key) as stream, box.open(name) as latest:
        assert (stream.read(), latest.read()) == (b"sealed", b"forged")
    raw.delete_object(Bucket=box.bucket, Key=name)
    assert not box.exists(name) and box.exists(key) and box.digests(key) == kept
    with box.as_file(key) as path:
        assert path.read_bytes() == b"sealed"


def test_sealing_twice_returns_the_first_version(gx, box, raw):
    key = make_key("gx", "original")
    first, kept = box.seal(key, io.BytesIO(b"sealed"), "image/jpeg")
    raw.put_object(Bucket=box.bucket, Key=key, Body=b"forged")
    assert box.seal(key, io.BytesIO(b"sealed"), "image/jpeg") == (first, kept)


def test_an_exhibit_keeps_the_version_with_its_key(gx, box, raw, people, photo):
    chen, _ = people()
    data = photo()
    sha256 = hashlib.sha256(data).hexdigest()
    sent = {"declared_sha256": sha256, "captured_at": None, "source": "camera", "by": chen}
    exhibit = services.receive(io.BytesIO(data), **sent)
    assert "?v=" in exhibit.original_key
    raw.put_object(Bucket=box.bucket, Key=exhibit.original_key.partition("?")[0], Body=b"forged")
    assert services.make_views(exhibit.pk).state == "ready"
    assert box.digests(Exhibit.objects.get().original_key).sha256 == sha256
    assert services.receive(io.BytesIO(data), **sent).pk == exhibit.pk


def test_what_came_with_a_letter_becomes_an_original_under_lock(gx, box, raw):
    arrived = make_key("gx", "letter")
    kept = box.put(arrived, io.BytesIO(b"original of another province"), "image/jpeg")
    for _ in range(2):
        key = services.adopt_original(arrived, owner="gx", digests=kept)
        assert "?v=" in key and raw.head_object(**named(box, key))["ObjectLockMode"] == "COMPLIANCE"
        assert box.digests(key) == kept
    assert "ObjectLockMode" not in raw.head_object(**named(box, arrived))


def test_derived_copies_are_not_locked_and_go_with_all_their_versions(gx, box, raw):
    key = make_key("gx", "view")
    for body in (b"one", b"two"):
        box.put(key, io.BytesIO(body), "image/jpeg")
    assert "ObjectLockMode" not in raw.head_object(**named(box, key))
    box.delete(key)
    assert not raw.list_object_versions(Bucket=box.bucket, Prefix=key).get("Versions")
    with pytest.raises(ValueError, match="no key of an original"):
        box.seal(key, io.BytesIO(b"x"), "image/jpeg")


def test_each_province_writes_with_its_own_key_and_prefix(border, box, raw):
    keys = {}
    for seat in ("gx", "gd"):
        with context.province(seat):
            keys[seat] = box.seal(make_key(seat, "original"), io.BytesIO(b"x"), "image/jpeg")[0]
    assert raw.head_object(**named(box, keys["gx"]))["SSEKMSKeyId"] == "key-of-gx"
    assert raw.head_object(**named(box, keys["gd"]))["SSEKMSKeyId"] == "key-of-all"
    organisation = uuid4()
    with context.province("gx"):
        view = make_key("gx", "view")
        box.put(view, io.BytesIO(b"view"), "image/jpeg")
        for attempt in (lambda: box.open(keys["gd"]), lambda: box.link(keys["gd"], person_id=uuid4())):
            with pytest.raises(BorderCrossing):
                attempt()
    with context.seat(BRANDS):
        copy = make_key(f"org-{organisation}", "view")
        box.copy(view, copy)
    assert raw.head_object(**named(box, copy))["SSEKMSKeyId"] == "key-of-all"


def test_the_store_says_what_it_keeps_and_what_not(gx, given, box, raw, settings, objects, capsys):
    assert all(promise.kept for promise in box.promises())
    call_command("objects")
    assert "✗" not in capsys.readouterr().out
    settings.S3 = {**given, "bucket": "plain", "kms_keys": ()}
    raw.create_bucket(Bucket="plain", CreateBucketConfiguration={"LocationConstraint": "cn-local"})
    missed = {promise.code for promise in store().promises() if not promise.kept}
    assert missed == {"versions", "lock", "key_per_province"}
    with pytest.raises(SystemExit):
        call_command("objects")
    settings.S3 = {**given, "endpoint_url": ""}
    folder = {promise.code: promise for promise in store().promises()}
    assert not folder["lock"].kept and not folder["versions"].kept and folder["once"].kept
    call_command("objects")
    assert "✗ lock" in capsys.readouterr().out


def test_a_removal_of_a_province_names_every_version_that_is_locked_or_held(border, box, raw, monkeypatch):
    with context.province("gx"):
        locked, held = (box.seal(make_key("gx", "original"), io.BytesIO(os.urandom(9)), "image/jpeg")[0] for _ in "12")
        view = make_key("gx", "derived")
        box.put(view, io.BytesIO(b"view"), "image/jpeg")
    name = held.partition("?")[0]
    raw.put_object(Bucket=box.bucket, Key=name, Body=b"another version")
    monkeypatch.setattr(removing, "_held_names", lambda code: {name})
    said: list[str] = []
    found = removing._objects(Run(removing.KIND, "gx", {}, "周", say=said.append))
    with context.province("gx"):
        assert not box.exists(view)
    stays = {each["key"]: (each["why"], each["until"][:4]) for each in found["stays"]}
    assert stays.pop(locked) == ("lock", str((datetime.now(UTC) + timedelta(days=DAYS)).year))
    assert set(stays.values()) == {("hold", "")} and {key.partition("?")[0] for key in stays} == {name}
    assert any(locked in line for line in said) and "删除 1 件" in said[0] and "删除" in said[-1]
