"""A place for backups, a key of the operator, and 广西 with something to lose."""

from __future__ import annotations

import hashlib
import io
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from peers import house

from accounts.models import Post, User
from audit import heads, log, numbering
from backups import manifest, places, restoring, rows, sealing, services
from evidence.store import content_id, make_key, store
from federation.contracts.messages import KINDS, Message, contract
from federation.letters.post import RECEIVERS, Envelope, post, receives
from kernel.ids import uuid7
from provinces import context
from provinces.database.base import POOL


@dataclass
class Vault:
    """A folder with backups. said: what the commands told."""

    place: str
    said: list[str] = field(default_factory=list)

    def back_up(self, code: str | None = None, **more: Any) -> Any:
        return services.back_up(code, place=self.place, say=self.said.append, **more)

    def restore(self, code: str | None = None, **more: Any) -> Any:
        return services.restore(code, place=self.place, say=self.said.append, **({"safety": False} | more))

    def parts(self, suffix: str) -> list[Path]:
        return sorted(Path(self.place).rglob(f"*{suffix}"))


@pytest.fixture
def vault(border, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """Committed for real, like everything of `border`."""
    settings.BACKUP_KEY = sealing.new_key()
    settings.OBJECTS_DIR = tmp_path / "objects"
    monkeypatch.setattr(restoring, "CLOSING_S", 0)
    yield Vault(str(tmp_path / "vault"))


class EchoV1(Message):
    """What a receiver answers by itself. It says each time something else."""

    kind = "test.echo"

    text: str


class AskV1(Message):
    """What asks for something, and so is not sent twice."""

    kind = "test.ask"
    due = (5, "working_day")

    text: str


class NumberedV1(Message):
    """A 函."""

    kind = "test.numbered"
    numbered = True

    text: str


def _note_and_echo(message: Any, envelope: Envelope) -> None:
    house.note(message, envelope)
    if message.text.startswith("?"):
        echo = EchoV1(text=f"{message.text} {uuid7()}")
        post(echo, envelope.sender, thread=envelope.thread, by=house.ZHOU, in_reply_to=envelope.letter_id)


@pytest.fixture
def notes() -> Iterator[None]:
    """Letters of the tests' own kinds can be sent and received."""
    kinds = {house.NoteV1: _note_and_echo, EchoV1: house.note, AskV1: house.note, NumberedV1: house.note}
    for message, receiver in kinds.items():
        contract(message)
        receives(message, at="province")(receiver)
    yield
    for message in kinds:
        del KINDS[message.kind, message.version]
        RECEIVERS.pop((message, "province"), None)


def seal(code: str, text: str) -> None:
    """One line in a province's sealed log, under a head."""
    with context.province(code):
        with transaction.atomic():
            log.append("test.line", uuid7(), {"text": text})
        heads.make()


def number(code: str, kind: str = "协查") -> str:
    """The next document number."""
    with context.province(code), transaction.atomic():
        return numbering.issue("桂市监", kind)


def photo(code: str, data: bytes) -> str:
    """An original in the store."""
    with context.province(code):
        key = make_key(code, "original", content_id(hashlib.sha256(data).hexdigest()))
        return store().seal(key, io.BytesIO(data), "image/jpeg")[0]


def person(code: str, username: str, role: str = Post.Role.OFFICER) -> UUID:
    """Somebody with a post."""
    with context.province(code):
        made = User.objects.create_user(username=username, name=username, password="correct horse")
        Post.objects.create(user=made, role=role)
        return made.pk


def die(*_args: Any, **_more: Any) -> None:
    """What no process survives."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed(place: Any, name: str, dies: Callable[[], Any], do: Callable[[], Any]) -> None:
    """A process of its own begins to `do` something and is killed (-9) where it calls `name` of `place`."""
    connection.close()
    POOL.close_idle()
    child = os.fork()
    if not child:
        try:
            setattr(place, name, dies())
            do()
        finally:
            os._exit(3)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def picture_of(code: str) -> str:
    """Digest over all rows of a schema."""
    with context.owner(), connection.cursor() as cursor:
        digest = hashlib.sha256()
        for table in rows.tables_of(cursor, code):
            out = io.BytesIO()
            cursor.copy_expert(f"COPY (SELECT * FROM {rows.named(code, table)} t ORDER BY t::text) TO STDOUT", out)
            digest.update(table.encode() + out.getvalue())
        return digest.hexdigest()


def newest_of(vault: Vault) -> manifest.Manifest:
    """The manifest of the last backup of 广西."""
    return manifest.newest(places.place_of(vault.place), "gx", sealing.Keys.configured())
