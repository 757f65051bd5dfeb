"""A second installation in a process of its own: another database, folder, port, name and province.

    python tests/peers/house.py

Reads commands as lines of JSON from stdin and answers each with one line. It serves its courier's host meanwhile.
Environment: DATABASE_URL, DOMAIN (with the port to serve), VAR_DIR, BROKER_URL, PROVINCE.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT), str(ROOT / "tests")]

import django  # noqa: E402 - the path has to be set first

django.setup()

import redis  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from harness import spans  # noqa: E402
from peers.serving import serve  # noqa: E402

from accounts.models import Post, User  # noqa: E402
from audit.models import Trail  # noqa: E402
from audit.trail import Actor  # noqa: E402
from evidence.store import make_key, store  # noqa: E402
from federation.contracts.addresses import Address  # noqa: E402
from federation.contracts.messages import KINDS, Attachment, Message, contract  # noqa: E402
from federation.letters import receipts, selectors, statements, tasks, transports  # noqa: E402
from federation.letters import services as letter_services  # noqa: E402
from federation.letters.models import Delivery, Letter  # noqa: E402
from federation.letters.post import RECEIVERS, Envelope, post, receives  # noqa: E402
from federation.peers import services  # noqa: E402
from federation.peers.models import Peer  # noqa: E402
from kernel.ids import uuid7  # noqa: E402
from notify.models import Notice  # noqa: E402
from provinces import context  # noqa: E402
from provinces.hosts import DIRECTORY  # noqa: E402
from provinces.seats import COURIER, OFFICE  # noqa: E402

ZHOU = Actor(UUID("0190cccc-0000-7000-8000-000000000001"), "周科长")


class NoteV1(Message):
    """A line of text."""

    kind = "test.note"

    text: str


class NoteV2(Message):
    """What only a later release knows."""

    kind = "test.note"
    version = 2

    text: str
    weight: int


class HaiV1(Message):
    """A letter with a number (函)."""

    kind = "test.hai"
    numbered = True

    text: str


def note(message: Any, envelope: Envelope) -> None:
    """The receiver of the tests: notes what arrived, and the digests of its files as they lie here."""
    if message.text == "unwelcome":
        raise ValueError
    files = [store().digests(file.object_key).sha256 for file in envelope.attachments]
    Trail.objects.create(
        record_label="test.note",
        record_id=envelope.letter_id,
        verb="arrive",
        by_name=envelope.by_name,
        data={"text": message.text, "sender": str(envelope.sender), "thread": str(envelope.thread), "files": files},
    )


def learn(message: type[Message]) -> None:
    """Know a kind of letter, as a release that has it does."""
    if (message.kind, message.version) not in KINDS:
        contract(message)
        receives(message, at="province")(note)


# What both installations of a test do ---------------------------------------------------------------------------------


def put(seat_name: str, data: bytes, what: str) -> Attachment:
    """An exhibit of the seat of this thread."""
    key = make_key(seat_name, "original")
    found = store().put(key, io.BytesIO(data), "image/jpeg")
    return Attachment(
        object_key=key, media_type="image/jpeg", size_bytes=len(data), sha256=found.sha256, sm3=found.sm3, what=what
    )


def send(
    code: str,
    text: str,
    to: list[str],
    *,
    thread: UUID | None = None,
    files: tuple[bytes, ...] = (),
    message: type[Message] = NoteV1,
    **fields: Any,
) -> Letter:
    """Write one note in a province's seat."""
    with context.province(code):
        photos = [put(code, data, f"photo {number}") for number, data in enumerate(files)]
        with transaction.atomic():
            return post(
                message(text=text, **fields), to=[Address.parse(each) for each in to], thread=thread or uuid7(),
                by=ZHOU, attachments=photos,
            )  # fmt: skip


def carry() -> int:
    """One round of the courier."""
    with context.seat(COURIER):
        return transports.here().deliver_waiting(200)


def mind() -> None:
    """The courier's other round: receipts, keys."""
    with context.seat(COURIER):
        import_module("federation.peers.tasks").mind.run()


def deliver(code: str) -> int:
    """One round of a province's worker."""
    with context.province(code):
        return int(tasks.deliver.run())


def noted(code: str) -> list[dict[str, Any]]:
    """What the receivers of a province have noted, in the order of arrival."""
    with context.province(code):
        return [row.data for row in Trail.objects.filter(record_label="test.note").order_by("at", "id")]


def course(code: str, letter_id: UUID) -> list[dict[str, Any]]:
    """How a letter of a province stands with each addressee."""
    with context.province(code):
        rows = Delivery.objects.filter(letter_id=letter_id).order_by("addressee")
        return [
            {"addressee": row.addressee, "state": row.state, "failure_code": row.failure_code, "tries": row.tries,
             "digest": row.received_digest, "reason": row.return_reason}
            for row in rows
        ]  # fmt: skip


# The other one --------------------------------------------------------------------------------------------------------


