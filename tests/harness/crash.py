"""Servers of a test of its own that may be killed: a copy of the run's PostgreSQL, an empty Valkey."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from harness import pooler
from harness.broker import use_broker
from harness.cluster import Cluster

from provinces.database.base import POOL
from runtime.embedded import EmbeddedPostgres, EmbeddedValkey
from runtime.ports import free_port


@dataclass
class Servers:
    """Two servers of this test alone."""

    cluster: Cluster
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey

    def kill(self, name: str) -> None:
        """As a machine without power does; then start it again."""
        server = {"postgres": self.postgres, "valkey": self.valkey}[name]
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server._process.wait(10)
        server.start()


@contextmanager
def servers(cluster: Cluster) -> Iterator[Servers]:
    """A base backup of the run's PostgreSQL, started on another port: the same databases, passwords and rights."""
    folder = Path(cluster.place).parent / f"crash-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    postgres = EmbeddedPostgres(
        folder / "postgres", free_port(), durable=False, settings={"log_statement": "none", "synchronous_commit": "on"}
    )
    valkey = EmbeddedValkey(folder / "valkey", free_port())
    before = (cluster.superuser_url, cluster.valkey_url, settings.BROKER_URL, settings.VALKEY_URL)
    name, pooler_before = cluster.database_name, settings.DATABASE_POOLER
    between: pooler.Pooler | None = None
    try:
        _copy(cluster, postgres)
        postgres.start()
        if pooler.wanted():
            between = pooler.Pooler(postgres.url()).start()
            settings.DATABASE_POOLER = between.address
        valkey.start()
        cluster.superuser_url = postgres.url()
        cluster.point_django_at(name)
        _broker(valkey.url(), valkey.url(1))
        yield Servers(cluster, postgres, valkey)
    finally:
        connection.close()
        POOL.close_idle()
        cluster.superuser_url, cluster.valkey_url = before[:2]
        settings.DATABASE_POOLER = pooler_before
        cluster.point_django_at(name)
        _broker(*before[2:])
        if between is not None:
            between.stop()
        valkey.stop()
        postgres.stop()
        postgres.forget()
        shutil.rmtree(folder, ignore_errors=True)


def _copy(cluster: Cluster, to: EmbeddedPostgres) -> None:
    to.password_file.write_text(Path(cluster.place, "postgres.password").read_text())
    to.password_file.chmod(0o600)
    to.data_dir.mkdir(mode=0o700)
    who = to.run_as
    if who is not None:
        os.chown(to.data_dir, who.uid, who.gid)
    subprocess.run(
        [str(to.install_dir / "bin" / "pg_basebackup"), "-d", cluster.superuser_url, "-D", str(to.data_dir),
         "--checkpoint=fast", "--wal-method=fetch", "--no-sync", "--no-manifest"],
        env=to.environment, cwd="/", user=who.uid if who else None, group=who.gid if who else None, check=True,
    )  # fmt: skip


def _broker(broker_url: str, cache_url: str) -> None:
    settings.VALKEY_URL = settings.CACHES["default"]["LOCATION"] = cache_url
    use_broker(broker_url)
