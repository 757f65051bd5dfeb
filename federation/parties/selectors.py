"""The doors of the parties: who answers, who acts for whom, what a person may appraise, who is on duty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from federation.parties.models import (
    ANYWHERE,
    Authorisation,
    Document,
    DutyAbsence,
    DutySlot,
    Enrolment,
    Mandate,
    Membership,
    Organisation,
    Trademark,
    WantedBrand,
)
from kernel import clock
from kernel.errors import NotAllowed, NotFound404

ACTIVE = Organisation.State.ACTIVE


class Goods(Protocol):
    """What is asked of a product here; the catalogue's Product has it."""

    organisation_id: UUID | None
    nice_class: int

    @property
    def full_name(self) -> str: ...


# Organisations ----------------------------------------------------------------------------------------------------


def access_organisation(organisation_id: UUID) -> Organisation:
    """One organisation that can be written to, for anybody. Raises NotFound404 if unknown or not active."""
    found = Organisation.objects.filter(pk=organisation_id, state=ACTIVE).first()
    if found is None:
        raise NotFound404()
    return found


def enrolled_organisations() -> QuerySet[Organisation]:
    """Brand enterprises and associations that can be written to, by name."""
    kinds = (Organisation.Kind.BRAND_ENTERPRISE, Organisation.Kind.ASSOCIATION)
    return Organisation.objects.filter(state=ACTIVE, kind__in=kinds).order_by("name")


def holders() -> QuerySet[Organisation]:
    """Organisations that answer for goods or act for who does: all in use but the platforms, by name."""
    return Organisation.objects.filter(state=ACTIVE).exclude(kind=Organisation.Kind.PLATFORM).order_by("name")


def platforms() -> QuerySet[Organisation]:
    """E-commerce platforms that have not left, by name."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.PLATFORM)
    return rows.exclude(state=Organisation.State.LEFT).order_by("name")


def roles_at(organisation: Organisation) -> list[Membership.Role]:
    """The roles that people of this organisation can have."""
    return [role for role in Membership.Role if (role in Membership.OF_PLATFORMS) == organisation.is_platform]


def admin_role(organisation: Organisation) -> Membership.Role:
    """The role that keeps this organisation's people."""
    return Membership.Role.PLATFORM_ADMIN if organisation.is_platform else Membership.Role.BRAND_ADMIN


def organisation_for(product: Goods) -> Organisation | None:
    """Who answers for a product: its responsible organisation, if that is active. None: nobody answers."""
    if product.organisation_id is None:
        return None
    return Organisation.objects.filter(pk=product.organisation_id, state=ACTIVE).first()


