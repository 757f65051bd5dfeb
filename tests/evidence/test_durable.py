"""What is stored is still there after the power went: the folder that names a file is on the disk, too."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from backups import places
from evidence.store import make_key, store
from evidence.store.local import FolderStore
from kernel import durable
from oversight.copying import targets


@pytest.fixture
def kept(monkeypatch):
    """Which entries are safe on the disk: all that a folder named when it was synced."""
    safe: set[Path] = set()
    sync = os.fsync

    def watched(handle: int) -> None:
        sync(handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_dir():
            safe.update(path.iterdir())

    monkeypatch.setattr(os, "fsync", watched)
    return safe


def up_to(path: Path, root: Path) -> set[Path]:
    return {path, *(each for each in path.parents if root in each.parents)}


def test_an_original_and_a_copy_that_came_with_a_letter_are_named_on_the_disk(gx, objects, kept):
    key, copy = make_key("gx", "original"), make_key("gx", "letter")
    box = store()
    assert isinstance(box, FolderStore)
    box.put(key, io.BytesIO(b"photo"), "image/jpeg")
    box.copy(key, copy)
    for each in (key, copy):
        assert up_to(box.root / each, box.root) <= kept


def test_a_part_of_a_backup_and_a_batch_of_the_trail_are_named_on_the_disk(tmp_path, kept):
    with places.Folder(str(tmp_path)).write("gx/2026/part") as out:
        out.write(b"rows")
    assert up_to(tmp_path / "gx/2026/part", tmp_path) <= kept
    targets.Folder(tmp_path).send("hn", 1, ["{}"])
    (batch,) = (tmp_path / "hn").iterdir()
    assert up_to(batch, tmp_path) <= kept


def test_a_mount_that_syncs_no_folder_is_written_to_all_the_same(tmp_path, monkeypatch):
    def refuse(_handle: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    durable.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
