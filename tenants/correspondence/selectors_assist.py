"""The doors to requests for assistance and to cases handed over: they stand behind the letters they came with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from accounts.selectors import heads, may_write
from evidence import matters
from evidence import selectors as evidence
from evidence.models import Exhibit, Transfer
from federation.contracts.addresses import Address
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from tenants.cases.models import Case
from tenants.correspondence import selectors
from tenants.correspondence.models import (
    Assistance,
    AssistanceQuestion,
    CarriedTerm,
    CaseTransfer,
    CertifiedCopy,
    EvidenceBeside,
    FilingClaim,
    OfficialLetter,
    RegionalDay,
)
from tenants.correspondence.services.steps import keeps_desk

_READERS = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


# Assistance ----------------------------------------------------------------------------------------------------------


def assistances_of(person: User, *, side: str = "", only_open: bool = False) -> QuerySet[Assistance]:
    """Requests this person may see: those behind whose letter they are let in, and those they work on."""
    mine = [{"user_id": str(person.pk)}]
    seen = selectors.letters_of(person).order_by().values("pk")
    rows = Assistance.objects.filter(letter__in=seen) | Assistance.objects.filter(officers__contains=mine)
    if side:
        rows = rows.filter(side=side)
    if only_open:
        rows = rows.filter(state__in=Assistance.OPEN)
    return rows.select_related("letter__own_unit", "letter__case")


def access_assistance(person: User, assistance_id: UUID, *, lock: bool = False) -> Assistance:
    """One request. Raises NotFound404."""
    found = assistances_of(person).filter(pk=assistance_id).first()
    if found is None:
        raise NotFound404()
    if lock:
        Assistance.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


def whole(row: Assistance) -> Assistance:
    """One request that the caller was let in to, with its questions, answers and extensions."""
    return Assistance.objects.prefetch_related("questions__answers__reply", "questions__draft", "extensions").get(
        pk=row.pk
    )


def of_letter(letter: OfficialLetter) -> Assistance | None:
    """The request that a letter is, or that it answers, for who was let in to the letter."""
    if letter.kind == "assistance_reply" and letter.refers_to_id:
        return Assistance.objects.filter(letter_id=letter.refers_to_id).first()
    return Assistance.objects.filter(letter=letter).first()


def asked_of(assistance_id: UUID, other: Address) -> Assistance:
    """Our own request to that party, locked, for the machine. Raises NotFound404 for anybody else's."""
    row = Assistance.objects.select_for_update().filter(pk=assistance_id, side=Assistance.Side.ASKING).first()
    if row is None or row.letter.peer_party != str(other):
        raise NotFound404()
    return row


def question(row: Assistance, number: int) -> AssistanceQuestion:
    """One of its questions. Raises NotFound404."""
    found = row.questions.filter(number=number).first()
    if found is None:
        raise NotFound404()
    return found


def missing(row: Assistance) -> list[int]:
    """Numbers of questions without an answer."""
    return list(row.questions.filter(answers=None).values_list("number", flat=True))


def drafted(row: Assistance) -> list[AssistanceQuestion]:
    """Questions with an answer that is ready for the next reply, with it."""
    return list(row.questions.exclude(draft=None).select_related("draft"))


def answers(person: User, row: Assistance) -> bool:
    """Whether this person may answer: one of the officers who were named."""
    if row.side != Assistance.Side.ASKED:
        return False
    return str(person.pk) in {each.get("user_id") for each in row.officers}


def keeps(person: User, letter: OfficialLetter) -> bool:
    """Whether this person goes on with a letter: who drafted it, an officer of the unit, its desk, its heads."""
    return (
        letter.drafted_by_id == person.pk
        or may_write(person, letter.own_unit_id)
        or keeps_desk(person, letter.own_unit)
        or heads(person, letter.own_unit_id)
    )


def officers_for(letter: OfficialLetter) -> QuerySet[User]:
    """Who may be named: active officers of the unit that was asked and of those below it."""
    from accounts.selectors import below

    return (
        User.people.filter(is_active=True, posts__role=Post.Role.OFFICER, unit_id__in=below(letter.own_unit))
        .distinct()
        .order_by("unit__code", "name")
    )


def officers_by_id(letter: OfficialLetter, ids: Iterable[UUID]) -> list[User]:
    """Those of them with these ids, in the order asked."""
    wanted = list(dict.fromkeys(ids))
    found = {each.pk: each for each in officers_for(letter).filter(pk__in=wanted)}
    return [found[pk] for pk in wanted if pk in found]


def exhibits_open_to(person: User, *, limit: int = 60) -> list[Exhibit]:
    """Evidence this person may lay beside an answer, newest first: of their matters, and what they handed in."""
    rows = Exhibit.objects.filter(Q(pk__in=matters.open_to(person).order_by().values("pk")) | Q(by_id=person.pk))
    return list(rows.filter(withdrawn_at=None).order_by("-received_at")[:limit])


