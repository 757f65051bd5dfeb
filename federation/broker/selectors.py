"""The doors: who sees which routes, looks, disputes and orders; and what the office sees of an official letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest

from accounts import rules
from accounts.models import Post, User
from accounts.selectors import visible_unit_ids
from audit.models import Trail
from federation.broker import directory, routing
from federation.broker.models import Dispute, DisputeWord, ListedSupervision, Look, Route
from federation.broker.services import disputes as disputing
from federation.broker.services.common import WORKERS, is_superior, own, title_of
from federation.broker.services.looks import SUBJECT_KIND
from federation.contracts.addresses import Address
from federation.grants.selectors import allows
from federation.letters.models import Delivery, Letter
from federation.letters.words import kind_name, party_names
from kernel import clock
from kernel.errors import NotFound404
from provinces.context import required
from provinces.hosts import DIRECTORY

# Who ------------------------------------------------------------------------------------------------------------------


def sees_all(person: User) -> bool:
    """Whoever looks after matters between provinces for the whole bureau: its own dispatchers and heads."""
    return person.posts.filter(role__in=WORKERS, unit__parent=None).exists()


def leads(person: User) -> bool:
    """Whether this person speaks for the bureau."""
    return person.posts.filter(role=Post.Role.LEADER, unit__parent=None).exists()


def is_office(person: User) -> bool:
    """Whether this person brokers."""
    return required().kind == "office" and rules.Role.OFFICE_ADMIN in rules.roles_of(person)


def may_look(request: HttpRequest) -> bool:
    """Whether the pages are this person's business at all: dispatchers and heads, the office."""
    user = request.user
    if not isinstance(user, User):
        return False
    return is_office(user) if required().kind == "office" else user.has_role(*WORKERS)


def others() -> list[tuple[str, str]]:
    """(code, title) of the provinces that a dispute may be with, or an order may go to."""
    hosts = sorted(DIRECTORY.ordinary(), key=lambda host: host.division_code)
    return [(host.seat.name, host.title) for host in hosts if host.seat.name != own() and host.state == "active"]


# Routes ---------------------------------------------------------------------------------------------------------------


def routes(person: User) -> QuerySet[Route]:
    """At the office all; at a province its desk all, others what their units asked. Newest first."""
    rows = Route.objects.select_related("claimed_by").order_by("-id")
    if required().kind == "office":
        return rows if is_office(person) else rows.none()
    if sees_all(person):
        return rows
    return rows.filter(unit_id__in=visible_unit_ids(person))


def queue(person: User) -> QuerySet[Route]:
    """What waits for an answer, the oldest first."""
    return routes(person).filter(state__in=Route.OPEN).order_by("asked_at")


def access_route(person: User, route_id: UUID) -> Route:
    """One of `routes`. Raises NotFound404."""
    found = routes(person).filter(pk=route_id).first()
    if found is None:
        raise NotFound404()
    return found


def proposals_of(route: Route) -> list[routing.Proposal]:
    """What was proposed for it, with its reasons."""
    return routing.read(route.proposals)


# Looks ----------------------------------------------------------------------------------------------------------------


def looks(person: User) -> QuerySet[Look]:
    """Requests of the office to read: at the office all, at a province for its desk."""
    allowed = is_office(person) if required().kind == "office" else sees_all(person)
    return Look.objects.order_by("-id") if allowed else Look.objects.none()


def access_look(person: User, look_id: UUID) -> Look:
    """One of `looks`. Raises NotFound404."""
    found = looks(person).filter(pk=look_id).first()
    if found is None:
        raise NotFound404()
    return found


def own_letter(letter_id: UUID) -> Letter | None:
    """The letter a request is about, at its sender."""
    return Letter.objects.filter(pk=letter_id, sender_seat=own()).first()


def access_seat_letter(letter_id: UUID) -> Letter:
    """A letter that this seat wrote or received. Raises NotFound404."""
    found = Letter.objects.filter(pk=letter_id, seats__contains=[own()]).first()
    if found is None:
        raise NotFound404()
    return found


# Letters as the office sees them --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Envelope:
    """An official letter without its contents: who to whom, of what kind, how far, how old. looks: newest first."""

    letter: Letter
    kind: str
    sender: str
    deliveries: list[tuple[str, Delivery]]
    looks: list[Look]
    opened_refused: int

    @property
    def is_open(self) -> bool:
        """Whether the office may read it now."""
        return may_read_letter(self.letter)

    @property
    def grant_id(self) -> UUID | None:
        """The grant under which its contents were last opened."""
        return next((each.grant_id for each in self.looks if each.grant_id), None)

    @property
    def asked(self) -> Look | None:
        """The request that waits for an answer."""
        return next((each for each in self.looks if each.state == Look.State.ASKED), None)


def _between_provinces() -> QuerySet[Letter]:
    """Numbered letters of one province to others."""
    to_one = Delivery.objects.filter(letter=OuterRef("pk"), addressee__startswith="province:")
    return Letter.objects.filter(Exists(to_one), sender__startswith="province:").exclude(document_no="")


def official() -> QuerySet[Letter]:
    """For the office: numbered letters between provinces, newest first."""
    return _between_provinces().order_by("-id")


def access_letter(person: User, letter_id: UUID) -> Letter:
    """For the office: one numbered letter's envelope. Raises NotFound404."""
    found = _between_provinces().filter(pk=letter_id).first() if is_office(person) else None
    if found is None:
        raise NotFound404()
    return found


