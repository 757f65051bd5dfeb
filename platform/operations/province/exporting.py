"""`province export`: everything of a province in an open form, in a folder that a stranger can check.

    README.txt  check.py  manifest.json  manifest.sig
    keys/office.pub           who signed the manifest: the office's log, Ed25519, 32 bytes
    schema.json               each table: what it is called, its columns with types, its keys
    data/own/<table>.jsonl    rows of the province's schema, one JSON object a line
    data/shared/<table>.jsonl rows of shared tables that its login may read and that concern it alone: its letters, …
    objects.jsonl, objects/…  what lies in the object store, with the digests made while copying

All is read as the province's own login, so nothing can be in it that the province could not see. Part by part: a part
that is whole stands in parts.jsonl, and a run that was broken off goes on with the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import keys, log
from evidence.store import store
from kernel import clock, durable
from kernel.canonical import canonical_json
from kernel.errors import BadInput, Words
from operations.errors import ProcedureRefused
from operations.procedures import Act, Run, Say, run
from operations.province import described
from provinces import context
from provinces.models import Province
from provinces.seats import OFFICE

KIND = "province.export"
VERSION = 1
SIGNED_BY = OFFICE.name
ROWS_A_TIME = 2000
OBJECTS_A_PART = 500
_STRANGER = Path(__file__).parent.parent / "stranger"


class ExportWrong(BadInput):
    """What lies there is not what was exported."""

    code = "export_wrong"
    sentence = gettext_lazy("导出的内容没有通过核对：{why}")


def export(code: str, *, to: Path, by: str, say: Say, dry_run: bool = False) -> Run:
    """Write everything of a province to a folder. Run again it goes on with the part that was broken off."""
    folder = to.absolute()
    acts = [
        Act("begin", gettext_lazy("目标文件夹"), _begin, _would),
        Act("rows", gettext_lazy("数据表"), _rows, again=True),
        Act("objects", gettext_lazy("照片和文件"), _objects, again=True),
        Act("manifest", gettext_lazy("清单和签名"), _manifest, again=True),
        Act("verify", gettext_lazy("核对"), _check, again=True),
    ]
    return run(KIND, code, acts, options={"to": str(folder)}, by=by, say=say, dry_run=dry_run)


def verify(code: str, folder: Path, *, say: Say) -> dict[str, Any]:
    """Check an export as a stranger would, and that it is this province's. Its manifest. Raises ExportWrong."""
    return _verified(code, folder, say)


def digest_of(folder: Path) -> str:
    """SHA-256 of an export's manifest: it stands for the whole."""
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def changed_since(code: str, folder: Path, manifest: dict[str, Any]) -> list[str]:
    """What of the province is not now as a verified export holds it: its tables row by row, and the first file.

    Files are compared by name and size. Shared tables are not: what others wrote to it meanwhile stays with the others.
    """
    told = {part["part"]: part["sha256"] for part in manifest["tables"]}
    changed = []
    with context.province(code), _one_moment():
        for table in described.own_tables(code):
            sha256 = hashlib.sha256()
            for _count, lines in _lines(table):
                sha256.update(lines)
            if told.get(table.path) != sha256.hexdigest():
                changed.append(table.path)
    with context.province(code):
        for held, here in zip_longest(_files(folder, manifest), store().walk()):
            if held != here:
                # Both are in order of the keys: the lower one is what the other side does not have.
                changed.append(min(each[0] for each in (held, here) if each is not None))
                break
    return changed


def _files(folder: Path, manifest: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for part in manifest["objects"]:
        with (folder / part["path"]).open("rb") as lines:
            for line in lines:
                row = json.loads(line)
                yield row["key"], row["size_bytes"]


def _folder(state: Run) -> Path:
    return Path(state.options["to"])


def _would(state: Run) -> Iterator[Words]:
    row = Province.objects.filter(schema_name=state.scope).first()
    if row is None:
        raise ProcedureRefused(why=_("没有 {code}。").format(code=state.scope))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint,"
            " coalesce(sum(pg_table_size(c.oid)), 0)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'",
            [state.scope],
        )
        tables, rows, size = cursor.fetchone()
    yield _("{folder}：{tables} 张表，约 {rows} 行（{size} MB），以及对象存储里本省的全部文件").format(
        folder=state.options["to"], tables=tables, rows=rows, size=int(size) >> 20
    )
    if row.state == Province.State.ACTIVE:
        yield _("{code} 正在运行：导出是各部分当时的样子；撤除前要先暂停，再导出一次").format(code=state.scope)