def exhibits_to_send(person: User, ids: Sequence[UUID]) -> list[Exhibit]:
    """Evidence this person handed in or may open, in the order asked. Raises NotFound404 for one they may not."""
    own = Exhibit.objects.filter(by_id=person.pk, view_only=False).in_bulk(list(ids))
    return [own.get(pk) or evidence.access_exhibit(person, pk) for pk in dict.fromkeys(ids)]


# Cases handed over ---------------------------------------------------------------------------------------------------


def transfers_of(person: User, *, side: str = "") -> QuerySet[CaseTransfer]:
    """Cases handed over or taken that this person may see."""
    rows = CaseTransfer.objects.filter(letter__in=selectors.letters_of(person).order_by().values("pk"))
    return (rows.filter(side=side) if side else rows).select_related("letter__own_unit", "case")


def access_case_transfer(person: User, transfer_id: UUID, *, lock: bool = False) -> CaseTransfer:
    """One of them. Raises NotFound404."""
    found = transfers_of(person).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound404()
    if lock:
        CaseTransfer.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


def transfer_of_letter(letter: OfficialLetter) -> CaseTransfer | None:
    """The hand-over a letter is, for who was let in to it."""
    return CaseTransfer.objects.filter(letter=letter).first()


def given_to(transfer_id: UUID, other: Address) -> CaseTransfer:
    """A case of ours handed to that party, locked, for the machine. Raises NotFound404."""
    row = CaseTransfer.objects.select_for_update().filter(pk=transfer_id, side=CaseTransfer.Side.GIVING).first()
    if row is None or row.letter.peer_party != str(other):
        raise NotFound404()
    return row


def transfers_of_case(case: Case) -> list[CaseTransfer]:
    """Where a case was sent, for who was let in to it; newest first."""
    return list(CaseTransfer.objects.filter(case=case).select_related("letter"))


def transfer_behind(case: Case) -> CaseTransfer | None:
    """The hand-over a case here was filed from."""
    found = case.proposal.transfer_id
    return CaseTransfer.objects.filter(pk=found).select_related("letter").first() if found else None


def nearest(row: CaseTransfer) -> CarriedTerm | None:
    """The seizure of a hand-over that ends first."""
    return row.terms.order_by("runs_until").first()


def works_up(person: User, row: CaseTransfer) -> bool:
    """Whether this person may propose to file a case that was taken: an officer of the unit it came to or below it."""
    return person.has_role(Post.Role.OFFICER) and officers_for(row.letter).filter(pk=person.pk).exists()


def cases_open_to(person: User) -> QuerySet[Case]:
    """Cases this person may name in a claim."""
    from tenants.cases import selectors as cases

    return cases.cases_of(person)


# Beside a letter -----------------------------------------------------------------------------------------------------


def beside(letter: OfficialLetter) -> list[tuple[EvidenceBeside, Transfer | None]]:
    """Evidence transfers that go with a letter, each with its row once it is here."""
    rows = list(letter.evidence_beside.all())
    found = Transfer.objects.in_bulk([each.transfer_id for each in rows])
    return [(each, found.get(each.transfer_id)) for each in rows]


def letter_of_claim(origin_id: UUID, other: Address) -> OfficialLetter:
    """The letter two provinces speak of, by its sender's id, whichever of them wrote it; locked. For the machine.

    Raises NotFound404.
    """
    rows = OfficialLetter.objects.select_for_update(of=("self",)).filter(peer_party=str(other), origin_id=origin_id)
    found = rows.select_related("own_unit").first()
    if found is None:
        raise NotFound404()
    return found


def claims(letter: OfficialLetter) -> tuple[FilingClaim | None, FilingClaim | None]:
    """(ours, theirs) of a letter."""
    rows = {each.mine: each for each in letter.filing_claims.all()}
    return rows.get(True), rows.get(False)


def certified_copies(letter: OfficialLetter) -> list[CertifiedCopy]:
    """Copies that were certified while a right to look held."""
    return list(letter.certified_copies.select_related("exhibit", "case"))


# Calendar ------------------------------------------------------------------------------------------------------------


def regional_days(*, since: date | None = None) -> QuerySet[RegionalDay]:
    """Days of this province's own."""
    rows = RegionalDay.objects.all()
    return rows.filter(day__gte=since) if since else rows


def keeps_calendar(person: Any) -> bool:
    """The bureau's administrator and leaders of the provincial bureau."""
    if not person.is_authenticated:
        return False
    if person.has_role(Post.Role.BUREAU_ADMIN):
        return True
    posts = person.posts.filter(role=Post.Role.LEADER, unit__isnull=False).select_related("unit")
    return any(post.unit is not None and post.unit.parent_id is None for post in posts)


def access_calendar(person: User) -> QuerySet[RegionalDay]:
    """All days, for who keeps them. Raises NotAllowed."""
    if not keeps_calendar(person):
        raise NotAllowed()
    return RegionalDay.objects.all()


def works(request: HttpRequest) -> bool:
    """Whether assistance is anything to this person."""
    person = request.user
    return bool(person.is_authenticated and person.has_role(*_READERS))


def days_left(day: date | None) -> int | None:
    """Whole days until a day, negative when it is over."""
    return None if day is None else (day - clock.today()).days
