"""Put a backup in the place of what is there, and come back among the others.

One province: it is closed, its rows are loaded into a schema beside, and one transaction takes over what does not go
back (`carrying`), tells the post office (`hooks.at_swap`) and changes the names of the two schemas. Until that commits
nothing has changed but that the province is closed. Then the log says so, the others are told, and it opens.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from audit import heads, log
from audit.models import Trail
from audit.move import move
from audit.trail import Actor
from audit.verify import describes
from backups import carrying, checking, hooks, manifest, objects, rows, selectors, writing
from backups.errors import CountsDiffer, NeedsNewHost, NeedsSameVersion, NoSuchProvince, NothingThere, PartDiffers
from backups.hooks import Return
from backups.manifest import Manifest
from backups.models import ALL, Backup, Restoration
from backups.places import Place, place_of
from backups.sealing import Damaged, Keys, Unsealed
from backups.writing import NOT_IN_HERE, SHARED, SHARED_LOGS, one_at_a_time
from evidence.store import prefix_of, store
from kernel import clock
from kernel.errors import told
from notify.services import tell
from provinces import context, grants
from provinces.grants import quoted
from provinces.hosts import DIRECTORY
from provinces.models import DirectoryVersion, Domain, Province
from provinces.provisioning import migrate_schema, province_version
from provinces.seats import named_seat

logger = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
Say = Callable[[str], None]
CLOSING_S = 1.5
"""Every process knows by then that a province is closed; what was begun before is waited for at the swap."""
TOLD = (Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN, Post.Role.AUDIT_ADMIN, Post.Role.OFFICE_ADMIN)


def restore(
    code: str | None,
    *,
    place: str,
    say: Say,
    name: str = "",
    dry_run: bool = False,
    to_new_host: bool = False,
    people_of_backup: bool = False,
    safety: bool = True,
) -> Restoration | None:
    """Put a backup in the place of what is there, and rejoin. name: of the backup, the newest by default.

    people_of_backup: who may do what goes back, too; otherwise whoever was suspended since stays so. safety: a backup
    of what is there is written first. Returns its row with the report; None on a dry run. Raises BackupProblem.
    """
    keys, there = Keys.configured(), place_of(place)
    if code is None and not to_new_host:
        raise NeedsNewHost()
    made = manifest.read(there, name, keys) if name else manifest.newest(there, code, keys)
    if (code is None and not made.is_of_all) or (code is not None and code not in made.provinces):
        raise NothingThere(place=there.words, scope=code or ALL)
    codes = list(made.provinces) if code is None else [code]
    _check_versions(made, codes, code)
    here = _here(codes)
    if code is not None and not here and not to_new_host:
        raise NoSuchProvince(scope=code)
    if code is not None and here:
        writing.codes_for(code)
    needed = [each for each in made.parts if code is None or each.name in _needed(made, code)]
    say(f"{made.name}: {made.snapshot_at.isoformat(timespec='seconds')}, checking {len(needed)} parts")
    checking.parts(there, made, needed, keys)
    if dry_run:
        _foresee(made, codes, there, keys, code, say)
        return None
    with one_at_a_time(), writing.at_rest(codes, whole=code is None):
        return _restored(made, codes, there, keys, code, say, to_new_host, people_of_backup, safety)


def _needed(made: Manifest, code: str) -> set[str]:
    beside = f"{SHARED}/rows" if made.is_of_all else f"{code}/beside"
    return {f"{code}/structure", f"{code}/rows", beside, "objects"}


def _check_versions(made: Manifest, codes: Sequence[str], code: str | None) -> None:
    with context.owner():
        manifest.check_version(made, [*codes, *([SHARED] if code is None else [])])
        if code is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT app || '.' || name FROM public.django_migrations")
                now = {each for (each,) in cursor.fetchall()}
            if now != set(made.migrations[SHARED]):
                raise NeedsSameVersion(name=made.name, version=made.versions[SHARED])


def _here(codes: Sequence[str]) -> list[str]:
    with context.owner():
        return list(Province.objects.filter(schema_name__in=codes).values_list("schema_name", flat=True))


def _foresee(made: Manifest, codes: Sequence[str], there: Place, keys: Keys, code: str | None, say: Say) -> None:
    for each in codes:
        say(f"{each}: {sum(made.part(f'{each}/rows').tables.values())} rows")
    count = missing = 0
    for kept in _objects_of(there, made, keys, code):
        count += 1
        with context.seat(objects.seat_of(prefix_of(kept.key))):
            missing += not store().exists(kept.key)
    say(f"objects: {count}, of which {missing} are missing here")


def _objects_of(there: Place, made: Manifest, keys: Keys, code: str | None) -> Any:
    for kept in checking.listed_objects(there, made, keys):
        if code is None or prefix_of(kept.key) == code:
            yield kept


def _restored(
    made: Manifest,
    codes: list[str],
    there: Place,
    keys: Keys,
    code: str | None,
    say: Say,
    to_new_host: bool,
    people_of_backup: bool,
    safety: bool,
) -> Restoration:
    with context.owner():
        for dead in Restoration.objects.filter(scope=code or ALL, state=Restoration.State.RUNNING):
            move(dead, "fail", by=MACHINE, ended_at=clock.now())
        report: dict[str, Any] = {"provinces": {}, "states": made.states if code is None else _states(code)}
        # With the states to which the provinces return: whoever takes up a restoration that was killed reads them.
        row = Restoration.objects.create(
            scope=code or ALL,
            backup_name=made.name,
            snapshot_at=made.snapshot_at,
            new_host=to_new_host,
            report=report,
        )
    try:
        backs = (
            _all(row, made, codes, there, keys, say)
            if code is None
            else _one(row, made, code, there, keys, say, people_of_backup, safety)
        )
        report["objects_brought_back"] = _bring_objects(there, made, keys, code, say)
        report["objects_gone_at_backup"] = list(made.gone)
        for each, back in backs.items():
            say(f"{each}: rejoining")
            _return(each, back)
        for seat_name in SHARED_LOGS if code is None else ():
            _seal(seat_name, row, made, {}, whole=True)
        for hook in hooks.ON_REJOIN:
            hook(backs)
        for each, back in backs.items():
            report["provinces"][each] = back.found
            report["states"][each] = _open(each, report["states"][each], since=row.began_at)
            say(f"{each}: {report['states'][each]}")
    except BaseException as error:
        with context.owner():
            said = _kept(report, whole=code is None) | {"problem": told(error)[:500]}
            move(row, "fail", by=MACHINE, ended_at=clock.now(), report=said)
        raise
    with context.owner():
        done = move(row, "finish", by=MACHINE, ended_at=clock.now(), report=_kept(report, whole=code is None))
        if code is None:
            _each_its_own(done, report)
    done.report = report  # whole, for whoever called
    return done


def _kept(report: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """As it stands in the row. That of a whole restoration is read by every province and names nobody's letters."""
    return report | {"provinces": dict.fromkeys(report["provinces"], {})} if whole else report


