"""Who sees an urgent call, who may answer it, who may take it back."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Unit, User
from accounts.selectors import heads
from kernel import clock
from kernel.errors import NotFound404
from tenants.campaigns.models import UrgentCall, UrgentLine
from tenants.campaigns.selectors.roster import on_duty
from tenants.clues import selectors as clues
from tenants.clues.models import Clue


def calls_of(person: User) -> QuerySet[UrgentCall]:
    """Calls this person was rung for, or about clues they see. Newest first."""
    rung = UrgentLine.objects.filter(call=OuterRef("pk"), kind=UrgentLine.Kind.RUNG, person=person)
    seen = clues.clues_seen_by(person).order_by().values("pk")
    return UrgentCall.objects.filter(Q(Exists(rung)) | Q(clue__in=seen)).select_related(
        "clue", "clue__holder_unit", "clue__desk_unit", "unit", "begun_by", "answered_by"
    )


def access_call(person: User, call_id: UUID) -> UrgentCall:
    """One call. Raises NotFound404."""
    found = calls_of(person).filter(pk=call_id).first()
    if found is None:
        raise NotFound404()
    return found


def call_of_clue(clue: Clue) -> UrgentCall | None:
    """The latest call about a clue, for who has been let in to the clue."""
    return UrgentCall.objects.filter(clue=clue).select_related("unit", "begun_by", "answered_by").first()


def may_answer(person: User, call: UrgentCall) -> bool:
    """Whoever was rung, is on duty now, works for the unit that holds the clue, or decides for it."""
    if call.state != UrgentCall.State.RINGING:
        return False
    return (
        call.lines.filter(kind=UrgentLine.Kind.RUNG, person=person).exists()
        or any(duty.person.pk == person.pk for duty in on_duty(call.unit, clock.now()))
        or clues.works_for(person, call.clue.holder_unit_id)
        or heads(person, call.clue.holder_unit_id)
    )


def may_withdraw(person: User, call: UrgentCall) -> bool:
    """The desk of the clue and whoever heads its holder. Not whoever was rung: being woken is no reason."""
    if call.state == UrgentCall.State.WITHDRAWN:
        return False
    return clues.keeps_desk(person, call.clue) or heads(person, call.clue.holder_unit_id)


def may_make_urgent(person: User, clue: Clue) -> bool:
    """The desk, and whoever works for the holder."""
    return clues.keeps_desk(person, clue) or clues.works_for(person, clue.holder_unit_id)


def desk_people(desk: Unit) -> list[UUID]:
    """Who is told when nobody answered: the dispatchers of the desk, or its heads."""
    return [person.pk for person in clues.dispatchers_of(desk)]


def urgent_without_call() -> list[Clue]:
    """Open urgent clues for which nobody was rung yet."""
    rung = UrgentCall.objects.filter(
        clue=OuterRef("pk"), state__in=(UrgentCall.State.RINGING, UrgentCall.State.ANSWERED)
    )
    rows = Clue.objects.filter(~Exists(rung), priority=Clue.Priority.URGENT, state__in=Clue.OPEN)
    return list(rows.select_related("holder_unit", "desk_unit").order_by("registered_at")[:50])
