"""The parts of the product on one machine, and `up()`, which runs them all."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from runtime import ports, queues
from runtime.browser import ROOT, var_dir
from runtime.embedded import EmbeddedPostgres, EmbeddedValkey
from runtime.faults import RuntimeFault
from runtime.ports import Ports
from runtime.supervisor import Part, Supervisor

OWNER = "czj_owner"
DATABASE = "chazhenjia"
WEB_PORT = 8000
EVENTS_PORT = 8001


@dataclass(frozen=True)
class Step:
    """A management command that must succeed before the servers start."""

    name: str
    zh: str
    en: str
    command: tuple[str, ...]


def answers(port: int, host: str, path: str = "/") -> bool:
    """True if an HTTP server answers on 127.0.0.1:`port` for `host`, with anything but a server error."""
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class House:
    """Where the parts are and how they reach each other, from the environment and the usual ports.

    `DATABASE_URL` and `BROKER_URL` in the environment mean servers that somebody else runs: the embedded one is left
    out. `DOMAIN`, `BIND` (the address the web servers listen on, 127.0.0.1 if not said), `WEB_PORT`, `EVENTS_PORT`,
    `WEB_PROCESSES`, `WEB_THREADS` and `WORKERS` may be given too.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.given = os.environ if environment is None else environment
        self.home = var_dir()
        self.home.mkdir(parents=True, exist_ok=True)
        self.ports = Ports(self.home / "ports.json")
        self.postgres = None if self.given.get("DATABASE_URL") else EmbeddedPostgres(self.home / "postgres")
        self.valkey = None if self.given.get("BROKER_URL") else EmbeddedValkey(self.home / "valkey")
        self.bind = self.given.get("BIND", ports.LOOPBACK)
        self._database_url = self.given.get("DATABASE_URL", "")

    def choose_ports(self) -> None:
        """Settle every port. Call it while holding the lock: a port in use by ourselves looks taken."""
        if self.postgres:
            self.postgres.use_port(self.ports.pick("postgres", self.postgres.usual_port))
        if self.valkey:
            self.valkey.use_port(self.ports.pick("valkey", self.valkey.usual_port))
        self.web_port = int(self.given.get("WEB_PORT") or self.ports.pick("web", WEB_PORT))
        self.events_port = int(self.given.get("EVENTS_PORT") or self.ports.pick("events", EVENTS_PORT))
        self.domain = self.given.get("DOMAIN") or f"localhost:{self.web_port}"

    def environment(self) -> dict[str, str]:
        """What every Python part gets beside our own environment."""
        path = [str(ROOT / "platform"), str(ROOT), self.given.get("PYTHONPATH", "")]
        added = {
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(self.home),
            "METRICS_DIR": self.given.get("METRICS_DIR") or str(self.home / "metrics"),
            "DOMAIN": self.domain,
            "EVENTS_URL": self.given.get("EVENTS_URL") or f"http://{{host}}:{self.events_port}",
        }
        if self.postgres:
            self._database_url = self._database_url or self._make_database(self.postgres)
            added["DATABASE_URL"] = self._database_url
        if self.valkey:
            added["BROKER_URL"] = self.valkey.url()
        return added

    def _make_database(self, server: EmbeddedPostgres) -> str:
        """The owner's login and database with the extensions it needs. Returns the owner's URL."""
        from provinces.provisioning import setup_database  # its models need Django's apps

        url = server.ensure_owner(OWNER, DATABASE)
        setup_database(server.url(), url)
        return url

    def parts(self, steps: Sequence[Step]) -> list[Part]:
        """All parts in the order in which they start."""
        found: list[Part] = []
        if self.postgres:
            server = self.postgres
            found.append(
                Part(
                    name="postgres",
                    zh="数据库",
                    en="database",
                    argv=server.argv,
                    env=server.environment,
                    clean_env=True,
                    cwd="/",
                    prepare=server.prepare,
                    ready=server.ready,
                    stop_signal=server.stop_signal,
                    stop_timeout_s=30,
                    run_as=server.run_as,
                    console=False,
                )
            )
        if self.valkey:
            broker = self.valkey
            found.append(
                Part(
                    name="valkey",
                    zh="消息",
                    en="broker",
                    argv=broker.argv,
                    env=broker.environment,
                    clean_env=True,
                    cwd="/",
                    prepare=broker.prepare,
                    ready=broker.ready,
                    stop_signal=broker.stop_signal,
                    console=False,
                )
            )
        found += [
            Part(
                name=step.name,
                zh=step.zh,
                en=step.en,
                argv=[sys.executable, str(ROOT / "manage.py"), *step.command],
                env=self.environment,
                cwd=ROOT,
                once=True,
            )
            for step in steps
        ]
        found += [
            self._python(
                "web",
                "网页",
                "pages",
                "gunicorn", "config.wsgi:application",
                "--config", "python:config.serving",
                "--bind", f"{self.bind}:{self.web_port}",
                ready=lambda: answers(self.web_port, self.domain),
                stop_timeout_s=35,  # longer than the server's own patience with requests in hand
            ),
            self._python(
                "events",
                "实时",
                "live events",
                "django", "events",
                "--host", self.bind,
                "--port", str(self.events_port),
                ready=lambda: ports.is_listening(self.events_port),
            ),
            self._python(
                "worker",
                "任务",
                "worker",
                "celery", "-A", "config.celery", "worker",
                "--loglevel", "INFO",
                "--pool", "threads",
                "--concurrency", self.given.get("WORKERS", "4"),
                "--exclude-queues", "intake,recognition-first,recognition",
                "--hostname", "worker@%h",
                "--without-gossip", "--without-mingle",
                ready_line=" ready.",
                stop_timeout_s=30,
                console=False,
            ),
            self._python(
                "intake",
                "照片处理",
                "photo intake",
                "celery", "-A", "config.celery", "worker",
                "--loglevel", "INFO",
                "--pool", "threads",
                "--concurrency", self.given.get("INTAKE_WORKERS", "2"),
                "--queues", "intake",
                "--hostname", "intake@%h",
                "--without-gossip", "--without-mingle",
                ready_line=" ready.",
                stop_timeout_s=30,
                console=False,
            ),
            self._python(
                "recognition",
                "识假",
                "recognition",
                "celery", "-A", "config.celery", "worker",
                "--loglevel", "INFO",
                "--pool", "threads",
                "--concurrency", self.given.get("RECOGNITION_WORKERS", "1"),
                "--queues", ",".join(queues.of_recognition(self.given.get("RECOGNITION_SHARD", ""))),
                "--hostname", "recognition@%h",
                "--without-gossip", "--without-mingle",
                ready_line=" ready.",
                stop_timeout_s=30,
                console=False,
                nice=10,  # pages and letters first: a photo is looked at seconds later, and nobody waits for a page
            ),
            self._python(
                "beat",
                "定时",
                "beat",
                "celery", "-A", "config.celery", "beat",
                "--loglevel", "INFO",
                "--pidfile=",
                ready_line="beat: Starting...",
                console=False,
            ),
        ]  # fmt: skip
        return found

    def _python(
        self,
        name: str,
        zh: str,
        en: str,
        *module: str,
        ready: Callable[[], bool] | None = None,
        ready_line: str | None = None,
        stop_timeout_s: float = 15,
        console: bool = True,
        nice: int = 0,
    ) -> Part:
        return Part(
            name=name,
            zh=zh,
            en=en,
            argv=[sys.executable, "-m", *module],
            env=self.environment,
            cwd=ROOT,
            ready=ready,
            ready_line=ready_line,
            stop_signal=signal.SIGTERM,
            stop_timeout_s=stop_timeout_s,
            gate=False,
            console=console,
            nice=nice,
        )


def up(steps: Sequence[Step], *, on_ready: Callable[[House], None] | None = None) -> int:
    """Run the whole product until Ctrl-C. Returns the exit code; must be called in the main thread.

    steps: the management commands between the servers and the pages (migrate, provision, sample story).
    on_ready: called once when everything is up, to print the addresses.
    """
    house = House()

    def parts() -> list[Part]:
        house.choose_ports()
        shutil.rmtree(house.home / "metrics", ignore_errors=True)  # an earlier run's processes are no more
        supervisor.facts = {"web": f"http://{house.domain}"}
        return house.parts(steps)

    supervisor = Supervisor(parts, house.home, on_ready=(lambda: on_ready(house)) if on_ready else None)
    try:
        return supervisor.run()
    except RuntimeFault as fault:
        print(f"!! {fault.zh}\n!! {fault.en}", file=sys.stderr)
        return 1


__all__ = ["House", "Step", "up"]
