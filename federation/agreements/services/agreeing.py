"""Propose, consent or refuse, take back, leave; and what the same letters of others do here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.trail import Person
from federation.agreements import selectors
from federation.agreements.errors import (
    AnswerTwice,
    DatesWrong,
    GroupEmpty,
    GroupNotInForce,
    MembersMissing,
    NotAMember,
    NotAsked,
    NotTheLeader,
    PartiesWrong,
    QuorumWrong,
    ScopeMissing,
    TermsWrong,
    WhyMissing,
)
from federation.agreements.models import Agreement, Answer, Departure, Entry, Recognition, Revision
from federation.agreements.models.agreement import Form, RecognisedWord, ScopeWord, Topic, Visibility
from federation.agreements.services.common import addresses, concerned, own
from federation.agreements.services.settling import settle
from federation.contracts.addresses import Address
from federation.contracts.agreements import (
    AgreementAnsweredV1,
    AgreementInForceV1,
    AgreementLeftV1,
    AgreementProposedV1,
    AgreementWithdrawnV1,
    RecognitionV1,
    TermsV1,
)
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7
from notify.services import tell


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The terms a proposal asks consent to. recognitions: (what, from_parties, until, conditions)."""

    title: str
    parties: Sequence[str]
    scope: Sequence[str]
    valid_from: date
    valid_until: date
    acceptance_days: int = selectors.ACCEPTANCE_DAYS
    feedback_days: int = selectors.FEEDBACK_DAYS
    assistance_days: int = selectors.ASSISTANCE_DAYS
    direct: bool = True
    quorum: int | None = None
    text: str = ""
    reason: str = ""
    recognitions: Sequence[tuple[str, Sequence[str], date | None, str]] = field(default_factory=tuple)


def _leader(by: Person) -> None:
    if isinstance(by, User) and not selectors.speaks_for_province(by):
        raise NotTheLeader()


@transaction.atomic
def propose(
    *, by: Person, form: str, wanted: Wanted, topic: str = "", visibility: str = Visibility.OFFICE
) -> Agreement:
    """Ask the other parties for a new agreement; this province's consent is in it. Nothing flows by it yet.

    Raises NotTheLeader, PartiesWrong, DatesWrong, ScopeMissing, QuorumWrong, TermsWrong, and what `post` raises.
    """
    _leader(by)
    if form not in Form.values or topic not in Topic.values or visibility not in Visibility.values:
        raise PartiesWrong()
    wanted = _checked(form, wanted)
    agreement = Agreement.objects.create(form=form, topic=topic, title=wanted.title, visibility=visibility)
    _ask(agreement, wanted, by=by)
    return agreement


@transaction.atomic
def amend(*, by: Person, agreement: Agreement, wanted: Wanted) -> Revision:
    """Ask for new terms, or more parties. What holds goes on until all have consented to the new.

    A member may ask; who left may ask to come back. Raises as `propose`, and MembersMissing, NotAMember.
    """
    _leader(by)
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    known = {code for row in agreement.revisions.all() for code in row.parties}
    if own() not in known:
        raise NotAMember()
    wanted = _checked(agreement.form, wanted)
    missing = sorted(set(agreement.members) - set(wanted.parties))
    if missing:
        raise MembersMissing(missing=list(selectors.names_of(missing).values()))
    revision = _ask(agreement, wanted, by=by)
    settle(agreement.pk)
    return revision