# Acting for ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActingFor:
    """One seat a person may take: for `organisation`, in its own name or `via` an association or agency."""

    person: User
    organisation: Organisation
    via: Organisation | None
    roles: frozenset[str]

    @property
    def employer(self) -> Organisation:
        """Where the person's membership lies."""
        return self.via or self.organisation

    @property
    def key(self) -> str:
        """Names this seat among the person's seats."""
        return f"{self.organisation.pk}:{self.via.pk if self.via else ''}"

    def has(self, *roles: str) -> bool:
        """Whether the person holds one of these roles where they are employed."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: str, own: bool = True) -> None:
        """Raise NotAllowed without one of the roles; own: an agent may not do it for its principal either."""
        if not self.has(*roles):
            raise NotAllowed(
                _("这一步由{roles}办理。请联系贵单位的企业管理员。"),
                code="role_missing",
                roles=[str(Membership.Role(role).label) for role in roles],
            )
        if own and self.via is not None:
            raise NotAllowed(
                _("您现在是代“{principal}”办事，这一步只能由该单位自己办理。"),
                code="principal_only",
                principal=self.organisation.name,
            )


def mandates_at(at: datetime) -> QuerySet[Mandate]:
    """Mandates in force on that day, of active organisations on both sides."""
    day = clock.local_date(at)
    return Mandate.objects.filter(
        state=Mandate.State.ACTIVE,
        valid_from__lte=day,
        valid_until__gte=day,
        agent__state=ACTIVE,
        principal__state=ACTIVE,
    ).select_related("agent", "principal")


def acting_organisations(user: User, *, at: datetime | None = None) -> list[ActingFor]:
    """For whom this person may act, own organisations first. One at a time: queues of two never mix."""
    roles: dict[UUID, set[str]] = {}
    own: dict[UUID, Organisation] = {}
    for membership in Membership.objects.filter(
        user=user, is_active=True, organisation__state=ACTIVE, user__is_active=True
    ).select_related("organisation"):
        own[membership.organisation_id] = membership.organisation
        roles.setdefault(membership.organisation_id, set()).add(membership.role)
    found = [ActingFor(user, organisation, None, frozenset(roles[pk])) for pk, organisation in own.items()]
    for mandate in mandates_at(at or clock.now()).filter(agent__in=own).order_by("principal__name"):
        found.append(ActingFor(user, mandate.principal, mandate.agent, frozenset(roles[mandate.agent_id])))
    return found


def is_member(user: User) -> bool:
    """Whether the brands host admits this person: an active membership in an active organisation."""
    return Membership.objects.filter(
        user_id=user.pk, user__is_active=True, is_active=True, organisation__state=ACTIVE
    ).exists()


def roles_in_words(user: User) -> list[str]:
    """ "岚壑春酒业（演示）有限公司 鉴定人员", each role in an active organisation."""
    held = Membership.objects.filter(user_id=user.pk, is_active=True, organisation__state=ACTIVE)
    rows = held.select_related("organisation").order_by("organisation__name", "role")
    return [f"{row.organisation.name} {row.get_role_display()}" for row in rows]


# What a person may appraise -----------------------------------------------------------------------------------------


class Uncovered(NotAllowed):
    """The authorisation does not cover this verdict. The code says why, the data what was asked and held."""

    code = "authorisation_missing"
    title = _("授权不足")
    sentence = _("您没有“{principal}”的有效授权委托书，不能出具辨认结论。请企业管理员先登记授权。")


def authority(
    user: User,
    *,
    principal: Organisation,
    product: Goods,
    province_code: str,
    at: datetime,
    lapsed_marks: bool = False,
) -> Authorisation:
    """The authorisation by which this person may answer for the principal on these goods, there and then.

    Own members and members of an association or agency with a mandate in force count. lapsed_marks: a mark of the class
    will do whatever its term, for somebody else decides about that. Raises Uncovered (a Problem) with the one most
    useful reason, which is the furthest that any authorisation came: `authorisation_missing`, `authorisation_ended`,
    `class_not_covered`, `territory_not_covered`, `trademark_lapsed`.
    """
    day = clock.local_date(at)
    held = list(
        Authorisation.objects.filter(
            organisation=principal, state=Authorisation.State.ACTIVE, membership__in=_memberships(user, principal, at)
        )
        .select_related("organisation", "membership__organisation")
        .prefetch_related("trademarks")
        .order_by("-valid_until", "pk")
    )
    if not held:
        raise Uncovered(principal=principal.name)
    current = [each for each in held if each.valid_from <= day <= each.valid_until]
    if not current:
        raise _not_in_term(held, day)
    in_class = [each for each in current if product.nice_class in each.nice_classes]
    if not in_class:
        raise Uncovered(
            _("“{product}”属第 {nice_class} 类，您的授权只包括第 {covered} 类。请转给有该类授权的同事，或补充授权。"),
            code="class_not_covered",
            product=product.full_name,
            nice_class=product.nice_class,
            covered=sorted({number for each in current for number in each.nice_classes}),
        )
    here = [each for each in in_class if ANYWHERE in each.territory or province_code in each.territory]
    if not here:
        raise Uncovered(
            _("您的授权不包括这个省份。请转给授权包括该省的同事，或补充授权。"),
            code="territory_not_covered",
            province=province_code,
            covered=sorted({code for each in in_class for code in each.territory}),
        )
    for each in here:
        if _has_mark(each, product.nice_class, None if lapsed_marks else day):
            return each
    raise Uncovered(
        _("授权 {number} 所依据的商标已过有效期，或不包括第 {nice_class} 类。请续展商标后更新登记，或补充授权。"),
        code="trademark_lapsed",
        number=here[0].number,
        nice_class=product.nice_class,
        trademarks=[str(mark) for mark in here[0].trademarks.all()],
    )


def explain(user: User, *, principal: Organisation, product: Goods, province_code: str, at: datetime) -> str:
    """One sentence: by what this person may answer, or the one most useful reason why not."""
    try:
        held = authority(user, principal=principal, product=product, province_code=province_code, at=at)
    except Uncovered as reason:
        return reason.detail
    return str(_("依据授权委托书 {number}，有效至 {until}。")).format(
        number=held.number, until=held.valid_until.isoformat()
    )


def _memberships(user: User, principal: Organisation, at: datetime) -> QuerySet[Membership]:
    if principal.state != ACTIVE:
        return Membership.objects.none()
    return Membership.objects.filter(
        Q(organisation=principal) | Q(organisation__in=mandates_at(at).filter(principal=principal).values("agent_id")),
        user=user,
        user__is_active=True,
        is_active=True,
        role=Membership.Role.APPRAISER,
        organisation__state=ACTIVE,
    )


def _not_in_term(held: list[Authorisation], day: date) -> Uncovered:
    latest = held[0]
    if latest.valid_from > day:
        return Uncovered(
            _("授权 {number} 自 {date} 起才有效。请等到当天，或转给有有效授权的同事。"),
            code="authorisation_ended",
            number=latest.number,
            date=latest.valid_from,
        )
    return Uncovered(
        _("授权 {number} 已于 {date} 到期。请退回待接单，由有有效授权的同事答复，或先续办授权。"),
        code="authorisation_ended",
        number=latest.number,
        date=latest.valid_until,
    )


def _has_mark(held: Authorisation, nice_class: int, living_on: date | None) -> bool:
    return any(
        (living_on is None or mark.valid_until is None or mark.valid_until >= living_on)
        and nice_class in mark.nice_classes
        for mark in held.trademarks.all()
    )


# An organisation's own papers -----------------------------------------------------------------------------------------


def appraisers_for(organisation: Organisation) -> QuerySet[Membership]:
    """Appraisers whom the organisation may authorise or put on duty: its own and those of its agents."""
    agents = mandates_at(clock.now()).filter(principal=organisation).values("agent_id")
    return (
        Membership.objects.filter(
            Q(organisation=organisation) | Q(organisation__in=agents),
            is_active=True,
            user__is_active=True,
            role=Membership.Role.APPRAISER,
        )
        .select_related("user", "organisation")
        .order_by("organisation__name", "user__name")
    )


@dataclass(frozen=True)
class Member:
    """A person of an organisation with all roles, active and ended."""

    user: User
    roles: tuple[Membership, ...]

    @property
    def active_roles(self) -> list[Membership]:
        return [each for each in self.roles if each.is_active]


def administrators(organisation_id: UUID) -> list[UUID]:
    """User ids of the organisation's administrators (企业管理员, 平台管理员)."""
    rows = Membership.objects.filter(
        organisation_id=organisation_id, role__in=Membership.ADMINS, is_active=True, user__is_active=True
    )
    return list(rows.values_list("user_id", flat=True))