def _each_its_own(done: Restoration, report: dict[str, Any]) -> None:
    """What was found of each province stands in a row that it alone and the office read."""
    Restoration.objects.bulk_create(
        Restoration(
            scope=each, backup_name=done.backup_name, state=Restoration.State.DONE, snapshot_at=done.snapshot_at,
            began_at=done.began_at, closed_at=done.closed_at, ended_at=done.ended_at, new_host=True,
            report={"provinces": {each: found}, "part_of": str(done.pk)},
        )
        for each, found in report["provinces"].items()
    )  # fmt: skip


def _states(code: str) -> dict[str, str]:
    """The state to which a province returns: its present one, or the one before a restoration that was broken off.

    What an operator suspended since stays so. As the owner.
    """
    rows = Province.objects.filter(schema_name=code)
    state, suspended_at = rows.values_list("state", "suspended_at").first() or (Province.State.ACTIVE, None)
    last = selectors.restorations(code).first()
    closed = state == Province.State.SUSPENDED and suspended_at is None
    if closed and last is not None and last.state == Restoration.State.FAILED:
        state = last.report.get("states", {}).get(code, state)
    return {code: str(state)}


# One province ---------------------------------------------------------------------------------------------------------


def _one(
    row: Restoration,
    made: Manifest,
    code: str,
    there: Place,
    keys: Keys,
    say: Say,
    people_of_backup: bool,
    safety: bool,
) -> dict[str, Return]:
    known = bool(_here([code]))
    if known:
        _close([code])
        began = time.monotonic()
        say(f"{code}: closed")
        if safety:
            say(f"{code}: a backup of what is there now, first")
            writing.write(code, [code], there, keys, say=say, kind=Backup.Kind.SAFETY)
        time.sleep(max(0.0, CLOSING_S - (time.monotonic() - began)))
    with context.owner():
        Restoration.objects.filter(pk=row.pk).update(closed_at=clock.now())
        row.refresh_from_db()
    coming = f"{code}_coming"
    say(f"{code}: loading")
    build(made, code, coming, there, keys)
    back = Return(
        restoration_id=row.pk,
        code=code,
        since=made.snapshot_at,
        until=row.closed_at or clock.now(),
        before=code if known else "",
        coming=coming,
        new_host=not known,
    )
    _swap(made, back, there, keys, people_of_backup=people_of_backup)
    return {code: back}


