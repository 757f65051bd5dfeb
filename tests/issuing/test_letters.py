"""O-03, O-04: an opinion letter from verdict to formal paper, and what becomes of it."""

from __future__ import annotations

import json

import pytest

from appraisal.desk import services as desks
from appraisal.desk.services import ItemAnswer
from appraisal.issuing import gate, register, selectors, services
from appraisal.issuing.check.selectors import certificate
from appraisal.issuing.models import Certificate, LetterFinding, OpinionLetter
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from kernel import searching
from kernel.errors import BadInput, Conflict, MoveRefused, NotFound404
from kernel.ids import uuid7
from papers.checking import verify
from provinces import context
from provinces.seats import BRANDS, PUBLIC

State = OpinionLetter.State


def test_one_tap_makes_a_complete_draft_and_a_second_tap_makes_no_other(world):
    letter = world.drafted(2, secret=True)
    with context.seat(BRANDS):
        again = services.make(acting=world.acting(), task_id=letter.task_id)
        assert again.pk == letter.pk
        assert [each for each in gate.look(letter) if each.stops] == []
        grades = [each.grade for row in letter.items.all() for each in row.findings.all()]
        # What a counterfeiter must not learn stays: one printed ground an item, the secret checkpoint at the brand.
        assert grades.count("printed") == 2
        assert grades.count("kept") == 2
        assert letter.number == ""


def test_formal_letter_is_signed_stamped_numbered_registered_and_sent_once(world):
    letter = world.formal(secret=True)
    with context.seat(BRANDS):
        twice = services.issue(acting=world.acting(), letter_id=letter.pk)
        assert twice.state == State.FORMAL
        files = {file.kind: file for file in letter.files.all()}
        assert set(files) == {"paper"}
        report = verify(services.read(files["paper"]))
    assert report.sound
    assert report.level == "B-LTA"
    assert report.organisation.name == "岚壑春酒业"
    assert letter.number.startswith("岚壑春辨字〔")
    papers = [body["paper"] for body in world.sent("opinion.certificate")]
    assert [paper["state"] for paper in papers] == ["preliminary", "formal"]
    assert papers[1]["pdf_sha256"] == files["paper"].sha256
    facts = json.loads(papers[1]["facts"])
    assert "暗记" not in papers[1]["facts"], "a secret checkpoint left the brand"
    assert facts["items"][0]["value"] == "counterfeit"
    with context.seat(PUBLIC):
        said = certificate(letter.number, letter.check_code)
        assert said is not None
        assert (said.state, said.pdf_sha256) == ("formal", files["paper"].sha256)
        assert certificate(letter.number.replace("1号", "2号"), letter.check_code) is None
        assert certificate(letter.number, "AAAA-AAAA-AAAA") is None
        assert certificate(f" {letter.number} ", letter.check_code.lower().replace("-", " ")) == said


@pytest.mark.parametrize("looked_at", [searching.LOOKED_AT, 0], ids=["by walking", "by the index"])
def test_letters_are_found_by_number_request_and_goods_from_the_draft_on(world, monkeypatch, looked_at):
    monkeypatch.setattr(searching, "LOOKED_AT", looked_at)
    letter = world.drafted(2)
    with context.seat(BRANDS):
        acting = world.acting()
        rows = list(letter.items.select_related("item"))

        def found(text: str) -> set[object]:
            return {each.pk for each in selectors.listed(acting, state="all", text=text)}

        request_no, goods = letter.task.request_no, rows[0].item.product_name
        assert found(request_no[2:9].lower()) == found(goods[:2]) == found(f"{goods[1:3]} {request_no}") == {letter.pk}
        assert found("没有") == found("%") == set()
        services.submit(acting=acting, letter_id=letter.pk)
        letter.refresh_from_db()
        assert letter.number and found(letter.number) == found(letter.number[:3]) == {letter.pk}
        # Stored by older code, a letter is made findable, and as new code writes it.
        written = letter.search_text
        OpinionLetter.objects.update(search_text="")
        assert services.fill_search_text() == 1 and services.fill_search_text() == 0
        letter.refresh_from_db()
        assert letter.search_text == written


