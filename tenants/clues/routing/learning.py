"""Learned corrections: the desks' choices become a suggestion, and only a person makes it a rule (never silently)."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.selectors import holders
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, NotAllowed
from notify.services import tell
from tenants.clues import selectors
from tenants.clues.models import Competence, CompetenceSuggestion, Dispatch

State = CompetenceSuggestion.State
_LOOK_BACK = 200


def note(dispatch: Dispatch, *, after: int) -> CompetenceSuggestion | None:
    """A dispatch was made otherwise than proposed: after `after` of them alike, a suggestion stands.

    Alike: the same division and matter, the same unit chosen. What was refused is asked again only after as many more.
    """
    division, matter = dispatch.clue.division_code, str(dispatch.proposal.get("matter", "")) or Competence.Matter.ALL
    if dispatch.followed or not division or not dispatch.proposal.get("unit_id"):
        return None
    past = CompetenceSuggestion.objects.filter(division_code=division, matter=matter).first()
    if past is not None and past.state == State.PROPOSED:
        return None
    rows = Dispatch.objects.filter(clue__division_code=division, unit_id=dispatch.unit_id).exclude(
        ending=Dispatch.Ending.RETURNED
    )
    if past is not None and past.decided_at is not None:
        rows = rows.filter(at__gt=past.decided_at)
    alike = []
    for row in rows.order_by("-at")[:_LOOK_BACK]:
        if str(row.proposal.get("matter", "")) != matter:
            continue
        if row.followed:
            break
        alike.append(row.pk)
    if len(alike) < after:
        return None
    try:
        with transaction.atomic():
            made = CompetenceSuggestion.objects.create(
                division_code=division, matter=matter, unit=dispatch.unit, dispatches=[str(each) for each in alike]
            )
    except IntegrityError:
        return None
    people = [each.pk for each in holders(Post.Role.BUREAU_ADMIN)]
    people += [each.pk for each in selectors.dispatchers_of(dispatch.clue.desk_unit)]
    tell(to=people, code="competence_suggested", title=_("有一条管辖规则建议等您确认"), url=selectors.rules_url())
    return made


@transaction.atomic
def decide_suggestion(*, by: User, suggestion_id: UUID, accept: bool, reason: str = "") -> CompetenceSuggestion:
    """A suggestion becomes a rule from today, or does not. Raises NotFound404, NotAllowed, BadInput, MoveRefused."""
    row = selectors.suggestion(by, suggestion_id, lock=True)
    ruled = selectors.ruled_unit_ids(by)
    if ruled is not None and row.unit_id not in ruled:
        raise NotAllowed()
    if not accept and not reason.strip():
        raise BadInput(_("请写明不采纳的理由。"), code="reason_missing")
    move(row, "accept" if accept else "refuse", by=by, why=reason.strip(), decided_by=by, decided_at=clock.now(),
         reason=reason.strip()[:300])  # fmt: skip
    if accept:
        rule = Competence.objects.create(
            division_code=row.division_code,
            matter=row.matter,
            unit_id=row.unit_id,
            basis=Competence.Basis.LEARNED,
            made_by=by,
        )
        row.rule = rule
        row.save(update_fields=["rule"])
        trail.record(rule, "lay_down", by=by, data={"basis": rule.basis})
    return row