def build(made: Manifest, code: str, schema: str, there: Place, keys: Keys) -> dict[str, int]:
    """A province of a backup as a schema of any name, at the version on disk. Returns its counts.

    Raises PartDiffers, CountsDiffer, NeedsSameVersion; then the schema is not there.
    """
    name, _newline, sql = manifest.read_whole(there, made, f"{code}/structure", keys).decode().partition("\n")
    if not sql:
        if made.versions[code] != province_version():
            raise NeedsSameVersion(name=made.name, version=made.versions[code])
        drop(schema)
        migrate_schema(schema)
    with context.owner():
        with transaction.atomic(), connection.cursor() as cursor:
            if sql:
                rows.make(cursor, schema, sql, name)
            else:
                rows.empty(cursor, schema, rows.tables_of(cursor, schema))
            counts = _load(cursor, schema, made, f"{code}/rows", there, keys)
        connection.close()
    if made.versions[code] != province_version():
        migrate_schema(schema)
    return counts


def drop(schema: str) -> None:
    """Take a scratch schema away."""
    with context.owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE")


def _load(cursor: Any, schema: str, made: Manifest, name: str, there: Place, keys: Keys) -> dict[str, int]:
    part = made.part(name)
    found: dict[str, int] = {}

    def take(table: rows.Table) -> None:
        if table.name not in NOT_IN_HERE:
            found[table.name] = rows.load(cursor, schema, table)

    with manifest.opened(there, made, part, keys) as source:
        try:
            rows.read_tables(Unsealed(source, keys, part.name), take)
        except Damaged as error:
            raise PartDiffers(name=made.name, part=part.name) from error
    for table, wanted in part.tables.items():
        if found.get(table) != wanted and table not in NOT_IN_HERE:
            raise CountsDiffer(table=table, found=found.get(table, 0), wanted=wanted)
    return found


def _swap(made: Manifest, back: Return, there: Place, keys: Keys, *, people_of_backup: bool) -> None:
    """All of it, or none."""
    code, coming, aside = back.code, back.coming, f"{back.code}_before"
    with context.owner():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '60s'")
            cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [quoted(code)])
            [there_is] = cursor.fetchone()
            if there_is and (tables := rows.tables_of(cursor, code)):
                # Whoever still works in there ends first; who comes later finds the new tables.
                cursor.execute(f"LOCK TABLE {', '.join(rows.named(code, each) for each in tables)}")
            carrying.carry(cursor, back, coming, people_of_backup=people_of_backup)
            if not back.whole:
                _beside(cursor, made, back, there, keys)
                for hook in hooks.AT_SWAP:
                    hook(back, cursor)
            if there_is:
                cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(aside)} CASCADE")
                cursor.execute(f"ALTER SCHEMA {quoted(code)} RENAME TO {quoted(aside)}")
            cursor.execute(f"ALTER SCHEMA {quoted(coming)} RENAME TO {quoted(code)}")
            if there_is:
                cursor.execute(f"DROP SCHEMA {quoted(aside)} CASCADE")
            Province.objects.filter(schema_name=code).update(
                schema_version=province_version(), migrated_at=clock.now(), state=Province.State.SUSPENDED
            )
            DirectoryVersion.objects.update(version=F("version") + 1)
            left = grants.apply(only=code)
            if left:
                logger.warning("%s: rights are not as declared: %s", code, "; ".join(map(str, left)))
        connection.close()
    DIRECTORY.clear()


def _beside(cursor: Any, made: Manifest, back: Return, there: Place, keys: Keys) -> None:
    """What the backup knew of the shared tables, as temporary tables; on a new host also into the tables themselves."""
    part = made.part(f"{SHARED}/rows" if made.is_of_all else f"{back.code}/beside")
    wanted = {apps.get_model(line.model)._meta.db_table: line.where for line in hooks.BESIDE}

    def take(table: rows.Table) -> None:
        if table.name not in wanted:
            return
        scratch = quoted(f"back_{table.name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {scratch} (LIKE {rows.named(SHARED, table.name)}) ON COMMIT DROP")
        columns = ", ".join(map(quoted, table.columns))
        cursor.copy_expert(f"COPY {scratch} ({columns}) FROM STDIN", table.rows)
        where = wanted[table.name].format(code=back.code)
        cursor.execute(f"DELETE FROM {scratch} WHERE ({where}) IS NOT TRUE")
        if back.new_host:
            cursor.execute(
                f"INSERT INTO {rows.named(SHARED, table.name)} ({columns}) SELECT {columns} FROM {scratch}"
                " ON CONFLICT DO NOTHING"
            )

    with manifest.opened(there, made, part, keys) as source:
        try:
            rows.read_tables(Unsealed(source, keys, part.name), take)
        except Damaged as error:
            raise PartDiffers(name=made.name, part=part.name) from error


# All ------------------------------------------------------------------------------------------------------------------