def test_three_grades_print_the_first_annex_the_second_keep_the_third(world):
    letter = world.drafted(secret=True)
    with context.seat(BRANDS):
        acting = world.acting()
        row = letter.items.get()
        said = [
            services.FindingSaid(grade="printed", feature="正标", difference="烫金毛糙"),
            services.FindingSaid(grade="annex", feature="瓶盖齿数", genuine="六十齿", sample="五十八齿"),
            services.FindingSaid(grade="kept", feature="暗记", difference="没有"),
        ]
        services.write(acting=acting, letter_id=letter.pk, items=[services.ItemSaid(row_id=row.pk, findings=said)])
        services.submit(acting=acting, letter_id=letter.pk)
    world.certificate()
    with context.seat(BRANDS):
        letter = services.issue(acting=world.acting(), letter_id=letter.pk)
        assert "六十齿" not in letter.facts
        assert "六十齿" in letter.annex_facts
        assert "暗记" not in letter.facts + letter.annex_facts
        files = {file.kind: file for file in letter.files.all()}
        assert verify(services.read(files["annex"])).sound
        assert json.loads(letter.facts)["annex_sha256"]
    formal = world.sent("opinion.certificate")[-1]["paper"]
    assert formal["annex_sha256"] == files["annex"].sha256
    assert "六十齿" not in formal["facts"]


def test_approvals_of_law_and_seal_are_given_by_others_than_the_author(world):
    letter = world.drafted()
    with context.seat(BRANDS):
        lin, admin, rights = world.acting(), world.acting(world.admin), world.acting(world.rights)
        services.set_rules(acting=admin, number_word="岚", needs_legal=True, needs_seal=True, address="某市某路 1 号")
        assert services.submit(acting=lin, letter_id=letter.pk).state == State.AWAITING
        with pytest.raises(Conflict):
            services.issue(acting=lin, letter_id=letter.pk)
        assert services.send_back(acting=rights, letter_id=letter.pk, kind="legal", reason="补说明").state == "draft"
        services.submit(acting=lin, letter_id=letter.pk)
        services.approve(acting=rights, letter_id=letter.pk, kind="legal")
        letter = services.approve(acting=admin, letter_id=letter.pk, kind="seal")
        assert letter.state == State.PRELIMINARY
        assert letter.number.startswith("岚辨字〔")
        assert services.approve(acting=admin, letter_id=letter.pk, kind="seal").pk == letter.pk
        assert json.loads(letter.facts)["holder"]["address"] == "某市某路 1 号"
        OpinionLetter.objects.filter(pk=letter.pk).update(author=world.admin, state=State.AWAITING, round=9)
        with pytest.raises(services.NotTheAuthor):
            services.approve(acting=admin, letter_id=letter.pk, kind="seal")


def test_letter_says_counterfeit_verdict_says_cannot_tell_needs_a_new_verdict_and_both_stay(world):
    """Edge case 3."""
    letter = world.preliminary()
    world.certificate()
    with context.seat(BRANDS):
        item = letter.items.get().item
        answers = [ItemAnswer(item_id=item.pk, value=VerdictValue.CANNOT_TELL_NEED_SAMPLE, reasons="请寄样")]
        desks.answer(desk=world.desk, task_id=letter.task_id, answers=answers)
        with pytest.raises(gate.Incomplete) as refusal:
            services.issue(acting=world.acting(), letter_id=letter.pk)
        assert refusal.value.data["missing"][0]["code"] == "verdict_changed"
        assert world.read(letter).state == State.PRELIMINARY
        services.revise(acting=world.acting(), letter_id=letter.pk, reason="结论有变")
        with pytest.raises(BadInput) as refusal:
            services.refresh_item(acting=world.acting(), letter_id=letter.pk, row_id=letter.items.get().pk)
        assert refusal.value.code == "verdict_open"
        answers = [ItemAnswer(item_id=item.pk, value=VerdictValue.COUNTERFEIT, reasons="看过样品")]
        desks.answer(desk=world.desk, task_id=letter.task_id, answers=answers)
        services.refresh_item(acting=world.acting(), letter_id=letter.pk, row_id=letter.items.get().pk)
        number = letter.number
        letter = services.submit(acting=world.acting(), letter_id=letter.pk)
        assert (letter.state, letter.number) == (State.PRELIMINARY, number)
        assert item.verdicts.count() == 3
        assert services.issue(acting=world.acting(), letter_id=letter.pk).state == State.FORMAL


