"""Organisations, marks, teams, authorisations and rosters of the sample story. Found by name, see `runtime.seed`."""

from __future__ import annotations

import io
from datetime import time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from federation.parties import files
from federation.parties.models import (
    ANYWHERE,
    Authorisation,
    Document,
    DutySlot,
    Enrolment,
    EnrolmentDocument,
    Mandate,
    Membership,
    Organisation,
    Trademark,
)
from kernel import clock

WORDS = ("品牌企业、授权和值班", "brands, authorisations and rosters")
_ROLES = {
    "enterprise_admin": Membership.Role.BRAND_ADMIN,
    "appraiser": Membership.Role.APPRAISER,
    "rights_staff": Membership.Role.RIGHTS_STAFF,
    "platform_admin": Membership.Role.PLATFORM_ADMIN,
    "platform_staff": Membership.Role.PLATFORM_STAFF,
}
_KINDS = {
    "brand_enterprise": Organisation.Kind.BRAND_ENTERPRISE,
    "trade_association": Organisation.Kind.ASSOCIATION,
    "agency": Organisation.Kind.AGENCY,
    "platform": Organisation.Kind.PLATFORM,
}


def fill(stage: Any) -> None:
    """Make what is missing. Leaves `stage.made["organisations"]` and ["authorisations"]: code or number to id."""
    with stage.owner():
        organisations = _organisations(stage)
        stage.made["organisations"] = {code: row.pk for code, row in organisations.items()}
        memberships = _memberships(stage, organisations)
        _authorisations(stage, organisations, memberships)
        _mandates(stage, organisations)
        _roster(stage, organisations, memberships)


def _organisations(stage: Any) -> dict[str, Organisation]:
    known = {row.uscc: row for row in Organisation.objects.all()}
    applied = {row.uscc for row in Enrolment.objects.all()}
    found: dict[str, Organisation] = {}
    office = stage.made["people"]["zhao"][1]
    for each in stage.cast.ENROLMENTS:
        party = stage.cast.PARTIES[each.party]
        if each.state == "approved":
            organisation = known.get(party.uscc) or _organisation(stage, party, each)
            found[party.code] = organisation
        if party.uscc not in applied:
            _enrolment(stage, party, each, found.get(party.code), office)
    return found


def _organisation(stage: Any, party: Any, enrolment: Any) -> Organisation:
    brand = stage.catalogue.BRANDS.get(party.code)
    made = Organisation.objects.create(
        kind=_KINDS[party.kind], name=party.name_zh, short_name=brand.name_zh if brand else "", uscc=party.uscc
    )
    joined = stage.now - timedelta(days=enrolment.decided_days_ago)
    Organisation.objects.filter(pk=made.pk).update(joined_at=joined)
    if brand:
        Trademark.objects.create(
            organisation=made,
            reg_no=brand.trademark_reg_no,
            name=brand.name_zh,
            nice_classes=[brand.nice_class],
            valid_until=clock.local_date(stage.now) + timedelta(days=365 * 6),
        )
    return made


def _enrolment(stage: Any, party: Any, row: Any, organisation: Organisation | None, office: Any) -> None:
    brand = stage.catalogue.BRANDS.get(party.code)
    contact = next(person for person in stage.cast.STAFF.values() if person.party == party.code)
    decided = None if row.decided_days_ago is None else stage.now - timedelta(days=row.decided_days_ago)
    state = {"approved": "approved", "refused": "refused", "pending": "submitted"}[row.state]
    made = Enrolment.objects.create(
        code=_code(party.uscc),
        kind=_KINDS[party.kind],
        name=party.name_zh,
        uscc=party.uscc,
        contact_name=contact.name,
        contact_phone=f"+86{contact.phone}",
        contact_email=contact.email,
        brands=brand.name_zh if brand else "" if party.kind == "platform" else party.name_zh[:2],
        trademarks=[{"reg_no": brand.trademark_reg_no, "name": brand.name_zh, "nice_classes": [brand.nice_class]}]
        if brand
        else [],
        state=state,
        reason=row.reason_zh,
        submitted_at=stage.now - timedelta(days=row.applied_days_ago),
        decided_by_id=office if decided else None,
        decided_at=decided,
        organisation=organisation,
    )
    for title in row.documents:
        lines = (party.name_zh, f"统一社会信用代码 {party.uscc}")
        with stage.enter("brands"):
            kept = files.keep(io.BytesIO(stage.paper(title, lines)))
        EnrolmentDocument.objects.create(enrolment=made, title=title, **kept.fields())


