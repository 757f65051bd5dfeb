"""Write a backup: rows of one moment, then every object that is there, then the signed manifest."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from django.apps import apps
from django.conf import settings
from django.db import connection

from audit import log
from audit.models import LogEntry
from audit.move import move
from audit.trail import Actor
from backups import hooks, manifest, objects, rows
from backups.errors import AlreadyRunning, BackupProblem, FilesAreDeleted, NoSuchProvince, NotForSandbox, PlaceFails
from backups.manifest import Log, Manifest, Part
from backups.models import ALL, Backup
from backups.places import Place, place_of
from backups.sealing import Damaged, Keys, Sealer, Unsealed
from backups.shelf import Shelf, shelf
from kernel import clock
from kernel.errors import Problem, told
from provinces import context
from provinces.alone import alone, files_of
from provinces.grants import quoted
from provinces.models import Province
from provinces.provisioning import shared_version

logger = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
Say = Callable[[str], None]
_LOCK_KEY = 7_240_902
SHARED = "public"
SHARED_LOGS = ("brands", "office")
DELETING_S = 600
"""A pass of the clock that deletes is bounded; it is waited for so long."""
NOT_IN_HERE = ("backups_backup", "backups_rehearsal", "backups_restoration", "provinces_sharedschema")
"""Of this installation, not of its data."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """One backup or restoration of this installation. Raises AlreadyRunning. Goes with the process."""
    with context.owner():
        params = connection.get_connection_params()
    kept = {name: params[name] for name in ("dbname", "user", "password", "host", "port") if name in params}
    held = psycopg2.connect(**kept, application_name="czj backup lock")
    try:
        with held.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_KEY])
            if not cursor.fetchone()[0]:
                raise AlreadyRunning()
        held.commit()
        yield
    finally:
        # A server hears of a closed connection a moment later, and what follows at once would find it held.
        with suppress(psycopg2.Error), held.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_KEY])
        held.close()


@contextmanager
def at_rest(codes: Sequence[str], *, whole: bool) -> Iterator[None]:
    """No record or file of these provinces is deleted for good inside the block. Raises FilesAreDeleted."""
    names = [*codes, *(SHARED_LOGS if whole else ())]
    with ExitStack() as held:
        with context.owner():
            is_alone = held.enter_context(alone(*map(files_of, names), wait_s=DELETING_S))
        if not is_alone:
            raise FilesAreDeleted(scope=ALL if whole else codes[0], minutes=DELETING_S // 60)
        yield


def codes_for(code: str | None) -> list[str]:
    """The provinces of a backup. Raises NoSuchProvince, NotForSandbox."""
    with context.owner():
        if code is None:
            found = Province.objects.exclude(kind=Province.Kind.SANDBOX)
            return sorted(found.values_list("schema_name", flat=True))
        province = Province.objects.filter(schema_name=code).first()
    if province is None:
        raise NoSuchProvince(scope=code)
    if province.kind == Province.Kind.SANDBOX:
        raise NotForSandbox()
    return [code]


@dataclass
class _Writer:
    """Parts of one backup as they are written."""

    place: Place
    keys: Keys
    name: str
    parts: list[Part] = field(default_factory=list)
    written: int = 0

    @contextmanager
    def part(self, name: str, tables: dict[str, int]) -> Iterator[Sealer]:
        """Write one part. tables: filled by the caller before the block ends."""
        path = f"{manifest.FOLDER}/{self.name}/{name.replace('/', '.')}.czj"
        with self.place.write(path) as out:
            sealer = Sealer(out, self.keys, name, compressed=True)
            yield sealer
            sealer.close()
        self.parts.append(Part(name=name, path=path, size_bytes=sealer.size_bytes, sha256=sealer.sha256, tables=tables))
        self.written += sealer.size_bytes

    def take_away(self) -> None:
        """What was written, after a failure. Objects stay: the next backup needs them anyway."""
        for part in self.parts:
            with suppress(Problem, OSError):
                self.place.delete(part.path)


def back_up(
    code: str | None, *, place: str, say: Say, dry_run: bool = False, kind: str = Backup.Kind.BY_HAND
) -> Backup | None:
    """Write a backup of one province, or of all, to a place. Returns its row; None on a dry run.

    Nobody waits for it. Raises BackupProblem with what to do; nothing that is not whole is ever listed as a backup.
    """
    keys, there = Keys.configured(), place_of(place)
    codes = codes_for(code)
    if dry_run:
        _foresee(code, codes, there, say)
        return None
    with one_at_a_time(), at_rest(codes, whole=code is None):
        return write(code, codes, there, keys, say=say, kind=kind)


def write(code: str | None, codes: list[str], there: Place, keys: Keys, *, say: Say, kind: str) -> Backup:
    """Without the lock, for who holds it."""
    scope, began_at = code or ALL, clock.now()
    name = manifest.name_for(scope, began_at)
    with context.owner():
        _give_up_dead(scope)
        row = Backup.objects.create(
            scope=scope, kind=kind, name=name, place=there.words, version=shared_version(), began_at=began_at
        )
    writer = _Writer(there, keys, name)
    try:
        return _written(row, writer, code, codes, say)
    except BaseException as error:
        writer.take_away()
        with context.owner():
            move(row, "fail", by=MACHINE, ended_at=clock.now(), problem=told(error)[:300])
        if isinstance(error, OSError):
            raise PlaceFails(place=there.words, why=error.strerror or type(error).__name__) from error
        raise


def _give_up_dead(scope: str) -> None:
    """We hold the lock: whatever of this scope says that it is running, is not."""
    for row in Backup.objects.filter(scope=scope, state=Backup.State.RUNNING):
        move(row, "fail", by=MACHINE, ended_at=clock.now(), problem="interrupted")


def _written(row: Backup, writer: _Writer, code: str | None, codes: list[str], say: Say) -> Backup:
    keys, there = writer.keys, writer.place
    migrations: dict[str, tuple[str, ...]] = {}
    sizes: dict[str, int] = {}
    with rows.snapshot() as cursor:
        snapshot_at = clock.now()
        versions, states = _versions(cursor, codes)
        for number, each in enumerate(codes, 1):
            say(f"{number}/{len(codes)} {each}")
            _write_province(cursor, writer, each, versions[each])
            migrations[each] = _applied(cursor, each)
            sizes[each] = _log_size(cursor, each, each)
            if code is not None:
                _write_beside(cursor, writer, each)
        if code is None:
            say(SHARED)
            _write_schema(cursor, writer, SHARED, without=NOT_IN_HERE)
            migrations[SHARED] = _applied(cursor, SHARED)
            sizes |= {name: _log_size(cursor, SHARED, name) for name in SHARED_LOGS}
    logs = {name: Log(size=size, root=_root(name, size)) for name, size in sizes.items()}
    with shelf() as known, writer.part("objects", {}) as out:
        _remember_objects(known, there, keys, code)
        copied = objects.copy_all(
            code, there, keys, out, known, lambda count, size: say(f"objects: {count}, {size / 1e6:.0f} MB")
        )
    say(f"objects: {copied.count}, {copied.new} new, {copied.size_bytes / 1e6:.1f} MB")
    made = Manifest(
        name=writer.name,
        scope=row.scope,
        installation=settings.DOMAIN,
        began_at=row.began_at,
        snapshot_at=snapshot_at,
        provinces=tuple(codes),
        states=states,
        versions=versions,
        migrations=migrations,
        parts=tuple(writer.parts),
        logs=logs,
        objects=copied.count,
        objects_size_bytes=copied.size_bytes,
        gone=copied.gone[:1000],
    )
    text = manifest.as_written(made, keys)
    with there.write(manifest.path_of(writer.name)) as out:
        out.write(text)
    with context.owner():
        return move(
            row,
            "finish",
            by=MACHINE,
            snapshot_at=snapshot_at,
            ended_at=clock.now(),
            bytes=writer.written + copied.written,
            objects_new=copied.new,
            digest=hashlib.sha256(text).hexdigest(),
        )


def _versions(cursor: Any, codes: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    cursor.execute(
        "SELECT schema_name, schema_version, state FROM provinces_province WHERE schema_name = ANY(%s)", [codes]
    )
    found = cursor.fetchall()
    versions = {code: version for code, version, _state in found} | {SHARED: shared_version()}
    return versions, {code: state for code, _version, state in found}


def _applied(cursor: Any, schema: str) -> tuple[str, ...]:
    cursor.execute(f"SELECT app, name FROM {rows.named(schema, 'django_migrations')}")
    return tuple(sorted(f"{app}.{name}" for app, name in cursor.fetchall()))


def _log_size(cursor: Any, schema: str, name: str) -> int:
    table = rows.named(schema, LogEntry._meta.db_table)
    cursor.execute(f"SELECT coalesce(max(position) + 1, 0) FROM {table} WHERE log = %s", [name])
    return int(cursor.fetchone()[0])


def _root(name: str, size: int) -> str:
    """Places are never changed once given, so the root over the first ones can be reckoned afterwards."""
    if not size:
        return ""
    with context.owner(SHARED if name in SHARED_LOGS else name):
        return log.root_of(name, size).hex()


def _write_province(cursor: Any, writer: _Writer, code: str, version: str) -> None:
    sql, name = rows.structure_of(cursor, code, version)
    with writer.part(f"{code}/structure", {}) as out:
        out.write(name.encode() + b"\n" + sql.encode())
    _write_schema(cursor, writer, code)


def _write_schema(cursor: Any, writer: _Writer, schema: str, without: tuple[str, ...] = ()) -> None:
    tables: dict[str, int] = {}
    with writer.part(f"{schema}/rows", tables) as out:
        for table in rows.tables_of(cursor, schema):
            if table not in without:
                tables[table] = rows.write_table(cursor, out, schema, table)
        rows.write_end(out)


def _write_beside(cursor: Any, writer: _Writer, code: str) -> None:
    tables: dict[str, int] = {}
    with writer.part(f"{code}/beside", tables) as out:
        for line in hooks.BESIDE:
            table = apps.get_model(line.model)._meta.db_table
            tables[table] = rows.write_table(cursor, out, SHARED, table, line.where.format(code=code))
        rows.write_end(out)


def _remember_objects(known: Shelf, there: Place, keys: Keys, code: str | None) -> None:
    """The list of the backup before, so that what lies there is not read again. It only saves reading."""
    with suppress(BackupProblem, Damaged):
        before = manifest.newest(there, code, keys)
        part = before.part("objects")
        with manifest.opened(there, before, part, keys) as source:
            objects.remember(known, objects.read_list(Unsealed(source, keys, part.name)))


def _foresee(code: str | None, codes: list[str], there: Place, say: Say) -> None:
    """What a backup would hold."""
    with rows.snapshot() as cursor:
        for schema in [*codes, *([] if code else [SHARED])]:
            cursor.execute(
                "SELECT count(*), coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c"
                " WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'",
                [quoted(schema)],
            )
            tables, size = cursor.fetchone()
            say(f"{schema}: {tables} tables, {int(size) / 1e6:.1f} MB on disk")
    count = total = 0
    for _key, size in objects.wanted(code):
        count, total = count + 1, total + size
    say(f"objects: {count}, {total / 1e6:.1f} MB, those at {there.words} already are not copied again")
