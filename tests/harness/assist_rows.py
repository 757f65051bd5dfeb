"""A request for assistance and a case handed over, as they came in, for the world of the doors."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from tenants.correspondence.models import (
    Assistance,
    AssistanceDraft,
    AssistanceQuestion,
    CaseTransfer,
    OfficialLetter,
    RegionalDay,
)


def fill(code: str) -> dict[str, Any]:
    """Commits, in one province: a request with a question that is being answered, a case on the desk, a day."""
    with context.province(code):
        chen = User.objects.get(username="chen")
        asked = _came(chen, "assistance_request")
        row = Assistance.objects.create(
            pk=asked.origin_id, letter=asked, side=Assistance.Side.ASKED, state=Assistance.State.WORKING,
            case_name="某案", legal_basis="某法", targets=[{"name": "某", "uscc": "", "address": ""}],
            officers=[{"name": chen.name, "certificate_no": "1", "user_id": str(chen.pk)}],
            received_at=clock.now(), due_on=clock.today(), first_due_on=clock.today(),
        )  # fmt: skip
        question = AssistanceQuestion.objects.create(assistance=row, number=1, text="某事")
        AssistanceDraft.objects.create(question=question, text="某答复", written_by=chen)
        given = _came(chen, "case_transfer")
        transfer = CaseTransfer.objects.create(
            pk=given.origin_id, letter=given, side=CaseTransfer.Side.TAKING, case_name="某案",
            parties=[{"kind": "stall", "name": "某", "uscc": "", "responsible_person": "", "address": ""}],
        )  # fmt: skip
        day = RegionalDay.objects.create(day=clock.today(), name="某日", by_name="某")
    return {"assistance_id": row.pk, "case_transfer_id": transfer.pk, "day_id": day.pk}


def _came(person: User, kind: str) -> OfficialLetter:
    origin = uuid7()
    return OfficialLetter.objects.create(
        direction=OfficialLetter.Direction.IN, kind=kind, state=OfficialLetter.State.ACCEPTED, title="某函",
        summary="某事", own_unit=person.unit, origin_id=origin, thread=origin, peer_party="province:gd",
        peer_name="某局", fields={"facts": "某", "reason": "某", "case_number": "某号"},
    )  # fmt: skip
