"""A thin case record: proposed by an officer, filed by the head, with clocks, and never closed past a duty to refer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Post, Unit, User
from appraisal.requests.models import AppraisalRequest, Opinion, RequestItem, Verdict
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from kernel.ids import uuid7
from papers import services as papers
from tenants.cases import causes, selectors, services, terms
from tenants.cases.models import Case, CaseEvidence, CaseProposal, masked
from tenants.inspections.models import Inspection, LotQuestion

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def answered(inspection, world):
    """`answered(value)`: a right holder's verdict stands on each lot of the inspection."""

    def make(value="counterfeit"):
        request = AppraisalRequest.objects.create(
            number=f"S{uuid7()}", site=inspection.site, unit=world.unit, officer=world.chen, brand_name="岚壑春"
        )
        now = clock.now()
        opinion = Opinion.objects.create(
            pk=uuid7(), request=request, letter_id=uuid7(), given_at=now, received_at=now, appraiser_name="林某",
            authority={},
        )  # fmt: skip
        for lot in inspection.lots.all():
            item = RequestItem.objects.create(request=request, product_name=lot.product_name, claimed_brand="岚壑春")
            LotQuestion.objects.create(lot=lot, item=item, asked_by=world.chen)
            Verdict.objects.create(pk=uuid7(), opinion=opinion, item=item, value=value, reasons="喷码不符")
        return request

    return make


@pytest.fixture
def propose(world, inspection):
    """`propose(**fields)`: 陈队长 proposes to file from the inspection."""

    def make(**fields):
        said = {"cause_code": "trademark_sale", "summary": "销售假冒白酒", "inspection_id": inspection.pk}
        return services.propose(by=world.chen, **(said | fields))

    return make


@pytest.fixture
def filed(world, propose):
    """`filed()`: a case that the head filed."""

    def make(**fields):
        proposal = propose(**fields)
        services.decide(by=world.wei, proposal_id=proposal.pk, approve=True)
        return Case.objects.get(proposal=proposal)

    return make


def test_an_officer_proposes_and_the_head_files_with_a_number(world, answered, propose):
    answered()
    proposal = propose()
    with pytest.raises(NotAllowed):
        services.decide(by=world.li, proposal_id=proposal.pk, approve=True)
    services.decide(by=world.wei, proposal_id=proposal.pk, approve=True)
    case = Case.objects.get(proposal=proposal)
    assert case.number == f"桂南青市监立案〔{clock.today().year}〕1号"
    assert [each.name for each in case.handlers.all()] == ["陈某", "李某"]
    assert case.units.get().role == "lead"
    assert case.cause_rule == "《中华人民共和国商标法》第五十七条第三项"
    # The verdicts became evidence, with a digest of what they say.
    kept = list(case.evidence.filter(kind=CaseEvidence.Kind.VERDICT))
    assert len(kept) == 2 and all(len(each.sha256) == 64 for each in kept)


def test_the_head_who_proposed_cannot_file_and_a_refusal_says_why(world, propose):
    proposal = propose()
    Post.objects.create(user=world.chen, unit=world.unit, role=Post.Role.LEADER)
    with pytest.raises(NotAllowed) as refusal:
        services.decide(by=world.chen, proposal_id=proposal.pk, approve=True)
    assert refusal.value.code == "not_your_own"
    with pytest.raises(BadInput):
        services.decide(by=world.wei, proposal_id=proposal.pk, approve=False)
    refused = services.decide(by=world.wei, proposal_id=proposal.pk, approve=False, reason="证据不足")
    assert refused.state == CaseProposal.State.REFUSED
    with pytest.raises(MoveRefused):
        services.decide(by=world.wei, proposal_id=proposal.pk, approve=True)
    assert not Case.objects.exists()


def test_one_handler_is_not_enough(world, answered):
    request = answered()
    with pytest.raises(BadInput) as refusal:
        services.propose(
            by=world.chen, request_id=request.pk, cause_code="trademark_sale", summary="假冒", party_name="张某某"
        )
    assert refusal.value.code == "handlers_missing"
    proposal = services.propose(
        by=world.chen, request_id=request.pk, cause_code="trademark_sale", summary="假冒", party_name="张某某",
        handler_ids=[world.li.pk],
    )  # fmt: skip
    assert proposal.source == CaseProposal.Source.VERDICT


def test_a_case_starts_from_a_verdict_that_says_counterfeit(world, answered):
    request = answered("genuine")
    with pytest.raises(BadInput) as refusal:
        services.propose(
            by=world.chen, request_id=request.pk, cause_code="trademark_sale", summary="假冒", party_name="张某某",
            handler_ids=[world.li.pk],
        )  # fmt: skip
    assert refusal.value.code == "no_verdict"


