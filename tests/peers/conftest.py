"""Two installations: this process is the one, `tests/peers/house.py` the other."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from peers import house
from peers.serving import serve

from federation.contracts.messages import KINDS
from federation.letters.post import RECEIVERS
from federation.peers import services
from federation.peers.models import Peer
from gateway.outbound import forget_connections
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import OFFICE
from runtime.ports import free_port


@pytest.fixture
def notes() -> Iterator[None]:
    """Letters of the tests' own kind can be sent and received here."""
    for message in (house.NoteV1, house.NoteV2):
        house.learn(message)
    yield
    for message in (house.NoteV1, house.NoteV2):
        del KINDS[message.kind, message.version]
        RECEIVERS.pop((message, "province"), None)


class Other:
    """The other installation, by its commands: `other("deliver")`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.code = environment["PROVINCE"]
        self.party = f"province:{self.code}"
        self.domain = environment["DOMAIN"]
        self.url = f"http://{self.domain}"
        script = Path(house.__file__)
        self.process = subprocess.Popen(
            [sys.executable, str(script)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready"

    def __call__(self, name: str, **values: Any) -> Any:
        self.process.stdin.write(json.dumps([name, values]) + "\n")
        self.process.stdin.flush()
        answer = self._line()
        assert "fault" not in answer, answer["fault"]
        return answer["said"]

    def _line(self) -> Any:
        line = self.process.stdout.readline()
        assert line, "the other installation has ended"
        return json.loads(line)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)


@pytest.fixture(scope="module")
def other(database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Other]:
    """The second installation with one province, 海南, that lives nowhere else."""
    name = f"{database.database_name}_peer"
    code = "hn" + "".join(letter for letter in database.database_name if letter.isdigit())
    environment = os.environ | {
        "DATABASE_URL": database.owner_url(name),
        "DOMAIN": f"hn.localhost:{free_port()}",
        "VAR_DIR": str(tmp_path_factory.mktemp("peer")),
        "BROKER_URL": settings.BROKER_URL.rsplit("/", 1)[0] + "/14",
        "PROVINCE": code,
        "FEDERATION_OFFICE": "false",
    }
    with database.superuser() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database.template}" OWNER czj_owner STRATEGY file_copy')
    with Path(database.place, "roles.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = Other(environment)
    yield started
    started.stop()
    with database.superuser() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        cursor.execute(f"DROP ROLE IF EXISTS czj_{code}")


@dataclass
class Pair:
    """Both, knowing each other. peer: the other, as it is registered here."""

    other: Other
    peer: Peer
    server_url: str

    def hurry(self) -> None:
        """Try everything again now, at both ends."""
        self.other("hurry")
        with context.owner(), connection.cursor() as cursor:
            cursor.execute("UPDATE letters_delivery SET next_try_at = '2020-01-01'")
            cursor.execute("UPDATE peers_peer SET quiet_until = NULL")

    def settle(self, rounds: int = 4) -> None:
        """Let both ends carry, deliver and report."""
        for _ in range(rounds):
            house.carry()
            self.other("deliver")
            self.other("carry")
            house.deliver("gx")
            self.other("mind")
            house.mind()


@pytest.fixture
def pair(border, other: Other, notes) -> Iterator[Pair]:
    """Both installations, introduced to each other, with 广西 and 广东 here and 海南 there."""
    port = free_port()
    server = serve(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://jia.localhost:{port}"
    forget_connections()
    other("reset")
    with context.seat(OFFICE):
        card = services.Card.read(other("card"))
        card = services.Card(card.installation, other.url, card.public_key)
        peer = services.add(card=str(card), title="乙", by=house.ZHOU)
        spoken = services.spoken(peer)
        services.confirm(peer, by=house.ZHOU)
        services.take_parties(
            peer, [{"party": other.party, "title": "海南省市场监督管理局", "division_code": "460000"}], by=house.ZHOU
        )
        ours, listed = str(services.own_card()), services.own_parties()
    DIRECTORY.clear()
    assert other("befriend", card=ours, url=url, parties=listed) == spoken
    yield Pair(other, peer, url)
    server.shutdown()
    thread.join()
    server.server_close()
    with context.owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM provinces_remoteparty")
        cursor.execute("UPDATE provinces_directoryversion SET version = version + 1")
    DIRECTORY.clear()
