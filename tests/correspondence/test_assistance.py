"""协助调查 between two provinces: F-12, F-13, T5 and their edge cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from harness import assist_world, people
from harness.clocks import owed

from federation.contracts.assistance import AssistanceAnswerV1, AssistanceRequestV1, AssistanceStepV1
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from notify.models import Notice
from provinces import context
from tenants.correspondence import calendar
from tenants.correspondence.models import Assistance, AssistanceAnswer, AssistanceExtension, OfficialLetter, RegionalDay
from tenants.correspondence.services import assisting, by_hand, days, drafting, receiving
from tenants.correspondence.services.assisting import TermOver

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def world(border):
    return assist_world.build()


@pytest.fixture
def working(world, run_letters):
    """The request lies at 贵州, signed for, with two officers. `working.id`: of the matter."""
    letter = assist_world.asked(world)
    run_letters()
    with context.province("gz"):
        assist_world.take_on(world.gz, letter.pk)
    run_letters()
    world.id, world.letter = letter.pk, letter
    return world


def answer(world, *numbers, exhibits=()):
    """贵州's officer writes answers and the reply is issued."""
    home = world.gz
    for number in numbers:
        assisting.write_answer(
            by=home.chen, assistance_id=world.id, number=number, text=f"查明第 {number} 项", exhibit_ids=exhibits
        )
    reply = assisting.draft_reply(by=home.chen, assistance_id=world.id)
    return assist_world.approve(home, reply.pk)


def test_f13_a_request_is_sent_signed_for_given_to_two_officers_answered_and_closed(world, run_letters, client_for):
    """F-13, T5: each step is seen at both ends; the same date stands at both."""
    with clock.frozen(MONDAY) as tick:
        letter = assist_world.asked(world)
        assert letter.document_no == "桂南青市监协查〔2026〕1号" and letter.state == OfficialLetter.State.SENT
        run_letters()
        world.id = letter.pk
        with context.province("gz"):
            row = Assistance.objects.get(pk=letter.pk)
            assert (row.side, row.state, row.due_on) == ("asked", "sent", None)
            assert [each.text for each in row.questions.all()] == assist_world.QUESTIONS
            tick(timedelta(days=1))
            assist_world.sign_for(world.gz, letter.pk)
            with pytest.raises(BadInput):  # one officer is not two
                receiving.accept(
                    by=world.gz.meng, letter_id=assist_world.arrived(letter.pk).pk,
                    answers={"officer_ids": [str(world.gz.chen.pk)]},
                )  # fmt: skip
            assist_world.take_on(world.gz, letter.pk)
        run_letters()
        for code in ("gx", "gz"):
            with context.province(code):
                row = Assistance.objects.get(pk=letter.pk)
                assert (row.state, row.due_on, row.due_provisional) == ("working", date(2026, 3, 24), False)
                assert [each["certificate_no"] for each in row.officers] == ["GZ-1001", "GZ-1002"]
        with context.province("gz"):
            photo = people.sealed_photo(world.gz.chen, "帐册")
            answer(world, 1, 2, 3, 4, 5, exhibits=[photo.pk])
        run_letters()
        with context.province("gx"):
            row = Assistance.objects.get(pk=letter.pk)
            assert row.state == "answered" and row.letter.state == "answered"
            kept = list(AssistanceAnswer.objects.filter(question__assistance=row))
            assert [each.text for each in kept] == [f"查明第 {n} 项" for n in range(1, 6)]
            assert kept[0].evidence[0]["sha256"] == photo.sha256 and kept[0].reply.document_no.startswith(
                "黔仁市监协复"
            )
            gx = client_for("gx", user=world.gx.chen)
            for path in ("/official/assistance/", f"/official/assistance/{row.pk}/"):
                page = gx.get(path)
                assert page.status_code == 200 and "仁怀市市场监督管理局" in page.text
            assert not owed("official.assistance_request")
            # F-12: answered is not closed: only who asked closes it, and on both sides.
            assert row.closed_at is None
            assisting.close(by=world.gx.chen, assistance_id=row.pk)
        run_letters()
        for code in ("gx", "gz"):
            with context.province(code):
                row = Assistance.objects.get(pk=letter.pk)
                assert row.state == "closed" and row.letter.state == "closed"


