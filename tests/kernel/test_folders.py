"""Lists of files: whole, in order, and never silently short."""

import os

import pytest

from kernel.folders import files_below


def test_every_file_is_listed_with_its_length_folder_by_folder_in_the_order_of_names(tmp_path):
    for name in ("b/2", "b/1", "a/z/3", "top"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "empty").mkdir()
    found = [(path.relative_to(tmp_path).as_posix(), size) for path, size in files_below(tmp_path)]
    assert found == [("top", 3), ("a/z/3", 5), ("b/1", 3), ("b/2", 3)]
    assert list(files_below(tmp_path / "nowhere")) == []


def test_what_goes_meanwhile_is_left_out_and_what_cannot_be_read_is_said(tmp_path, monkeypatch):
    for name in "123":
        (tmp_path / name).touch()
    seen = []
    for path, _size in files_below(tmp_path):
        seen.append(path.name)
        (tmp_path / "2").unlink(missing_ok=True)
    assert seen == ["1", "3"]

    def denied(folder: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(PermissionError):
        list(files_below(tmp_path))