def envelope(letter: Letter) -> Envelope:
    """All the office may know of a letter without a grant."""
    deliveries = list(Delivery.objects.filter(letter=letter).order_by("id"))
    names = party_names([letter.sender, *(each.addressee for each in deliveries)])
    return Envelope(
        letter,
        kind_name(letter.kind),
        names[letter.sender],
        [(names[each.addressee], each) for each in deliveries],
        list(Look.objects.filter(letter_id=letter.pk).order_by("-id")),
        Trail.objects.filter(record_id=letter.pk, verb="open_refused").count(),
    )


def may_read_letter(letter: Letter) -> bool:
    """Whether a grant lets the office read it now, in any kind of content."""
    subject = (SUBJECT_KIND, letter.pk)
    return any(
        allows(subject, Address.office(), content) != "none" for content in ("fact", "person", "picture", "file")
    )


# Disputes -------------------------------------------------------------------------------------------------------------


def disputes(person: User) -> QuerySet[Dispute]:
    """Those a person may see: the office and the superior all theirs; a province's desk all, others their units'."""
    rows = Dispute.objects.order_by("-opened_at", "-id")
    if required().kind == "office":
        return rows if is_office(person) else rows.none()
    if sees_all(person):
        return rows
    return rows.filter(unit_id__in=visible_unit_ids(person))


def access_dispute(person: User, dispute_id: UUID) -> Dispute:
    """One of `disputes`. Raises NotFound404."""
    found = disputes(person).filter(pk=dispute_id).first()
    if found is None:
        raise NotFound404()
    return found


@dataclass(frozen=True)
class Side:
    """One side of a dispute as a page sets it beside the other. is_earlier: its filing is the earlier of two."""

    code: str
    title: str
    filed_at: datetime | None
    filed_no: str
    raised_no: str
    words: Sequence[DisputeWord]
    is_own: bool
    is_earlier: bool


def sides(dispute: Dispute) -> list[Side]:
    """Both sides, the opener first."""
    words = words_of(dispute)
    moments = [dispute.first_filed_at, dispute.second_filed_at]
    both = all(moments)
    found = []
    for place, code in (("first", dispute.first), ("second", dispute.second)):
        filed_at = getattr(dispute, f"{place}_filed_at")
        found.append(
            Side(
                code,
                title_of(code),
                filed_at,
                getattr(dispute, f"{place}_filed_no"),
                getattr(dispute, f"{place}_raised_no"),
                [each for each in words if each.province == code],
                code == own(),
                bool(both and filed_at == min(each for each in moments if each)),
            )
        )
    return found


def words_of(dispute: Dispute) -> list[DisputeWord]:
    """What both said, in order; none at the office, which has no table of them."""
    return [] if required().kind == "office" else list(dispute.words.all())


def steps_of(person: User, dispute: Dispute) -> set[str]:
    """What this person may do with it now, at a province."""
    me = own()
    if not dispute.side_of(me) or dispute.state not in Dispute.OPEN or not person.has_role(*WORKERS):
        return set()
    found = {"statement", "proposal"}
    if disputing.open_proposal(dispute, dispute.other_of(me)) is not None:
        found |= {"decline", "agree"} if leads(person) else {"decline"}
    if leads(person) and dispute.state == Dispute.State.NEGOTIATING:
        found.add("raise")
        if dispute.first == me:
            found.add("withdraw")
    if leads(person) and dispute.state == Dispute.State.ESCALATED and dispute.on_paper:
        found.add("paper")
    return found


def to_decide() -> QuerySet[Dispute]:
    """At the superior: what waits for a decision, the oldest first."""
    return Dispute.objects.filter(state=Dispute.State.ESCALATED).order_by("raised_at")


def designated() -> QuerySet[Dispute]:
    """At the superior: what was decided, newest first."""
    return Dispute.objects.filter(state=Dispute.State.DECIDED).order_by("-ended_at")


def waiting_disputes(request: HttpRequest) -> int:
    """How many disputes wait here: at the superior for a decision, at a province for negotiation."""
    if is_superior(own()):
        return to_decide().count()
    return Dispute.objects.filter(state=Dispute.State.NEGOTIATING).count()


def open_routes() -> QuerySet[Route]:
    """At the office: questions without an answer."""
    return Route.objects.filter(state__in=Route.OPEN)


def waiting_routes(request: HttpRequest) -> int:
    """At the office: how many questions are without an answer."""
    return open_routes().count()


def waiting_here(request: HttpRequest) -> int:
    """At a province: requests to read and orders from above that wait."""
    return (
        Look.objects.filter(state=Look.State.ASKED).count()
        + ListedSupervision.objects.filter(state=ListedSupervision.State.LISTED).count()
    )


# Orders from above ----------------------------------------------------------------------------------------------------


def supervisions(person: User) -> QuerySet[ListedSupervision]:
    """At the superior and for a province's desk: all, open ones first by their day."""
    rows = ListedSupervision.objects.order_by(F("lifted_at").desc(nulls_first=True), "due_on", "-id")
    return rows if sees_all(person) else rows.filter(unit_id__in=visible_unit_ids(person))


def access_supervision(person: User, listed_id: UUID) -> ListedSupervision:
    """One of `supervisions`. Raises NotFound404."""
    found = supervisions(person).filter(pk=listed_id).first()
    if found is None:
        raise NotFound404()
    return found


def is_late(row: ListedSupervision) -> bool:
    """Whether its day is over and it is not done."""
    return row.state == ListedSupervision.State.LISTED and row.due_on < clock.today()


# The directory --------------------------------------------------------------------------------------------------------


def provinces_for_choice() -> list[tuple[str, str]]:
    """(code, name) of all provinces of the directory."""
    return [(each.code, each.name) for each in directory.provinces()]
