"""What a round over all files has to remember of them, on disk: memory stays the same for a hundred million."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from evidence.store import work_dir

_AT_ONCE, _CACHE_KIB = 10_000, 65_536


class Shelf:
    """Names, and what is said of each. Filling it in the order of the names is fast, in another order slow."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID")

    def fill(self, rows: Iterable[tuple[str, str]]) -> None:
        """Add these. What is there already stays as it is; what came before `rows` raised is kept."""
        rows = iter(rows)
        while some := list(islice(rows, _AT_ONCE)):
            with self._database:
                self._database.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", some)

    def get(self, name: str) -> str | None:
        """What is said of a name; None where it is not known."""
        found = self._database.execute("SELECT said FROM kept WHERE name = ?", [name]).fetchone()
        return None if found is None else str(found[0])

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM kept").fetchone()[0])


@contextmanager
def shelf() -> Iterator[Shelf]:
    """An empty one in the folder of work: some 0.2 kB of disk for each name, free again however the process ends."""
    made, name = tempfile.mkstemp(prefix="shelf-", dir=work_dir())
    os.close(made)
    with closing(sqlite3.connect(name)) as database:
        # Nobody else opens it and nothing has to be on disk for sure, so it needs no name and no journal there.
        database.execute("PRAGMA journal_mode = MEMORY")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        kept = Shelf(database)
        Path(name).unlink()
        yield kept
