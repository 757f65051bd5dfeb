"""A right holder reports to bureaux and hears of the end (C-03, C-04, C-24, C-26)."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import Unit
from appraisal.reverse_clues import selectors, services
from appraisal.reverse_clues.models import Addressee, ReverseClue
from audit.move import move
from audit.trail import Actor
from evidence.models import Exhibit
from federation.letters import addressees
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Delivery
from federation.parties.models import Authorisation, Organisation
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem
from provinces import context
from provinces.seats import BRANDS
from tenants.clues import answers_selectors as doors
from tenants.clues import hooks
from tenants.clues.models import BrandReport, Clue, ClueFile, ClueSource, Feedback, ReportAddition, SourceQuestion
from tenants.clues.services import questioning

BY = Actor(None, "陈队长")


def step(code, verb, clue_id=None, **fields):
    """The clue in that province takes a step, and whoever listens hears of it."""
    with context.province(code), transaction.atomic():
        clue = Clue.objects.get(pk=clue_id) if clue_id else Clue.objects.get()
        move(clue, verb, by=BY, **fields)
        hooks.changed(clue, verb)
    deliver_everywhere()


def end(code, clue_id=None, result="true", outcome="filed"):
    step(code, "end", clue_id, result=result, outcome=outcome, ended_at=clock.now())


def addressee(clue, code):
    with context.seat(BRANDS):
        return Addressee.objects.get(clue=clue, province_code=code)


def test_a_brand_reports_to_two_provinces_each_has_a_clue_of_its_own_and_each_state_comes_back(world):
    """C-03: registration, power and identity come from enrolment; photos and recordings are sealed here and there."""
    clue = world.draft("gx", "gz")
    photo, recording = world.photo(clue), world.recording(clue)
    with context.seat(BRANDS):
        acting = world.acting()
        services.name_recording(acting=acting, clue_id=clue.pk, form="live_stream", sha256="a" * 64, what="六小时整场")
        services.add_purchase(acting=acting, clue_id=clue.pk, order_no="D-1", waybill_no="SF-1", sent_from="义乌某仓")
        assert services.missing(clue) == []
        sent = services.send(acting=acting, clue_id=clue.pk)
        assert sent.ref.startswith("岚壑春线索〔")
        with pytest.raises(Conflict) as again:
            services.write(acting=acting, clue_id=clue.pk, title="改")
        assert again.value.code == "clue_is_sent"
    deliver_everywhere()
    with context.province("gx"):
        got = Clue.objects.get()
        assert (got.source_kind, got.source_name, got.address_raw) == ("brand", "岚壑春酒业", clue.address_raw)
        assert got.desk_unit.agency_word == "gx市监"
        report = BrandReport.objects.get()
        assert report.basis["trademarks"][0]["reg_no"] == "12345678"
        assert report.basis["power"]["number"] == "维权 shen"
        assert report.basis["person"]["employer_uscc"] == world.lan.organisation.uscc
        assert report.purchases[0]["waybill_no"] == "SF-1"
        assert [each["attached"] for each in report.recordings] == [True, False]
        shown = {each.exhibit.sha256: each.exhibit for each in ClueFile.objects.select_related("exhibit")}
        assert shown.keys() == {photo.sha256, recording.sha256}
        assert shown[photo.sha256].view_only, "of a photo the view comes, under the digest of the sealed original"
        kept = shown[recording.sha256]
        assert not kept.view_only and kept.legal_kind == Exhibit.LegalKind.AUDIO_VISUAL
    with context.province("gz"):
        other = Clue.objects.get()
    mine = addressee(clue, "gx")
    assert (mine.state, mine.number) == ("registered", got.number)
    step("gx", "screen")
    end("gz", result="untrue", outcome="no_filing")
    assert addressee(clue, "gx").state == "screening"
    over = addressee(clue, "gz")
    assert (over.state, over.result, over.outcome, over.number) == ("ended", "untrue", "no_filing", other.number)
    with context.seat(BRANDS):
        numbers = selectors.figures(world.acting())
        assert (numbers.sent, numbers.ended, numbers.filed, numbers.untrue) == (2, 1, 0, 1)


def test_the_same_letter_twice_is_one_clue_and_a_late_state_changes_nothing(world):
    clue = world.sent("gx")
    step("gx", "screen")
    end("gx")
    with context.owner():
        again = Delivery.objects.filter(letter__kind__in=("clue.reverse", "clue.state"))
        again.update(state="waiting", next_try_at=clock.now(), tries=0, delivered_at=None)
    deliver_everywhere()
    with context.province("gx"):
        assert Clue.objects.count() == ClueSource.objects.count() == 1
    row = addressee(clue, "gx")
    assert row.state == "ended"
    with context.seat(BRANDS):
        assert row.lines.count() == 3


def test_edge_12_a_brand_sees_the_state_and_the_end_never_the_file(world):
    """C-04: whatever stands in the file, the letters hold these fields and no others."""
    clue = world.sent("gx")
    with context.province("gx"):
        held = Clue.objects.get()
        Clue.objects.filter(pk=held.pk).update(ending_words="机密：线人张三", subject_name="当事人李四")
    step("gx", "screen")
    end("gx")
    bodies = world.bodies("clue.state")
    assert len(bodies) == 3
    for text in bodies:
        said = json.loads(text)
        assert said.keys() == {
            "clue_id", "feedback_id", "number", "state", "at", "result", "outcome", "ended_on",
        }  # fmt: skip
        assert not any(word in text for word in ("张三", "李四", "陈", "青秀区局", "机密"))
    assert addressee(clue, "gx").outcome == "filed"


def test_edge_8_one_shop_from_a_brand_12315_and_a_station_each_source_gets_its_own_answer(world):
    """C-26: merged clues keep their number, and each source hears the end of the one that leads, under its own."""
    clue = world.sent("gx")
    with context.province("gx"):
        lead = Clue.objects.get()
        unit = world.gx.unit
        from tenants.clues.services.arriving import arrived
        from tenants.clues.services.registering import NewClue, Source

        facts = {"desk": Unit.objects.get(parent=None), "content": "同一家店", "address_raw": clue.address_raw}
        hotline = arrived(NewClue(source=Source(kind="hotline_12315", name="12315", ref="H-7"), **facts), by=world.meng)
        station = arrived(NewClue(source=Source(kind="station", name=unit.name), **facts), by=world.gx.chen)
        with transaction.atomic():
            for each in (hotline, station):
                move(each, "merge", by=BY, lead=lead)
                hooks.changed(each, "merge")
    end("gx", lead.pk, result="partly")
    with context.province("gx"):
        finals = {each.source.kind: each for each in Feedback.objects.filter(is_final=True)}
        assert finals.keys() == {"brand", "hotline_12315", "station"}
        assert {each.shown["number"] for each in finals.values()} == {lead.number, hotline.number, station.number}
        assert {(each.shown["result"], each.shown["outcome"]) for each in finals.values()} == {("partly", "filed")}
        assert finals["brand"].letter_id and not finals["hotline_12315"].letter_id
        (due,) = doors.tellings_for(world.meng)
        assert due.feedback.source.ref == "H-7"
        assert due.due_on == clock.add_working_days(clock.now(), 5).date
        from notify.models import Notice

        assert Notice.objects.filter(user_id=world.gx.chen.pk, code="clue_feedback").exists()
        from tenants.clues.services.answering import mark_told

        with pytest.raises(BadInput):
            mark_told(by=world.meng, telling_id=due.pk, way="unreachable")
        mark_told(by=world.meng, telling_id=due.pk, way="phone", note="已电话告知")
        assert not doors.tellings_for(world.meng).exists()
        with pytest.raises(NotFound404):
            doors.telling(world.gx.chen, due.pk)
    assert addressee(clue, "gx").result == "partly"


def test_what_a_brand_adds_answers_or_takes_back_arrives_and_the_clue_goes_on(world):
    clue = world.sent("gx")
    with context.province("gx"):
        report = BrandReport.objects.get()
        question = questioning.ask_source(by=world.meng, report_id=report.pk, text="店主是谁？")
        with pytest.raises(Conflict) as waiting:
            questioning.ask_source(by=world.meng, report_id=report.pk, text="还有呢？")
        assert waiting.value.code == "question_waiting"
    deliver_everywhere()
    photo = world.photo(clue, "新拍的仓库")
    with context.seat(BRANDS):
        acting = world.acting()
        (asked,) = selectors.questions_waiting(acting)
        services.answer(acting=acting, question_id=asked.pk, text="见照片")
        with pytest.raises(BadInput) as empty:
            services.supplement(acting=acting, clue_id=clue.pk)
        assert empty.value.code == "supplement_empty"
        services.add_purchase(acting=acting, clue_id=clue.pk, order_no="D-2")
        services.supplement(acting=acting, clue_id=clue.pk, text="又买到一瓶")
        with pytest.raises(BadInput):
            services.withdraw(acting=acting, clue_id=clue.pk, reason=" ")
        services.withdraw(acting=acting, clue_id=clue.pk, reason="已和解")
        with pytest.raises(Conflict):
            services.withdraw(acting=acting, clue_id=clue.pk, reason="再撤")
    deliver_everywhere()
    with context.province("gx"):
        question = SourceQuestion.objects.get(pk=question.pk)
        assert (question.state, question.answer) == ("answered", "见照片")
        assert ClueFile.objects.filter(exhibit__sha256=photo.sha256).exists()
        assert ReportAddition.objects.get().purchases[0]["order_no"] == "D-2"
        held = BrandReport.objects.get()
        assert held.withdrawn_why == "已和解"
        assert held.clue.state == Clue.State.REGISTERED, "a brand's withdrawal ends nothing here"
    end("gx")
    assert addressee(clue, "gx").state == "ended", "and its end is told all the same"


def test_who_may_report_and_for_what_is_held_against_the_enrolment(world):
    """Refused: no or an expired power of attorney, one for other provinces, a lapsed enrolment, another's brand."""
    clue = world.draft("gx")
    today = clock.today()

    def refused(code, **power):
        with context.owner():
            Authorisation.objects.filter(pk=world.power.pk).update(**power)
        with context.seat(BRANDS), pytest.raises((NotAllowed, BadInput)) as found:
            services.send(acting=world.acting(), clue_id=clue.pk)
        assert found.value.code == code

    refused("power_ended", valid_until=today - timedelta(days=1), valid_from=today - timedelta(days=9))
    refused("power_missing", state="withdrawn")
    refused("power_territory", state="active", valid_until=today, territory=["gz"])
    with context.seat(BRANDS):
        acting = world.acting()
    with context.owner():
        Authorisation.objects.filter(pk=world.power.pk).update(territory=["*"])
        Organisation.objects.filter(pk=world.lan.organisation.pk).update(state="suspended")
    with context.seat(BRANDS):
        with pytest.raises(NotAllowed) as lapsed:
            services.send(acting=acting, clue_id=clue.pk)
        assert lapsed.value.code == "enrolment_lapsed"
    with context.owner():
        Organisation.objects.filter(pk=world.lan.organisation.pk).update(state="active")
    with context.seat(BRANDS):
        with pytest.raises(BadInput) as other:
            services.write(acting=acting, clue_id=clue.pk, products=[(world.he.product.pk, "")])
        assert other.value.code == "brand_not_own"
        with pytest.raises(NotAllowed):
            services.send(acting=world.acting(world.lan.lin), clue_id=clue.pk)
        services.send(acting=acting, clue_id=clue.pk)