def _checked(form: str, wanted: Wanted) -> Wanted:
    parties = list(dict.fromkeys(wanted.parties))
    if (
        own() not in parties
        or len(parties) < 2
        or not set(parties) <= set(selectors.open_provinces())
        or not wanted.title.strip()
    ):
        raise PartiesWrong()
    if form == Form.PAIR and len(parties) != 2:
        raise PartiesWrong()
    if wanted.valid_until < max(wanted.valid_from, clock.today()):
        raise DatesWrong()
    if not wanted.scope or not set(wanted.scope) <= set(ScopeWord.values):
        raise ScopeMissing()
    if wanted.quorum is not None and (form == Form.PAIR or not 2 <= wanted.quorum <= len(parties)):
        raise QuorumWrong(parties=len(parties))
    if not (
        1 <= wanted.acceptance_days <= 60 and 1 <= wanted.feedback_days <= 180 and 1 <= wanted.assistance_days <= 60
    ):
        raise TermsWrong()
    for what, from_parties, _until, _conditions in wanted.recognitions:
        if what not in RecognisedWord.values or not set(from_parties) <= set(parties):
            raise PartiesWrong()
    return wanted


def _ask(agreement: Agreement, wanted: Wanted, *, by: Person) -> Revision:
    last = agreement.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    message = AgreementProposedV1(
        agreement_id=agreement.pk,
        revision_id=uuid7(),
        number=last + 1,
        form=agreement.form,
        topic=agreement.topic,
        title=wanted.title.strip(),
        visibility=agreement.visibility,
        parties=tuple(sorted(set(wanted.parties))),
        quorum=wanted.quorum,
        terms=TermsV1(
            scope=tuple(wanted.scope),
            acceptance_days=wanted.acceptance_days,
            feedback_days=wanted.feedback_days,
            assistance_days=wanted.assistance_days,
            direct=wanted.direct,
            recognitions=tuple(
                RecognitionV1(what=what, from_parties=tuple(from_parties), until=until, conditions=conditions)
                for what, from_parties, until, conditions in wanted.recognitions
            ),
        ),
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        text=wanted.text,
        reason=wanted.reason,
        who=by.display_name[:40],
        at=clock.now(),
    )
    revision = _keep(message, proposer=own())
    post(message, addresses(agreement, message.parties, reachable=False), thread=agreement.pk, by=by)
    return revision


def _keep(message: AgreementProposedV1, *, proposer: str) -> Revision:
    """Keep a proposal, its proposer's consent with it. Twice is once."""
    terms = message.terms
    revision, made = Revision.objects.get_or_create(
        pk=message.revision_id,
        defaults={
            "agreement_id": message.agreement_id,
            "number": message.number,
            "proposer": proposer,
            "title": message.title,
            "parties": list(message.parties),
            "quorum": message.quorum,
            "scope": list(terms.scope),
            "acceptance_days": terms.acceptance_days,
            "feedback_days": terms.feedback_days,
            "assistance_days": terms.assistance_days,
            "direct": terms.direct,
            "valid_from": message.valid_from,
            "valid_until": message.valid_until,
            "text": message.text,
            "papers": [paper.model_dump() for paper in message.papers],
            "reason": message.reason,
            "proposed_by": message.who,
            "proposed_at": message.at,
        },
    )
    if made:
        Recognition.objects.bulk_create(
            Recognition(
                revision=revision, what=each.what, from_parties=list(each.from_parties), until=each.until,
                conditions=each.conditions,
            )
            for each in terms.recognitions
        )  # fmt: skip
        Answer.objects.get_or_create(
            revision_id=revision.pk,
            party=proposer,
            defaults={
                "agreement_id": message.agreement_id,
                "word": Answer.Word.CONSENTED,
                "who": message.who,
                "at": message.at,
            },
        )
    return revision


