"""O-01, O-02: a notice is drafted, checked and issued by different people, numbered without gaps, sent, waited for."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from harness import people

from appraisal.opinions import clocks, hooks, selectors
from appraisal.opinions.models import ClockEvent, Notice
from appraisal.opinions.services import letters, notices
from federation.contracts.opinions import NoticeReturnedV1
from federation.letters.models import Letter, LetterBody
from federation.parties.models import Organisation
from kernel import clock
from kernel.clock import ClockStanding
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from papers import services as papers
from papers.models import Paper
from provinces import context

State = Notice.State


def test_a_notice_is_drafted_checked_and_issued_by_three_people(world):
    """O-01, 拟稿 审核 签发."""
    notice = world.draft(world.ask())
    with context.province("gx"):
        notices.submit(by=world.chen, notice_id=notice.pk)
        with pytest.raises(NotAllowed) as refusal:
            notices.check(by=world.chen, notice_id=notice.pk)
        assert refusal.value.code == "not_your_own"
        with pytest.raises(NotFound404):
            notices.check(by=world.mo, notice_id=notice.pk)
        notices.check(by=world.li, notice_id=notice.pk)
        with pytest.raises(NotAllowed):
            notices.issue(by=world.li, notice_id=notice.pk)
        issued = notices.issue(by=world.wei, notice_id=notice.pk)
        assert issued.document_no == f"桂南青市监协辨〔{clock.today().year}〕1号"
        assert issued.state == State.ISSUED and issued.reply_due_at > clock.now() + timedelta(days=9)
        letter = Letter.objects.get(pk=issued.letter_id)
        assert (letter.kind, letter.document_no, letter.attachments) == ("opinion.notice", issued.document_no, 1)
        # What is said of the photos are the digests of the sealed originals.
        item = issued.items.get()
        assert item.photos[0]["sha256"] == issued.request.items.get().photos.get().exhibit.sha256
        paper = papers.make(by=world.chen, kind="assist_notice", matter_id=notice.pk)
        assert paper.pk == issued.paper_id, "made again of the same records it is the same paper"
        assert bytes(papers.file_of(paper, "docx").data)[:2] == b"PK"


def test_a_draft_sent_back_returns_to_its_drafter_with_the_reason(world):
    notice = world.draft(world.ask())
    with context.province("gx"):
        notices.submit(by=world.chen, notice_id=notice.pk)
        with pytest.raises(BadInput):
            notices.send_back(by=world.li, notice_id=notice.pk, reason=" ")
        notices.send_back(by=world.li, notice_id=notice.pk, reason="数量写错")
        changed = notices.change(
            by=world.chen, notice_id=notice.pk, questions=["真假？"], phone="1", reply_working_days=5
        )
        assert (changed.state, changed.questions, changed.reply_working_days) == (State.DRAFT, ["真假？"], 5)
        notices.withdraw(by=world.chen, notice_id=notice.pk, reason="不需要了")
        with pytest.raises(Conflict):
            notices.submit(by=world.chen, notice_id=notice.pk)


def test_all_right_holders_of_a_visit_get_consecutive_numbers_in_one_action(world):
    """Item 1: one action, numbers without a gap; a number is taken at issue and not before."""
    other = people.brand_house("和砚斋", suffix="2")
    first = world.ask()
    second = world.ask(beside=first, house=other)
    with context.province("gx"):
        made = notices.draft_all(by=world.chen, request_id=first.pk, officer_ids=[world.li.pk], phone="1")
        assert {each.organisation_id for each in made} == {world.house.organisation.pk, other.organisation.pk}
        assert made[0].request_id == first.pk and made[1].request_id == second.pk
        assert [each.document_no for each in made] == ["", ""]
        for each in made:
            notices.submit(by=world.chen, notice_id=each.pk)
            notices.check(by=world.li, notice_id=each.pk)
        issued = notices.issue_all(by=world.wei, batch_id=made[0].batch_id)
        serials = sorted(each.document_no.partition("〕")[2] for each in issued)
        assert serials == ["1号", "2号"]
        with pytest.raises(Conflict) as refusal:
            notices.draft_all(by=world.chen, request_id=first.pk, officer_ids=[world.li.pk], phone="1")
        assert refusal.value.code == "nobody_left"


def test_two_officers_with_certificates_that_hold_stand_in_a_notice(world):
    request = world.ask()
    with context.province("gx"):
        with pytest.raises(BadInput) as refusal:
            notices.draft(by=world.chen, request_id=request.pk, phone="1")
        assert refusal.value.code == "officers_missing"
        world.li.officer_cert_until = date(2020, 1, 1)
        world.li.save()
        with pytest.raises(BadInput) as refusal:
            notices.draft(by=world.chen, request_id=request.pk, officer_ids=[world.li.pk], phone="1")
        assert refusal.value.code == "certificate_missing"


def test_edge_13_a_hidden_party_is_named_nowhere_in_what_leaves(world):
    """Edge 13: the letter cites the notice's number only."""
    request = world.ask()
    hooks.grounds(_ground)
    try:
        notice = world.notice(request)
        with context.province("gx"):
            body = LetterBody.objects.get(pk=notice.letter_id).body
            assert "张三" not in body and "案-7" not in body and notice.matter_no == "案-7"
            content = papers.make(by=world.chen, kind="assist_notice", matter_id=notice.pk).content
            assert "张三" not in json.dumps(content, ensure_ascii=False)
            assert json.loads(body)["party_name"] == ""
            # A leader of the top unit may decide otherwise, for later notices.
            with pytest.raises(NotAllowed):
                notices.set_policy(by=world.chen, show_party=True, reply_working_days=5)
            notices.set_policy(by=world.wei, show_party=True, reply_working_days=5)
        second = world.notice(world.ask())
        with context.province("gx"):
            said = json.loads(LetterBody.objects.get(pk=second.letter_id).body)
            assert said["party_name"] == "张三" and said["matter_no"] == "案-7"
            assert second.reply_working_days == 5
    finally:
        hooks._grounds.remove(_ground)