def _code(uscc: str) -> str:
    """The key to an application, the same at every start. Anybody can reckon it: the story keeps no secret."""
    text = uuid5(NAMESPACE_URL, f"sample {uscc}").hex.upper()[:16]
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def _memberships(stage: Any, organisations: dict[str, Organisation]) -> dict[tuple[str, str], Membership]:
    """(staff code, role) to membership."""
    known = {(row.user_id, row.role): row for row in Membership.objects.all()}
    found = {}
    for row in stage.cast.STAFF.values():
        if row.party not in organisations:
            continue
        user_id = stage.made["people"][row.code][1]
        for role in (_ROLES[name] for name in row.roles):
            found[row.code, role] = known.get((user_id, role)) or Membership.objects.create(
                user_id=user_id, organisation=organisations[row.party], role=role
            )
    return found


def _authorisations(
    stage: Any, organisations: dict[str, Organisation], memberships: dict[tuple[str, str], Membership]
) -> None:
    day = clock.local_date(stage.now)
    known = {row.number: row.pk for row in Authorisation.objects.all()}
    for row in stage.cast.AUTHORISATIONS:
        if row.document_no in known:
            continue
        principal = organisations[row.brand]
        who = stage.cast.STAFF[row.staff]
        lines = (row.document_no, principal.name, who.name, row.goods_zh)
        with stage.enter("brands"):
            kept = files.keep(io.BytesIO(stage.paper("授权委托书", lines)), organisation_id=principal.pk)
        document = Document.objects.create(organisation=principal, title=row.document_no, **kept.fields())
        made = Authorisation.objects.create(
            number=row.document_no,
            organisation=principal,
            membership=memberships.get((row.staff, Membership.Role.APPRAISER))
            or memberships[row.staff, Membership.Role.RIGHTS_STAFF],
            nice_classes=list(row.nice_classes),
            territory=list(row.territory) or [ANYWHERE],
            valid_from=day - timedelta(days=row.started_days_ago),
            valid_until=day + timedelta(days=row.ends_in_days),
            document=document,
        )
        made.trademarks.set(Trademark.objects.filter(organisation=principal, reg_no__in=row.trademark_reg_nos))
        known[row.document_no] = made.pk
    stage.made["authorisations"] = known


def _mandates(stage: Any, organisations: dict[str, Organisation]) -> None:
    day = clock.local_date(stage.now)
    for row in stage.cast.MANDATES:
        agent, principal = organisations[row.party], organisations[row.brand]
        association = agent.kind == Organisation.Kind.ASSOCIATION
        Mandate.objects.get_or_create(
            agent=agent,
            principal=principal,
            defaults={
                "kind": Mandate.Kind.ASSOCIATION if association else Mandate.Kind.POWER_OF_ATTORNEY,
                "valid_from": day - timedelta(days=row.started_days_ago),
                "valid_until": day + timedelta(days=row.ends_in_days),
                "scope": row.document_no,
                "state": Mandate.State.ACTIVE,
            },
        )


def _roster(stage: Any, organisations: dict[str, Organisation], memberships: dict[tuple[str, str], Membership]) -> None:
    planned = set(DutySlot.objects.values_list("organisation_id", flat=True))
    slots = []
    for row in stage.cast.ROSTER:
        organisation = organisations[row.brand]
        if organisation.pk in planned:
            continue
        for weekday in row.weekdays:
            for rank, code in enumerate(dict.fromkeys((row.staff, row.substitute))):
                slots.append(
                    DutySlot(
                        organisation=organisation,
                        membership=memberships[code, Membership.Role.APPRAISER],
                        weekday=weekday,
                        starts=time(row.from_hour % 24),
                        ends=time(row.to_hour % 24),
                        rank=rank,
                    )
                )
    DutySlot.objects.bulk_create(slots)