@transaction.atomic
def answer(*, by: Person, revision: Revision, consent: bool, why: str = "") -> Revision:
    """Say this province's word on a revision; all parties are told. Raises NotTheLeader, NotAsked, AnswerTwice,
    WhyMissing for a refusal without a reason."""
    _leader(by)
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=revision.agreement_id)
    revision.refresh_from_db()
    open_states = (Revision.State.PROPOSED, *((Revision.State.IN_FORCE,) if revision.quorum else ()))
    if Answer.objects.filter(revision_id=revision.pk, party=own()).exists():
        raise AnswerTwice()
    if revision.state not in open_states or own() not in revision.parties:
        raise NotAsked()
    if not consent and not why.strip():
        raise WhyMissing()
    moment, word = clock.now(), Answer.Word.CONSENTED if consent else Answer.Word.REFUSED
    Answer.objects.create(
        agreement_id=agreement.pk, revision_id=revision.pk, party=own(), word=word, why=why.strip()[:500],
        who=by.display_name[:40], at=moment,
    )  # fmt: skip
    message = AgreementAnsweredV1(
        agreement_id=agreement.pk, revision_id=revision.pk, answer="consented" if consent else "refused",
        why=why.strip()[:500], who=by.display_name[:40], at=moment,
    )  # fmt: skip
    to = addresses(agreement, {*concerned(agreement), *revision.parties})
    if to:
        post(message, to, thread=agreement.pk, by=by)
    settle(agreement.pk)
    revision.refresh_from_db()
    return revision


@transaction.atomic
def withdraw(*, by: Person, revision: Revision, why: str = "") -> Revision:
    """Take back a revision of one's own that is not in force yet. Raises NotTheLeader, NotAsked."""
    _leader(by)
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=revision.agreement_id)
    revision.refresh_from_db()
    if revision.state != Revision.State.PROPOSED or revision.proposer != own():
        raise NotAsked()
    to, moment = addresses(agreement, revision.parties), clock.now()
    Entry.objects.create(
        agreement_id=agreement.pk, revision_id=revision.pk, by_party=own(), why=why.strip()[:500], at=moment
    )
    message = AgreementWithdrawnV1(
        agreement_id=agreement.pk, revision_id=revision.pk, why=why.strip()[:500], who=by.display_name[:40], at=moment
    )
    if to:
        post(message, to, thread=agreement.pk, by=by)
    settle(agreement.pk)
    revision.refresh_from_db()
    return revision


@transaction.atomic
def leave(*, by: Person, agreement: Agreement, why: str) -> Agreement:
    """Leave: nothing new goes by it, what was sent stays. Raises NotTheLeader, NotAMember, WhyMissing."""
    _leader(by)
    if not why.strip():
        raise WhyMissing()
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if own() not in agreement.members or agreement.state != Agreement.State.IN_FORCE:
        raise NotAMember()
    to, moment = addresses(agreement, concerned(agreement)), clock.now()
    Departure.objects.create(
        agreement_id=agreement.pk, party=own(), why=why.strip()[:500], who=by.display_name[:40], at=moment
    )
    message = AgreementLeftV1(agreement_id=agreement.pk, why=why.strip()[:500], who=by.display_name[:40], at=moment)
    if to:
        post(message, to, thread=agreement.pk, by=by)
    found = settle(agreement.pk)
    assert found is not None
    return found


def recipients(group_id: UUID) -> tuple[Address, ...]:
    """To whom something goes that is sent to a group now: its other members. Name them in `post`, and they are fixed.

    Nobody means nobody: raises GroupNotInForce for a group that is unknown, over or not this province's, GroupEmpty
    for one that all others have left.
    """
    found = Agreement.objects.filter(pk=group_id).first()
    members = selectors.members_of(group_id)
    if found is None or own() not in members:
        if found is not None and own() in found.members and found.state == Agreement.State.IN_FORCE:
            raise GroupNotInForce()
        if found is not None and found.state == Agreement.State.ENDED and set(found.members) <= {own()}:
            raise GroupEmpty(title=found.title)
        raise GroupNotInForce()
    others = tuple(Address.province(code) for code in members if code != own())
    if not others:
        raise GroupEmpty(title=found.title)
    return others


# What arrives ---------------------------------------------------------------------------------------------------------


def _sender(envelope: Envelope) -> str:
    if envelope.sender.kind != "province":
        raise NotFound404()
    return envelope.sender.name


