"""The doors of issuing. A person acts for one organisation at a time; the check page has doors of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from appraisal.desk.models import DeskTask
from appraisal.issuing.models import (
    Certificate,
    LetterFile,
    LetterFinding,
    LetterItem,
    Mailing,
    Notice,
    Objection,
    OpinionLetter,
    ReuseOffer,
    Sample,
    SigningCertificate,
)
from federation.parties.models import Organisation
from federation.parties.selectors import ActingFor
from kernel import clock, searching
from kernel.errors import NotFound404

State = OpinionLetter.State
_JOINS = ("organisation", "agent", "task", "notice", "appraiser", "author", "authorisation", "supersedes")


# Letters --------------------------------------------------------------------------------------------------------------


def letters_of(acting: ActingFor) -> QuerySet[OpinionLetter]:
    """All letters of the organisation, newest first."""
    return OpinionLetter.objects.filter(organisation=acting.organisation).select_related(*_JOINS)


def listed(acting: ActingFor, *, state: str = "open", text: str = "") -> QuerySet[OpinionLetter]:
    """The list of letters. state: open, formal, over, all. text: in the number, the request, the product."""
    rows = letters_of(acting).exclude(state=State.DROPPED).prefetch_related("items__item")
    if state == "open":
        rows = rows.filter(state__in=OpinionLetter.OPEN)
    elif state == "formal":
        rows = rows.filter(state=State.FORMAL)
    elif state == "over":
        rows = rows.filter(state__in=(State.WITHDRAWN, State.SUPERSEDED))
    if text := text.strip():
        rows = searching.matching(rows, text, within=("organisation_id", [acting.organisation.pk]))
    return rows


def access_letter(acting: ActingFor, letter_id: UUID, *, lock: bool = False) -> OpinionLetter:
    """One letter. Raises NotFound404 for another organisation's as for none."""
    rows = letters_of(acting)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=letter_id).first()
    if found is None:
        raise NotFound404()
    return found


def whole_letter(acting: ActingFor, letter_id: UUID) -> OpinionLetter:
    """One letter with everything its page shows. Raises NotFound404."""
    found = (
        letters_of(acting)
        .filter(pk=letter_id)
        .prefetch_related(
            "items__item__photos__exhibit",
            "items__verdict__opinion__given_by",
            "items__findings",
            "approvals__by",
            "files",
            "mailings",
            "holders",
            "objections",
            "successors",
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def any_letter(letter_id: UUID, *, lock: bool = False) -> OpinionLetter:
    """One letter whoever asks: for steps that no person takes. Raises NotFound404."""
    rows = OpinionLetter.objects.select_related(*_JOINS)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=letter_id).first()
    if found is None:
        raise NotFound404()
    return found


def letters_of_task(task: DeskTask) -> QuerySet[OpinionLetter]:
    """Letters made of one task, the newest first, those thrown away left out."""
    return task.letters.exclude(state=State.DROPPED).select_related(*_JOINS).order_by("-id")


def access_letter_item(letter: OpinionLetter, row_id: UUID) -> LetterItem:
    """One item of a letter. Raises NotFound404."""
    found = letter.items.select_related("item", "verdict").filter(pk=row_id).first()
    if found is None:
        raise NotFound404()
    return found


def access_finding(letter: OpinionLetter, finding_id: UUID) -> LetterFinding:
    """One compared feature of a letter. Raises NotFound404."""
    found = LetterFinding.objects.filter(pk=finding_id, item__letter=letter).first()
    if found is None:
        raise NotFound404()
    return found


def letter_file(acting: ActingFor, letter_id: UUID, kind: str) -> LetterFile:
    """The newest file of a kind of one's own letter: paper, annex, scan. Raises NotFound404."""
    letter = access_letter(acting, letter_id)
    found = letter.files.filter(kind=kind).order_by("-id").first()
    if found is None:
        raise NotFound404()
    return found


def access_mailing(acting: ActingFor, mailing_id: UUID, *, lock: bool = False) -> Mailing:
    """One mailing of one's own letters. Raises NotFound404."""
    rows = Mailing.objects.filter(letter__organisation=acting.organisation).select_related("letter__task")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=mailing_id).first()
    if found is None:
        raise NotFound404()
    return found


def counts(acting: ActingFor) -> dict[str, int]:
    """What waits at this organisation: drafts and approvals, notices, objections, recognition, samples."""
    organisation = acting.organisation
    return {
        "letters": OpinionLetter.objects.filter(organisation=organisation, state__in=OpinionLetter.OPEN).count(),
        "notices": notices_of(acting).filter(state__in=(Notice.State.RECEIVED, Notice.State.WORKING)).count(),
        "objections": objections_of(acting).filter(state=Objection.State.WAITING).count(),
        "reuse": offers_of(acting).filter(state=ReuseOffer.State.PROPOSED).count(),
        "samples": samples_of(acting).filter(state__in=(Sample.State.SENT, Sample.State.RECEIVED)).count(),
    }


def waiting_for_stamp(now: datetime) -> list[UUID]:
    """Letters whose next try for a time-stamp is due."""
    rows = OpinionLetter.objects.filter(
        state=State.PRELIMINARY, waits_for=OpinionLetter.WaitsFor.TIME_STAMP, next_try_at__lte=now
    )
    return list(rows.order_by("next_try_at").values_list("pk", flat=True)[:50])


# Signing --------------------------------------------------------------------------------------------------------------