def _begin(state: Run) -> dict[str, Any]:
    with context.owner():
        row = Province.objects.filter(schema_name=state.scope).first()
        if row is None:
            raise ProcedureRefused(why=_("没有 {code}。").format(code=state.scope))
    folder = _folder(state)
    if folder.exists() and any(folder.iterdir()):
        raise ProcedureRefused(why=_("{folder} 里已有东西。请换一个空文件夹。").format(folder=folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with context.province(state.scope):
        # No task of a suspended province runs, and what proves that an entry may be empty stands in the log itself.
        log.sequence()
    return {"at": clock.now().isoformat()}


# Parts ----------------------------------------------------------------------------------------------------------------


class _Parts:
    """Which parts are whole: one line each in parts.jsonl, written after the part's bytes are on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._file = folder, folder / "parts.jsonl"
        self.done: dict[str, dict[str, Any]] = {}
        if self._file.exists():
            for line in self._file.read_text().splitlines():
                try:
                    part = json.loads(line)
                except ValueError:  # the line at which the run was killed
                    continue
                self.done[part["part"]] = part

    def note(self, part: dict[str, Any]) -> None:
        """The part is whole."""
        with self._file.open("a") as out:
            out.write(("\n" if self._file.stat().st_size and not self._ends() else "") + json.dumps(part) + "\n")
            out.flush()
            os.fsync(out.fileno())
        self.done[part["part"]] = part

    def _ends(self) -> bool:
        with self._file.open("rb") as there:
            there.seek(-1, os.SEEK_END)
            return there.read(1) == b"\n"


class _Out:
    """A file on its way, with its digest."""

    def __init__(self, path: Path) -> None:
        durable.make_folder(path.parent)
        self.path, self._draft = path, path.with_name(f".{path.name}.part")
        self._out = self._draft.open("wb")
        self._sha256, self.size_bytes = hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._sha256.update(data)
        self.size_bytes += len(data)

    def close(self) -> str:
        """Whole and on the disk; its SHA-256."""
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._draft.replace(self.path)
        durable.keep_name(self.path)
        return self._sha256.hexdigest()


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read within is of one moment, however long that takes."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0;"
                " SET LOCAL idle_in_transaction_session_timeout = 0"
            )
        yield


def _rows(state: Run) -> dict[str, Any]:
    folder = _folder(state)
    parts, total = _Parts(folder), 0
    with context.province(state.scope), _one_moment():
        tables = [*described.own_tables(state.scope), *described.shared_tables()]
        at = clock.now().isoformat()
        for place, table in enumerate(tables, 1):
            if table.path not in parts.done:
                count, size, sha256 = _write_rows(table, folder / table.path)
                parts.note({"part": table.path, "rows": count, "size_bytes": size, "sha256": sha256, "at": at})
                if count:
                    state.line(f"{place}/{len(tables)} {table.path}: {count}")
            total += parts.done[table.path]["rows"]
        _write(folder / "schema.json", canonical_json(described.schema(tables)))
    state.line(_("{tables} 张表，{rows} 行").format(tables=len(tables), rows=total))
    return {"rows": total}


def _write_rows(table: described.Table, path: Path) -> tuple[int, int, str]:
    out, rows = _Out(path), 0
    for count, lines in _lines(table):
        rows += count
        out.write(lines)
    return rows, out.size_bytes, out.close()


def _lines(table: described.Table) -> Iterator[tuple[int, bytes]]:
    """The rows of a table in the order of its key, some at a time: how many, and their lines."""
    raw = connection.connection.cursor(name="czj_export")
    try:
        raw.itersize = ROWS_A_TIME
        raw.execute(f"SELECT to_jsonb(t)::text FROM (SELECT {table.columns_sql} FROM {table.sql}{table.order_sql}) t")  # noqa: S608
        while found := raw.fetchmany(ROWS_A_TIME):
            yield len(found), "".join(f"{line}\n" for (line,) in found).encode()
    finally:
        raw.close()


def _objects(state: Run) -> dict[str, Any]:
    folder = _folder(state)
    parts, count, size = _Parts(folder), 0, 0
    with context.province(state.scope):
        for number, chunk in enumerate(_chunks(store().walk())):
            name = f"objects-{number:06}.jsonl"
            known = parts.done.get(name)
            if known is None or known["first"] != chunk[0][0] or known["rows"] != len(chunk):
                out = _Out(folder / "lists" / name)
                for key, _size in chunk:
                    out.write(canonical_json(_copy(key, folder)) + b"\n")
                parts.note(
                    {
                        "part": name, "path": f"lists/{name}", "rows": len(chunk), "first": chunk[0][0],
                        "size_bytes": out.size_bytes, "sha256": out.close(), "at": clock.now().isoformat(),
                    }
                )  # fmt: skip
                state.line(_("{count} 个文件").format(count=count + len(chunk)))
            count, size = count + len(chunk), size + sum(each for _key, each in chunk)
    return {"objects": count, "size_bytes": size}


def _chunks(found: Iterable[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    each = iter(found)
    while chunk := list(islice(each, OBJECTS_A_PART)):
        yield chunk


def _copy(key: str, folder: Path) -> dict[str, Any]:
    """One object, beside its digests. A version stands in the file's name."""
    path = "objects/" + key.replace("?v=", "@")
    out, sm3 = _Out(folder / path), hashlib.new("sm3")
    with store().open(key) as stream:
        while data := stream.read(1 << 20):
            out.write(data)
            sm3.update(data)
    return {"key": key, "path": path, "size_bytes": out.size_bytes, "sha256": out.close(), "sm3": sm3.hexdigest()}


def _write(path: Path, data: bytes) -> str:
    out = _Out(path)
    out.write(data)
    return out.close()


# Manifest -------------------------------------------------------------------------------------------------------------


def _manifest(state: Run) -> dict[str, Any]:
    folder = _folder(state)
    with context.owner():
        row = Province.objects.get(schema_name=state.scope)
    parts = _Parts(folder)
    for name in ("check.py", "README.txt"):
        _write(folder / name, (_STRANGER / name).read_bytes())
    with context.seat(OFFICE):
        _write(folder / "keys" / f"{SIGNED_BY}.pub", keys.public_key(SIGNED_BY).hex().encode() + b"\n")
    with context.province(state.scope):
        _write(folder / "keys" / f"{state.scope}.pub", keys.public_key(state.scope).hex().encode() + b"\n")
    body = canonical_json(
        {
            "version": VERSION,
            "province": state.scope,
            "title": row.bureau_title,
            "division_code": row.division_code,
            "schema_version": row.schema_version,
            "state": row.state,
            "suspended_at": row.suspended_at,
            "began_at": state.found["begin"]["at"],
            "made_at": clock.now(),
            "left_out": described.left_out(),
            "signed_by": f"keys/{SIGNED_BY}.pub",
            "log_key": f"keys/{state.scope}.pub",
            "tables": [part for name, part in sorted(parts.done.items()) if name.startswith("data/")],
            "objects": [part for name, part in sorted(parts.done.items()) if name.startswith("objects-")],
            "files": [
                {"path": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
                for name in (
                    "README.txt", "check.py", "schema.json", f"keys/{SIGNED_BY}.pub", f"keys/{state.scope}.pub"
                )
            ],
        }
    )  # fmt: skip
    _write(folder / "manifest.json", body)
    with context.seat(OFFICE):
        _write(folder / "manifest.sig", keys.sign(SIGNED_BY, body))
    return {"manifest_sha256": hashlib.sha256(body).hexdigest()}


def _check(state: Run) -> dict[str, Any]:
    _verified(state.scope, _folder(state), state.line)
    return {}


def _verified(code: str, folder: Path, say: Say) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError) as error:
        raise ExportWrong(why=_("{folder} 里没有可读的 manifest.json").format(folder=folder)) from error
    if manifest.get("province") != code:
        raise ExportWrong(why=_("那是 {other} 的导出").format(other=manifest.get("province")))
    with context.seat(OFFICE):
        body, signature = (folder / "manifest.json").read_bytes(), (folder / "manifest.sig").read_bytes()
        signed = any(keys.is_signed(key, signature, body) for key in keys.chain(SIGNED_BY))
    if not signed:
        raise ExportWrong(why=_("清单不是本平台签的"))
    ran = subprocess.run(
        [sys.executable, "-I", str(_STRANGER / "check.py"), str(folder)], capture_output=True, text=True, check=False
    )
    lines = (ran.stdout + ran.stderr).strip().splitlines()
    for line in lines:
        say(line)
    if ran.returncode:
        raise ExportWrong(why=lines[-1] if lines else str(ran.returncode))
    return manifest


__all__ = ["ExportWrong", "changed_since", "digest_of", "export", "verify"]
