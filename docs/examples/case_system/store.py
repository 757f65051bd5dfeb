"""What the case system keeps: its cases, their photos, and what came back into their files. One SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS cases (id TEXT PRIMARY KEY, number TEXT, title TEXT, officer TEXT, unit TEXT, said TEXT);
CREATE TABLE IF NOT EXISTS photos
  (sha256 TEXT, case_id TEXT, name TEXT, ticket TEXT UNIQUE, PRIMARY KEY (sha256, case_id));
CREATE TABLE IF NOT EXISTS results (case_id TEXT PRIMARY KEY, changed_at TEXT, result TEXT);
CREATE TABLE IF NOT EXISTS heard (webhook_id TEXT PRIMARY KEY, kind TEXT);
"""


class Store:
    """Every call opens the file for itself: requests are answered by threads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with self._open() as db:
            db.executescript(TABLES)

    def _open(self) -> Any:
        db = sqlite3.connect(self.file, timeout=10)
        db.row_factory = sqlite3.Row
        return closing(db)

    def _read(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with self._open() as db:
            return [dict(row) for row in db.execute(sql, values)]

    def _write(self, sql: str, *values: object) -> int:
        with self._open() as db, db:
            return int(db.execute(sql, values).rowcount)

    def add_case(self, case: dict[str, Any], photos: Iterable[tuple[str, str, str]]) -> None:
        """photos: (sha256, file name, ticket). A ticket opens one photo to whoever holds it."""
        keys = ("id", "number", "title", "officer", "unit")
        said = {name: value for name, value in case.items() if name not in keys}
        self._write(
            "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?)",
            *(case[name] for name in keys),
            json.dumps(said, ensure_ascii=False),
        )
        for sha256, name, ticket in photos:
            self._write("INSERT OR IGNORE INTO photos VALUES (?, ?, ?, ?)", sha256, case["id"], name, ticket)

    def cases(self) -> list[dict[str, Any]]:
        return [{**row, **json.loads(row["said"])} for row in self._read("SELECT * FROM cases ORDER BY number")]

    def case(self, case_id: str) -> dict[str, Any] | None:
        return next((row for row in self.cases() if row["id"] == case_id), None)

    def photos(self, case_id: str) -> list[dict[str, Any]]:
        return self._read("SELECT * FROM photos WHERE case_id = ? ORDER BY name", case_id)

    def photo(self, ticket: str) -> dict[str, Any] | None:
        return next(iter(self._read("SELECT * FROM photos WHERE ticket = ?", ticket)), None)

    def heard_before(self, webhook_id: str, kind: str) -> bool:
        """Whether this message came already: the other side sends again until it hears a 2xx."""
        return self._write("INSERT OR IGNORE INTO heard VALUES (?, ?)", webhook_id, kind) == 0

    def keep_result(self, case_id: str, result: dict[str, Any]) -> None:
        """The newest stands: results come by several ways, and a late one does not undo a later one."""
        self._write(
            "INSERT INTO results VALUES (?, ?, ?) ON CONFLICT (case_id) DO UPDATE SET changed_at = excluded.changed_at,"
            " result = excluded.result WHERE excluded.changed_at >= results.changed_at",
            case_id,
            result["changed_at"],
            json.dumps(result, ensure_ascii=False),
        )

    def result(self, case_id: str) -> dict[str, Any] | None:
        found = self._read("SELECT result FROM results WHERE case_id = ?", case_id)
        return json.loads(found[0]["result"]) if found else None
