"""挂牌督办 of the common superior on a clue or a case here: it stands on the record like an order of our own.

The order here has the id of the one above. What the unit answers goes up as the result; what is said above of it
happens here too. Where the number names nothing here, the order stays on the page of matters between provinces alone.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from federation.broker import hooks
from federation.broker.models import ListedSupervision
from federation.broker.services import supervision as above
from tenants.cases.models import Case
from tenants.clues import supervised
from tenants.clues.letters import Thing
from tenants.clues.models import Clue, Supervision
from tenants.clues.services import supervising

State, Listed = Supervision.State, ListedSupervision.State


def on_supervised(listed: ListedSupervision) -> None:
    """An order from above came, was reported done, sent back or lifted: the same happens to the one on the record."""
    row = Supervision.objects.select_for_update(of=("self",)).filter(pk=listed.pk).first()
    if row is None:
        thing = _named(listed)
        if thing is None or listed.state != Listed.LISTED:
            return
        ListedSupervision.objects.filter(pk=listed.pk).update(subject_id=thing.row.pk, unit_id=thing.unit.pk)
        supervising.place(listed.pk, thing, number=listed.document_no, demand=listed.demand, due_on=listed.due_on,
                          giver=_("总局 {name}").format(name=listed.listed_by))  # fmt: skip
    elif listed.state == Listed.REPORTED and row.state == State.ORDERED:
        report = listed.reports.filter(is_final=True).last()
        supervising.answered_above(row, report.text if report is not None else "", report.by_name if report else "")
    elif listed.state == Listed.LISTED and row.state == State.ANSWERED:
        supervising.sent_back(row, why=listed.turned_words, due_on=listed.due_on)
    elif listed.state == Listed.LIFTED and row.state != State.LIFTED:
        supervising.lifted(row, why=listed.turned_words)


def _named(listed: ListedSupervision) -> Thing | None:
    number = listed.subject_no.strip()
    if listed.subject_kind == ListedSupervision.SubjectKind.CLUE:
        clue = Clue.objects.select_related("holder_unit", "holder").filter(number=number).first()
        return supervised.of_clue(clue) if clue is not None else None
    if listed.subject_kind == ListedSupervision.SubjectKind.CASE:
        case = Case.objects.select_related("unit").filter(number=number).first()
        return supervised.of_case(case) if case is not None else None
    return None


def report(row: Supervision, by: User) -> None:
    """What the unit answered is its result; it waits for the word from above."""
    listed = ListedSupervision.objects.filter(pk=row.pk, state=Listed.LISTED).first()
    if listed is not None:
        above.report(listed, by=by, text=row.answer, is_final=True)


def register_all() -> None:
    """Called when the app is ready."""
    hooks.on_supervised(on_supervised)
    supervising.on_answered(report)