def certificates_of(acting: ActingFor) -> QuerySet[SigningCertificate]:
    """Certificates of the person's company: one's own and colleagues', those in use first."""
    rows = SigningCertificate.objects.filter(organisation=acting.employer).select_related("user")
    return rows.order_by("state", "-added_at")


def certificates_ending(*, since: datetime, until: datetime) -> list[datetime]:
    """When those in use end that end in this time, of all organisations. For the operator; tells nobody's name."""
    rows = SigningCertificate.objects.filter(state=SigningCertificate.State.ACTIVE, valid_until__range=(since, until))
    return list(rows.values_list("valid_until", flat=True))


def access_certificate(acting: ActingFor, certificate_id: UUID, *, lock: bool = False) -> SigningCertificate:
    """One's own certificate. Raises NotFound404."""
    rows = SigningCertificate.objects.filter(organisation=acting.employer, user=acting.person)
    found = (rows.select_for_update() if lock else rows).filter(pk=certificate_id).first()
    if found is None:
        raise NotFound404()
    return found


def certificate_in_use(person: User, company: Organisation) -> SigningCertificate | None:
    """With what this person signs for that company."""
    return SigningCertificate.objects.filter(
        user=person, organisation=company, state=SigningCertificate.State.ACTIVE
    ).first()


# What bureaux sent ----------------------------------------------------------------------------------------------------


def notices_of(acting: ActingFor) -> QuerySet[Notice]:
    """Notices to the organisation, the one that is due soonest first."""
    return Notice.objects.filter(organisation=acting.organisation).select_related("task", "organisation")


def access_notice(acting: ActingFor, notice_id: UUID, *, lock: bool = False) -> Notice:
    """One notice by its row id. Raises NotFound404."""
    rows = notices_of(acting)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=notice_id).first()
    if found is None:
        raise NotFound404()
    return found


def samples_of(acting: ActingFor) -> QuerySet[Sample]:
    """Sealed samples sent to the organisation, newest first."""
    return Sample.objects.filter(organisation=acting.organisation).select_related("task", "notice")


def access_sample(acting: ActingFor, sample_id: UUID, *, lock: bool = False) -> Sample:
    """One sample by its row id. Raises NotFound404."""
    rows = samples_of(acting)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=sample_id).first()
    if found is None:
        raise NotFound404()
    return found


def objections_of(acting: ActingFor) -> QuerySet[Objection]:
    """Objections to the organisation's letters, the one that is due soonest first."""
    rows = Objection.objects.filter(letter__organisation=acting.organisation)
    return rows.select_related("letter__task", "answered_by")


def access_objection(acting: ActingFor, objection_id: UUID, *, lock: bool = False) -> Objection:
    """One objection by its row id. Raises NotFound404."""
    rows = objections_of(acting)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=objection_id).first()
    if found is None:
        raise NotFound404()
    return found


def may_see_exhibit(organisation: Organisation, exhibit_id: UUID) -> bool:
    """Whether a photo belongs to a sealed sample that was sent to this organisation."""
    return Sample.objects.filter(organisation=organisation, events__photos__exhibit_id=exhibit_id).exists()


# Recognition ----------------------------------------------------------------------------------------------------------


def offers_of(acting: ActingFor) -> QuerySet[ReuseOffer]:
    """Letters of the organisation offered for requests of others, newest first."""
    rows = ReuseOffer.objects.filter(letter__organisation=acting.organisation)
    return rows.select_related("letter__task", "letter__appraiser", "task")


def access_offer(acting: ActingFor, offer_id: UUID, *, lock: bool = False) -> ReuseOffer:
    """One offer. Raises NotFound404."""
    rows = offers_of(acting).prefetch_related("items__item", "items__letter_item__item", "items__letter_item__verdict")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=offer_id).first()
    if found is None:
        raise NotFound404()
    return found


def offers_of_task(task: DeskTask) -> QuerySet[ReuseOffer]:
    """Offers for one task."""
    return task.reuse_offers.select_related("letter").prefetch_related("items")


def formal_items_of(organisation_id: UUID, desk_item_id: UUID) -> Iterable[LetterItem]:
    """Items of formal letters of the organisation about one row of the desk."""
    return LetterItem.objects.filter(
        item_id=desk_item_id, letter__organisation_id=organisation_id, letter__state=State.FORMAL
    ).select_related("letter__task", "letter__organisation", "letter__appraiser", "item", "verdict")


def any_task(task_id: UUID, *, lock: bool = False) -> DeskTask:
    """One task whoever asks: for steps that no person takes. Raises NotFound404."""
    rows = DeskTask.objects.filter(pk=task_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound404()
    return found


LOOK_BACK = timedelta(days=30)


def tasks_that_may_match() -> list[UUID]:
    """Open tasks of the last month at organisations that have a formal letter."""
    issuers = OpinionLetter.objects.filter(state=State.FORMAL).values("organisation_id")
    rows = DeskTask.objects.filter(organisation__in=issuers, sent_at__gte=clock.now() - LOOK_BACK)
    rows = rows.exclude(state__in=(DeskTask.State.ANSWERED, DeskTask.State.CANCELLED))
    return list(rows.order_by("-sent_at").values_list("pk", flat=True)[:500])


def letter_by_lookup(lookups: Sequence[str]) -> OpinionLetter | None:
    """The letter that the register has under one of these."""
    found = Certificate.objects.filter(lookup__in=lookups).first()
    return OpinionLetter.objects.select_related(*_JOINS).filter(pk=found.letter_id).first() if found else None