def members(organisation: Organisation) -> list[Member]:
    """Everybody who has or had a role, by name."""
    by_user: dict[UUID, list[Membership]] = {}
    people = Membership.objects.filter(organisation=organisation, user__is_service=False)
    for row in people.select_related("user").order_by("user__name"):
        by_user.setdefault(row.user_id, []).append(row)
    return [Member(rows[0].user, tuple(rows)) for rows in by_user.values()]


def access_member(organisation: Organisation, user_id: UUID) -> Member:
    """One person of the organisation. Raises NotFound404."""
    rows = list(Membership.objects.filter(organisation=organisation, user_id=user_id).select_related("user"))
    if not rows:
        raise NotFound404()
    return Member(rows[0].user, tuple(rows))


def trademarks_of(organisation: Organisation) -> QuerySet[Trademark]:
    """Registered marks of the organisation."""
    return Trademark.objects.filter(organisation=organisation)


def authorisations_of(organisation: Organisation) -> QuerySet[Authorisation]:
    """Authorisations given by the organisation, those in force that end first on top."""
    return (
        Authorisation.objects.filter(organisation=organisation)
        .select_related("membership__user", "membership__organisation", "document")
        .prefetch_related("trademarks")
        .order_by("state", "valid_until", "number")
    )


def access_authorisation(organisation: Organisation, authorisation_id: UUID) -> Authorisation:
    """One authorisation. Raises NotFound404."""
    found = authorisations_of(organisation).filter(pk=authorisation_id).first()
    if found is None:
        raise NotFound404()
    return found


