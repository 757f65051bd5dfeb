"""A kind of letter of the tests' own, and receivers that note in the trail what arrived."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from audit.models import Trail
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS, Attachment, Message, contract
from federation.letters import addressees, delivery, parcels
from federation.letters.models import Letter
from federation.letters.post import RECEIVERS, Envelope, post, receives
from kernel.canonical import digests_of
from kernel.ids import uuid7
from provinces import context
from provinces.seats import Seat

WINE, TEA = UUID("0190aaaa-0000-7000-8000-000000000001"), UUID("0190aaaa-0000-7000-8000-000000000002")
CHEN = Actor(UUID("0190bbbb-0000-7000-8000-000000000001"), "陈队长")
LIN = Actor(UUID("0190bbbb-0000-7000-8000-000000000002"), "林工")
ZHAO = Actor(UUID("0190bbbb-0000-7000-8000-000000000003"), "赵处")


class NoteV1(Message):
    """A line of text. due: five working days."""

    kind = "test.note"
    due = (5, "working_day")

    text: str


class FolderTwin:
    """A store in a folder, keys as paths; as much of it as the post office needs."""

    root: Path

    def path(self, key: str) -> Path:
        return self.root / key

    def exists(self, key: str) -> bool:
        return self.path(key).exists()

    def copy(self, from_key: str, to_key: str):
        self.path(to_key).parent.mkdir(parents=True, exist_ok=True)
        draft = self.path(to_key).with_suffix(".draft")
        shutil.copyfile(self.path(from_key), draft)
        draft.rename(self.path(to_key))
        return self.digests(to_key)

    def digests(self, key: str):
        with self.path(key).open("rb") as file:
            return digests_of(file)

    def put(self, key: str, data: bytes, what: str = "label") -> Attachment:
        self.path(key).parent.mkdir(parents=True, exist_ok=True)
        self.path(key).write_bytes(data)
        found = self.digests(key)
        return Attachment(
            object_key=key, media_type="image/jpeg", size_bytes=len(data), sha256=found.sha256, sm3=found.sm3, what=what
        )


@dataclass
class Desk:
    """What the tests do with letters. behave: called by each receiver before it notes the letter; may raise."""

    store: FolderTwin
    superuser: Callable[[], AbstractContextManager[Any]]
    behave: Callable[[NoteV1, Envelope], None] = lambda message, envelope: None
    envelopes: list[Envelope] = field(default_factory=list)

    def send(self, text: str, to, *, seat: Seat | None = None, thread: UUID | None = None, by=CHEN, **more) -> Letter:
        """Post one note, from 广西 unless another seat is given."""
        with context.seat(seat or Address.province("gx").seat), transaction.atomic():
            return post(NoteV1(text=text), to=to, thread=thread or uuid7(), by=by, **more)

    def deliver(self, seat: Seat, limit: int = 50) -> int:
        with context.seat(seat):
            return delivery.deliver_waiting(limit)

    def noted(self, seat: Seat) -> list[str]:
        """Texts that the receivers of one seat noted, in the order of arrival."""
        with context.seat(seat):
            return [row.data["text"] for row in Trail.objects.filter(record_label="test.note").order_by("at", "id")]

    def _receive(self, message: NoteV1, envelope: Envelope) -> None:
        self.envelopes.append(envelope)
        self.behave(message, envelope)
        Trail.objects.create(
            record_label="test.note",
            record_id=envelope.letter_id,
            verb="arrive",
            by_name=envelope.by_name,
            data={"text": message.text, "addressee": str(envelope.addressee), "sequence": envelope.sequence},
        )


@pytest.fixture
def organisations(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[UUID, str]]:
    """Which organisations there are and how they stand: 酒 and 茶 are active. Change it at will."""
    known = {WINE: "active", TEA: "active"}

    def look(address: Address) -> str:
        return known.get(address.organisation_id, "unknown")

    monkeypatch.setattr(addressees, "_organisation_standing", look)
    monkeypatch.setattr(addressees, "KEPT_S", 0.0)
    addressees.forget()
    yield known
    addressees.forget()


@pytest.fixture
def desk(border, organisations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The post office with receivers of the tests' own kind at every kind of addressee."""
    store = FolderTwin()
    store.root = tmp_path
    monkeypatch.setattr(parcels, "store", lambda: store)
    made = Desk(store, superuser=lambda: border.superuser(border.database_name))
    contract(NoteV1)
    for kind in ("province", "organisation", "office"):
        receives(NoteV1, at=kind)(made._receive)
    yield made
    del KINDS[NoteV1.kind, NoteV1.version]
    for kind in ("province", "organisation", "office"):
        RECEIVERS.pop((NoteV1, kind), None)
