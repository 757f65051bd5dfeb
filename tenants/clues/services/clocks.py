"""核查期限: 15 working days from registration, 15 more by the head, less the days that do not count.

Source: 市场监督管理行政处罚程序规定 art. 18. Testing, quarantine, appraisal and a right holder's identification are not
counted; spells of waiting that hang on requests and inspections of the clue come from `appraisal.opinions.clocks`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions import clocks
from appraisal.requests.models import AppraisalRequest
from audit import trail
from kernel import clock
from kernel.clock import ClockState, Extension, Pause, Reckoning, Term, WorkCalendar
from kernel.errors import BadInput, Conflict
from tenants.clues import selectors
from tenants.clues.models import Clue, ClueMatter, CluePause
from tenants.clues.services.registering import VERIFICATION_DAYS
from tenants.clues.services.steps import announce, need
from tenants.inspections.models import Inspection

State = Clue.State
PAUSABLE = (State.VERIFYING,)


def requests_of(clue: Clue) -> list[UUID]:
    """Requests that hang on a clue: linked themselves, or asked during an inspection that is linked."""
    rows = list(clue.matters.all())
    asked = {each.record_id for each in rows if each.kind == ClueMatter.Kind.REQUEST}
    visited = [each.record_id for each in rows if each.kind == ClueMatter.Kind.INSPECTION]
    if visited:
        sites = Inspection.objects.filter(pk__in=visited).order_by().values("site_id")
        asked |= set(AppraisalRequest.objects.filter(site_id__in=sites).order_by().values_list("pk", flat=True))
    return sorted(asked)


def clock_of(clue: Clue) -> ClockState:
    """The term as facts. After reopening it runs anew."""
    start = clue.clock_from or clue.registered_at
    more = [each for each in clue.extensions.all() if each.at >= start]
    return ClockState(
        start=start,
        term=Term(VERIFICATION_DAYS, clock.Unit.WORKING_DAY),
        pauses=(
            *(Pause(each.begin, each.end, each.reason) for each in clue.pauses.all()),
            *clocks.pauses_of(clocks.VERIFICATION, lambda: requests_of(clue)),
        ),
        extension=Extension(sum(each.days for each in more), more[-1].reason, str(more[-1].approved_by_id))
        if more
        else None,
        met_at=clue.ended_at,
    )


def read(clue: Clue, *, now: datetime | None = None, calendar: WorkCalendar | None = None) -> Reckoning:
    """Where the term stands. calendar: by default the country's, as this process knows it."""
    return clock_of(clue).read(now or clock.now(), calendar)


def reckon(clue: Clue, *, now: datetime | None = None, calendar: WorkCalendar | None = None) -> bool:
    """Set verify_by and due_at from the facts as they are. Saves what changed; whether anything did."""
    reading = read(clue, now=now, calendar=calendar)
    before = (clue.verify_by, clue.verify_by_provisional, clue.due_at)
    clue.verify_by, clue.verify_by_provisional = clock.local_date(reading.due_at), reading.provisional
    clue.due_at = owed_at(clue)
    changed = before != (clue.verify_by, clue.verify_by_provisional, clue.due_at)
    if changed:
        clue.save(update_fields=["verify_by", "verify_by_provisional", "due_at"])
    return changed


def owed_at(clue: Clue) -> datetime | None:
    """When whoever holds the clue owes the next thing: the receipt, the study, the settlement, the check."""
    if clue.state not in Clue.OPEN:
        return None
    owed: list[datetime] = []
    if clue.state == State.DISPATCHED:
        owed += [each.sign_by for each in clue.dispatches.all() if not each.ending]
    elif clue.state == State.ASSESSING:
        owed += [clock.at_end(each.due_on) for each in clue.assessments.all() if each.concluded_at is None]
    elif clue.state == State.DISPUTED:
        owed += [clock.at_end(each.due_on) for each in clue.disputes.all() if each.settled_at is None]
    if not owed and clue.verify_by is not None:
        owed.append(clock.at_end(clue.verify_by))
    owed += [clock.at_end(each.due_on) for each in clue.supervisions.all() if each.state == "ordered"]
    return min(owed) if owed else None


def pause(*, by: User, clue_id: UUID, kind: str, reason: str) -> CluePause:
    """The term stands still from now: testing, quarantine, appraisal, identification by the right holder."""
    with transaction.atomic():
        clue = selectors.clue_to_change(by, clue_id, who="unit")
        if clue.state not in PAUSABLE:
            raise Conflict(_("核查中的线索才能中止计算期限。请先签收。"), code="not_verifying")
        if kind not in CluePause.Kind.values:
            raise BadInput(_("请选择不计入期限的事项：检测鉴定，或权利人辨认。"), code="pause_kind_wrong")
        why = need(reason, _("请写明不计入期限的原因。"), "reason_missing")
        try:
            with transaction.atomic():
                row = CluePause.objects.create(clue=clue, kind=kind, reason=why, by=by)
        except IntegrityError as error:
            raise Conflict(_("期限已经中止计算。请先恢复。"), code="pause_open") from error
        trail.record(clue, "pause", by=by, why=why, data={"kind": kind})
        reckon(clue)
        announce(clue, "pause")
    return row


@transaction.atomic
def resume(*, by: User, clue_id: UUID) -> CluePause:
    """The term runs on."""
    clue = selectors.clue_to_change(by, clue_id, who="unit")
    row = clue.pauses.filter(end=None).first()
    if row is None:
        raise Conflict(_("期限没有中止，不必恢复。"), code="no_pause")
    row.end = clock.now()
    row.save(update_fields=["end"])
    trail.record(clue, "resume", by=by)
    reckon(clue)
    announce(clue, "resume")
    return row