EXPIRY_WARNING_DAYS = 30


def expiring(organisation: Organisation, *, at: datetime | None = None) -> list[Authorisation]:
    """Authorisations in force that end within 30 days, or have ended without a successor being registered."""
    day = clock.local_date(at or clock.now())
    return list(
        authorisations_of(organisation).filter(
            state=Authorisation.State.ACTIVE, valid_until__lte=day + timedelta(days=EXPIRY_WARNING_DAYS)
        )
    )


def mandates_of(organisation: Organisation) -> QuerySet[Mandate]:
    """Mandates on either side."""
    return (
        Mandate.objects.filter(Q(agent=organisation) | Q(principal=organisation))
        .select_related("agent", "principal")
        .order_by("state", "valid_until")
    )


def access_mandate(organisation: Organisation, mandate_id: UUID) -> Mandate:
    """One mandate on either side. Raises NotFound404."""
    found = mandates_of(organisation).filter(pk=mandate_id).first()
    if found is None:
        raise NotFound404()
    return found


def possible_agents(organisation: Organisation) -> QuerySet[Organisation]:
    """Associations and agencies that could be given a mandate."""
    kinds = (Organisation.Kind.ASSOCIATION, Organisation.Kind.AGENCY)
    return Organisation.objects.filter(state=ACTIVE, kind__in=kinds).exclude(pk=organisation.pk)