def test_edge_3_the_receivers_calendar_counts_and_both_sides_see_the_same_date(world, run_letters, client_for):
    """Edge 3: 三月三 is a holiday of one region only; a year without a table gives a provisional date."""
    with clock.frozen(MONDAY):
        with context.province("gz"):
            with pytest.raises(NotAllowed):
                days.put(by=world.gz.chen, day=date(2026, 3, 10), name="三月三")
            days.put(by=world.gz.huang, day=date(2026, 3, 10), name="三月三")
            days.put(by=world.gz.huang, day=date(2026, 3, 14), name="周末", kind=RegionalDay.Kind.MAKEUP_WORKDAY)
            days.put(by=world.gz.huang, day=date(2026, 3, 11), name="三月三")
            assert calendar.last_day(MONDAY, 15).day == date(2026, 3, 24)
        with context.province("gx"):
            assert calendar.last_day(MONDAY, 15).day == date(2026, 3, 23)
        letter = assist_world.asked(world)
        run_letters()
        with context.province("gz"):
            assist_world.sign_for(world.gz, letter.pk)
        run_letters()
        for code in ("gx", "gz"):
            with context.province(code):
                row = Assistance.objects.get(pk=letter.pk)
                assert row.due_on == date(2026, 3, 24)
                assert row.calendar_words == ["2026-03-10 三月三", "2026-03-11 三月三"]
                assert clock.local_date(row.letter.feedback_by) == row.due_on
        page = client_for("gx", user=world.gx.chen).get(f"/official/assistance/{letter.pk}/").text
        assert "其地方假日不计入" in page and "2026-03-11 三月三" in page
    with clock.frozen(datetime(2031, 3, 3, 2, 0, tzinfo=UTC)), context.province("gz"):
        assert calendar.last_day(clock.now(), 15).provisional, "own days do not make a year known"


def test_edge_4_an_extension_in_time_moves_the_date_and_a_late_one_is_kept_as_late(working, run_letters):
    """Edge 4: told before the term ends it moves both dates; after it, it is refused and recorded as late."""
    with context.province("gz"):
        due = Assistance.objects.get(pk=working.id).due_on
        with pytest.raises(BadInput):
            assisting.extend(by=working.gz.chen, assistance_id=working.id, new_due_on=due, reason="核账")
        with pytest.raises(NotAllowed):
            assisting.extend(by=working.gz.wei, assistance_id=working.id, new_due_on=due, reason="核账")
        later = due + timedelta(days=10)
        assisting.extend(by=working.gz.chen, assistance_id=working.id, new_due_on=later, reason="需要核账")
    run_letters()
    over = clock.at_start(later + timedelta(days=2))
    with clock.frozen(over), context.province("gz"):
        with pytest.raises(TermOver) as refusal:
            assisting.extend(
                by=working.gz.li, assistance_id=working.id, new_due_on=later + timedelta(days=20), reason="再核"
            )
        assert refusal.value.code == "extension_too_late"
        assert assisting.mind() == 1 and assisting.mind() == 0
    with clock.frozen(over):
        run_letters()
    for code in ("gx", "gz"):
        with context.province(code):
            row = Assistance.objects.get(pk=working.id)
            assert (row.first_due_on, row.due_on) == (due, later)
            assert [each.in_time for each in AssistanceExtension.objects.filter(assistance=row)] == [True, False]
    with context.province("gx"):
        assert Notice.objects.filter(user_id=working.gx.chen.pk, code="assistance_official", urgent=True).exists()


def test_edge_5_with_question_3_unanswered_the_reply_is_partial_and_the_request_stays_open(
    working, run_letters, client_for
):
    """Edge 5, F-12."""
    with context.province("gz"):
        reply = answer(working, 1, 2, 4, 5)
        assert reply.fields["missing"] == [3]
    run_letters()
    for code in ("gx", "gz"):
        with context.province(code):
            row = Assistance.objects.get(pk=working.id)
            assert row.state == "partly" and row.replied_at is None and row.letter.state == "answered"
    page = client_for("gx", user=working.gx.chen).get(f"/official/assistance/{working.id}/").text
    assert "第 3 项还没有答复" in page
    with context.province("gx"):
        with pytest.raises(BadInput) as refusal:
            assisting.close(by=working.gx.chen, assistance_id=working.id)
        assert refusal.value.code == "answers_missing" and refusal.value.data["numbers"] == ["3"]
    with context.province("gz"):
        answer(working, 3)
    run_letters()
    with context.province("gx"):
        assert Assistance.objects.get(pk=working.id).state == "answered"