def test_one_brand_never_sees_what_another_reported(world):
    clue = world.sent("gx")
    photo = world.photo(clue)
    with context.seat(BRANDS):
        fang = world.acting(world.fang)
        assert not selectors.listed(fang, state="all").exists()
        for call in (
            lambda: selectors.whole_clue(fang, clue.pk),
            lambda: selectors.access_file(fang, photo.pk),
            lambda: services.supplement(acting=fang, clue_id=clue.pk, text="x"),
            lambda: services.withdraw(acting=fang, clue_id=clue.pk, reason="x"),
        ):
            with pytest.raises(NotFound404):
                call()
        from evidence import doors as exhibits

        exhibit = Exhibit.objects.get(pk=photo.exhibit_id)
        assert exhibits.open_to(world.shen, exhibit) and not exhibits.open_to(world.fang, exhibit)
        assert not exhibits.open_to(world.lan.lin, exhibit), "an appraiser of the same house is no rights staff"


def test_the_desk_is_the_bureau_addressed_and_what_is_unknown_goes_to_the_province_with_a_note(world):
    """The level and the division chosen decide; an unknown division is never guessed."""
    from federation.contracts.clues import AddresseeV1
    from tenants.clues.services.reports import desk_for

    with context.province("gx"):
        top, county = Unit.objects.get(parent=None), world.gx.unit
        assert desk_for(AddresseeV1(level="county", division_code="450103")) == (county, "")
        assert desk_for(AddresseeV1(level="provincial", division_code="450000")) == (top, "")
        for level, code, word in (
            ("municipal", "450100", "南宁市"),
            ("county", "459999", "459999"),
            ("county", "520382", "520382"),
        ):
            desk, note = desk_for(AddresseeV1(level=level, division_code=code))
            assert desk == top and word in note
    with context.seat(BRANDS):
        acting = world.acting()
        clue = services.start(acting=acting)
        for said, code in (
            ({"province_code": "xx", "level": "county"}, "province_not_here"),
            ({"province_code": "gx", "level": "county"}, "place_missing"),
            ({"province_code": "gx", "level": "county", "place": "没有这个地方"}, "place_unclear"),
            ({"province_code": "gx", "level": "county", "division_code": "520382"}, "place_elsewhere"),
            ({"province_code": "gx", "level": "county", "division_code": "450100"}, "place_not_of_level"),
        ):
            with pytest.raises(BadInput) as refused:
                services.add_addressee(acting=acting, clue_id=clue.pk, **said)
            assert refused.value.code == code
        row = services.add_addressee(
            acting=acting, clue_id=clue.pk, province_code="gx", level="municipal", place="南宁市青秀区"
        )
        assert row.division_code == "450100"
        with pytest.raises(BadInput) as lacking:
            services.send(acting=acting, clue_id=clue.pk)
        assert lacking.value.code == "clue_incomplete"


