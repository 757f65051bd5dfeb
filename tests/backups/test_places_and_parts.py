"""What lies at a place: whole or not at all, unreadable for whoever keeps it, refused by name where it was changed."""

from __future__ import annotations

import errno
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest
from django.db import DataError, connection
from harness.vault import number, person, photo, picture_of, seal
from moto import mock_aws

from backups import carrying, manifest, places, pruning, restoring, sealing, selectors, services, tasks
from backups.errors import (
    AlreadyRunning,
    FromNewerVersion,
    KeyMissing,
    NeedsNewHost,
    NoSuchProvince,
    NotForSandbox,
    NothingThere,
    NotSigned,
    PartDiffers,
    PartMissing,
    PlaceFull,
    PlaceWrong,
)
from backups.models import Backup, Rehearsal, Restoration
from backups.writing import one_at_a_time
from kernel import clock
from provinces import context
from provinces.models import Province


def test_a_backup_is_whole_or_none_tells_nothing_and_is_refused_by_part(vault, settings, monkeypatch):
    person("gx", "chen")
    photo("gx", b"secret picture bytes")
    seal("gx", "one")
    before = picture_of("gx")
    made = vault.back_up("gx")
    everything = b"".join(each.read_bytes() for each in Path(vault.place).rglob("*") if each.is_file())
    assert b"secret picture" not in everything and b"accounts_user" in everything  # the manifest names tables alone
    assert b"chen" not in everything
    assert services.verify(vault.place, name=made.name, say=vault.said.append) == []
    assert vault.restore("gx", dry_run=True) is None and picture_of("gx") == before

    # A rehearsal restores it, compares, and leaves nothing.
    row = services.rehearse("gx", place=vault.place, say=vault.said.append)
    assert row.state == Rehearsal.State.PASSED, row.findings
    assert row.findings["log_entries"] == 1 and row.findings["files_read"] == 1
    with context.province("gx"):
        assert selectors.last_rehearsal("gx").pk == row.pk
    assert selectors.next_to_rehearse() == "gx"

    # A second one copies no file again; a disk that fills up leaves no second one.
    assert vault.back_up("gx").objects_new == 0
    photo("gx", b"a new one")
    full = places.Folder.write

    def no_room(self, path):
        if path.startswith("objects/"):
            raise PlaceFull(place=self.words)
        return full(self, path)

    monkeypatch.setattr(places.Folder, "write", no_room)
    with pytest.raises(PlaceFull):
        vault.back_up("gx")
    monkeypatch.undo()
    with context.owner():
        failed = Backup.objects.get(state=Backup.State.FAILED)
        assert selectors.last_failure("gx") == failed and selectors.last_of("gx") != failed
    assert failed.name not in [each.name for each in services.listed(vault.place) if each.whole]

    # Changed, cut, missing, of a later release, of another key: each is told by its name, and nothing is changed.
    [rows] = [each for each in vault.parts("gx.rows.czj") if made.name in str(each)]
    whole = rows.read_bytes()
    rows.chmod(0o600)
    rows.write_bytes(whole[:-40] + bytes(40))
    with pytest.raises(PartDiffers) as differs:
        vault.restore("gx", name=made.name)
    assert differs.value.data["part"] == "gx/rows"
    rows.write_bytes(whole[: len(whole) // 2])
    assert services.verify(vault.place, name=made.name, say=vault.said.append) == [
        PartDiffers(name=made.name, part="gx/rows").detail
    ]
    rows.unlink()
    with pytest.raises(PartMissing):
        vault.restore("gx", name=made.name)
    assert picture_of("gx") == before

    newest = manifest.newest(places.place_of(vault.place), "gx", sealing.Keys.configured())
    file = Path(vault.place, manifest.path_of(newest.name))
    file.chmod(0o600)
    later = newest.model_copy(update={"migrations": {"gx": (*newest.migrations["gx"], "audit.9999_later")}})
    file.write_bytes(manifest.as_written(later, sealing.Keys.configured()))
    with pytest.raises(FromNewerVersion) as newer:
        vault.restore("gx", name=newest.name)
    assert newer.value.data["what"] == "audit.9999_later"
    text = json.loads(file.read_text())
    text["manifest"]["objects"] = 0
    file.write_text(json.dumps(text))
    with pytest.raises(NotSigned):
        vault.restore("gx", name=newest.name)
    settings.BACKUP_KEY = sealing.new_key()
    with pytest.raises(NotSigned):
        vault.restore("gx")
    assert picture_of("gx") == before


def test_what_cannot_be_is_refused_with_what_to_do(vault, settings):
    with pytest.raises(NoSuchProvince):
        vault.back_up("xx")
    with pytest.raises(NeedsNewHost):
        vault.restore(None)
    with pytest.raises(NothingThere):
        vault.restore("gx")
    for words in ("", "relative", "ftp://x/y", "s3://"):
        with pytest.raises(PlaceWrong):
            services.back_up("gx", place=words, say=vault.said.append)
    with one_at_a_time(), pytest.raises(AlreadyRunning):
        vault.back_up("gx")
    with context.owner():
        Province.objects.filter(schema_name="fj").update(kind=Province.Kind.SANDBOX)
    try:
        with pytest.raises(NotForSandbox):
            vault.back_up("fj")
    finally:
        with context.owner():
            Province.objects.filter(schema_name="fj").update(kind=Province.Kind.ORDINARY)
    assert tasks.nightly.run() == ""  # no place, no backup
    settings.BACKUP_KEY = ""
    with pytest.raises(KeyMissing):
        vault.back_up("gx")
    assert number("gx").endswith("1号")


def schemas() -> set[str]:
    with context.owner(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def test_nobody_prunes_or_rehearses_while_somebody_else_is_at_work(vault):
    """A backup that ends after somebody looked what stays would lose its files; a scratch schema may be another's."""
    vault.back_up("gx")
    with context.owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA gx_rehearsal")
    try:
        with one_at_a_time():
            with pytest.raises(AlreadyRunning):
                services.prune(vault.place, say=vault.said.append)
            with pytest.raises(AlreadyRunning):
                services.rehearse("gx", place=vault.place, say=vault.said.append)
            assert services.prune(vault.place, say=vault.said.append, dry_run=True) == []
        assert "gx_rehearsal" in schemas()
        with context.owner():
            assert not Rehearsal.objects.exists(), "being asked to wait is no failed rehearsal"
            dead = Rehearsal.objects.create(scope="gx", backup_name="of a worker that was killed")
        assert services.rehearse("gx", place=vault.place, say=vault.said.append).state == Rehearsal.State.PASSED
        with context.owner():
            dead.refresh_from_db()
            assert dead.state == Rehearsal.State.FAILED
        assert "gx_rehearsal" not in schemas()
    finally:
        restoring.drop("gx_rehearsal")


def test_what_follows_a_backup_at_once_does_not_find_it_running(vault, monkeypatch):
    connect, open_still = psycopg2.connect, []

    class EndsLater:
        """A server hears a moment later that a connection was closed."""

        def __init__(self, **said):
            self.inner = connect(**said)
            open_still.append(self.inner)

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def close(self):
            pass

    with monkeypatch.context() as patch:
        patch.setattr(psycopg2, "connect", EndsLater)
        for _time in range(2):
            with one_at_a_time(), pytest.raises(AlreadyRunning), one_at_a_time():
                pass
    for each in open_still:
        each.close()


def test_what_a_killed_backup_or_pruning_left_goes_with_the_next_pruning(vault):
    made, kept = vault.back_up("gx"), vault.back_up("gz")
    folder = Path(vault.place, manifest.folder_of(made.name))
    Path(vault.place, manifest.path_of(made.name)).unlink()
    (folder / ".partial-0190").write_bytes(b"never ended")
    strangers = Path(vault.place, manifest.folder_of("20260101T000000000Z-all"))
    strangers.mkdir()
    (strangers / "rows.czj").write_bytes(b"of another installation")
    assert services.prune(vault.place, say=vault.said.append) == [] and folder.exists(), "a finished one is looked into"
    with context.owner():
        Backup.objects.filter(pk=made.pk).update(state=Backup.State.RUNNING)  # as a killed one stands
    assert services.prune(vault.place, say=vault.said.append) == []
    assert not folder.exists() and strangers.exists()
    assert [each.name for each in services.listed(vault.place) if each.whole] == [kept.name]


def test_what_a_broken_restoration_says_quotes_no_row(vault, monkeypatch):
    person("gx", "chen")
    vault.back_up("gx")

    def broken(*_args, **_more):
        with context.owner(), connection.cursor() as cursor:
            cursor.execute("SELECT '张三的身份证'::uuid")

    monkeypatch.setattr(carrying, "carry", broken)
    with pytest.raises(DataError, match="张三"):
        vault.restore("gx")
    with context.owner():
        report = Restoration.objects.get(scope="gx").report
    assert report["problem"] == "DataError 22P02"
    monkeypatch.undo()
    assert vault.restore("gx").state == Restoration.State.DONE


def test_a_bucket_keeps_what_a_folder_does(settings, tmp_path, monkeypatch):
    settings.OBJECTS_DIR = tmp_path
    settings.BACKUP_S3 = {"endpoint_url": "https://s3.amazonaws.com", "access_key_id": "x", "secret_access_key": "y"}
    with mock_aws():
        place = places.place_of("s3://vault/czj")
        place._client.create_bucket(Bucket="vault", CreateBucketConfiguration={"LocationConstraint": "cn-local"})
        with place.write("backups/a/part.czj") as out:
            out.write(b"bytes")
        with pytest.raises(OSError), place.write("backups/b/part.czj") as out:
            out.write(b"half")
            raise OSError(errno.ENOSPC, "no space")
        assert list(place.listed("backups")) == [("backups/a/part.czj", 5)]
        assert place.folders("backups") == ["a"] and place.size("backups/b/part.czj") is None
        with place.open("backups/a/part.czj") as source:
            assert source.read() == b"bytes"
        place.delete("backups/a/part.czj")
        with pytest.raises(FileNotFoundError):
            place.open("backups/a/part.czj")
        for path in ("backups/a/one", "backups/a/two", "backups/ab/three"):
            with place.write(path) as out:
                out.write(b"x")
        place.remove("backups/a")
        assert [path for path, _size in place.listed("backups")] == ["backups/ab/three"]


def test_generations_keep_the_last_of_each_day_week_and_month():
    now = clock.now()
    backups = [SimpleNamespace(name=str(n), snapshot_at=now - timedelta(hours=12 * n)) for n in range(200)]
    kept = pruning.kept_of(backups, days=7, weeks=5, months=12)
    assert "0" in kept and len([n for n in kept if int(n) <= 14]) >= 7
    assert 10 <= len(kept) <= 7 + 5 + 12
    assert pruning.kept_of(backups, days=0, weeks=0, months=0) == {"0"}
