"""Reports by a code instead of an account (C-09): what is asked, what is told, when it ends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from harness.people import jpeg

from audit.models import ReadLine
from audit.reads import term_digest
from kernel import clock
from kernel.errors import BadInput, NotAllowed, NotFound404
from kernel.ids import uuid7
from tenants.clues.models import Clue, FieldCode, FieldReport
from tenants.clues.services import fieldcodes
from tenants.clues.services.fieldcodes import CodeEnded, FullToday, Reported


@pytest.fixture
def code(bureau: Any) -> FieldCode:
    cache.clear()
    until = clock.today() + timedelta(days=30)
    return fieldcodes.make_code(by=bureau.meng, team="城东社区网格员", area="青秀区", valid_until=until, per_day=3)


def sent(**more: Any) -> Reported:
    return Reported(**{"what": "小店卖假酒", "where": "青秀区民族大道 1 号", "report_id": uuid7(), **more})


def test_a_report_becomes_a_clue_of_the_team_and_holds_nothing_of_who_sent_it(code: FieldCode) -> None:
    said = sent(position=(Decimal("22.8"), Decimal("108.4")), accuracy_m=20)
    made = fieldcodes.report(code=code.code.lower(), said=said)
    clue = made.clue
    assert (clue.source_kind, clue.source_name, clue.division_code) == ("grid", "城东社区网格员", "450103")
    assert clue.registered_by is None and clue.proposed_unit is not None
    assert fieldcodes.report(code=code.code, said=said).receipt == made.receipt, "a second tap is the same report"
    assert Clue.objects.count() == 1


def test_g15_a_code_that_was_ended_opens_nothing_from_the_next_request_on(
    bureau: Any, code: FieldCode, client_for: Any
) -> None:
    anyone = client_for("gx")
    assert anyone.get(f"/r/{code.code}/").status_code == 200
    fieldcodes.end_code(by=bureau.meng, row=code)
    fieldcodes.end_code(by=bureau.meng, row=code)
    page = anyone.get(f"/r/{code.code}/")
    assert page.status_code == 410 and "停用" in page.content.decode()
    assert anyone.post(f"/r/{code.code}/", {"what": "x", "where": "y"}).status_code == 410
    with pytest.raises(CodeEnded):
        fieldcodes.report(code=code.code, said=sent())


def test_a_code_ends_with_its_day_and_holds_so_many_a_day(bureau: Any, code: FieldCode, tick: Any) -> None:
    for _n in range(3):
        fieldcodes.report(code=code.code, said=sent())
    with pytest.raises(FullToday):
        fieldcodes.report(code=code.code, said=sent())
    tick(days=1)
    fieldcodes.report(code=code.code, said=sent())
    tick(days=30)
    with pytest.raises(CodeEnded):
        fieldcodes.report(code=code.code, said=sent())


def test_edge_1_a_report_without_a_city_stays_open_and_its_position_decides_nothing(code: FieldCode) -> None:
    made = fieldcodes.report(
        code=code.code, said=sent(where="鼓楼区中山路12号", position=(Decimal("32.06"), Decimal("118.78")))
    )
    assert made.clue.division_code == "" and made.clue.division_why["candidates"]


def test_the_form_takes_photos_without_an_account_and_the_receipt_tells_the_state_alone(
    bureau: Any, code: FieldCode, client_for: Any
) -> None:
    anyone = client_for("gx")
    photos = [SimpleUploadedFile(f"{n}.jpg", jpeg(f"假酒{n}"), "image/jpeg") for n in range(2)]
    answer = anyone.post(
        f"/r/{code.code}/",
        {"what": "小店卖假酒", "where": "", "lat": "22.81", "lon": "108.36", "accuracy_m": "15.2",
         "photos": photos, "report_id": str(uuid4())},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    row = FieldReport.objects.get()
    assert row.clue.files.count() == 2 and row.accuracy_m == 15
    assert {each.exhibit.by_id for each in row.clue.files.all()} == {None}
    page = anyone.get(answer["Location"]).content.decode()
    assert row.receipt in page and "已收到" in page
    assert row.clue.number not in page and "小店卖假酒" not in page
    look = ReadLine.objects.get(record_id=row.pk)
    assert (look.by_name, look.what) == ("凭链接（城东社区网格员）", "link"), "which code, and not from where"
    assert term_digest(code.code) in look.terms
    meng = client_for("gx", user=bureau.meng)
    beside = meng.get(f"/clues/{row.clue_id}/").content.decode()
    assert "城东社区网格员" in beside and "22.81" in beside
    assert "报来的线索" in meng.get(f"/clues/codes/{code.pk}/").content.decode()
    for state, words in (("verifying", "正在核查"), ("ended", "已办结")):
        Clue.objects.filter(pk=row.clue_id).update(state=state, outcome="closed")
        assert words in anyone.get(answer["Location"]).content.decode()
    assert anyone.get(f"/r/{code.code}/AAAAAAAAAA/").status_code == 404
    assert anyone.get("/r/NOSUCH/").status_code == 404


def test_bad_reports_and_bad_codes_are_told_what_is_missing(bureau: Any, code: FieldCode, client_for: Any) -> None:
    anyone = client_for("gx")
    assert "请写明看到了什么" in anyone.post(f"/r/{code.code}/", {"where": "x"}).content.decode()
    nowhere = anyone.post(f"/r/{code.code}/", {"what": "假酒"})
    assert nowhere.status_code == 400 and "在哪里" in nowhere.content.decode()
    many = [SimpleUploadedFile(f"{n}.jpg", b"x", "image/jpeg") for n in range(7)]
    assert anyone.post(f"/r/{code.code}/", {"what": "假酒", "where": "x", "photos": many}).status_code == 400
    assert not Clue.objects.exists()
    with pytest.raises(NotAllowed):
        fieldcodes.make_code(by=bureau.chen, team="x", area="", valid_until=clock.today(), per_day=1)
    for more, expected in (
        ({"team": " "}, "field_code_team"),
        ({"per_day": 0}, "field_code_per_day"),
        ({"valid_until": clock.today() - timedelta(days=1)}, "field_code_until"),
    ):
        facts = {"team": "队", "area": "", "valid_until": clock.today(), "per_day": 5, **more}
        with pytest.raises(BadInput) as refused:
            fieldcodes.make_code(by=bureau.meng, **facts)
        assert refused.value.code == expected


def test_whoever_guesses_codes_is_stopped_and_whoever_floods_too(code: FieldCode, client_for: Any) -> None:
    anyone = client_for("gx")
    answers = [anyone.get(f"/r/GUESS{n}/").status_code for n in range(32)]
    assert answers[:30] == [404] * 30 and answers[30:] == [429, 429]
    assert anyone.get(f"/r/{code.code}/").status_code == 429
    cache.clear()
    FieldCode.objects.filter(pk=code.pk).update(per_day=500)
    for _n in range(20):
        assert anyone.post(f"/r/{code.code}/", {"what": "假酒", "where": "x"}).status_code == 302
    assert anyone.post(f"/r/{code.code}/", {"what": "假酒", "where": "x"}).status_code == 429


def test_a_receipt_is_of_its_own_code(bureau: Any, code: FieldCode) -> None:
    other = fieldcodes.make_code(by=bureau.meng, team="骑手", area="", valid_until=clock.today(), per_day=3)
    made = fieldcodes.report(code=code.code, said=sent())
    with pytest.raises(NotFound404):
        fieldcodes.receipt(other.code, made.receipt)
