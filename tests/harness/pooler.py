"""PgBouncer in transaction mode between the tests and PostgreSQL, when it is asked for: `GUARD_PGBOUNCER=1`."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg2

from runtime import ports
from runtime.embedded import unprivileged_user
from runtime.processes import end_group, spawn, wait_until

WANTED = "GUARD_PGBOUNCER"
# In transaction mode nothing may hang on a session; few connections a login make sure that clients really share them.
SETTINGS = {
    "pool_mode": "transaction",
    "auth_type": "scram-sha-256",
    "max_client_conn": "1000",
    "default_pool_size": "3",
    "min_pool_size": "0",
    "server_reset_query": "DISCARD ALL",
    "server_reset_query_always": "0",
    "ignore_startup_parameters": "extra_float_digits",
    "server_login_retry": "1",
    "query_wait_timeout": "30",
    "unix_socket_dir": "",
    "log_connections": "0",
    "log_disconnections": "0",
    "listen_addr": ports.LOOPBACK,
}


def wanted() -> bool:
    """Whether this run was asked to go through PgBouncer."""
    return os.environ.get(WANTED, "") not in ("", "0")


def program() -> str:
    """Path of pgbouncer. A run that was asked to use it does not go on without it."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    found = shutil.which("pgbouncer", path=path)
    if found is None:
        raise RuntimeError(f"{WANTED} asks for PgBouncer, and there is none on PATH: install it, or leave {WANTED} out")
    return found


class Pooler:
    """One PgBouncer before one PostgreSQL, with a folder of its own. changes: settings beside SETTINGS."""

    def __init__(self, superuser_url: str, *, auth_file: str | None = None, **changes: str) -> None:
        """auth_file: its text, as `manage.py logins --pgbouncer` writes it; None: PgBouncer asks the server."""
        self.folder = Path(tempfile.mkdtemp(prefix="czj-pgbouncer-"))
        self.port = ports.free_port()
        self.address = f"{ports.LOOPBACK}:{self.port}"
        self._place = psycopg2.extensions.parse_dsn(superuser_url)
        self._run_as = unprivileged_user(self.folder / "none")
        self._write(auth_file, {**SETTINGS, **changes})
        self._process: subprocess.Popen[bytes] | None = None

    def _write(self, auth_file: str | None, settings: dict[str, str]) -> None:
        place = self._place
        lines = ["[databases]", f"* = host={place['host']} port={place['port']}", "", "[pgbouncer]"]
        settings |= {"listen_port": str(self.port), "auth_file": str(self.folder / "userlist.txt")}
        if auth_file is None:
            auth_file = f'"{place["user"]}" "{place.get("password", "")}"\n'
            settings |= {
                "auth_user": place["user"],
                "auth_query": "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1",
            }
        lines += [f"{name} = {value}" for name, value in settings.items()]
        (self.folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
        (self.folder / "userlist.txt").write_text(auth_file)
        self.folder.chmod(0o700)
        if self._run_as:
            for each in (self.folder, *self.folder.iterdir()):
                os.chown(each, self._run_as.uid, self._run_as.gid)

    def start(self) -> "Pooler":
        """Runs as a user without rights, for it refuses root, as PostgreSQL does."""
        with (self.folder / "log").open("wb") as log:
            self._process = spawn(
                [program(), str(self.folder / "pgbouncer.ini")],
                env={"PATH": os.environ.get("PATH", "")},
                stdout=log,
                cwd="/",
                run_as=self._run_as,
            )
        running = self._process
        if not wait_until(lambda: ports.is_listening(self.port), timeout_s=10, alive=lambda: running.poll() is None):
            said = (self.folder / "log").read_text()
            self.stop()
            raise RuntimeError(f"pgbouncer did not start: {said}")
        return self

    def stop(self) -> None:
        if self._process is not None:
            end_group(self._process.pid)
            self._process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Pooler":
        return self.start()

    def __exit__(self, *failure: Any) -> None:
        self.stop()
