"""What letters about clues do in a province. Each runs in the delivery's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Actor
from federation.contracts.clues import (
    CluePhotoV1,
    ClueReplyV1,
    ClueSupplementV1,
    ClueWithdrawnV1,
    RecordingV1,
    ReverseClueV1,
)
from federation.letters.post import Envelope, receives
from kernel.errors import NotFound404, Words
from tenants.clues import selectors
from tenants.clues.models import BrandReport, Clue, ReportAddition, SourceQuestion
from tenants.clues.services import reports
from tenants.clues.services.steps import announce, tell_people


def _report(brand_clue_id: UUID, envelope: Envelope) -> BrandReport:
    """The report of the party that writes, locked; nobody speaks of another's."""
    found = (
        BrandReport.objects.select_for_update(of=("self",))
        .select_related("clue")
        .filter(brand_clue_id=brand_clue_id, party=str(envelope.sender))
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


@receives(ReverseClueV1, at="province")
def on_reverse_clue(message: ReverseClueV1, envelope: Envelope) -> None:
    """A right holder reports. The organisation named is the one that writes; the same clue twice is one."""
    if envelope.sender.organisation_id != message.organisation_id:
        raise NotFound404()
    if BrandReport.objects.filter(organisation_id=message.organisation_id, brand_clue_id=message.clue_id).exists():
        return
    reports.take(message, envelope)


@receives(ClueSupplementV1, at="province")
def on_supplement(message: ClueSupplementV1, envelope: Envelope) -> None:
    """More from the brand: its files hang on the clue, and whoever has it in hand hears."""
    report = _report(message.clue_id, envelope)
    if ReportAddition.objects.filter(pk=message.supplement_id).exists():
        return
    _hang(report, message.photos, message.recordings, envelope, who=message.who)
    ReportAddition.objects.create(
        id=message.supplement_id,
        report=report,
        text=message.text,
        recordings=reports.recordings_kept(message.recordings),
        purchases=reports.purchases_kept(message.purchases),
        by_name=message.who,
        at=message.at,
    )
    _say(report.clue, "clue_supplemented", _("来源补充了线索"), verb="supplement", who=message.who)


@receives(ClueReplyV1, at="province")
def on_reply(message: ClueReplyV1, envelope: Envelope) -> None:
    """The answer to a question; one that is answered already stays answered."""
    report = _report(message.clue_id, envelope)
    question = (
        SourceQuestion.objects.select_for_update(of=("self",)).filter(pk=message.question_id, report=report).first()
    )
    if question is None:
        raise NotFound404()
    if question.state == SourceQuestion.State.ANSWERED:
        return
    _hang(report, message.photos, message.recordings, envelope, who=message.who)
    move(
        question,
        "answer",
        by=Actor(None, message.who),
        answer=message.text,
        answered_by_name=message.who,
        answered_at=message.at,
    )
    _say(report.clue, "clue_answered", _("来源答复了您的问题"), verb="source_answered", who=message.who,
         also=[question.asked_by_id])  # fmt: skip


@receives(ClueWithdrawnV1, at="province")
def on_withdrawn(message: ClueWithdrawnV1, envelope: Envelope) -> None:
    """The brand no longer pursues it. The clue stays: whether to go on is decided here, by law."""
    report = _report(message.clue_id, envelope)
    if report.withdrawn_at is not None:
        return
    report.withdrawn_at, report.withdrawn_why = message.at, message.reason
    report.save(update_fields=["withdrawn_at", "withdrawn_why"])
    trail.record(report.clue, "source_withdrew", by=Actor(None, message.who), why=message.reason)
    _say(report.clue, "clue_withdrawn", _("来源撤回了线索，请决定是否继续"), verb="source_withdrew", who=message.who)


def _hang(
    report: BrandReport,
    photos: Sequence[CluePhotoV1],
    recordings: Sequence[RecordingV1],
    envelope: Envelope,
    *,
    who: str,
) -> None:
    reports.hang_up(report.clue, reports.keep_photos(photos, envelope, who=who))
    reports.hang_up(report.clue, reports.keep_recordings(recordings, envelope, who=who))


def _say(clue: Clue, code: str, title: Words, *, verb: str, who: str, also: Iterable[UUID] = ()) -> None:
    """Tell whoever has the clue in hand, or its desk; and those who asked."""
    lead = clue.lead if clue.lead is not None else clue
    if lead.holder is not None:
        people = [lead.holder]
    elif lead.state in Clue.AT_THE_DESK:
        people = selectors.dispatchers_of(lead.desk_unit)
    else:
        people = selectors.people_of_unit(lead.holder_unit)
    people += [each for each in User.objects.filter(pk__in=list(also)) if each not in people]
    tell_people(people, lead, code, title)
    announce(clue, verb)
