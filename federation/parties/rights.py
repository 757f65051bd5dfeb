"""By what right a person speaks for a right holder to a bureau: marks, enrolment, power of attorney, identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from federation.parties.models import (
    ANYWHERE,
    Authorisation,
    Enrolment,
    EnrolmentDocument,
    Mandate,
    Membership,
    Organisation,
    Trademark,
)
from federation.parties.selectors import ActingFor, Goods, Uncovered, appraisers_for, authority, mandates_at
from kernel import clock
from kernel.errors import BadInput, NotAllowed

GRACE_MONTHS = 6
"""How long a lapsed mark may still be renewed. Source: 商标法 art. 40."""


@dataclass(frozen=True)
class Power:
    """授权委托: by what a person acts. Both days count."""

    kind: Literal["authorisation", "power_of_attorney", "association"]
    number: str
    valid_from: date
    valid_until: date
    document_sha256: str = ""


class EnrolmentLapsed(NotAllowed):
    code = "enrolment_lapsed"
    sentence = _("“{organisation}”的入驻已暂停或已退出，不能提交线索。请先联系省际协作办公室恢复入驻。")


class PowerMissing(NotAllowed):
    code = "power_missing"
    sentence = _("没有您代表“{principal}”维权的授权委托书。请企业管理员在“人员与授权”里登记后再提交。")


class PowerEnded(NotAllowed):
    code = "power_ended"
    sentence = _("授权委托书 {number} 的有效期是 {valid_from} 至 {valid_until}，今天不在期内。请续办并登记后再提交。")


def may_be_authorised(organisation: Organisation) -> QuerySet[Membership]:
    """Whom the organisation may give a 授权委托书: appraisers, its own and its agents', and its own rights staff."""
    rights = Q(organisation=organisation, role=Membership.Role.RIGHTS_STAFF, is_active=True, user__is_active=True)
    rights &= Q(user__is_service=False)
    return (
        Membership.objects.filter(Q(pk__in=appraisers_for(organisation).values("pk")) | rights)
        .select_related("user", "organisation")
        .order_by("organisation__name", "user__name", "role")
    )


def power_of(acting: ActingFor, *, province_codes: Iterable[str] = ()) -> Power:
    """What empowers the person to speak for the organisation in these provinces today.

    In an agent's service its mandate; at the right holder itself the letter given to the person as rights staff.
    Raises EnrolmentLapsed, PowerMissing, PowerEnded, BadInput (`power_territory`).
    """
    organisation = Organisation.objects.get(pk=acting.organisation.pk)
    if organisation.state != Organisation.State.ACTIVE:
        raise EnrolmentLapsed(organisation=organisation.name)
    return _mandate(acting) if acting.via else _letter(acting, sorted(set(province_codes)))


def _mandate(acting: ActingFor) -> Power:
    found = mandates_at(clock.now()).filter(agent=acting.via, principal=acting.organisation).first()
    if found is None:
        last = (
            Mandate.objects.filter(agent=acting.via, principal=acting.organisation)
            .exclude(state=Mandate.State.OFFERED)
            .order_by("-valid_until")
            .first()
        )
        if last is None:
            raise PowerMissing(principal=acting.organisation.name)
        raise PowerEnded(number=last.scope, valid_from=last.valid_from, valid_until=last.valid_until)
    association = found.kind == Mandate.Kind.ASSOCIATION
    return Power(
        kind="association" if association else "power_of_attorney",
        number=found.scope[:60],
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        document_sha256=found.document.sha256 if found.document else "",
    )


def _letter(acting: ActingFor, province_codes: list[str]) -> Power:
    held = list(
        Authorisation.objects.filter(
            organisation=acting.organisation,
            state=Authorisation.State.ACTIVE,
            membership__user=acting.person,
            membership__organisation=acting.organisation,
            membership__role=Membership.Role.RIGHTS_STAFF,
            membership__is_active=True,
        )
        .select_related("document")
        .order_by("-valid_until", "pk")
    )
    if not held:
        raise PowerMissing(principal=acting.organisation.name)
    today = clock.today()
    current = [each for each in held if each.valid_from <= today <= each.valid_until]
    if not current:
        last = held[0]
        raise PowerEnded(number=last.number, valid_from=last.valid_from, valid_until=last.valid_until)
    wide = [
        each for each in current if ANYWHERE in each.territory or all(code in each.territory for code in province_codes)
    ]
    if not wide:
        outside = [code for code in province_codes if code not in current[0].territory]
        raise BadInput(
            _("授权委托书 {number} 不包括这些省份：{outside}。请去掉这些省份，或补充授权。"),
            code="power_territory",
            number=current[0].number,
            outside=outside,
        )
    found = wide[0]
    return Power(
        kind="authorisation",
        number=found.number,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        document_sha256=found.document.sha256 if found.document else "",
    )


def papers_of(organisation: Organisation) -> list[EnrolmentDocument]:
    """What was handed in with the organisation's enrolment."""
    return list(EnrolmentDocument.objects.filter(enrolment__organisation=organisation))


def enrolled_on(organisation: Organisation) -> date:
    """The day on which the office approved the enrolment; the day it joined where there is no application."""
    decided = Enrolment.objects.filter(organisation=organisation).values_list("decided_at", flat=True).first()
    return clock.local_date(decided or organisation.joined_at)


def standing(mark: Trademark) -> Literal["in_force", "under_renewal", "lapsed", "unknown"]:
    """Whether a mark protects today."""
    if mark.valid_until is None:
        return "unknown"
    today = clock.today()
    if mark.valid_until >= today:
        return "in_force"
    months = (today.year - mark.valid_until.year) * 12 + today.month - mark.valid_until.month
    within = months < GRACE_MONTHS or (months == GRACE_MONTHS and today.day <= mark.valid_until.day)
    return "under_renewal" if within else "lapsed"


# Listings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _SomethingOf:
    """Goods of a right holder of which no more is known than the class."""

    organisation_id: UUID | None
    nice_class: int
    full_name: str


def authority_for_listing(user: User, *, principal: Organisation, product: Goods | None, at: datetime) -> Authorisation:
    """The authorisation by which this person may answer a platform about a listing, which the whole country sees.

    product: None where the listing does not say which; then any class of the principal's marks will do.
    Raises Uncovered as `selectors.authority` does; its territory must be 全国 (`listing_needs_whole_country`).
    """
    if product is not None:
        return _for_the_country(user, principal, product, at)
    classes = sorted({number for mark in principal.trademarks.all() for number in mark.nice_classes})
    refused = Uncovered(principal=principal.name)
    for number in classes:
        try:
            return _for_the_country(user, principal, _SomethingOf(principal.pk, number, principal.name), at)
        except Uncovered as reason:
            refused = reason
    raise refused


def _for_the_country(user: User, principal: Organisation, product: Goods, at: datetime) -> Authorisation:
    try:
        return authority(user, principal=principal, product=product, province_code=ANYWHERE, at=at)
    except Uncovered as reason:
        if reason.code != "territory_not_covered":
            raise
        raise Uncovered(
            _("平台上的商品面向全国，要有地域为“全国”的授权委托书才能答复。请转给有全国授权的同事，或补充授权。"),
            code="listing_needs_whole_country",
        ) from reason