def test_a_party_without_a_code_is_allowed_and_masked_when_published(filed, world):
    case = filed()
    party = case.parties.get()
    assert (party.name, party.kind, party.uscc, party.public_name) == ("张某某", "stall", "", "张**")
    firm = services.add_party(
        by=world.chen, case_id=case.pk, kind="enterprise", name="某某商贸有限公司", code="91350100M000100Y43"
    )
    assert firm.public_name == "某某商贸有限公司"
    assert masked(" 张 ") == "张"


def test_a_wrong_letter_in_a_code_is_refused(filed, world):
    case = filed()
    with pytest.raises(BadInput):
        services.add_party(by=world.chen, case_id=case.pk, kind="enterprise", name="某公司", code="91350100M000100Y44")


def test_causes_are_those_in_force_on_the_day():
    codes = {cause.code for cause in causes.causes_on(date(2026, 1, 1))}
    assert {"trademark_sale", "patent_passing_off", "gi_abuse", "gi_false_use", "gi_forged_certificate",
            "official_mark", "special_sign"} <= codes  # fmt: skip
    assert causes.cause_on("confusion", date(2025, 10, 14)).article == "第六条"
    assert causes.cause_on("confusion", date(2025, 10, 15)).article == "第七条"
    with pytest.raises(BadInput):
        causes.cause_on("gi_abuse", date(2023, 1, 1))
    for code in codes:
        assert len([cause for cause in causes.causes_on(date(2026, 1, 1)) if cause.code == code]) == 1


def test_ninety_days_thirty_more_and_then_only_by_collective_discussion(world, filed):
    with clock.frozen(MONDAY) as tick:
        case = filed()
        assert (terms.term_of(case).days_left, terms.term_of(case).last_day) == (90, date(2026, 5, 31))
        tick(timedelta(days=80))
        services.extend(by=world.wei, case_id=case.pk, days=30, reason="案情复杂")
        assert terms.term_of(Case.objects.get(pk=case.pk)).days_left == 40
        with pytest.raises(Conflict) as refusal:
            services.extend(by=world.wei, case_id=case.pk, days=30, reason="仍复杂")
        assert refusal.value.code == "collective_needed"
        with pytest.raises(BadInput):
            services.extend(by=world.wei, case_id=case.pk, days=60, reason="仍复杂", collective=True)
        services.extend(
            by=world.wei, case_id=case.pk, days=60, reason="仍复杂", collective=True, record_no="集体讨论记录 3 号"
        )
        tick(timedelta(days=101))
        late = terms.term_of(Case.objects.get(pk=case.pk))
    assert late.late and "已过 1 天" in late.words


def test_a_pause_is_the_heads_and_waiting_for_a_right_holder_is_none(world, filed):
    with clock.frozen(MONDAY) as tick:
        case = filed()
        with pytest.raises(NotAllowed):
            services.pause(by=world.chen, case_id=case.pk, kind="hearing", reason="听证")
        with pytest.raises(BadInput):
            services.pause(by=world.wei, case_id=case.pk, kind="identification", reason="等辨认")
        services.pause(by=world.wei, case_id=case.pk, kind="hearing", reason="当事人要求听证")
        tick(timedelta(days=10))
        assert "暂停" in terms.term_of(Case.objects.get(pk=case.pk)).words
        services.resume(by=world.wei, case_id=case.pk)
        assert terms.term_of(Case.objects.get(pk=case.pk)).days_left == 90


def test_a_case_over_the_criminal_threshold_cannot_close_without_a_referral_decision(
    world, inspection, answered, filed
):
    inspection.lots.filter(unit="瓶").update(sold_amount_yuan=Decimal("50000.00"))
    answered()
    case = filed()
    with pytest.raises(services.ReferralMissing) as refusal:
        services.close(by=world.wei, case_id=case.pk, outcome="penalty", words="罚款")
    assert "法释〔2025〕5号" in refusal.value.detail
    services.decide_referral(by=world.wei, case_id=case.pk, decision="not_refer", reason="金额未经查实")
    kept = case.referrals.get()
    assert kept.check_made["duty"] is True
    closed = services.close(by=world.wei, case_id=case.pk, outcome="penalty", words="罚款")
    assert closed.state == Case.State.CLOSED


def test_a_penalty_does_not_stand_in_place_of_a_referral(world, inspection, answered, filed):
    inspection.lots.filter(unit="瓶").update(sold_amount_yuan=Decimal("50000.00"))
    answered()
    case = filed()
    services.decide_referral(by=world.wei, case_id=case.pk, decision="refer", reason="达到标准")
    with pytest.raises(Conflict) as refusal:
        services.close(by=world.wei, case_id=case.pk, outcome="penalty", words="罚款")
    assert refusal.value.code == "penalty_instead_of_referral"
    assert services.close(by=world.wei, case_id=case.pk, outcome="referred", words="已移送").outcome == "referred"


