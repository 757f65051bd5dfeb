"""查封扣押: who decides, what the clocks say, what stands on the list, and what is never hidden."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from harness import people

from accounts.models import Post, Unit
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from notify.models import Notice
from provinces import context
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_services as services
from tenants.inspections import seizure_term as term
from tenants.inspections.models import Inspection, Lot, PropertyListRow, Seizure, SeizureDecision
from tenants.inspections.seizure_services import Taken

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def head(at_gx):
    """韦处, who leads the bureau; the county bureau has its 机关代字."""
    Unit.objects.filter(pk=at_gx.bureau.unit.pk).update(agency_word="桂南青市监")
    return at_gx.wei


@pytest.fixture
def lot(opened):
    """`lot(quantity, unit="瓶")`: one lot of an inspection that is under way, as if counted."""

    def make(quantity="42", *, inspection=None, unit="瓶", price="199.00", **fields):
        inspection = inspection or opened()
        return Lot.objects.create(
            inspection=inspection,
            quantity=None if quantity is None else Decimal(quantity),
            unit=unit,
            product_name=fields.pop("product_name", "岚壑春 陈酿"),
            claimed_brand="岚壑春",
            price_basis="labelled" if price else "unknown",
            price_labelled_yuan=Decimal(price) if price else None,
            **fields,
        )

    return make


@pytest.fixture
def drafted(at_gx, head, lot):
    """`drafted()`: a seizure of one lot, drafted by 陈队长."""

    def make(*lots, **fields):
        lots = lots or (lot(),)
        return services.draft_seizure(
            by=at_gx.chen,
            inspection_id=lots[0].inspection_id,
            taken=[Taken(lot_id=each.pk, **fields) for each in lots],
            facts="当事人销售的白酒经辨认为假冒",
        )

    return make


@pytest.fixture
def held(at_gx, head, drafted):
    """`held()`: approved and carried out now."""

    def make(*lots):
        seizure = drafted(*lots)
        services.propose(by=at_gx.chen, seizure_id=seizure.pk)
        services.decide(by=head, seizure_id=seizure.pk, approve=True)
        return services.carry_out(by=at_gx.chen, seizure_id=seizure.pk)

    return make


def test_an_approved_seizure_has_its_numbers_and_runs_thirty_days(at_gx, head, drafted):
    with clock.frozen(MONDAY):
        seizure = drafted()
        services.propose(by=at_gx.chen, seizure_id=seizure.pk)
        services.decide(by=head, seizure_id=seizure.pk, approve=True)
        assert selectors.access_seizure(head, seizure.pk).state == Seizure.State.APPROVED
        assert term.standing_of(selectors.access_seizure(head, seizure.pk)) is None
        seizure = services.carry_out(by=at_gx.li, seizure_id=seizure.pk)
        standing = term.standing_of(seizure)
    assert SeizureDecision.objects.get(seizure=seizure).document_no == "桂南青市监强措〔2026〕1号"
    assert seizure.property_list.list_no == "桂南青市监强清〔2026〕1号"
    assert (standing.days_left, standing.last_day.isoformat()) == (30, "2026-04-01")
    assert Notice.objects.filter(user_id=head.pk, code="seizure_proposed").exists()


def test_the_head_refuses_the_seizure_with_a_reason(at_gx, head, drafted):
    seizure = drafted()
    services.propose(by=at_gx.chen, seizure_id=seizure.pk)
    with pytest.raises(BadInput, match="理由"):
        services.decide(by=head, seizure_id=seizure.pk, approve=False)
    refused = services.decide(by=head, seizure_id=seizure.pk, approve=False, reason="证据不足")
    assert (refused.state, refused.answer) == (Seizure.State.REFUSED, "证据不足")
    assert not refused.decisions.exists()
    with pytest.raises(MoveRefused):
        services.carry_out(by=at_gx.chen, seizure_id=seizure.pk)
    # The goods are free for another proposal.
    services.draft_seizure(
        by=at_gx.chen,
        inspection_id=seizure.inspection_id,
        taken=[Taken(lot_id=seizure.property_list.rows.get().lot_id)],
        facts="补充证据后",
    )


def test_only_a_head_of_the_unit_decides_and_never_on_what_they_proposed(at_gx, head, drafted):
    seizure = drafted()
    with pytest.raises(NotAllowed):
        services.decide(by=at_gx.li, seizure_id=seizure.pk, approve=True)
    Post.objects.create(user=at_gx.chen, unit=at_gx.bureau.unit, role=Post.Role.LEADER)
    services.propose(by=at_gx.chen, seizure_id=seizure.pk)
    with pytest.raises(NotAllowed) as refusal:
        services.decide(by=at_gx.chen, seizure_id=seizure.pk, approve=True)
    assert refusal.value.code == "not_your_own"
    with pytest.raises(NotFound404):
        services.propose(by=at_gx.mo, seizure_id=seizure.pk)


def test_a_leader_of_another_unit_does_not_decide_for_the_unit_they_work_in(at_gx, head, drafted):
    seizure = drafted()
    services.propose(by=at_gx.chen, seizure_id=seizure.pk)
    Post.objects.create(user=at_gx.li, unit=at_gx.elsewhere, role=Post.Role.LEADER)
    assert not selectors.heads(at_gx.li, seizure.unit_id)
    with pytest.raises(NotAllowed):
        services.decide(by=at_gx.li, seizure_id=seizure.pk, approve=True)


def test_the_24_hour_report_is_late_and_shown_not_hidden(at_gx, head, drafted):
    with clock.frozen(MONDAY) as tick:
        seizure = drafted()
        services.carry_out_at_once(by=at_gx.chen, seizure_id=seizure.pk, urgent_reason="当事人正在转移货物")
        assert not term.report_of(selectors.access_seizure(head, seizure.pk)).late
        with pytest.raises(Conflict) as refusal:
            services.decide(by=head, seizure_id=seizure.pk, approve=True)
        assert refusal.value.code == "not_reported_yet"
        tick(timedelta(hours=26))
        assert services.raise_alarms() == 1
        assert services.raise_alarms() == 0
        with pytest.raises(BadInput) as refusal:
            services.report(by=at_gx.chen, seizure_id=seizure.pk, words="已当场扣押")
        assert refusal.value.code == "late_reason_missing"
        services.report(by=at_gx.chen, seizure_id=seizure.pk, words="已当场扣押", late_reason="山区没有信号")
        confirmed = services.decide(by=head, seizure_id=seizure.pk, approve=True)
        report = term.report_of(confirmed)
    assert confirmed.state == Seizure.State.IN_FORCE
    assert report.late and "2 小时" in report.words
    assert confirmed.late_reason == "山区没有信号"


def test_a_report_within_24_hours_is_in_time(at_gx, head, drafted):
    with clock.frozen(MONDAY) as tick:
        seizure = drafted()
        services.carry_out_at_once(by=at_gx.chen, seizure_id=seizure.pk, urgent_reason="正在转移")
        tick(timedelta(hours=24))
        reported = services.report(by=at_gx.chen, seizure_id=seizure.pk, words="已当场扣押", late_reason="不该留下")
    assert not term.report_of(reported).late
    assert reported.late_reason == ""


def test_an_urgent_seizure_that_is_not_approved_must_be_released_at_once(at_gx, head, drafted):
    seizure = drafted()
    services.carry_out_at_once(by=at_gx.chen, seizure_id=seizure.pk, urgent_reason="正在转移")
    services.report(by=at_gx.chen, seizure_id=seizure.pk, words="已当场扣押")
    overruled = services.decide(by=head, seizure_id=seizure.pk, approve=False, reason="不需要扣押")
    assert overruled.state == Seizure.State.MUST_RELEASE
    released = services.release(
        by=at_gx.chen, seizure_id=seizure.pk, kind="not_approved", reason="负责人不批准", returned_to="某商行"
    )
    assert released.state == Seizure.State.RELEASED
    assert {row.state for row in released.property_list.rows.all()} == {PropertyListRow.State.RELEASED}


def test_one_officer_or_a_certificate_that_lapsed_yesterday_cannot_seize(at_gx, head, opened, lot, drafted):
    alone = opened(alone=True)
    seizure = drafted(lot(inspection=alone))
    with pytest.raises(BadInput) as refusal:
        services.propose(by=at_gx.chen, seizure_id=seizure.pk)
    assert refusal.value.code == "officers_missing"
    other = drafted(lot(inspection=opened(by=at_gx.chen)))
    other.inspection.officers.filter(officer=at_gx.li).update(certificate_until=clock.today() - timedelta(days=1))
    with pytest.raises(BadInput) as refusal:
        services.carry_out_at_once(by=at_gx.chen, seizure_id=other.pk, urgent_reason="正在转移")
    assert refusal.value.code == "certificate_lapsed"


def test_alarms_begin_five_days_before_and_day_31_is_unlawful_holding(at_gx, head, held):
    with clock.frozen(MONDAY) as tick:
        seizure = held()
        tick(timedelta(days=24))
        assert services.raise_alarms() == 0
        tick(timedelta(days=1))
        assert (term.standing_of(seizure).days_left, services.raise_alarms(), services.raise_alarms()) == (5, 1, 0)
        tick(timedelta(days=5))
        assert not term.standing_of(seizure).unlawful
        tick(timedelta(days=1))
        standing = term.standing_of(seizure)
        assert standing.unlawful and "没有法律依据" in standing.words
        assert services.raise_alarms() == 1
        assert Notice.objects.filter(user_id=head.pk, code="seizure_alarm", urgent=True).exists()
        with pytest.raises(Conflict) as refusal:
            services.ask_extension(by=at_gx.chen, seizure_id=seizure.pk, days=30, reason="案情复杂")
        assert refusal.value.code == "term_over"
        # The law leaves no choice, so an officer releases.
        released = services.release(
            by=at_gx.chen, seizure_id=seizure.pk, kind="expired", reason="期限届满", returned_to="某商行"
        )
        assert "超期 1 天" in term.standing_of(released).words


def test_a_term_that_ends_on_a_rest_day_names_the_last_working_day(held):
    with clock.frozen(datetime(2026, 3, 5, 2, 0, tzinfo=UTC)):  # 30 days later is a Saturday
        standing = term.standing_of(held())
    assert standing.last_day.isoformat() == "2026-04-04"
    assert standing.last_working_day.isoformat() == "2026-04-03"


def test_thirty_more_days_need_a_written_reason_and_the_head_once(at_gx, head, held):
    with clock.frozen(MONDAY) as tick:
        seizure = held()
        tick(timedelta(days=20))
        with pytest.raises(BadInput):
            services.ask_extension(by=at_gx.chen, seizure_id=seizure.pk, days=31, reason="案情复杂")
        services.ask_extension(by=at_gx.chen, seizure_id=seizure.pk, days=30, reason="案情复杂")
        services.decide_extension(by=head, seizure_id=seizure.pk, approve=True)
        fresh = selectors.whole_seizure(head, seizure.pk)
        assert term.standing_of(fresh).days_left == 40
        assert fresh.decisions.get(kind="extend").document_no == "桂南青市监强延〔2026〕1号"
        with pytest.raises(Conflict):
            services.ask_extension(by=at_gx.chen, seizure_id=seizure.pk, days=30, reason="还不够")


def test_an_extension_decided_after_the_end_does_not_bring_the_term_back(at_gx, head, held):
    with clock.frozen(MONDAY) as tick:
        seizure = held()
        services.ask_extension(by=at_gx.chen, seizure_id=seizure.pk, days=30, reason="案情复杂")
        tick(timedelta(days=31))
        with pytest.raises(Conflict) as refusal:
            services.decide_extension(by=head, seizure_id=seizure.pk, approve=True)
    assert refusal.value.code == "term_over"


def test_a_technical_appraisal_does_not_count_and_a_right_holders_answer_does(at_gx, held):
    with clock.frozen(MONDAY) as tick:
        seizure = held()
        said = {"institution": "某检验所", "told_at": clock.now(), "until": clock.today() + timedelta(days=10)}
        with pytest.raises(BadInput):
            services.pause(by=at_gx.chen, seizure_id=seizure.pk, kind="identification", **said)
        services.pause(by=at_gx.chen, seizure_id=seizure.pk, kind="testing", **said)
        tick(timedelta(days=10))
        services.resume(by=at_gx.chen, seizure_id=seizure.pk)
        standing = term.standing_of(Seizure.objects.get(pk=seizure.pk))
    assert standing.last_day.isoformat() == "2026-04-11"


def test_bottles_cases_and_kilograms_are_never_added_up(at_gx, head, opened, lot, drafted):
    inspection = opened()
    seizure = drafted(
        lot("42", inspection=inspection),
        lot("2.5", inspection=inspection, unit="千克", price=None),
        lot("8", inspection=inspection),
        lot("10000", inspection=inspection, unit="箱"),
    )
    rows = list(seizure.property_list.rows.all())
    assert dict(services.total_by_unit(rows)) == {
        "瓶": Decimal("50"), "千克": Decimal("2.5"), "箱": Decimal("10000"),
    }  # fmt: skip
    assert rows[0].value_yuan == Decimal("8358.00")
    assert rows[1].value_yuan is None  # unknown, not 0


def test_a_list_that_differs_from_the_count_says_why(at_gx, head, lot, drafted):
    some = lot("423")
    with pytest.raises(BadInput) as refusal:
        drafted(some, quantity=Decimal(420))
    assert refusal.value.code == "difference_unexplained"
    seizure = drafted(some, quantity=Decimal(420), difference_reason="3 瓶抽样送检")
    assert seizure.property_list.rows.get().counted_quantity == Decimal(423)
    with pytest.raises(BadInput) as refusal:
        drafted(some, quantity=Decimal(420), difference_reason="又一次")
    assert refusal.value.code == "more_than_counted"
    # Three are left; taking the rest needs no reason, more does.
    drafted(some)
    with pytest.raises(BadInput, match="没有可查封扣押"):
        drafted(some)


@pytest.mark.parametrize(("quantity", "code"), [("0", "nothing_to_seize"), (None, "lot_not_counted")])
def test_nothing_and_the_uncounted_cannot_be_seized(head, lot, drafted, quantity, code):
    with pytest.raises(BadInput) as refusal:
        drafted(lot(quantity))
    assert refusal.value.code == code


def test_a_lot_moved_to_another_inspection_is_not_on_this_ones_list(at_gx, head, opened, lot):
    here, there = lot(), lot(inspection=opened())
    with pytest.raises(BadInput) as refusal:
        services.draft_seizure(
            by=at_gx.chen, inspection_id=here.inspection_id, taken=[Taken(lot_id=there.pk)], facts="假冒"
        )
    assert refusal.value.code == "lot_elsewhere"


def test_a_seal_has_one_number_and_a_broken_one_is_shown(at_gx, held):
    seizure = held()
    seal = services.apply_seal(by=at_gx.chen, seizure_id=seizure.pk, number="fq-0001", place="库房门")
    with pytest.raises(Conflict) as refusal:
        services.apply_seal(by=at_gx.li, seizure_id=seizure.pk, number="FQ-0001", place="另一扇门")
    assert refusal.value.code == "seal_used"
    ended = services.end_seal(by=at_gx.li, seizure_id=seizure.pk, seal_id=seal.pk, broken=True, reason="巡查发现撕开")
    assert ended.state == "broken"


def test_goods_pass_between_two_people_and_a_differing_count_is_explained(at_gx, held):
    seizure = held()
    row = seizure.property_list.rows.get()
    said = {"by": at_gx.chen, "seizure_id": seizure.pk, "place": "公物仓 3 排"}
    with pytest.raises(BadInput) as refusal:
        services.hand_over(from_name="陈某", to_name="陈某", **said)
    assert refusal.value.code == "same_person"
    with pytest.raises(BadInput) as refusal:
        services.hand_over(from_name="陈某", to_name="仓管周某", counted={row.pk: Decimal(40)}, **said)
    assert refusal.value.code == "difference_unexplained"
    event = services.hand_over(
        from_name="陈某", to_name="仓管周某", counted={row.pk: Decimal(40)}, difference_reason="途中破损 2 瓶", **said
    )
    assert event.counted == {str(row.pk): "40"}


def test_releasing_is_the_heads_while_the_term_runs(at_gx, head, held):
    seizure = held()
    said = {"seizure_id": seizure.pk, "kind": "no_violation", "reason": "经辨认为正品", "returned_to": "某商行"}
    with pytest.raises(NotAllowed) as refusal:
        services.release(by=at_gx.chen, **said)
    assert refusal.value.code == "head_only"
    released = services.release(by=head, **said)
    assert released.decisions.get(kind="release").document_no.startswith("桂南青市监强解〔")
    with pytest.raises(MoveRefused):
        services.release(by=head, **said)


def test_a_verdict_that_arrives_after_the_seizure_was_released_is_shown(world, head_of, release_then_answer):
    seizure, late = release_then_answer()
    with context.province("gx"):
        found = selectors.late_verdicts(selectors.whole_seizure(world.chen, seizure.pk))
    assert [(each.verdict.value, each.row.item_name) for each in found] == [("counterfeit", late)]


@pytest.fixture
def head_of(world):
    with context.province("gx"):
        Unit.objects.filter(pk=world.bureau.unit.pk).update(agency_word="桂南青市监")
    return world.wei


@pytest.fixture
def release_then_answer(world, lin_answers):
    """Goods are asked about, seized, given back, and only then answered."""
    from tenants.inspections import services as inspections

    def run():
        with context.province("gx"):
            place = inspections.Place(county_code=people.NANNING, place="某市场")
            inspection = inspections.open_inspection(by=world.chen, place=place)
            code, _until = inspections.make_join_code(by=world.chen, inspection_id=inspection.pk)
            inspections.join(by=world.li, code=code)
            lot = Lot.objects.create(
                inspection=Inspection.objects.get(pk=inspection.pk),
                quantity=Decimal(6),
                unit="瓶",
                product_id=world.product.pk,
                product_name="岚壑春 陈酿",
                claimed_brand="岚壑春",
            )
            exhibit = people.sealed_photo(world.chen, f"lot {lot.pk}")
            inspections.add_photo(by=world.chen, lot_id=lot.pk, exhibit=exhibit, shows="shot", shot_code="front_label")
            (asked,) = inspections.ask_everyone(by=world.chen, inspection_id=inspection.pk)
            seizure = services.draft_seizure(
                by=world.chen, inspection_id=inspection.pk, taken=[Taken(lot_id=lot.pk)], facts="涉嫌假冒"
            )
            services.propose(by=world.chen, seizure_id=seizure.pk)
            services.decide(by=world.wei, seizure_id=seizure.pk, approve=True)
            services.carry_out(by=world.chen, seizure_id=seizure.pk)
            services.release(
                by=world.wei, seizure_id=seizure.pk, kind="other", reason="品牌久未答复", returned_to="某商行"
            )
        lin_answers(asked)
        return seizure, "岚壑春 陈酿"

    return run
