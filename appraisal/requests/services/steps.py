"""What every service of a request does, and the receivers with them: one move, one line, one letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from appraisal.requests.models import AppraisalRequest, Line
from audit.move import move
from audit.trail import Actor
from divisions import selectors as divisions
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, Message
from federation.letters.post import post
from kernel import clock
from kernel.ids import uuid7
from notify import live

State = AppraisalRequest.State
MACHINE = Actor(None, "系统")


def take_step(
    request: AppraisalRequest, verb: str, *, by: Any, why: str = "", at: datetime | None = None, **fields: Any
) -> None:
    """One move of the request with its split clock. The row must be locked."""
    at = at or clock.now()
    target = AppraisalRequest.MOVES[verb][1]
    phase = AppraisalRequest.PHASES.get(target, AppraisalRequest.Phase.NONE)
    if request.phase and request.phase_since:
        spent = max(0, int((at - request.phase_since).total_seconds()))
        counter = f"{request.phase}_s"
        fields[counter] = getattr(request, counter) + spent
    move(request, verb, by=by, why=why, phase=phase, phase_since=at if phase else None, **fields)
    announce(request, "state")


def write_line(
    request: AppraisalRequest,
    kind: str,
    side: str,
    who: str,
    *,
    at: datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
    letter_id: UUID | None = None,
    line_id: UUID | None = None,
) -> Line:
    line = Line.objects.create(
        pk=line_id or uuid7(),
        request=request,
        kind=kind,
        side=side,
        who=who,
        text=text,
        data=data or {},
        at=at,
        letter_id=letter_id,
    )
    announce(request, "line")
    return line


def announce(request: AppraisalRequest, kind: str) -> None:
    topics = [f"request:{request.pk}", f"site:{request.site_id}", f"unit:{request.unit_id}", "requests"]
    live.publish(topics, kind, {"id": str(request.pk)})


def to_brand(request: AppraisalRequest, message: Message, by: User, attachments: Sequence[Attachment] = ()) -> None:
    post(
        message,
        to=Address.organisation(request.organisation_id),
        thread=request.pk,
        by=by,
        attachments=attachments,
        purpose="appraisal",
    )


def county_of_place(division_code: str) -> str:
    """Code of the county (or the city without counties) of a place: all that leaves the province of it."""
    county = divisions.county_of(division_code)
    return county.code if county else divisions.division(division_code).code[:6]
