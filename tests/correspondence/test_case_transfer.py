"""案件移送 between two provinces: F-15, T6 and their edge cases."""

from __future__ import annotations

from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from harness import assist_world

from accounts.models import User
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from notify.models import Notice
from papers import services as papers
from provinces import context
from tenants.cases import services as cases
from tenants.cases.models import Case, CaseProposal
from tenants.correspondence.models import CarriedTerm, CaseTransfer, OfficialLetter
from tenants.correspondence.services import drafting, handing_over, receiving
from tenants.correspondence.services.drafting import To
from tenants.inspections.seizure_term import standing_of

_spec = spec_from_file_location("papers_world", Path(__file__).resolve().parents[1] / "papers" / "conftest.py")
assert _spec is not None and _spec.loader is not None
_module = module_from_spec(_spec)
_spec.loader.exec_module(_module)
world, inspection, seizure = _module.world, _module.inspection, _module.seizure
FIELDS = {
    "facts": "销售假冒白酒，来源在仁怀",
    "reason": "生产地在仁怀，不属本局管辖",
    "dossier": ["现场笔录", "辨认意见书"],
}


@pytest.fixture
def home(world, seizure):
    """`papers`' 广西 with a seizure of a case that was filed, and 贵州 that receives. The seat of 广西 is entered."""
    meng = User.objects.create_user("meng", name="蒙某", title="蒙科", unit=world.unit)
    meng.posts.create(unit=world.unit, role="dispatcher")
    world.meng = meng
    proposal = cases.propose(
        by=world.chen, inspection_id=seizure.inspection_id, cause_code="trademark_sale", summary="销售假冒白酒"
    )
    cases.decide(by=world.wei, proposal_id=proposal.pk, approve=True)
    world.case, world.seizure = Case.objects.get(proposal=proposal), seizure
    world.gz = assist_world.bureau("gz", "520382", "仁怀市市场监督管理局")
    return world


@pytest.fixture
def give(home):
    """`give()`: the case is handed over by a letter that is issued."""

    def make(**fields):
        letter = drafting.draft(
            by=home.chen, kind_code="case_transfer", case_id=home.case.pk, to=To(unit_ref="520382"),
            fields=FIELDS | fields,
        )  # fmt: skip
        return assist_world.approve(home, letter.pk)

    return make


def test_f15_a_case_is_handed_over_taken_filed_and_its_seizure_runs_on(home, give, run_letters, client_for):
    """F-15, T6: the terms travel along and are not begun anew; the case is not closed before it was taken."""
    last_day = standing_of(home.seizure).last_day
    letter = give()
    assert letter.document_no.startswith("桂南青市监案移")
    with pytest.raises(Conflict) as refusal:
        cases.close(by=home.wei, case_id=home.case.pk, outcome="transferred", words="已移送")
    assert refusal.value.code == "case_transfer_pending"
    with pytest.raises(Conflict):
        give()
    notice = papers.make(by=home.chen, kind="seizure_transfer_notice", matter_id=letter.pk)
    assert (notice.said.form_no, notice.document_no) == (6, letter.document_no)
    run_letters()
    with context.province("gz"):
        gz = home.gz
        row, here = CaseTransfer.objects.get(pk=letter.pk), assist_world.arrived(letter.pk)
        term = CarriedTerm.objects.get(transfer=row)
        assert (term.runs_until, term.term_days, term.seizure_id) == (last_day, 30, home.seizure.pk)
        assert row.goods[0]["quantity"] == "42" and row.dossier == FIELDS["dossier"]
        # What runs on is read before the case is taken, on the page and by API.
        page = client_for("gz", user=gz.meng).get(f"/official/{here.pk}/").text
        assert last_day.isoformat() in page and "期满" in page
        with pytest.raises(BadInput):
            receiving.accept(by=gz.meng, letter_id=here.pk, answers={})
        receiving.accept(by=gz.meng, letter_id=here.pk, answers={"seen": True})
        row.refresh_from_db()
        assert row.state == "taken" and row.verify_by == clock.add_working_days(clock.today(), 15).date
        said = {"transfer_id": row.pk, "cause_code": "trademark_sale", "summary": "移送案件", "handler_ids": [gz.li.pk]}
        with pytest.raises(NotAllowed):
            handing_over.propose(by=gz.meng, **said)
        proposal = handing_over.propose(by=gz.chen, **said)
        assert proposal.source == CaseProposal.Source.TRANSFER and proposal.party_name == row.parties[0]["name"]
        with pytest.raises(Conflict):
            handing_over.propose(by=gz.li, **(said | {"handler_ids": [gz.chen.pk]}))
        cases.decide(by=gz.wei, proposal_id=proposal.pk, approve=True)
        case = Case.objects.get(proposal=proposal)
        assert last_day.isoformat() in client_for("gz", user=gz.chen).get(f"/cases/{case.pk}/").text
    run_letters()
    row = CaseTransfer.objects.get(pk=letter.pk)
    assert row.state == "filed" and row.their_case_no == case.number
    cases.decide_referral(by=home.wei, case_id=home.case.pk, decision="not_refer", reason="已移送仁怀")
    closed = cases.close(by=home.wei, case_id=home.case.pk, outcome="transferred", words="已移送")
    assert closed.state == Case.State.CLOSED


