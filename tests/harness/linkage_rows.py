"""A case to be referred, a platform it goes to, and rows of parcels and referrals for the authorisation matrix."""

from __future__ import annotations

from typing import Any

from harness.partner import Partner, clue, connect

from accounts.models import Post, User
from connections.models import Connection
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from tenants.cases import services as cases
from tenants.cases.models import Case, CaseHandler, CaseParty, CaseProposal, CaseUnit
from tenants.linkage.models import Outgoing
from tenants.linkage.services import mapping, referring
from tenants.parcels import services as parcels


def make_case(*handlers: User, head: User, name: str = "南宁某酒行") -> Case:
    """A filed case, as if it had been handed over by another bureau. Its handlers are of one unit."""
    unit, day = handlers[0].unit, clock.today()
    assert unit is not None
    proposal = CaseProposal.objects.create(
        unit=unit,
        state=CaseProposal.State.FILED,
        source=CaseProposal.Source.TRANSFER,
        transfer_id=uuid7(),
        cause_code="trademark_sale",
        cause_day=day,
        party_name=name,
        summary="销售假冒白酒",
        proposed_by=handlers[0],
        decided_by=head,
    )
    case = Case.objects.create(
        number=f"测立〔{day.year}〕{uuid7().hex[-6:]}号",
        proposal=proposal,
        unit=unit,
        title=f"{name}涉嫌销售侵权商品案",
        cause_code="trademark_sale",
        cause_name="销售侵犯注册商标专用权的商品",
        cause_rule="《中华人民共和国商标法》第五十七条第三项",
        cause_day=day,
        filed_by=head,
    )
    CaseParty.objects.create(case=case, kind=CaseParty.Kind.ENTERPRISE, name=name, address="青秀区某路 1 号")
    CaseUnit.objects.create(case=case, unit=unit, role=CaseUnit.Role.LEAD)
    CaseHandler.objects.bulk_create(CaseHandler(case=case, user=each, name=each.name) for each in handlers)
    return case


def platform_of(keeper: User, switcher: User, *, name: str = "两法衔接平台") -> Connection:
    """A linkage platform that is on, with the usual mapping in force."""
    made = connect(keeper, kind="linkage", name=name)
    drafted = mapping.draft(by=keeper, connection=made, rows=mapping.usual_rows())
    mapping.put_in_force(by=switcher, mapping=drafted)
    return made


def fill(code: str, *, huang: User, chen: User, wei: User) -> dict[str, Any]:
    """Rows of one province for the matrix, by the argument an address takes. Enters its seat."""
    with context.province(code):
        li, safe, desk = (
            _person(name, unit, role)
            for name, unit, role in (
                ("linkage-li", chen.unit, Post.Role.OFFICER),
                ("linkage-safe", huang.unit, Post.Role.SECURITY_ADMIN),
                ("linkage-desk", huang.unit, Post.Role.DISPATCHER),
            )
        )
        platform = platform_of(huang, safe)
        partner = Partner(connect(huang, name="只用文件的系统"), by=huang)
        content = partner.pack([clue("M-1")], change=lambda it: it.update(addressee=code))
        report = partner.bring(desk, content, "m.zip")
        parcel = parcels.ask(by=desk, connection=partner.connection)
        case = make_case(chen, li, head=wei)
        cases.decide_referral(by=wei, case_id=case.pk, decision="refer", reason="达到标准")
        referral = referring.prepare(
            by=chen,
            case_id=case.pk,
            police_org="某公安分局",
            suspected_crime="销售假冒注册商标的商品罪",
            facts="查获",
            connection_id=platform.pk,
            annexes=["letter", "report", "goods"],
        )
        referring.send(by=chen, referral_id=referral.pk)
        assert partner.registered is not None
        return {
            "linkage_connection_id": platform.pk,
            "parcel_report_id": report.pk,
            "parcel_id": parcel.pk,
            "partner_key_id": partner.registered,
            "referral_id": referral.pk,
            "linkage_message_id": Outgoing.objects.get(referral=referral).pk,
            "mapping_version": 1,
            "mapping_form": "json",
        }


def _person(name: str, unit: Any, role: str) -> User:
    person = User.objects.create_user(name, name="测某", unit=unit)
    Post.objects.create(user=person, unit=unit, role=role)
    return person