def proposed(message: AgreementProposedV1, envelope: Envelope) -> None:
    """A proposal of another party, or one the office is told of."""
    proposer = _sender(envelope)
    if proposer not in message.parties or (envelope.addressee.kind == "province" and own() not in message.parties):
        raise NotFound404()
    agreement, _made = Agreement.objects.get_or_create(
        pk=message.agreement_id,
        defaults={
            "form": message.form,
            "topic": message.topic,
            "title": message.title,
            "visibility": message.visibility,
        },
    )
    _keep(message, proposer=proposer)
    settle(agreement.pk)
    if envelope.addressee.kind == "province":
        name = selectors.names_of([proposer])[proposer]
        tell(
            to=selectors.leaders(),
            code="agreement",
            title=_("{name} 请本省同意：{title}").format(name=name, title=message.title),
            url=f"/agreements/{agreement.pk}/",
        )


def answered(message: AgreementAnsweredV1, envelope: Envelope) -> None:
    """Another party's word."""
    Answer.objects.get_or_create(
        revision_id=message.revision_id,
        party=_sender(envelope),
        defaults={
            "agreement_id": message.agreement_id,
            "word": message.answer,
            "why": message.why,
            "who": message.who,
            "at": message.at,
        },
    )
    settle(message.agreement_id)


def entered(message: AgreementInForceV1, envelope: Envelope) -> None:
    """The proposer says that enough have consented."""
    _entry(message.agreement_id, message.revision_id, envelope, consented=list(message.consented), at=message.at)


def withdrawn(message: AgreementWithdrawnV1, envelope: Envelope) -> None:
    """The proposer takes it back."""
    _entry(message.agreement_id, message.revision_id, envelope, consented=[], why=message.why, at=message.at)


def _entry(agreement_id: UUID, revision_id: UUID, envelope: Envelope, **fields: Any) -> None:
    party = _sender(envelope)
    proposal = Revision.objects.filter(pk=revision_id, agreement_id=agreement_id).first()
    if proposal is None or proposal.proposer != party:
        raise NotFound404()  # the proposer's letters keep their order, so its proposal is here
    Entry.objects.get_or_create(
        revision_id=revision_id, defaults={"agreement_id": agreement_id, "by_party": party, **fields}
    )
    settle(agreement_id)


def left(message: AgreementLeftV1, envelope: Envelope) -> None:
    """Another party has left."""
    party = _sender(envelope)
    _row, made = Departure.objects.get_or_create(
        agreement_id=message.agreement_id, party=party, at=message.at,
        defaults={"why": message.why, "who": message.who},
    )  # fmt: skip
    agreement = settle(message.agreement_id)
    if made and agreement is not None:
        name = selectors.names_of([party])[party]
        tell(
            to=selectors.leaders(),
            code="agreement",
            title=_("{name} 退出了 {title}").format(name=name, title=agreement.title),
            url=f"/agreements/{agreement.pk}/",
        )


# Every day ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def mind() -> int:
    """Tell members a month before the end; let what has run out end. Returns how many agreements were touched."""
    count = 0
    for agreement, revision in selectors.ending_soon():
        if revision.warned_at is None:
            Revision.objects.filter(pk=revision.pk).update(warned_at=clock.now())
            tell(
                to=selectors.leaders(),
                code="agreement",
                title=_("协议将于 {day} 到期：{title}").format(day=revision.valid_until, title=agreement.title),
                url=f"/agreements/{agreement.pk}/",
            )
            count += 1
    over = Revision.objects.filter(state=Revision.State.IN_FORCE, valid_until__lt=clock.today())
    for agreement_id in over.filter(agreement__state=Agreement.State.IN_FORCE).values_list("agreement_id", flat=True):
        settle(agreement_id)
        count += 1
    return count


__all__ = [
    "Wanted", "amend", "answer", "answered", "entered", "leave", "left", "mind", "propose", "proposed",
    "recipients", "withdraw", "withdrawn",
]  # fmt: skip