def _ground(request):
    return hooks.Ground(party_name="张三", matter_no="案-7")


def test_edge_14_a_laboratory_in_form_16_and_a_brand_in_form_30_are_blocked_by_kind(world):
    """Edge 14, O-02: the kinds are never mixed."""
    request = world.ask()
    with pytest.raises(BadInput) as refusal:
        world.draft(request, type="expert")
    assert refusal.value.code == "addressee_wrong_kind" and "文书30" in refusal.value.detail
    laboratory = Organisation(kind="laboratory", name="某检验所")
    with pytest.raises(BadInput) as refusal:
        notices.check_kind("identification", laboratory)
    assert refusal.value.code == "addressee_wrong_kind" and "文书16" in refusal.value.detail
    with pytest.raises(BadInput) as refusal:
        notices.check_kind("expert", laboratory)
    assert refusal.value.code == "commission_elsewhere"


def test_waiting_pauses_the_verification_clock_and_not_the_seizure_clock(world):
    """Item 1, art. 18: which clocks pause is dated data, and the notes say so."""
    notice = world.notice(world.ask())
    with context.province("gx"):
        spells = clocks.spells_of([notice.request_id])
        assert [(each.end, each.notice_no) for each in spells] == [(None, notice.document_no)]
        assert len(clocks.pauses(clocks.VERIFICATION, spells)) == 1
        assert clocks.pauses(clocks.SEIZURE, spells) == clocks.pauses(clocks.DECISION, spells) == ()
        assert clocks.pauses_of(clocks.SEIZURE, lambda: pytest.fail("nothing needs to be read")) == ()
        state = clocks.verification(notice.issued_at - timedelta(days=2), spells)
        assert state.read(clock.now() + timedelta(days=40)).standing is ClockStanding.PAUSED
        notes = {each.clock: each for each in clocks.notes([notice.request_id])}
        assert "暂停" in notes["verification"].words and notes["verification"].verified
        assert "照常" in notes["seizure"].words and not notes["seizure"].verified
        # Before the rule came into force nothing stood still.
        assert clocks.rule_on("verification", "identification", date(2020, 1, 1)) is None


def test_a_formal_letter_on_every_item_ends_the_waiting_and_a_preliminary_one_does_not(world):
    request = world.ask(count=2)
    notice = world.notice(request)
    world.certificate(request, state="preliminary")
    assert fresh(notice).state == State.ISSUED
    part = world.paper(request)
    world.certificate(request, items=part.items[:1])
    assert fresh(notice).state == State.ISSUED, "one item is still open"
    world.certificate(request)
    found = fresh(notice)
    assert found.state == State.ANSWERED and found.answered_at
    with context.province("gx"):
        assert clocks.spells_of([request.pk])[0].end == found.answered_at


