"""移转证据 beside a letter: a sealed package goes with it, and what its arrival showed stands on the letter.

Either every file came as it was sealed, or nothing counts as transferred: there is no part of it that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from evidence import selectors as evidence
from evidence.models import Transfer
from federation.contracts.addresses import Address
from federation.contracts.beside import EvidenceBesideV1
from federation.letters.post import Envelope, post
from federation.transfers import services as transfers
from kernel import clock
from kernel.errors import Conflict, NotAllowed
from notify.services import tell
from tenants.correspondence import selectors
from tenants.correspondence import selectors_assist as doors
from tenants.correspondence.models import EvidenceBeside, OfficialLetter
from tenants.correspondence.services import steps

PURPOSE = "随函移转（{number}）"


@dataclass(frozen=True)
class Arrival:
    """How a transfer stands. counted: every file came as it was sealed. missing, differing: positions of the list."""

    listed: int
    came: int
    missing: tuple[int, ...]
    differing: tuple[int, ...]
    state: str
    counted: bool
    words: str


def arrival_of(row: Transfer) -> Arrival:
    """What one arrival showed, in a sentence."""
    missing = tuple(each["position"] for each in row.items if each.get("outcome") == "missing")
    differing = tuple(each["position"] for each in row.items if each.get("outcome") == "differs")
    listed = len(row.items)
    came = listed - len(missing)
    if row.state == Transfer.State.SENT:
        words = gettext("清单 %(n)s 件，已发出，等对方核对。") % {"n": listed}
    elif row.state == Transfer.State.RECEIVED:
        words = gettext("清单 %(n)s 件，收到 %(n)s 件，逐件核对一致。") % {"n": listed}
    else:
        parts = [gettext("清单 %(n)s 件，收到 %(came)s 件") % {"n": listed, "came": came}]
        if missing:
            parts.append(gettext("第 %(numbers)s 件没有收到") % {"numbers": _numbers(missing)})
        if differing:
            parts.append(gettext("第 %(numbers)s 件与清单不一致") % {"numbers": _numbers(differing)})
        parts.append(gettext("整批不算移转，请重新移转"))
        words = "；".join(parts) + "。"
    return Arrival(listed, came, missing, differing, row.state, row.state == Transfer.State.RECEIVED, words)


def _numbers(positions: tuple[int, ...]) -> str:
    return "、".join(str(each) for each in positions)


def may_send(person: User, letter: OfficialLetter) -> bool:
    """Whether this person may lay evidence beside a letter: who goes on with it, or answers it."""
    if letter.by_paper or not letter.peer_party or letter.state in OfficialLetter.IN_HAND:
        return False
    row = doors.of_letter(letter)
    return doors.keeps(person, letter) or (row is not None and doors.answers(person, row))


@transaction.atomic
def send(*, by: User, letter_id: UUID, package_id: UUID) -> EvidenceBeside:
    """Send a sealed package with its originals beside a letter. Raises what the evidence transfer raises."""
    letter = selectors.letter(by, letter_id)
    if not may_send(by, letter):
        raise NotAllowed()
    if letter.state in (OfficialLetter.State.VOID, OfficialLetter.State.RECALLED):
        raise Conflict(_("这封函已作废或撤回，不能随函移转证据。"), code="letter_is_over")
    package, _matter = evidence.access_package(by, package_id, write=True)
    sent = transfers.send(
        package,
        to=letter.peer_party.removeprefix("province:"),
        purpose=PURPOSE.format(number=letter.document_no or letter.title),
        by=by,
    )
    row = EvidenceBeside.objects.create(letter=letter, transfer_id=sent.pk, outgoing=True, by_name=by.display_name)
    post(
        EvidenceBesideV1(official_id=letter.origin_id, transfer_id=sent.pk, at=clock.now(), who=by.display_name),
        to=Address.parse(letter.peer_party),
        thread=letter.thread,
        by=by,
        in_reply_to=letter.post_id,
    )
    trail.record(letter, "send_evidence", by=by, data={"transfer": str(sent.pk), "package": str(package.pk)})
    steps.announce(letter, "send_evidence")
    return row


def came(message: EvidenceBesideV1, envelope: Envelope) -> None:
    """The other side says which transfer goes with which letter."""
    letter = doors.letter_of_claim(message.official_id, envelope.sender)
    if EvidenceBeside.objects.filter(transfer_id=message.transfer_id).exists():
        return
    EvidenceBeside.objects.create(
        letter=letter, transfer_id=message.transfer_id, outgoing=False, by_name=message.who, at=message.at
    )
    people: set[Any] = {letter.handler_id, letter.drafted_by_id} - {None}
    tell(to=people, code="evidence_transfer", title=gettext("随函移转的证据到了，请看核对结果"), url=steps.url(letter))
    steps.announce(letter, "send_evidence")
