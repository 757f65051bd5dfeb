"""One request's rows, each as the service of its side would have written it: letters, lines, moves."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import User
from appraisal.desk.models import (
    DeskLine,
    DeskTask,
)
from appraisal.requests.models import (
    AppraisalRequest,
    Line,
)
from audit.models import Trail
from federation.contracts.addresses import Address
from federation.contracts.appraisal import (
    ProgressV1,
)
from federation.contracts.messages import Message
from federation.letters.ledger import content_digest
from federation.letters.models import Delivery, Letter, LetterBody
from federation.parties.models import Organisation
from kernel.canonical import canonical_json, sha256_hex, sm3_hex
from tenants.bureau.pasts.book import Book

ON_THE_WAY = timedelta(milliseconds=400)
Hand = tuple[UUID | None, str]
"""Whose hand did it: id of the person, if this side knows them, and the name."""
_EMPTY = canonical_json([])
_EMPTY_SHA256 = sha256_hex(_EMPTY)


class Writing:
    """What any step of a request writes."""

    task: DeskTask
    request: AppraisalRequest
    commission: UUID | None

    def __init__(self, book: Book, row: Any) -> None:
        self.book, self.row, self.facts = book, row, book.facts
        self.officer: User = book.officers[row.officers[0]]
        self.organisation: Organisation = self.facts.organisations[row.brand]
        self.province_address, self.brand_address = (
            Address.province(book.code),
            Address.organisation(self.organisation.pk),
        )
        self.sequences: dict[str, int] = defaultdict(int)
        self.asked: Delivery | None = None

    # Letters ----------------------------------------------------------------------------------------------------------

    def post(
        self,
        message: Message,
        at: datetime,
        *,
        to_brand: bool,
        by: Hand,
        due: datetime | None = None,
    ) -> UUID:
        """A letter that was delivered. Returns its id."""
        sender, addressee = self.province_address, self.brand_address
        if message.settles and self.asked is not None:
            self.asked.state, self.asked.answered_at = Delivery.State.ANSWERED, at
        if not to_brand:
            sender, addressee = addressee, sender
        body = canonical_json(message.to_body())
        digest = sha256_hex(body)
        seats = [sender.seat.name, addressee.seat.name]
        letter_id = self.book.new_id(at)
        self.sequences[str(sender)] += 1
        self.book.mine[Letter].append(
            Letter(
                id=letter_id,
                kind=message.kind,
                version=message.version,
                sender=str(sender),
                sender_seat=sender.seat.name,
                seats=seats,
                thread=self.request.pk,
                in_reply_to=None if to_brand else self.commission,
                purpose="appraisal",
                written_at=at,
                body_sha256=digest,
                body_sm3=sm3_hex(body),
                manifest_sha256=_EMPTY_SHA256,
            )
        )
        self.book.mine[LetterBody].append(
            LetterBody(
                letter_id=letter_id,
                seats=seats,
                body=body.decode(),
                manifest=_EMPTY.decode(),
                by_id=by[0],
                by_name=by[1],
            )
        )
        self.book.mine[Delivery].append(
            Delivery(
                id=self.book.new_id(at),
                letter_id=letter_id,
                thread=self.request.pk,
                sender=str(sender),
                sender_seat=sender.seat.name,
                addressee=str(addressee),
                addressee_seat=addressee.seat.name,
                sequence=self.sequences[str(sender)],
                state=Delivery.State.DELIVERED,
                due_at=due,
                next_try_at=at,
                delivered_at=at + ON_THE_WAY,
                received_digest=content_digest(letter_id, digest, _EMPTY_SHA256),
            )
        )
        if due is not None:
            self.asked = self.book.mine[Delivery][-1]
        return letter_id

    def progress(self, step: str, at: datetime, *, who: str = "", by: Hand = (None, "系统")) -> None:
        """The brand tells of a step, and the officer's timeline shows it."""
        message = ProgressV1.model_validate({"request_id": self.request.pk, "step": step, "at": at, "who": who})
        letter_id = self.post(message, at, to_brand=False, by=by)
        self.line(step, Line.Side.BRAND, who, at, letter_id=letter_id)

    # Rows -------------------------------------------------------------------------------------------------------------

    def line(self, kind: str, side: str, who: str, at: datetime, **said: Any) -> None:
        """A line of the officer's timeline; text, data and letter_id where there are any."""
        self._told(Line, kind, side, who, at, request=self.request, **said)

    def desk_line(self, kind: str, side: str, who: str, at: datetime, **said: Any) -> None:
        """The same of the brand's."""
        self._told(DeskLine, kind, side, who, at, task=self.task, **said)

    def _told(self, model: type[Line | DeskLine], kind: str, side: str, who: str, at: datetime, **said: Any) -> None:
        rows = self.book.mine if model is Line else self.book.theirs
        rows[model].append(model(id=self.book.new_id(at), kind=kind, side=side, who=who, at=at, **said))

    def step(self, verb: str, at: datetime, by: Hand, why: str = "") -> None:
        """A move of the request with its split clock."""
        request = self.request
        target = AppraisalRequest.MOVES[verb][1]
        if request.phase and request.phase_since:
            counter = f"{request.phase}_s"
            setattr(
                request, counter, getattr(request, counter) + max(0, int((at - request.phase_since).total_seconds()))
            )
        self._trail(self.book.mine, request, verb, request.state, target, at, by, why)
        request.state = target
        request.phase = AppraisalRequest.PHASES.get(target, AppraisalRequest.Phase.NONE)
        request.phase_since = at if request.phase else None

    def desk_step(self, verb: str, at: datetime, by: Hand, why: str = "") -> None:
        """A move of the brand's task."""
        target = DeskTask.MOVES[verb][1]
        self._trail(self.book.theirs, self.task, verb, self.task.state, target, at, by, why)
        self.task.state = target

    def _trail(
        self,
        rows: dict[type[models.Model], list[Any]],
        record: models.Model,
        verb: str,
        left: str,
        target: str,
        at: datetime,
        by: Hand,
        why: str,
    ) -> None:
        rows[Trail].append(
            Trail(
                id=self.book.new_id(at),
                at=at,
                record_label=record._meta.label_lower,
                record_id=record.pk,
                verb=verb,
                from_state=str(left),
                to_state=str(target),
                by_id=by[0],
                by_name=by[1],
                why=why,
            )
        )