@pytest.mark.parametrize("code", ["unreadable", "seal_missing", "wrong_number"])
def test_edge_5_a_bad_scan_is_returned_and_the_pause_goes_on_until_a_good_one_comes(world, code):
    """Edge 5: as if the end had never been."""
    request = world.ask()
    notice = world.notice(request)
    held = world.certificate(request)
    assert fresh(notice).state == State.ANSWERED
    with context.province("gx"):
        letters.give_back(by=world.chen, held_id=held.pk, code=code)
        assert Notice.objects.get(pk=notice.pk).state == State.ISSUED
        spell = clocks.spells_of([request.pk])[0]
        assert spell.end is None and spell.begin == notice.issued_at, "no gap"
        kinds = list(ClockEvent.objects.filter(notice=notice).values_list("kind", flat=True))
        assert kinds == ["begin", "end", "strike"], "events, never changed"
        sent = LetterBody.objects.filter(letter__kind="opinion.original_received").get()
        assert json.loads(sent.body)["reason_code"] == code
    good = world.certificate(request, supersedes=held.letter_id, version_no=2)
    with context.province("gx"):
        assert Notice.objects.get(pk=notice.pk).state == State.ANSWERED
        assert clocks.spells_of([request.pk])[0].end is not None
        held.refresh_from_db()
        assert (held.state, held.replaced_by_id) == ("superseded", good.letter_id)


def test_a_notice_that_the_right_holder_returns_stops_waiting_with_the_reason(world):
    notice = world.notice(world.ask())
    world.says(
        NoticeReturnedV1(notice_id=notice.pk, step="not_ours", reason="不是本单位的商标", who="林工", at=clock.now()),
        notice.request_id,
    )
    with context.province("gx"):
        found = Notice.objects.get(pk=notice.pk)
        assert (found.state, found.closing_reason) == (State.RETURNED, "不是本单位的商标")
        assert clocks.notes([notice.request_id]) == []


def test_another_organisation_cannot_speak_of_a_notice(world):
    notice = world.notice(world.ask())
    other = people.brand_house("和砚斋", suffix="2")
    message = NoticeReturnedV1(notice_id=notice.pk, step="flawed", reason="x", who="某", at=clock.now())
    world.says(message, notice.request_id, house=other)
    assert fresh(notice).state == State.ISSUED


def test_an_overdue_answer_is_told_once_a_day(world):
    notice = world.notice(world.ask())
    with context.province("gx"):
        late = notice.reply_due_at + timedelta(hours=1)
        assert notices.remind_overdue(now=late) == 1
        assert notices.remind_overdue(now=late) == 0
        assert notices.remind_overdue(now=late + timedelta(days=1)) == 1


def test_the_same_draft_sent_twice_is_one_and_a_request_has_one_open_notice(world):
    request = world.ask()
    from kernel.ids import uuid7

    pk = uuid7()
    assert world.draft(request, notice_id=pk).pk == world.draft(request, notice_id=pk).pk
    with pytest.raises(Conflict) as refusal:
        world.draft(request)
    assert refusal.value.code == "notice_open"


def test_the_table_of_clocks_can_be_read_and_every_row_names_its_source():
    rows = clocks.rules()
    assert {each.clock for each in rows} == set(clocks.CLOCKS)
    assert all(each.source for each in rows)
    monday = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    assert clocks.rule_on("seizure", "identification", clock.local_date(monday)).pauses is False


def test_a_printed_and_sealed_notice_comes_back_page_by_page_as_scan_with_seal(world):
    """O-05: seal state none, then scanned, bound by the code on the paper."""
    notice = world.notice(world.ask())
    with context.province("gx"):
        assert notice.seal_state == "none"
        paper = Paper.objects.get(pk=notice.paper_id)
        for page in range(1, paper.pages + 1):
            photo = people.sealed_photo(world.chen, f"盖章 {page}")
            papers.bind_scan(by=world.chen, check_code=paper.check_code, page=page, exhibit_id=photo.pk)
        assert Notice.objects.get(pk=notice.pk).seal_state == "scanned"


def test_others_see_nothing_of_a_notice(world):
    notice = world.draft(world.ask())
    with context.province("gx"), pytest.raises(NotFound404):
        selectors.access_notice(world.mo, notice.pk)


def fresh(notice):
    with context.province("gx"):
        return Notice.objects.get(pk=notice.pk)