class House:
    """Commands, by name."""

    def __init__(self) -> None:
        self.code = os.environ["PROVINCE"]

    def reset(self) -> None:
        """Forget the other side and all letters."""
        with context.owner(), connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE peers_peer, peers_peerkey, peers_ownkey, peers_seenrequest, peers_arrival,"
                " provinces_remoteparty, letters_letter, letters_letterbody, letters_delivery, letters_ledgerentry,"
                " letters_sentsince, letters_arrivedsince"
            )
            cursor.execute(f"TRUNCATE {self.code}.audit_trail CASCADE")
            cursor.execute("UPDATE provinces_directoryversion SET version = version + 1")
        DIRECTORY.clear()
        KINDS.pop((NoteV2.kind, NoteV2.version), None)
        RECEIVERS.pop((NoteV2, "province"), None)

    def card(self) -> str:
        with context.seat(OFFICE):
            return str(services.own_card())

    def befriend(self, card: str, url: str, parties: list[dict[str, str]]) -> str:
        """Register the other side; return what is to be read over the telephone."""
        with context.seat(OFFICE):
            read = services.Card.read(card)
            peer = services.add(card=str(services.Card(read.installation, url, read.public_key)), title="甲", by=ZHOU)
            spoken = services.spoken(peer)
            services.confirm(peer, by=ZHOU)
            services.take_parties(peer, parties, by=ZHOU)
        DIRECTORY.clear()
        return spoken

    def send(self, text: str, to: list[str], files: list[int] | None = None) -> str:
        data = tuple(bytes([number % 251]) * number for number in files or ())
        return str(send(self.code, text, to, files=data).pk)

    def carry(self) -> int:
        return carry()

    def mind(self) -> None:
        mind()

    def deliver(self) -> int:
        return deliver(self.code)

    def noted(self) -> list[dict[str, Any]]:
        return noted(self.code)

    def course(self, letter_id: str) -> list[dict[str, Any]]:
        return course(self.code, UUID(letter_id))

    def receipt(self, verb: str, letter_id: str, reason: str = "") -> None:
        with context.province(self.code):
            extra = [reason] if verb == "returned" else []
            getattr(receipts, verb)(UUID(letter_id), *extra)

    def send_back(self, reason: str) -> int:
        """Return every dead letter of this province."""
        with context.province(self.code):
            dead = list(selectors.stuck())
            for row in dead:
                letter_services.send_back(row, by=ZHOU, reason=reason)
            return len(dead)

    def hurry(self) -> None:
        """Try everything again now."""
        with context.owner():
            Delivery.objects.update(next_try_at="2020-01-01T00:00:00Z")
            Peer.objects.update(quiet_until=None)

    def upgrade(self) -> None:
        learn(NoteV2)

    def learn_numbered(self) -> None:
        """Know the numbered kind of the restore drill."""
        learn(HaiV1)

    def new_key(self) -> int:
        with context.seat(OFFICE):
            return services.new_key(by=ZHOU)

    def received_root(self, sender: str) -> str:
        with context.province(self.code):
            return statements.said_received(Address.parse(sender), Address.province(self.code)).root

    def told_of_restorations(self) -> list[str]:
        """What its people were told, once the tasks that its courier asked for have run."""
        from federation.peers.returning import tell_people

        queued = redis.Redis.from_url(os.environ["BROKER_URL"]).lrange("celery", 0, -1)
        for raw in queued:
            task = json.loads(raw)
            if task["headers"]["task"] == "peers.tell_of_return":
                body = json.loads(base64.b64decode(task["body"]))
                with context.province(self.code):
                    tell_people(*body[0])
        with context.province(self.code):
            return list(Notice.objects.filter(code="peer_restored").values_list("title", flat=True))

    def admin(self) -> None:
        with context.province(self.code):
            Notice.objects.all().delete()
            user, _new = User.objects.get_or_create(username="admin", defaults={"name": "管理员"})
            Post.objects.get_or_create(user=user, role=Post.Role.BUREAU_ADMIN)

    def watch(self) -> None:
        """Make spans from now on, and keep them."""
        self.keeping = spans.kept()
        self.exporter = self.keeping.__enter__()

    def spans(self) -> list[dict[str, Any]]:
        """The spans since `watch`; then no more are made."""
        found = spans.told(self.exporter)
        self.keeping.__exit__(None, None, None)
        return found

    def parcels(self) -> int:
        root = Path(os.environ["VAR_DIR"], "objects", "courier")
        return sum(1 for path in root.rglob("*") if path.is_file())


def prepare() -> None:
    """Of a copy of the tests' database: this installation's rights, and one province that the other does not have."""
    from provinces import grants
    from provinces.models import Domain, Province
    from provinces.provisioning import provision

    with context.owner():
        Domain.objects.all().delete()
        Province.objects.all().delete()
        grants.apply()
    provision(
        os.environ["PROVINCE"], name="海南", title="海南省市场监督管理局", agency_word="琼市监", division_code="460000"
    )
    DIRECTORY.clear()


def main() -> None:
    """Prepare, serve, obey."""
    answers = sys.stdout
    with redirect_stdout(sys.stderr):
        prepare()
        learn(NoteV1)
        server = serve(int(os.environ["DOMAIN"].rpartition(":")[2]))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        house = House()
        answers.write('"ready"\n')
        answers.flush()
        for line in sys.stdin:
            name, values = json.loads(line)
            command: Callable[..., Any] = getattr(house, name)
            try:
                said = {"said": command(**values)}
            except Exception:  # told to the test, which raises it
                said = {"fault": traceback.format_exc()}
            answers.write(json.dumps(said) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