def _all(row: Restoration, made: Manifest, codes: list[str], there: Place, keys: Keys, say: Say) -> dict[str, Return]:
    moment = clock.now()
    with context.owner():
        Restoration.objects.filter(pk=row.pk).update(closed_at=moment)
        say(SHARED)
        part = made.part(f"{SHARED}/rows")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '60s'")
            rows.empty(cursor, SHARED, [table for table in part.tables if table not in NOT_IN_HERE])
            _load(cursor, SHARED, made, part.name, there, keys)
            carrying.end_sessions(cursor, SHARED)
            carrying.end_keys(cursor, SHARED, moment)
            carrying.give_up_unsent(cursor, SHARED, moment)
            carrying.skip_numbers(cursor, SHARED, made.snapshot_at, moment)
            carrying.mark_copies(cursor, SHARED, moment)
            Province.objects.update(state=Province.State.SUSPENDED)
            Province.objects.exclude(schema_name__in=codes).delete()  # the sandbox is made anew by itself
            DirectoryVersion.objects.update(version=F("version") + 1)
        connection.close()
    DIRECTORY.clear()
    backs = {}
    for number, code in enumerate(codes, 1):
        say(f"{number}/{len(codes)} {code}")
        coming = f"{code}_coming"
        build(made, code, coming, there, keys)
        back = Return(
            restoration_id=row.pk, code=code, since=made.snapshot_at, until=moment, whole=True, coming=coming,
            new_host=True,
        )  # fmt: skip
        _swap(made, back, there, keys, people_of_backup=True)
        backs[code] = back
    with context.owner():
        left = grants.apply()
        if left:
            say(f"{len(left)} rights are not as declared: run manage.py logins --mend")
        grants.reset_passwords()  # of the generation that came back
    return backs


# Both -----------------------------------------------------------------------------------------------------------------


def _bring_objects(there: Place, made: Manifest, keys: Keys, code: str | None, say: Say) -> int:
    brought = 0
    for number, kept in enumerate(_objects_of(there, made, keys, code), 1):
        brought += objects.bring_back(kept, there, keys, made.name)
        if number % 1000 == 0:
            say(f"objects: {number}/{made.objects}")
    say(f"objects: {brought} brought back")
    return brought


def _close(codes: Sequence[str]) -> None:
    _set_state(codes, Province.State.SUSPENDED)


def _open(code: str, state: str, *, since: datetime) -> str:
    """Returns the state it has then: whoever suspended it since the restoration began has the last word."""
    with context.owner():
        if Province.objects.filter(schema_name=code, suspended_at__gte=since).exists():
            state = Province.State.SUSPENDED
    _set_state([code], state)
    return state


def _set_state(codes: Sequence[str], state: str) -> None:
    with context.owner(), transaction.atomic():
        Province.objects.filter(schema_name__in=codes).update(state=state)
        DirectoryVersion.objects.update(version=F("version") + 1)
    DIRECTORY.clear()


def _return(code: str, back: Return) -> None:
    """In the province's seat: the log says it first, then whoever registered does what is theirs, people are told."""
    with context.owner():
        row = Restoration.objects.get(pk=back.restoration_id)
    kept = back.found.get("log", {}).get("kept", False)
    _seal(code, row, None, back.found, whole=back.whole)
    with context.province(code):
        if kept:
            heads.make()
        for hook in hooks.ON_RETURN:
            hook(back)
        with transaction.atomic():
            people = User.people.filter(is_active=True, posts__role__in=TOLD).distinct()
            tell(
                to=people.values_list("pk", flat=True),
                code="province_restored",
                title=_("本省数据已从备份恢复。备份以后的记录需要核对，请看恢复报告"),
                url="/backups/",
                urgent=True,
            )


def _seal(code: str, row: Restoration, made: Manifest | None, found: dict[str, Any], *, whole: bool) -> None:
    """The roll-back is a line of the log itself."""
    with context.seat(named_seat(code)), transaction.atomic():
        content = {
            "backup": row.backup_name,
            "rows_of": row.snapshot_at,
            "closed_at": row.closed_at,
            "whole": whole,
            "log_kept": bool(found.get("log", {}).get("kept", False)),
            "entries": log.size_of(code),
        }
        log.append("log.restored", row.pk, content)
        Trail.objects.create(
            record_label=Restoration._meta.label_lower,
            record_id=row.pk,
            verb="restored",
            by_name=MACHINE.display_name,
            data={"backup": row.backup_name},
        )


def register() -> None:
    """What goes with a province's backup of this floor's own tables: its line in the directory, and its hosts."""
    describes("log.restored")(lambda entry: str(_("从备份恢复（{backup}）")).format(backup=entry.content["backup"]))
    hooks.goes_along(Province._meta.label, "schema_name = '{code}'")
    hooks.goes_along(
        Domain._meta.label, "tenant_id IN (SELECT id FROM public.provinces_province WHERE schema_name = '{code}')"
    )
