"""What lies at a place: whole or not at all, unreadable for whoever keeps it, refused by name where it was changed."""

from __future__ import annotations

import errno
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from harness.vault import number, person, photo, picture_of, seal
from moto import mock_aws

from backups import manifest, places, pruning, sealing, selectors, services, tasks
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
from backups.models import Backup, Rehearsal
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


def test_generations_keep_the_last_of_each_day_week_and_month():
    now = clock.now()
    backups = [SimpleNamespace(name=str(n), snapshot_at=now - timedelta(hours=12 * n)) for n in range(200)]
    kept = pruning.kept_of(backups, days=7, weeks=5, months=12)
    assert "0" in kept and len([n for n in kept if int(n) <= 14]) >= 7
    assert 10 <= len(kept) <= 7 + 5 + 12
    assert pruning.kept_of(backups, days=0, weeks=0, months=0) == {"0"}