@pytest.mark.parametrize(("sold", "duty"), [("49999.99", False), ("50000.00", True)])
def test_the_line_is_met_at_the_cent(inspection, answered, filed, sold, duty):
    inspection.lots.filter(unit="瓶").update(sold_amount_yuan=Decimal(sold), price_basis="unknown")
    answered()
    assert services.check_of(filed()).duty is duty


def test_a_closed_case_is_not_changed_until_the_head_reopens_it(world, filed):
    case = filed()
    services.close(by=world.wei, case_id=case.pk, outcome="terminated", words="当事人下落不明")
    with pytest.raises(Conflict):
        services.add_party(by=world.chen, case_id=case.pk, kind="stall", name="王某")
    services.reopen(by=world.wei, case_id=case.pk, reason="找到当事人")
    services.add_party(by=world.chen, case_id=case.pk, kind="stall", name="王某")


def test_one_unit_leads_others_assist_and_see_the_case(world, filed):
    case = filed()
    station = Unit.objects.create(
        code="gx-s",
        name="某市场监管所",
        kind="market_supervision_station",
        parent=world.mo.unit,
        division_code="450103",
    )
    helper = User.objects.create_user("suo", name="覃某", title="覃所", unit=station)
    Post.objects.create(user=helper, unit=station, role=Post.Role.OFFICER)
    with pytest.raises(NotFound404):
        selectors.access_case(helper, case.pk)
    services.set_unit(by=world.wei, case_id=case.pk, unit_id=station.pk, role="assist")
    assert services.describe(by=helper, case_id=case.pk, outside_number="X-1").outside_number == "X-1"
    services.set_unit(by=world.wei, case_id=case.pk, unit_id=station.pk, role="lead")
    assert {each.unit_id: each.role for each in case.units.all()} == {station.pk: "lead", world.unit.pk: "assist"}
    with pytest.raises(Conflict):
        services.set_unit(by=world.wei, case_id=case.pk, unit_id=station.pk, role="assist")


def test_verdicts_that_come_later_are_taken_in_once(world, answered, filed):
    case = filed()
    assert case.evidence.count() == 0
    answered()
    assert services.gather_again(by=world.chen, case_id=case.pk) == 2
    assert services.gather_again(by=world.chen, case_id=case.pk) == 0


def test_the_filing_has_its_paper_with_number_and_answer(world, filed):
    case = filed()
    paper = papers.make(by=world.chen, kind="filing_approval", matter_id=case.proposal_id)
    assert paper.document_no == case.number
    assert paper.signers.filter(role="head", user_id=world.wei.pk).exists()


def test_the_pages_lead_from_an_inspection_to_a_closed_case(world, inspection, client_for):
    chen, wei = client_for("gx", user=world.chen), client_for("gx", user=world.wei)
    address = f"/inspections/{inspection.pk}/propose/"
    assert "销售侵犯注册商标专用权的商品" in chen.get(address).content.decode()
    sent = {"new_id": uuid7(), "cause_code": "trademark_sale", "summary": "假冒"}
    where = chen.post(address, sent)["Location"]
    assert chen.post(address, sent)["Location"] == where  # twice is once
    assert wei.post(f"{where}decide/", {"approve": "yes"})["Location"] == where
    case = Case.objects.get()
    assert case.number in wei.get("/cases/").content.decode()
    assert chen.post(f"/cases/{case.pk}/do/number/", {"outside_number": "GX-2026-77"}).status_code == 302
    assert "GX-2026-77" in chen.get(f"/cases/{case.pk}/").content.decode()
    assert chen.post(f"/cases/{case.pk}/do/close/", {"outcome": "terminated", "words": "某"}).status_code == 403
    assert wei.post(f"/cases/{case.pk}/do/close/", {"outcome": "terminated", "words": "某"}).status_code == 302
    assert Inspection.objects.get(pk=inspection.pk).proposals.count() == 1


def test_a_program_that_proposes_is_no_handler(world, answered):
    """Through the API of a case system: two officers are named, or the proposal is refused."""
    request = answered()
    program = User.objects.create_user("svc-cases", name="执法办案系统", unit=world.chen.unit, is_service=True)
    program.posts.create(role=Post.Role.OFFICER, unit=world.chen.unit)
    said = {"cause_code": "trademark_sale", "summary": "假冒", "party_name": "张某某"}
    for named in ([world.chen.pk], [world.chen.pk, program.pk]):
        with pytest.raises(BadInput) as refusal:
            services.propose(by=program, request_id=request.pk, handler_ids=named, **said)
        assert refusal.value.code == "handlers_missing"
    other = User.people.filter(unit=world.chen.unit, posts__role=Post.Role.OFFICER).exclude(pk=world.chen.pk).first()
    proposal = services.propose(by=program, request_id=request.pk, handler_ids=[world.chen.pk, other.pk], **said)
    assert {each["user_id"] for each in proposal.handlers} == {str(world.chen.pk), str(other.pk)}
