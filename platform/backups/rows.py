"""The rows of a schema as one stream, written in one snapshot and read back table by table.

For each table a line of JSON (table, columns), then its rows as COPY writes them, in blocks with their length before
them, an empty block at the end, and a line with the count. `COPY … TO` takes the lightest lock there is: nobody waits.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from django.db import connection

from backups.sealing import Damaged, Sink, Unsealed
from provinces import context
from provinces.grants import quoted
from provinces.models import SharedSchema
from provinces.provisioning import TEMPLATE, pg_dump_program

_LENGTH_BYTES = 4
_TABLES = """
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1
"""
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
_SEQUENCES = """
    SELECT a.attname, pg_get_serial_sequence(%s, a.attname) FROM pg_attribute a
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    AND pg_get_serial_sequence(%s, a.attname) IS NOT NULL
"""


@contextmanager
def snapshot() -> Iterator[Any]:
    """A cursor of the owner that sees one moment only, and can change nothing."""
    with context.owner():
        params = connection.get_connection_params()
    kept = {name: params[name] for name in ("dbname", "user", "password", "host", "port", "options") if name in params}
    opened = psycopg2.connect(**kept, application_name="czj backup")
    try:
        opened.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with opened.cursor() as cursor:
            cursor.execute("SELECT 1")  # the snapshot is taken by the first statement
            yield cursor
    finally:
        opened.close()


def tables_of(cursor: Any, schema: str) -> list[str]:
    """Names of the tables of a schema, without those of extensions."""
    cursor.execute(_TABLES, [quoted(schema)])
    return [name for (name,) in cursor.fetchall()]


def columns_of(cursor: Any, schema: str, table: str) -> list[str]:
    """Columns that can be written, in their order."""
    cursor.execute(_COLUMNS, [named(schema, table)])
    return [name for (name,) in cursor.fetchall()]


def named(schema: str, table: str) -> str:
    """Both, quoted."""
    return f"{quoted(schema)}.{quoted(table)}"


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))


# Writing --------------------------------------------------------------------------------------------------------------


class _Blocks:
    """Takes what COPY gives and writes it in blocks. psycopg2 calls `write`."""

    def __init__(self, out: Sink) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        self._out.write(len(data).to_bytes(_LENGTH_BYTES, "big") + data)
        return len(data)


def _line(out: Sink, said: Mapping[str, Any]) -> None:
    text = json.dumps(said).encode()
    out.write(len(text).to_bytes(_LENGTH_BYTES, "big") + text)


def write_table(cursor: Any, out: Sink, schema: str, table: str, where: str = "") -> int:
    """One table, or those of its rows that a condition names. Returns how many."""
    columns = columns_of(cursor, schema, table)
    _line(out, {"table": table, "columns": columns})
    source = f"(SELECT {_listed(columns)} FROM {named(schema, table)} {where and f'WHERE {where}'})"
    cursor.copy_expert(f"COPY {source} TO STDOUT", _Blocks(out))
    count = int(cursor.rowcount)
    out.write(bytes(_LENGTH_BYTES))
    _line(out, {"rows": count})
    return count


def write_end(out: Sink) -> None:
    """After the last table."""
    _line(out, {"end": True})


def structure_of(cursor: Any, code: str, version: str) -> tuple[str, str]:
    """SQL that makes the tables of a province's schema, and the name it has in there.

    The kept dump of the template where it is of this version; else `pg_dump`, else nothing, and then the backup can
    be restored by the version that wrote it only.
    """
    table = SharedSchema._meta.db_table
    cursor.execute(f"SELECT dump FROM {table} WHERE name = %s AND version = %s", [TEMPLATE, version])
    found = cursor.fetchone()
    if found and found[0]:
        return str(found[0]), TEMPLATE
    return _dumped(code), code


def _dumped(code: str) -> str:
    program = pg_dump_program()
    if program is None:
        return ""
    with context.owner():
        params = connection.get_connection_params()
    ran = subprocess.run(
        [program, "--schema", code, "--schema-only", "--no-owner", "--no-privileges", "--no-comments"],
        env={
            "PGHOST": str(params["host"]),
            "PGPORT": str(params["port"]),
            "PGDATABASE": str(params["dbname"]),
            "PGUSER": str(params["user"]),
            "PGPASSWORD": str(params.get("password") or ""),
        },
        capture_output=True,
        check=False,
        timeout=600,
    )
    if ran.returncode:
        return ""
    return "\n".join(line for line in ran.stdout.decode().split("\n") if not line.startswith(("\\", "--")))


# Reading --------------------------------------------------------------------------------------------------------------


class _Rows:
    """What COPY reads: the blocks of one table, until the empty one."""

    def __init__(self, source: Unsealed) -> None:
        self._source, self._left, self._over = source, 0, False

    def read(self, size: int = -1) -> bytes:
        found = bytearray()
        while not self._over and (size < 0 or len(found) < size):
            if not self._left:
                self._left = int.from_bytes(self._source.exactly(_LENGTH_BYTES), "big")
                if not self._left:
                    self._over = True
                    break
            piece = self._source.exactly(self._left if size < 0 else min(self._left, size - len(found)))
            self._left -= len(piece)
            found += piece
        return bytes(found)

    def skip(self) -> None:
        while self.read(1 << 20):
            pass


@dataclass(frozen=True)
class Table:
    """One table of a stream: take its `rows` before asking for the next."""

    name: str
    columns: tuple[str, ...]
    rows: _Rows


def _read_line(source: Unsealed) -> dict[str, Any]:
    length = int.from_bytes(source.exactly(_LENGTH_BYTES), "big")
    try:
        said: dict[str, Any] = json.loads(source.exactly(length))
    except ValueError as error:
        raise Damaged("line") from error
    return said


def read_tables(source: Unsealed, take: Callable[[Table], None]) -> dict[str, int]:
    """Hand each table of a stream to `take`. Returns counts as they were written. Raises Damaged."""
    counts = {}
    while not (said := _read_line(source)).get("end"):
        table = Table(said["table"], tuple(said["columns"]), _Rows(source))
        take(table)
        table.rows.skip()
        counts[table.name] = int(_read_line(source)["rows"])
    return counts


def load(cursor: Any, schema: str, table: Table) -> int:
    """Put the rows of a table into the one of that name. Returns how many."""
    cursor.copy_expert(f"COPY {named(schema, table.name)} ({_listed(table.columns)}) FROM STDIN", table.rows)
    count = int(cursor.rowcount)
    place = named(schema, table.name)
    cursor.execute(_SEQUENCES, [place, place, place])
    for column, sequence in cursor.fetchall():
        cursor.execute(
            f"SELECT setval(%s, greatest(coalesce(max({quoted(column)}), 1), 1), max({quoted(column)}) IS NOT NULL)"
            f" FROM {place}",
            [sequence],
        )
    return count


def empty(cursor: Any, schema: str, tables: Collection[str]) -> None:
    """Take all rows out of these tables."""
    if tables:
        cursor.execute("TRUNCATE " + ", ".join(named(schema, table) for table in tables))


def make(cursor: Any, schema: str, sql: str, name_in_sql: str) -> None:
    """A fresh schema with the tables that `sql` makes, without rows, whatever it is called in there."""
    cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE")
    if name_in_sql == TEMPLATE:
        sql = re.sub(rf"\b{TEMPLATE}\b", schema, sql)
    else:
        old = re.escape(name_in_sql)
        sql = re.sub(rf"\b{old}\.", f"{schema}.", re.sub(rf"\bSCHEMA {old}\b", f"SCHEMA {schema}", sql))
    cursor.execute(sql)
    cursor.execute("SET search_path = public; SET check_function_bodies = on; SET row_security = on")
    empty(cursor, schema, tables_of(cursor, schema))
