"""线索研判: people of several sections say what they think, each on their own phone; the desk concludes (C-16).

The term of three working days is usual and was not verified; a bureau sets its own (`ClueTerms.assess_days`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from tenants.clues import selectors
from tenants.clues.models import Assessment, Clue, PanelMember
from tenants.clues.services.clocks import reckon
from tenants.clues.services.steps import announce, need, tell_people, terms


@transaction.atomic
def open_assessment(*, by: User, clue_id: UUID, member_ids: Sequence[UUID]) -> Assessment:
    """Ask people of two sections or more what they think of a clue. Raises BadInput, MoveRefused."""
    clue = selectors.clue_to_change(by, clue_id, who="desk")
    people = list(User.people.filter(pk__in=set(member_ids), is_active=True, unit__isnull=False).select_related("unit"))
    if len({each.unit_id for each in people}) < 2:
        raise BadInput(_("研判要有两个以上股室或单位的人员参加。请再选。"), code="panel_one_section")
    due = clock.add_working_days(clock.now(), terms().assess_days)
    move(clue, "assess", by=by, due_at=clock.at_end(due.date))
    try:
        with transaction.atomic():
            row = Assessment.objects.create(clue=clue, opened_by=by, due_on=due.date)
    except IntegrityError as error:
        raise Conflict(_("这条线索正在研判。请先作出结论。"), code="assessment_open") from error
    PanelMember.objects.bulk_create(
        PanelMember(assessment=row, user=each, name=each.name, unit_name=each.unit.name if each.unit else "")
        for each in people
    )
    tell_people(people, clue, "clue_panel", _("请您对一条线索发表研判意见"), but=by)
    announce(clue, "assess")
    return row


@transaction.atomic
def say(*, by: User, assessment_id: UUID, opinion: str) -> PanelMember:
    """One member's opinion. They may correct it until the assessment is concluded."""
    row = selectors.assessment(by, assessment_id, lock=True)
    member = row.members.filter(user=by).first()
    if member is None:
        raise NotAllowed(_("您不在这次研判的名单里。"), code="not_on_the_panel")
    if row.concluded_at is not None:
        raise Conflict(_("研判已经作出结论，意见不能再改。"), code="assessment_over")
    member.opinion = need(opinion, _("请写下您的意见。"), "opinion_missing")[:500]
    member.said_at = clock.now()
    member.save(update_fields=["opinion", "said_at"])
    trail.record(row.clue, "opine", by=by)
    if not row.members.filter(said_at=None).exists():
        tell_people([row.opened_by], row.clue, "clue_panel_done", _("研判人员都已发表意见，请作出结论"), but=by)
    announce(row.clue, "opine")
    return member


@transaction.atomic
def conclude(*, by: User, assessment_id: UUID, advice: str, opinion: str) -> Assessment:
    """The desk's conclusion: the clue is screened, with the advice what to do. At least one member has spoken."""
    row = selectors.assessment(by, assessment_id, lock=True)
    clue = selectors.clue_to_change(by, row.clue_id, who="desk")
    if row.concluded_at is not None:
        raise Conflict(_("研判已经作出结论。"), code="assessment_over")
    if advice not in Assessment.Advice.values:
        raise BadInput(_("请选择处理建议。"), code="advice_wrong")
    said = need(opinion, _("请写明研判意见。"), "opinion_missing")
    if not row.members.exclude(said_at=None).exists():
        raise BadInput(_("还没有人发表意见。请等研判人员答复，或另选人员。"), code="panel_silent")
    row.concluded_by, row.concluded_at, row.opinion, row.advice = by, clock.now(), said[:2000], advice
    row.save(update_fields=["concluded_by", "concluded_at", "opinion", "advice"])
    move(clue, "screen", by=by, why=str(Assessment.Advice(advice).label))
    reckon(clue)
    announce(clue, "conclude")
    return row


def concluded_advice(clue: Clue) -> str:
    """What the newest concluded assessment advises; empty if there is none."""
    row = clue.assessments.exclude(concluded_at=None).order_by("-concluded_at").first()
    return row.advice if row else ""