def access_document(organisation: Organisation, document_id: UUID) -> Document:
    """A paper of the organisation, or of a mandate or authorisation it has a part in. Raises NotFound404."""
    found = (
        Document.objects.filter(pk=document_id)
        .filter(
            Q(organisation=organisation) | Q(pk__in=Mandate.objects.filter(agent=organisation).values("document_id"))
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def slots_of(organisation: Organisation) -> QuerySet[DutySlot]:
    """The week's roster."""
    return DutySlot.objects.filter(organisation=organisation).select_related(
        "membership__user", "membership__organisation"
    )


def absences_of(organisation: Organisation, *, at: datetime | None = None) -> QuerySet[DutyAbsence]:
    """Absences, now and to come, of those on the roster."""
    return (
        DutyAbsence.objects.filter(membership__in=appraisers_for(organisation), until_at__gt=at or clock.now())
        .select_related("membership__user", "substitute__user")
        .order_by("from_at")
    )


# Enrolments, the office's lists ---------------------------------------------------------------------------------------


def enrolment_by_code(code: str) -> Enrolment:
    """An application by the code that its applicant holds. Raises NotFound404."""
    found = Enrolment.objects.filter(code=code.strip().lower()).first()
    if found is None:
        raise NotFound404()
    return found


def enrolments(state: str = "") -> QuerySet[Enrolment]:
    """Applications that were handed in, those that wait first."""
    rows = Enrolment.objects.exclude(state=Enrolment.State.DRAFT).annotate(
        waiting=Case(When(state=Enrolment.State.SUBMITTED, then=0), default=1)
    )
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("waiting", "submitted_at")


def access_enrolment(enrolment_id: UUID, *, lock: bool = False) -> Enrolment:
    """One application that was handed in. Raises NotFound404."""
    rows = Enrolment.objects.exclude(state=Enrolment.State.DRAFT)
    found = (rows.select_for_update() if lock else rows).filter(pk=enrolment_id).first()
    if found is None:
        raise NotFound404()
    return found


def organisations(text: str = "", kind: str = "", state: str = "") -> QuerySet[Organisation]:
    """All organisations, for the office."""
    rows = Organisation.objects.all()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(uscc__icontains=text))
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    return rows


def any_organisation(organisation_id: UUID) -> Organisation:
    """One organisation in whatever state. Raises NotFound404."""
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise NotFound404()
    return found


def split_names(text: str) -> list[str]:
    """Names that somebody typed into one box: by line or by comma, each once."""
    return list(dict.fromkeys(name.strip() for name in re.split(r"[\n,，、;；]", text) if name.strip()))


@dataclass(frozen=True)
class Wanted:
    """A brand that is asked for and not served: in all, in how many provinces, last."""

    brand_name: str
    count: int
    provinces: list[str]
    last_at: datetime


def wanted_brands(text: str = "") -> list[Wanted]:
    """The invitation list, most asked for first."""
    rows = WantedBrand.objects.filter(brand_name__icontains=text) if text else WantedBrand.objects.all()
    by_brand: dict[str, list[WantedBrand]] = {}
    for row in rows:
        by_brand.setdefault(row.brand_name, []).append(row)
    found = [
        Wanted(
            brand_name=name,
            count=sum(row.count for row in each),
            provinces=sorted(row.province_code for row in each),
            last_at=max(row.last_at for row in each),
        )
        for name, each in by_brand.items()
    ]
    return sorted(found, key=lambda each: (-each.count, each.brand_name))


# On duty ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DutyPerson:
    """Somebody who can be rung now. rank: 0 first. instead_of: whom they stand in for."""

    user: User
    rank: int
    membership: Membership
    instead_of: User | None = None


def on_duty(organisation: Organisation, at: datetime) -> list[DutyPerson]:
    """Who is on duty at that moment, in the order in which they are rung; nobody twice."""
    return _Roster(organisation, at, at).people(at)


def next_on_duty(organisation: Organisation, at: datetime) -> datetime | None:
    """The first moment from `at` on when anybody is on duty (UTC); `at` itself if now; None within eight days."""
    until = at + timedelta(days=8)
    roster = _Roster(organisation, at, until)
    moments = {at, *(moment for moment in roster.moments() if at < moment < until)}
    return next((moment for moment in sorted(moments) if roster.people(moment)), None)


class _Roster:
    """The slots and absences of one organisation that matter between two moments."""

    def __init__(self, organisation: Organisation, start: datetime, end: datetime) -> None:
        agents = mandates_at(start).filter(principal=organisation).values("agent_id")
        good = Q(is_active=True, user__is_active=True) & (
            Q(organisation=organisation) | Q(organisation__in=agents, organisation__state=ACTIVE)
        )
        self._members = {m.pk: m for m in Membership.objects.filter(good).select_related("user")}
        self._slots = list(DutySlot.objects.filter(organisation=organisation, membership__in=self._members))
        self._absences = list(
            DutyAbsence.objects.filter(membership__in=self._members, from_at__lte=end, until_at__gt=start)
        )
        self._span = (start, end)

    def people(self, at: datetime) -> list[DutyPerson]:
        found: dict[UUID, DutyPerson] = {}
        for slot in sorted(self._slots, key=lambda slot: (slot.rank, slot.starts, str(slot.pk))):
            if not any(begin <= at < end for begin, end in self._spans(slot, at, at)):
                continue
            planned = self._members[slot.membership_id]
            present = self._present(planned, at)
            if present is not None and present.user_id not in found:
                instead_of = planned.user if present.pk != planned.pk else None
                found[present.user_id] = DutyPerson(present.user, slot.rank, present, instead_of)
        return list(found.values())

    def moments(self) -> Iterator[datetime]:
        """Whenever something may change: a slot begins, an absence ends."""
        for slot in self._slots:
            yield from (begin for begin, _end in self._spans(slot, *self._span))
        yield from (absence.until_at for absence in self._absences)

    def _present(self, planned: Membership, at: datetime) -> Membership | None:
        seen: set[UUID] = set()
        who: Membership | None = planned
        while who is not None and who.pk not in seen:
            seen.add(who.pk)
            away = next((a for a in self._absences if a.membership_id == who.pk and a.from_at <= at < a.until_at), None)
            if away is None:
                return who
            who = self._members.get(away.substitute_id) if away.substitute_id else None
        return None

    @staticmethod
    def _spans(slot: DutySlot, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The slot's turns from the day before `start` to the day of `end`."""
        day = clock.local_date(start) - timedelta(days=1)
        while day <= clock.local_date(end):
            if day.weekday() == slot.weekday:
                last = day + timedelta(days=1) if slot.ends <= slot.starts else day
                midnight = clock.at_start(day)
                yield (
                    midnight + _since_midnight(slot.starts),
                    clock.at_start(last) + _since_midnight(slot.ends),
                )
            day += timedelta(days=1)


def _since_midnight(moment: Any) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