def test_edge_7_with_three_days_left_the_heads_of_both_sides_are_alerted(home, give, run_letters):
    """Edge 7: the receiver sees it before accepting; both heads are told, once."""
    last_day = standing_of(home.seizure).last_day
    with clock.frozen(clock.at_start(last_day - timedelta(days=3)) + timedelta(hours=10)):
        letter = give()
        run_letters()
        assert Notice.objects.filter(user_id=home.wei.pk, code="case_transfer", urgent=True).count() == 1
        with context.province("gz"):
            assert Notice.objects.filter(user_id=home.gz.wei.pk, code="case_transfer", urgent=True).count() == 1
            assert handing_over.mind() == 0
            assert CaseTransfer.objects.get(pk=letter.pk).alarmed_at is not None


def test_a_seizure_that_is_over_is_not_handed_over(home, give):
    """Goods held without ground are given back, not sent on."""
    with clock.frozen(clock.at_start(standing_of(home.seizure).last_day + timedelta(days=2))):
        with pytest.raises(Conflict) as refusal:
            give()
        assert refusal.value.code == "seizure_over"


def test_a_returned_case_is_the_senders_again_and_may_be_sent_elsewhere(home, give, run_letters):
    """Edge 1: the receiver returns it to the sender and to nobody else."""
    letter = give()
    run_letters()
    with context.province("gz"):
        here = assist_world.arrived(letter.pk)
        receiving.return_(by=home.gz.meng, letter_id=here.pk, reason="not_competent", words="当事人住所不在本市")
    run_letters()
    assert CaseTransfer.objects.get(pk=letter.pk).state == "returned"
    assert give().state == OfficialLetter.State.SENT


def test_who_is_not_competent_asks_the_common_superior_and_may_not_pass_it_on(home, give, run_letters):
    """The receiver of a case asks for designation instead of passing it on."""
    letter = give()
    run_letters()
    with context.province("gz"):
        gz, row = home.gz, CaseTransfer.objects.get(pk=letter.pk)
        with pytest.raises(BadInput):
            handing_over.ask_designation(by=gz.meng, transfer_id=row.pk, reason=" ")
        dispute = handing_over.ask_designation(by=gz.meng, transfer_id=row.pk, reason="违法行为地不在本市")
        row.letter.refresh_from_db()
        assert row.letter.dispute_id == dispute
        with pytest.raises(Conflict):
            handing_over.ask_designation(by=gz.meng, transfer_id=row.pk, reason="再报")
