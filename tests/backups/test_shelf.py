"""What a round over all files remembers lies on disk."""

import tracemalloc
from hashlib import sha256

import pytest

from backups.shelf import shelf
from evidence.store import work_dir


def test_names_are_known_by_what_was_said_first_and_leave_no_file_however_it_ends():
    with shelf() as kept:
        kept.fill([("gx/photo/1", "a b"), ("gx/photo/2", "")])
        kept.fill([("gx/photo/1", "another")])
        assert (kept.get("gx/photo/1"), kept.get("gx/photo/2"), kept.get("gx/photo/3")) == ("a b", "", None)
        assert "gx/photo/2" in kept and "gx/photo/3" not in kept and len(kept) == 2
        assert not list(work_dir().glob("shelf-*"))


def test_a_list_that_breaks_off_leaves_what_came_before_it_usable():
    def broken():
        for number in range(25_000):
            yield f"{number:06}", "x"
        raise OSError("the line went")

    with shelf() as kept:
        with pytest.raises(OSError, match="the line went"):
            kept.fill(broken())
        assert len(kept) == 20_000
        kept.fill([("later", "y")])
        assert kept.get("000001") == "x" and kept.get("later") == "y"


def test_memory_does_not_grow_with_the_number_of_files():
    def peak(files: int) -> int:
        tracemalloc.start()
        with shelf() as kept:
            kept.fill((sha256(b"%d" % number).hexdigest(), "") for number in range(files))
            assert len(kept) == files
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(60_000) < 1.2 * peak(20_000)
