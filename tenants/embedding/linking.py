"""What is begun on a page that was opened for a matter belongs to that matter, whichever page or call begins it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save

from appraisal.opinions.hooks import Ground
from appraisal.opinions.models import HeldLetter
from appraisal.requests.models import AppraisalRequest, Opinion, Site
from audit import hooks
from audit.hooks import Step
from provinces.context import required
from tenants.clues.models import Clue
from tenants.correspondence.models import OfficialLetter
from tenants.embedding import context, news, selectors
from tenants.embedding.models import MatterLink
from tenants.embedding.services import matters
from tenants.inspections.models import Inspection

Kind = MatterLink.Kind
KINDS: dict[type[Model], str] = {
    Site: Kind.SITE,
    AppraisalRequest: Kind.REQUEST,
    Clue: Kind.CLUE,
    OfficialLetter: Kind.LETTER,
    Inspection: Kind.INSPECTION,
}

_TOLD = (AppraisalRequest, Clue, OfficialLetter)
_TOLD_BY_VERDICTS = (AppraisalRequest.State.PARTLY_ANSWERED, AppraisalRequest.State.ANSWERED)


def on_saved(sender: type[Model], instance: Any, created: bool, raw: bool = False, **_more: object) -> None:
    """In the transaction that begins it."""
    mark = context.current()
    if created and not raw and mark is not None:
        matters.link(mark.matter_id, KINDS[sender], instance.pk)


def on_step(step: Step) -> None:
    """Something that the result shows moved: it was sent, claimed, withdrawn, dispatched, replied to."""
    if not step.rows or step.from_state == step.to_state or type(step.rows[0]) not in _TOLD:
        return
    if isinstance(step.rows[0], AppraisalRequest) and step.to_state in _TOLD_BY_VERDICTS:
        return
    if required().kind == "province":
        news.changed_each(selectors.matters_of_objects(KINDS[type(step.rows[0])], [each.pk for each in step.rows]))


def on_verdicts(request: AppraisalRequest, opinion: Opinion) -> None:
    """The brand answered, corrected itself or took an answer back."""
    news.changed_each(selectors.matters_of_object(Kind.REQUEST, request.pk))


def ground_of(request: AppraisalRequest) -> Ground | None:
    """The case number and the party go onto the notice to the brand without being typed."""
    found = selectors.matters_of_object(Kind.REQUEST, request.pk)
    return Ground(matter_no=found[0].case_number, party_name=found[0].party_name) if found else None


def on_letter(sender: type[Model], instance: HeldLetter, raw: bool = False, **_more: object) -> None:
    """An opinion letter came, became formal, fell or was replaced."""
    if not raw:
        news.changed_each(selectors.matters_of_object(Kind.REQUEST, instance.request_id))


def wire() -> None:
    """Listen."""
    hooks.on_step(on_step)
    post_save.connect(on_letter, sender=HeldLetter, dispatch_uid="embedding letters")
    for model in KINDS:
        post_save.connect(on_saved, sender=model, dispatch_uid=f"embedding {model._meta.label}")
