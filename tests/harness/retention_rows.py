"""A proposed period, a hold and a proof in each province."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from audit import keys
from kernel import clock
from provinces import context
from retention import proofs, rules, services
from retention.models import GoneRecord, Portion, Run


def fill(code: str, *, system: Any, leader: Any) -> dict[str, Any]:
    """What addresses are filled with: period_id, hold_id, portion_id."""
    with context.province(code):
        rule = rules.ask(
            "clues", by=system, days=3650, basis="某文件第三条", valid_from=clock.today() + timedelta(days=1)
        )
        hold = services.place("person", system.pk, by=leader, reason="复议", ordered_by="某法院")
        run = Run.objects.create(seat=code, until=clock.now(), state=Run.State.DONE)
        portion = Portion.objects.create(
            seat=code, run=run, kind="consultations", rule={"days": 30, "by": "default"}, salt=proofs.new_salt(),
            state=Portion.State.DONE, rows_gone_at=clock.now(), done_at=clock.now(),
            counts={"requests.Consultation": 1},
        )  # fmt: skip
        GoneRecord.objects.create(
            portion=portion, label="requests.Consultation", digest=proofs.digest(portion.salt, hold.pk)
        )
        document = proofs.document(portion, now=clock.now(), files={"gone": 0, "locked": 0, "kept": 0})
        Portion.objects.filter(pk=portion.pk).update(
            document=document.decode(), sha256=proofs.sha256(document),
            signature=keys.sign(code, document).hex(), public_key=keys.public_key(code).hex(),
        )  # fmt: skip
    return {"period_id": rule.pk, "hold_id": hold.pk, "portion_id": portion.pk}