def test_how_many_of_a_brands_clues_ended_in_a_case_is_seen_by_the_bureau(world):
    """C-25 too: the open ones of a brand stand together for one action."""
    for number in range(3):
        world.sent("gx", title=f"第 {number} 家店", content=f"内容 {number}")
    with context.province("gx"):
        clues = list(Clue.objects.order_by("id"))
    end("gx", clues[0].pk)
    end("gx", clues[1].pk, result="untrue", outcome="no_filing")
    with context.province("gx"):
        (found,) = doors.quality()
        assert (found.total, found.ended, found.filed, found.true, found.untrue) == (3, 2, 1, 1, 1)
        assert found.filed_per_cent == found.true_per_cent == 50
        assert found.median_days is not None
        (bundle,) = doors.bundles_by_brand(world.meng)
        assert [each.pk for each in bundle.clues] == [clues[2].pk]
        assert doors.bundles_by_brand(world.gx.chen) == []


def test_a_campaigns_office_hears_of_its_clues_and_a_party_that_takes_no_letters_is_told_by_phone(world, monkeypatch):
    """C-24."""
    from kernel.ids import uuid7
    from tenants.clues.services import answering

    campaign = uuid7()
    monkeypatch.setattr(answering, "_campaigns", [lambda _clue: [(campaign, "打假专项")]])
    world.sent("gx")
    with context.owner():
        Organisation.objects.filter(pk=world.lan.organisation.pk).update(state="suspended")
    addressees.forget()
    end("gx")
    with context.province("gx"):
        shown = [each.shown["state"] for each in doors.feedback_to_campaign(world.meng, campaign)]
        assert shown == ["ended", "registered"]
        (due,) = doors.tellings_for(world.meng)
        assert due.feedback.source.kind == "brand", "the unit's step is not refused because a brand has left"


def test_a_photo_is_known_by_the_digest_made_where_it_was_taken(world):
    """A file that is not what was sealed is refused, and nothing of it is kept."""
    import io

    from harness import people

    clue, other = world.draft("gx"), hashlib.sha256(b"x").hexdigest()
    with context.seat(BRANDS), pytest.raises(Problem):
        services.add_photo(acting=world.acting(), clue_id=clue.pk, file=io.BytesIO(people.jpeg()), sha256=other)
    with context.seat(BRANDS):
        assert not ReverseClue.objects.get(pk=clue.pk).files.exists()