def test_answers_are_the_named_officers_and_a_reply_under_check_is_not_changed(working, run_letters):
    """Nobody else answers; one reply at a time; what is being checked stays as it is until it is sent down."""
    with context.province("gz"):
        home, said = working.gz, {"assistance_id": working.id, "number": 1, "text": "查明"}
        with pytest.raises(NotAllowed):
            assisting.write_answer(by=home.meng, **said)
        with pytest.raises(NotFound404):
            assisting.write_answer(by=home.huang, **said)
        with pytest.raises(BadInput):
            assisting.draft_reply(by=home.chen, assistance_id=working.id)
        with pytest.raises(NotFound404):
            assisting.write_answer(by=home.chen, **(said | {"number": 9}))
        assisting.write_answer(by=home.chen, **said)
        reply = assisting.draft_reply(by=home.chen, assistance_id=working.id)
        assisting.write_answer(by=home.li, **(said | {"number": 2}))
        reply.refresh_from_db()
        assert [each["number"] for each in reply.fields["answers"]] == [1, 2]
        with pytest.raises(Conflict):
            assisting.draft_reply(by=home.li, assistance_id=working.id)
        drafting.submit(by=home.chen, letter_id=reply.pk, looked=True)
        with pytest.raises(Conflict) as refusal:
            assisting.write_answer(by=home.chen, **(said | {"text": "改"}))
        assert refusal.value.code == "reply_in_check"
        with pytest.raises(NotAllowed):  # who is asked does not close
            assisting.close(by=home.chen, assistance_id=working.id)
    with context.province("gx"), pytest.raises(NotFound404):
        assisting.close(by=working.gx.huang, assistance_id=working.id)


def test_a_returned_request_is_over_on_both_sides_and_cannot_be_passed_on(world, run_letters):
    """Edge 1: the wrong receiver returns it with the reason."""
    letter = assist_world.asked(world)
    run_letters()
    with context.province("gz"):
        here = assist_world.arrived(letter.pk)
        receiving.return_(by=world.gz.meng, letter_id=here.pk, reason="not_competent", words="不在本辖区")
        assert Assistance.objects.get(pk=letter.pk).state == "returned"
    run_letters()
    with context.province("gx"):
        row = Assistance.objects.get(pk=letter.pk)
        assert row.state == "returned" and row.letter.state == "returned"


def test_edge_2_a_request_to_a_bureau_not_on_the_system_is_followed_by_hand(world, run_letters):
    """Edge 2: receipt and answers are entered; the date is provisional, as their calendar is not known."""
    from divisions.models import Division

    with context.owner():
        for code, name, level, parent in (
            ("130000", "河北省", "province", ""),
            ("130100", "石家庄市", "prefecture", "130000"),
        ):
            Division.objects.get_or_create(
                code=code, defaults={"name": name, "short_name": name[:-1], "level": level, "parent_code": parent}
            )
    letter = assist_world.asked(world, ref="130100")
    assert run_letters() == 0
    with context.province("gx"):
        row, chen = Assistance.objects.get(pk=letter.pk), world.gx.chen
        assert row.letter.by_paper
        by_hand.note(by=chen, letter_id=letter.pk, what="handed")
        by_hand.note(by=chen, letter_id=letter.pk, what="received", who="某局办公室")
        row.refresh_from_db()
        assert row.due_provisional and row.due_on is not None
        for number in range(1, 6):
            said = {"text": "见复函", "finding": "found", "who": "某局 冀函〔2026〕3号"}
            assisting.note_reply(by=chen, assistance_id=row.pk, number=number, **said)
        row.refresh_from_db()
        assert row.state == "answered"


def test_contracts_refuse_what_makes_no_sense(working):
    """A contract holds its own rules, and no field for who reported a matter."""
    with context.province("gx"):
        body = OfficialLetter.objects.get(pk=working.id).message
    AssistanceRequestV1.model_validate(body)
    with pytest.raises(ValueError):
        AssistanceRequestV1.model_validate(body | {"questions": [{"number": 2, "text": "?"}]})
    with pytest.raises(ValueError):
        AssistanceStepV1(assistance_id=working.id, step="officers", at=clock.now(), who="某", officers=())
    with pytest.raises(ValueError):
        AssistanceAnswerV1(
            head=body["head"], assistance_id=working.id, missing=(1,),
            answers=({"number": 1, "finding": "found", "text": "?"},),
        )  # fmt: skip
    names = {name for each in (AssistanceRequestV1, AssistanceAnswerV1) for name in each.model_fields}
    assert not {name for name in names if "reporter" in name or "informant" in name}
