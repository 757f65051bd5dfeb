"""What keeps a letter here, what waits and is not lost, letters on paper, bulletins; by page and by API."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from harness import people
from harness.correspondence_world import RENHUAI, SHANGCHENG, SIMING, a_clue, issued

from evidence import redactions
from federation.agreements.models import Agreement, Revision
from federation.broker.models import Dispute, Route
from federation.letters.models import Delivery
from kernel import clock, searching
from kernel.errors import BadInput, MoveRefused
from kernel.ids import uuid7
from notify.models import Notice
from provinces import context
from provinces.hosts import DIRECTORY
from tenants.clues.models import Clue
from tenants.clues.services.registering import Source
from tenants.correspondence import brokered, checks, files, outside, paper, selectors
from tenants.correspondence.errors import BulletinForNobody, LookNeeded, ReportStaysHere, SamePerson, SourceNamed
from tenants.correspondence.models import OfficialLetter, UnitSeal
from tenants.correspondence.services import by_hand, drafting, issuing, partners, receiving, results, sealing, sending
from tenants.correspondence.services.drafting import To


def test_a_report_is_not_forwarded_the_page_names_the_competent_bureau(two, client_for):
    """举报: the reporter is pointed to whoever is competent; a source that nobody may learn of stops the sending.

    Edge case 14: names and numbers in the text, and an attachment that is not redacted.
    """
    ours = two.ours
    with context.province("gx"):
        report = a_clue(ours, source=Source(kind=Clue.SourceKind.REPORT, name="李报信", ref="J-1"))
        with pytest.raises(ReportStaysHere) as refused:
            drafting.draft(by=ours.chen, kind_code="clue_transfer", clue_id=report.pk, to=To(unit_ref=RENHUAI))
        assert "仁怀市市场监督管理局" in refused.value.detail
    page = client_for("gx", user=ours.chen).get(f"/clues/{report.pk}/").content.decode()
    assert "投诉举报不能当作线索移送" in page and "仁怀市市场监督管理局" in page
    assert "移送外省" not in page
    with context.province("gx"):
        hidden = a_clue(ours, "P-2", secrecy=Clue.Secrecy.REPORTER_PROTECTED,
                        source=Source(kind=Clue.SourceKind.BRAND, name="赵线人", ref="13900001234"))  # fmt: skip
        photo = people.sealed_photo(ours.chen, "album", source="album")
        hidden.files.create(exhibit=photo, what="聊天截图")
        made = drafting.draft(
            by=ours.chen, kind_code="clue_transfer", clue_id=hidden.pk, to=To(unit_ref=RENHUAI), title="移送",
            summary="据赵 线人（139-0000-1234）反映。", fields={"jurisdiction_reason": "发生在仁怀"},
        )  # fmt: skip
        found = checks.look_over(made)
        assert {each.where for each in found.stops} == {"摘要", "证据清单第 1 项"}
        assert all("赵线人" not in str(each) and "139-0000-1234" not in str(each) for each in found.stops), "masked"
        with pytest.raises(SourceNamed):
            drafting.submit(by=ours.chen, letter_id=made.pk, looked=True)
        drafting.change(by=ours.chen, letter_id=made.pk, summary="有作坊灌装假酒。")
        with pytest.raises(SourceNamed):
            drafting.submit(by=ours.chen, letter_id=made.pk)
        masked = redactions.ask(photo, boxes=redactions.read_boxes(["0,0,0.5,0.5"]), purpose="遮盖", by=ours.chen)
        redactions.make(masked.pk)
        drafting.put_exhibits(by=ours.chen, letter_id=made.pk, exhibit_ids=[_copy_of(photo)])
        assert drafting.submit(by=ours.chen, letter_id=made.pk).state == "checking"


def _copy_of(photo: Any) -> Any:
    return photo.redacted_copies.get().pk


def test_what_reads_like_a_persons_number_is_looked_at_before_it_leaves(two):
    """A phone of the party may have to stand in a letter: somebody says that they looked."""
    with context.province("gx"):
        made = drafting.draft(
            by=two.ours.chen, kind_code="clue_transfer", clue_id=two.clue.pk, to=To(unit_ref=RENHUAI),
            summary="店主电话 １３８００００１１１１，身份证 450103199001011234。",
            fields={"jurisdiction_reason": "座机 0771-5550000"},
        )  # fmt: skip
        found = checks.look_over(made)
        assert not found.stops and {each.why for each in found.looks} == {"像手机号", "像身份证号", "像固定电话"}
        assert all(each.shown.count("＊") >= 3 for each in found.looks)
        with pytest.raises(LookNeeded):
            drafting.submit(by=two.ours.chen, letter_id=made.pk)
        assert drafting.submit(by=two.ours.chen, letter_id=made.pk, looked=True).state == "checking"


def test_a_province_that_is_not_on_the_system_gets_paper_and_the_course_is_kept_by_hand(two):
    """Edge case 2: number and check code are printed; the same states and clocks."""
    ours = two.ours
    with context.province("gx"):
        sent = issued(ours, to=To(unit_ref=SHANGCHENG), clue_id=two.clue.pk)
        assert (sent.state, sent.waiting_code, sent.by_paper) == ("issued", "on_paper", True)
        said = paper.content(sent)
        text = json.dumps(said.as_json(), ensure_ascii=False)
        assert (said.document_no, said.letterhead.issuer) == (sent.document_no, "农某") and "回　执" in text
        assert "上城区" in text and sent.check_code and files.pdf(sent)[:5] == b"%PDF-"
        assert paper.word(sent)[:2] == b"PK"
        with pytest.raises(BadInput):
            by_hand.note(by=ours.chen, letter_id=sent.pk, what="posted", on=clock.now() + timedelta(days=1))
        by_hand.note(by=ours.chen, letter_id=sent.pk, what="posted", courier="邮政", tracking_no="EMS1")
        assert selectors.any_letter(sent.pk).state == "sent"
        by_hand.note(by=ours.chen, letter_id=sent.pk, what="received", who="周某")
        by_hand.note(by=ours.chen, letter_id=sent.pk, what="answered", words="已立案查处。", final=True)
        over = selectors.any_letter(sent.pk)
        assert over.state == "closed" and over.results.get().by_hand
        police = partners.keep(by=ours.desk, kind="police", name="南宁市公安局某分局")
        asked = issued(ours, to=To(partner_id=police.pk), kind_code="support",
                       fields={"asked": "determination", "questions": "是否立案\n是否并案"})  # fmt: skip
        assert asked.by_paper and asked.fields["questions"] == ["是否立案", "是否并案"], "F-18, F-19"
        told = issued(ours, to=To(partner_id=police.pk), kind_code="notice")
        assert told.document_no != asked.document_no, "F-20"


def test_one_clue_to_three_provinces_is_three_letters_and_one_refusal_closes_nothing_else(two, run_letters):
    """Edge case 13; edge case 11: an agreement that has run out leaves the national terms, and the page says so."""
    ours = two.ours
    people.bureau("fj", SIMING)
    with context.province("gx"):
        row = Agreement.objects.create(form="pair", title="桂黔协作协议", visibility="open", state="expired",
                                       members=["gx", "gz"])  # fmt: skip
        said = Revision.objects.create(
            agreement=row, number=1, title=row.title, proposer="gx",
            scope=["clue_transfer"], valid_from=clock.today() - timedelta(days=90),
            valid_until=clock.today() - timedelta(days=1), proposed_at=clock.now(), acceptance_days=2,
            feedback_days=9, assistance_days=9, direct=True, parties=["gx", "gz"], proposed_by="某",
        )  # fmt: skip
        Agreement.objects.filter(pk=row.pk).update(current_id=said.pk)
        letters = [issued(ours, to=To(unit_ref=ref), clue_id=two.clue.pk) for ref in (RENHUAI, SIMING, SHANGCHENG)]
        assert letters[0].terms["lapsed"] == "桂黔协作协议" and letters[0].terms["feedback_days"] == 30
    run_letters()
    with context.province("gz"):
        came = OfficialLetter.objects.get()
        receiving.return_(by=two.theirs.nong, letter_id=came.pk, reason="incomplete", words="请补照片")
    run_letters()
    with context.province("gx"):
        assert [selectors.any_letter(each.pk).state for each in letters] == ["returned", "sent", "issued"]
        sending.mind()
        assert selectors.any_letter(letters[1].pk).state == "delivered", "what the post office knows is noted"


def test_the_second_province_that_says_not_mine_brings_it_before_the_common_superior(two, run_letters):
    """Case and clue transfers are not passed on: the superior designates; the letter says so on its page."""
    ours, fj = two.ours, people.bureau("fj", SIMING)
    with context.province("gx"):
        letters = [issued(ours, to=To(unit_ref=ref), clue_id=two.clue.pk) for ref in (RENHUAI, SIMING)]
    run_letters()
    for code, by in (("gz", two.theirs.wei), ("fj", fj.wei)):
        with context.province(code):
            came = OfficialLetter.objects.get()
            receiving.return_(by=by, letter_id=came.pk, reason="not_competent", words="不在本辖区")
        run_letters()
    with context.province("gx"):
        first, second = (selectors.any_letter(each.pk) for each in letters)
        assert first.dispute_id is None and second.dispute_id is not None
        row = Dispute.objects.get(pk=second.dispute_id)
        assert (row.second, row.subject_id, row.letter_id) == ("fj", two.clue.pk, second.post_id)
        brokered.on_decided(row)
        assert Notice.objects.filter(code="official_decided", user_id=ours.chen.pk).exists()


def test_where_an_agreement_wants_the_offices_word_the_letter_waits_for_it(two, run_letters, monkeypatch):
    """Not direct: the office names the unit; the same one lets it leave, another is told to who wrote it."""
    ours = two.ours
    terms = SimpleNamespace(source="agreement", agreement_id=None, agreement_title="某协议", acceptance_days=3,
                            feedback_days=20, direct=False)  # fmt: skip
    monkeypatch.setattr(outside, "terms_with", lambda province, kind: terms)
    with context.province("gx"):
        sent = issued(ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk)
        assert (sent.state, sent.waiting_code) == ("issued", "through_office")
        route = Route.objects.get(subject_id=sent.pk)
        with transaction.atomic():
            brokered.on_routed(SimpleNamespace(subject_kind="official", subject_id=sent.pk, unit_ref=SIMING))
        waits = selectors.any_letter(sent.pk)
        assert waits.state == "issued" and "思明区" in sending.waiting_words(waits)
        with transaction.atomic():
            brokered.on_routed(SimpleNamespace(subject_kind="official", subject_id=route.subject_id, unit_ref=RENHUAI))
        assert selectors.any_letter(sent.pk).state == "sent"


def test_a_letter_to_a_province_that_receives_nothing_now_waits_as_issued_and_leaves_when_it_can(two, run_letters):
    """Provisioned or suspended: the cause is said, the number stays, nothing is lost or sent twice."""
    with context.province("gx"):
        with _state("gz", "suspended"):
            sent = issued(two.ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk)
            assert (sent.state, sent.waiting_code) == ("issued", "addressee_suspended")
            assert "不会丢失" in sending.waiting_words(sent)
            OfficialLetter.objects.update(issued_at=clock.now() - timedelta(minutes=5))
            assert sending.mind() == 0
        assert sending.mind() == 1 and sending.mind() == 0
        gone = selectors.any_letter(sent.pk)
        assert (gone.state, gone.document_no, gone.waiting_code) == ("sent", sent.document_no, "")
        OfficialLetter.objects.update(accept_by=clock.now() - timedelta(minutes=1))
        sending.mind()
        sending.mind()
        assert Notice.objects.filter(code="official_overdue", user_id=two.ours.chen.pk).count() == 1
        stuck = issued(two.ours, to=To(unit_ref=RENHUAI), clue_id=a_clue(two.ours, "B-7").pk)
    with context.province("gz"):
        Delivery.objects.filter(letter_id=stuck.post_id).update(
            state="dead", failure_code="kind_unknown", dead_at=clock.now()
        )
    with context.province("gx"):
        sending.mind()
        held = selectors.any_letter(stuck.pk)
        assert held.state == "sent" and "升级" in sending.stuck_words(held), "one release behind: said, nothing lost"
        assert Notice.objects.filter(code="official_stuck", user_id=two.ours.chen.pk).count() == 1


class _state:
    """A province is in another state, as the directory of hosts tells it."""

    def __init__(self, code: str, state: str) -> None:
        self.code, self.state = code, state

    def __enter__(self) -> None:
        self.before = DIRECTORY.provinces
        rows = [
            SimpleNamespace(seat=each.seat, title=each.title, division_code=each.division_code,
                            is_superior=getattr(each, "is_superior", False), is_sandbox=False,
                            state=self.state if each.seat.name == self.code else each.state)
            for each in self.before()
        ]  # fmt: skip
        DIRECTORY.provinces = lambda: rows  # type: ignore[method-assign]

    def __exit__(self, *_error: object) -> None:
        del DIRECTORY.provinces  # type: ignore[method-assign]


def test_a_bulletin_goes_to_chosen_provinces_each_with_a_state_of_its_own_and_to_nobody_means_nobody(two, run_letters):
    """F-10; an empty group sends to nobody; who cannot receive gets it later under the same number."""
    ours, features = two.ours, {"features": "瓶底无批号"}
    with context.province("gx"):
        with pytest.raises(BulletinForNobody):
            drafting.draft(by=ours.chen, kind_code="clue_bulletin", clue_id=two.clue.pk, to=To(group_id=two.clue.pk))
        with _state("gz", "suspended"):
            sent = issued(ours, to=To(provinces=("gz", "gd")), kind_code="clue_bulletin", clue_id=two.clue.pk,
                          fields=features)  # fmt: skip
            states = dict(sent.copies.values_list("party", "state"))
            assert states == {"province:gz": "waiting", "province:gd": "sent"}
        sending.mind()
        assert set(sent.copies.values_list("state", flat=True)) == {"sent"}
    run_letters()
    with context.province("gz"):
        came = OfficialLetter.objects.get()
        assert (came.document_no, came.fields["features"]) == (sent.document_no, "瓶底无批号")
        receiving.accept(by=two.theirs.wei, letter_id=came.pk)
        results.tell(by=two.theirs.wei, letter_id=came.pk, words="本省未发现。", final=True)
    run_letters()
    with context.province("gx"):
        by_party = {each.party: each for each in sent.copies.all()}
        assert (by_party["province:gz"].state, by_party["province:gz"].words) == ("answered", "本省未发现。")
        assert by_party["province:gd"].state == "sent"


def test_seals_are_registered_by_the_administrator_and_belong_to_their_unit(two):
    with context.province("gx"):
        from papers import authority

        ours = two.ours
        made = authority.issue(name="某单位", organisation="某单位", uscc="91350100M000100Y43")
        huang = ours.wei.__class__.objects.get(username="huang")
        with pytest.raises(BadInput):
            sealing.register(by=huang, unit_id=ours.county.pk, pkcs12=made.pkcs12, passphrase=made.passphrase)
        assert not UnitSeal.objects.exists()
        first, again = sealing.seal_of(ours.county), sealing.seal_of(ours.county)
        assert first is not None and again is not None and first.pk == again.pk and first.is_demo


@pytest.mark.parametrize("looked_at", [searching.LOOKED_AT, 0], ids=["by walking", "by the index"])
def test_letters_are_found_by_number_subject_and_the_other_side(two, client_for, monkeypatch, looked_at):
    monkeypatch.setattr(searching, "LOOKED_AT", looked_at)
    chen = two.ours.chen
    said = {"direction": "in", "kind": "clue_transfer", "state": "accepted", "own_unit": chen.unit}
    with context.province("gx"):
        for title, number, peer in (
            ("甲函", "黔市监函〔2026〕5号", "仁怀市局"),
            ("乙函", "粤函〔2026〕6号", "越秀区局"),
        ):
            OfficialLetter.objects.create(
                title=title, document_no=number, peer_name=peer, peer_province="某省", summary="某事",
                origin_id=uuid7(), thread=uuid7(), peer_party=f"province:{title}", **said,
            )  # fmt: skip
    browser = client_for("gx", user=chen)
    for text in ("仁怀", "怀", "甲函", "〔2026〕5号", "黔市监函 仁怀"):
        page = browser.get("/official/", {"q": text}).content.decode()
        assert "甲函" in page.split("<main")[1] and "乙函" not in page, text
    assert "乙函" in browser.get("/official/", {"q": "某省"}).content.decode()
    assert "乙函" not in browser.get("/official/", {"q": "%"}).content.decode()


def test_the_walk_by_page_and_by_api_is_the_same(two, client_for, run_letters):
    """Draft from the clue in one tap; the API takes the rest; strangers find nothing."""
    ours = two.ours
    chen, desk, nong = (client_for("gx", user=each) for each in (ours.chen, ours.desk, ours.nong))
    begun = chen.post("/official/new/", {"kind": "clue_transfer", "clue_id": str(two.clue.pk)})
    there = begun.headers["Location"]
    assert there.endswith("/to/")
    assert "仁怀" in chen.get(f"{there}?q=仁怀").content.decode()
    edit = chen.post(there, {"unit_ref": RENHUAI}).headers["Location"]
    said = {
        "title": "移送线索",
        "summary": "假酒作坊",
        "jurisdiction_reason": "",
        "seal": "electronic",
        "cc": "贵州省局",
    }
    assert chen.post(edit, said).status_code == 400, "what the kind needs is asked for"
    page = chen.post(edit, said | {"jurisdiction_reason": "在仁怀"}).headers["Location"]
    official = page.split("/")[2]
    assert chen.post(f"{page}do/submit/").status_code == 302
    api = f"/api/v1/official-letters/{official}/"
    assert desk.get("/api/v1/official-letters/?box=to_check").json()["results"][0]["id"] == official
    assert desk.get("/api/v1/official-letters/?box=elsewhere").status_code == 400
    assert desk.get(f"{api}paper/?as=odt").status_code == 400
    assert desk.get(f"{api}paper/", headers={"accept": "application/pdf"})["Content-Type"] == "application/pdf"
    assert desk.post(f"{api}check/", {}, content_type="application/json").json()["state"] == "issuing"
    done = nong.post(f"{api}issue/", {"words": "同意"}, content_type="application/json").json()
    assert done["state"] == "sent" and done["cc"] == ["贵州省局"] and len(done["approvals"]) == 3
    refused = nong.post(f"{api}issue/", {}, content_type="application/json")
    assert refused.status_code == 409 and refused.json()["code"] == "move_refused"
    assert nong.get(f"{page}letter.pdf").content[:5] == b"%PDF-"
    mo = client_for("gx", user=ours.mo)
    assert mo.get(page).status_code == 404 and mo.get(api).status_code == 404
    run_letters()
    theirs = client_for("gz", user=two.theirs.nong)
    with context.province("gz"):
        came = OfficialLetter.objects.get()
    assert "待签收" in theirs.get(f"/official/{came.pk}/").content.decode()
    assert "红棚酒坊" in theirs.get(f"/official/{came.pk}/").content.decode()
    assert theirs.post(f"/official/{came.pk}/do/accept/", {}).status_code == 302
    run_letters()
    assert "对方已接收" in chen.get(page).content.decode()
    assert "移送线索" in chen.get(f"/clues/{two.clue.pk}/").content.decode(), "the clue's page shows its letters"


def test_dispatchers_of_other_units_do_not_check_and_no_one_signs_twice(two):
    with context.province("gx"):
        ours = two.ours
        made = drafting.draft(
            by=ours.desk, kind_code="notice", to=To(unit_ref=RENHUAI), title="通报", summary="情况如下"
        )
        drafting.submit(by=ours.desk, letter_id=made.pk)
        with pytest.raises(SamePerson):
            issuing.check(by=ours.desk, letter_id=made.pk)
        issuing.check(by=ours.wei, letter_id=made.pk)
        with pytest.raises(SamePerson):
            issuing.issue(by=ours.wei, letter_id=made.pk)
        issuing.send_down(by=ours.wei, letter_id=made.pk, words="事由写全")
        with pytest.raises(MoveRefused):
            issuing.issue(by=ours.wei, letter_id=made.pk)
