"""广西 asks, 贵州 is asked: each with an officer or two, a desk, a leader, and a case at 广西."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from harness import people

from accounts.models import Post, Unit, User
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from tenants.cases.models import Case, CaseHandler, CaseParty, CaseProposal, CaseUnit
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.services import drafting, issuing, receiving
from tenants.correspondence.services.drafting import To

QUESTIONS = ["该批次商品是否由当事人生产", "销往广西的数量和对象", "收款账户的开户人", "有无授权", "库存情况"]
FIELDS: dict[str, Any] = {
    "case_name": "某酒行涉嫌销售侵犯注册商标专用权的商品案",
    "party_name": "某酒行",
    "targets": [{"name": "某酒业有限公司", "uscc": "", "address": "仁怀市某镇"}],
    "questions": QUESTIONS,
}
NUMBERS = {"gx": "桂南青市监", "gz": "黔仁市监"}


def bureau(code: str, division: str, name: str) -> SimpleNamespace:
    """One province's people: 陈队长 and a second officer with certificates, 蒙科 at the desk, 韦处 above."""
    made = people.bureau(code, division)
    with context.province(code):
        unit = made.unit
        Unit.objects.filter(pk=unit.pk).update(agency_word=NUMBERS[code], name=name)
        unit.refresh_from_db()
        li = User.objects.create_user("li", name="李某", title="李队长", unit=unit)
        Post.objects.create(user=li, unit=unit, role=Post.Role.OFFICER)
        meng = User.objects.create_user("meng", name="蒙某", title="蒙科", unit=unit)
        Post.objects.create(user=meng, unit=unit, role=Post.Role.DISPATCHER)
        for number, person in enumerate((made.chen, li), start=1):
            person.officer_cert_no = f"{code.upper()}-100{number}"
            person.officer_cert_until = clock.today() + timedelta(days=300)
            person.save()
    return SimpleNamespace(
        code=code, unit=unit, chen=made.chen, li=li, meng=meng, wei=made.wei, huang=made.huang, ref=division
    )


def build() -> SimpleNamespace:
    """Both bureaux, and a case at 广西. Commits."""
    people.divisions()
    gx = bureau("gx", people.NANNING, "青秀区市场监督管理局")
    gz = bureau("gz", "520382", "仁怀市市场监督管理局")
    with context.province("gx"):
        case = filed_case(gx)
    return SimpleNamespace(gx=gx, gz=gz, case=case)


def filed_case(home: SimpleNamespace, *, number: str = "桂南青市监立案〔2026〕1号", **said: Any) -> Case:
    """A case that the head filed, in the seat that is entered."""
    proposal = CaseProposal.objects.create(
        state=CaseProposal.State.FILED, unit=home.unit, source=CaseProposal.Source.TRANSFER, transfer_id=uuid7(),
        cause_code="trademark_sale", cause_day=clock.today(), party_name="某酒行", summary="销售假冒白酒",
        proposed_by=home.chen,
    )  # fmt: skip
    case = Case.objects.create(
        **{
            "number": number, "proposal": proposal, "unit": home.unit, "title": FIELDS["case_name"],
            "cause_code": "trademark_sale", "cause_name": "销售侵犯注册商标专用权的商品", "cause_rule": "",
            "cause_day": clock.today(), "filed_by": home.wei,
        } | said
    )  # fmt: skip
    CaseParty.objects.create(case=case, kind=CaseParty.Kind.STALL, name="某酒行")
    CaseUnit.objects.create(case=case, unit=home.unit, role=CaseUnit.Role.LEAD)
    CaseHandler.objects.create(case=case, user=home.chen, name=home.chen.name)
    return case


def approve(home: SimpleNamespace, letter_id: UUID) -> OfficialLetter:
    """审核 by the desk and 签发 by the leader, in the seat that is entered."""
    drafting.submit(by=home.chen, letter_id=letter_id, looked=True)
    issuing.check(by=home.meng, letter_id=letter_id, looked=True)
    return issuing.issue(by=home.wei, letter_id=letter_id, looked=True)


def asked(world: SimpleNamespace, *, ref: str = "520382", **fields: Any) -> OfficialLetter:
    """A request of 广西 that is issued; `run_letters` takes it over."""
    with context.province("gx"):
        letter = drafting.draft(
            by=world.gx.chen, kind_code="assistance_request", case_id=world.case.pk, to=To(unit_ref=ref),
            fields=FIELDS | fields,
        )  # fmt: skip
        return approve(world.gx, letter.pk)


def arrived(origin_id: UUID) -> OfficialLetter:
    """The letter at the addressee, in the seat that is entered."""
    return OfficialLetter.objects.get(direction="in", origin_id=origin_id)


def sign_for(home: SimpleNamespace, origin_id: UUID) -> OfficialLetter:
    """签收 by the desk, in the seat that is entered."""
    return receiving.sign_for(by=home.meng, letter_id=arrived(origin_id).pk)


def take_on(home: SimpleNamespace, origin_id: UUID) -> OfficialLetter:
    """两名承办人 by the desk, in the seat that is entered."""
    ids = [str(home.chen.pk), str(home.li.pk)]
    return receiving.accept(by=home.meng, letter_id=arrived(origin_id).pk, answers={"officer_ids": ids})