def test_new_version_names_the_old_one_and_everybody_who_holds_it_is_told(world):
    old = world.formal()
    with context.seat(BRANDS):
        acting = world.acting()
        draft = services.new_version(acting=acting, letter_id=old.pk, reason="数量更正")
        assert services.new_version(acting=acting, letter_id=old.pk, reason="再点一次").pk == draft.pk
        services.submit(acting=acting, letter_id=draft.pk)
        assert world.read(old).state == State.FORMAL
        new = services.issue(acting=acting, letter_id=draft.pk)
        old = world.read(old)
        assert (old.state, new.version_no) == (State.SUPERSEDED, 2)
        assert json.loads(new.facts)["supersedes_no"] == old.number
        # Gapless in the series of the organisation and the year.
        assert (old.number[-2:], new.number[-2:]) == ("1号", "2号")
    (told,) = world.sent("opinion.superseded")
    assert (told["letter_id"], told["by_opinion_no"]) == (str(old.pk), new.number)
    with context.seat(PUBLIC):
        said = certificate(old.number, old.check_code)
        assert said is not None
        assert (said.state, said.superseded_by_no) == ("superseded", new.number)


def test_withdrawal_is_told_to_holders_and_shown_to_whoever_checks(world):
    letter = world.formal()
    with context.seat(BRANDS):
        with pytest.raises(BadInput):
            services.withdraw(acting=world.acting(), letter_id=letter.pk, reason=" ")
        services.withdraw(acting=world.acting(), letter_id=letter.pk, reason="样品混淆")
        services.withdraw(acting=world.acting(), letter_id=letter.pk, reason="再点一次")
    (told,) = world.sent("opinion.withdrawn")
    assert told["reason"] == "样品混淆"
    with context.seat(PUBLIC):
        said = certificate(letter.number, letter.check_code)
        assert said is not None
        assert said.state == "withdrawn"


def test_letter_stays_checkable_with_its_authorisation_after_the_brand_left(world):
    """Edge case 12."""
    letter = world.formal()
    with context.owner():
        organisation = world.house.organisation
        organisation.state = organisation.State.LEFT
        organisation.save(update_fields=["state"])
    with context.seat(PUBLIC):
        said = certificate(letter.number, letter.check_code)
        assert said is not None
        assert (said.holder_name, said.authorisation_no, said.state) == ("岚壑春酒业", "授 lin", "formal")


def test_sixty_items_long_features_and_rare_characters_go_on_one_letter(world):
    task = world.answered(world.ask())
    with context.seat(BRANDS):
        _many(task, 60)
        letter = services.make(acting=world.acting(), task_id=task.pk)
        rows = list(letter.items.all())
        assert len(rows) == 60
        finding = rows[0].findings.filter(grade="printed").get()
        LetterFinding.objects.filter(pk=finding.pk).update(difference="差异很长。" * 700, feature="𠮷䶮烫金")
        assert services.submit(acting=world.acting(), letter_id=letter.pk).state == State.PRELIMINARY
    world.certificate()
    with context.seat(BRANDS):
        letter = services.issue(acting=world.acting(), letter_id=letter.pk)
        paper = letter.files.get(kind="paper")
        assert verify(services.read(paper)).sound
        assert "𠮷䶮" in letter.facts


def _many(task, count):
    """The item of a task with its photo and verdict, again and again: as many lots of one kind of goods."""
    item = task.items.get()
    photo, verdict = item.photos.get(), item.verdicts.get()
    for position in range(2, count + 1):
        item.pk, item.item_id, item.position, item._state.adding = uuid7(), uuid7(), position, True
        item.save()
        for row in (photo, verdict):
            row.pk, row.item, row._state.adding = uuid7(), item, True
        photo.photo_id = uuid7()
        photo.save()
        verdict.save()


def test_number_thrown_away_with_its_draft_stays_in_the_series_as_void(world):
    letter = world.preliminary()
    with context.seat(BRANDS):
        with pytest.raises(MoveRefused):
            services.drop(acting=world.acting(), letter_id=letter.pk)
        services.revise(acting=world.acting(), letter_id=letter.pk, reason="写错了")
        services.drop(acting=world.acting(), letter_id=letter.pk, reason="不出具了")
        from audit.models import IssuedNumber

        assert IssuedNumber.objects.get(document_no=letter.number).state == "void"
        assert certificate(letter.number, letter.check_code).state == "dropped"  # type: ignore[union-attr]


def test_letters_of_one_house_are_not_there_for_another(world):
    from harness import people

    other = people.brand_house("和砚斋", suffix="2")
    letter = world.drafted()
    with context.seat(BRANDS), pytest.raises(NotFound404):
        selectors.access_letter(world.acting(other.lin), letter.pk)


def test_register_names_no_person(world):
    letter = world.formal()
    deliver_everywhere()
    with context.seat(PUBLIC):
        row = Certificate.objects.get(lookup=register.lookup(letter.number, letter.check_code))
        said = json.dumps({name: str(value) for name, value in vars(row).items()}, ensure_ascii=False)
    for name in ("林某", "林工", "陈某", "陈队长", "青秀区局"):
        assert name not in said
