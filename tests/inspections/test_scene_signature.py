"""A right holder's name on glass, beside verdicts given with the goods at hand."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from harness import glass, people
from openpyxl import load_workbook
from PIL import Image

from appraisal.desk import scene, selectors, services, sheets
from appraisal.desk.models import DeskSceneSignature, DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.requests.models import AppraisalRequest, SceneSignature
from evidence.matters import Matter
from federation.contracts.appraisal import VerdictValue
from federation.letters.models import Letter
from federation.parties.models import Authorisation
from kernel.canonical import sha256_hex
from kernel.errors import BadInput, Problem
from papers import services as papers
from papers.content import Printing
from papers.pdf import write as write_pdf
from papers.word import write as write_word
from provinces import context
from provinces.seats import BRANDS
from tenants.bundles import matters
from tenants.inspections import services as inspections
from webui import signatures

SUPPLIED = {"supplier_answer": "refused", "price_basis": "labelled", "price_labelled_yuan": "10"}


@pytest.fixture
def answered(world, opened, lot, complete, post_goes) -> Any:
    """林工 on the premises has concluded of both lots that 陈队长 asked about; `answered.answer(value)` once more."""

    def answer(value: VerdictValue = VerdictValue.COUNTERFEIT, *, at: int = 0) -> None:
        with context.seat(BRANDS):
            item = task.items.all()[at]
            services.answer(
                desk=desk,
                task_id=task.pk,
                answers=[ItemAnswer(item_id=item.pk, value=value, reasons="瓶盖喷码位置不对")],
                on_site=True,
            )

    desk = people.desk(world.house, world.house.lin)
    with context.province("gx"):
        inspection = complete(opened())
        for quantity in ("6", "2"):
            lot(inspection, quantity, product_id=str(world.product.pk), **SUPPLIED)
        (sent,) = inspections.ask_everyone(by=world.chen, inspection_id=inspection.pk)
    post_goes()
    with context.seat(BRANDS):
        task = DeskTask.objects.get(request_id=sent.pk)
        services.claim(desk=desk, task_id=task.pk)
    for at in (0, 1):
        answer(at=at)
    return type("Answered", (), {
        "inspection": inspection, "request": sent, "task": task, "desk": desk, "answer": staticmethod(answer),
    })  # fmt: skip


def page_of(answered) -> sheets.Sheet:
    """What would be signed now, in the brands seat."""
    task = selectors.with_everything(selectors.tasks_of(answered.desk)).get(pk=answered.task.pk)
    found = sheets.sheet_of(answered.desk, task)
    assert found is not None
    return found


def test_a_name_on_glass_travels_and_stands_on_table_day_page_record_and_export(world, answered, client_for, post_goes):
    lin, chen = client_for("brands", user=world.house.lin), client_for("gx", user=world.chen)
    scanned = {"p": "gx", "r": scene.scene_path("gx", [answered.request.pk]).partition("&r=")[2]}
    shown = lin.get("/scene/", scanned).content.decode()
    name, signs = re.search(r'data-signature="(\w+)" data-signs="(\w{64})"', shown).groups()
    post_goes()
    report = f"/inspections/{answered.inspection.pk}/report/"
    assert "现场给出，未签名" in chen.get(report).content.decode()
    for _each in range(2):  # a second arrival signs nothing twice
        sent = lin.post(f"/scene/{answered.task.pk}/sign/", scanned | glass.fields(signs, name=name), follow=True)
        assert "已签名" in sent.content.decode()
    post_goes()
    with context.seat(BRANDS):
        theirs = DeskSceneSignature.objects.get()
        assert Letter.objects.filter(kind="appraisal.scene_signed").count() == 1
    with context.province("gx"):
        ours = SceneSignature.objects.get()
        assert (ours.pk, ours.page, ours.strokes) == (theirs.pk, theirs.page, theirs.strokes)
        assert ours.page_sha256 == sha256_hex(ours.page.encode()) == signs
        assert ours.authority["number"] and len(ours.verdict_ids) == 2
    for address in (report, f"/inspections/{answered.inspection.pk}/ask/"):
        said = chen.get(address).content.decode()
        assert said.count("林某") >= 2 and "现场签名" in said and "未签名" not in said, address
    book = load_workbook(io.BytesIO(b"".join(chen.get(f"{report}sheet/").streaming_content)))
    column = [cell.value for cell in book.worksheets[0][1]].index("现场签名")
    assert "现场签名" in book.worksheets[0][2][column].value
    with context.province("gx"):
        inspections.close(by=world.chen, inspection_id=answered.inspection.pk)
        paper = papers.make(by=world.chen, kind="onsite_record", matter_id=answered.inspection.pk)
        kinds = [block["kind"] for block in paper.content["blocks"]]
        assert kinds.count("glass") == 1 and signs in json.dumps(paper.content["blocks"])
        printing = Printing(content=paper.said, check_code=paper.check_code)
        assert write_pdf(printing).pages == paper.pages
        assert write_word(printing).startswith(b"PK")
        request = AppraisalRequest.objects.get(pk=answered.request.pk)
        matter = Matter(kind="request", id=request.pk, number=request.number, title="", url="", unit_id=None)
        (signed,) = matters.facts(matter)["requests"][0]["signed_on_the_premises"]
        assert (signed["page_sha256"], signed["strokes"]) == (signs, ours.strokes)
    assert "data:image/png;base64," in chen.get(f"/papers/{paper.pk}/").content.decode()


def test_what_is_signed_is_what_stands_now_by_who_may_still_say_it(world, answered, post_goes):
    def refused(signed) -> str:
        with context.seat(BRANDS), pytest.raises(Problem) as problem:
            services.sign_scene(desk=answered.desk, task_id=answered.task.pk, signed=signed)
        return problem.value.code

    with context.seat(BRANDS):
        before = page_of(answered)
    assert refused(None) == "signature_missing"
    assert refused(glass.signed("0" * 64)) == "signature_of_another"
    answered.answer(VerdictValue.GENUINE)  # corrected while the name was being written
    assert refused(glass.signed(before.sha256)) == "signature_of_another"
    with context.seat(BRANDS):
        now = page_of(answered)
        assert len(now.verdicts) == 2 and now.sha256 != before.sha256
        first = services.sign_scene(
            desk=answered.desk, task_id=answered.task.pk, signed=glass.signed(now.sha256, hand=1)
        )
    answered.answer(VerdictValue.COUNTERFEIT)  # corrected afterwards: the old name stays with what it was below
    with context.seat(BRANDS):
        after = page_of(answered)
        assert after.signature is None
        again = services.sign_scene(
            desk=answered.desk, task_id=answered.task.pk, signed=glass.signed(after.sha256, hand=2)
        )
        assert again.pk != first.pk
    answered.answer(VerdictValue.GENUINE)
    with context.owner():
        Authorisation.objects.update(state=Authorisation.State.WITHDRAWN)
    with context.seat(BRANDS):
        last = page_of(answered)
    assert refused(glass.signed(last.sha256, hand=3)).startswith("authorisation")
    post_goes()
    with context.province("gx"):
        assert SceneSignature.objects.count() == 2


def test_a_signature_from_elsewhere_is_taken_only_whole_and_only_below_its_own_page():
    page = '{"verdicts":[]}'
    signs = sha256_hex(page.encode())
    signed = glass.signed(signs)
    record = signed.record.decode()
    signatures.check(record, signs=signs, record_sha256=signed.record_sha256, page=page)
    for changes in (
        {"page": page + " "},
        {"signs": "0" * 64},
        {"record_sha256": "0" * 64},
        {"record": record.replace("500", "501", 1)},
        {"record": "{}"},
        {"record": "[" * 5000},
        {"record": record.replace("[[200", "[[2" + "0" * 400, 1)},
    ):
        said = {"record": record, "signs": signs, "record_sha256": signed.record_sha256, "page": page} | changes
        with pytest.raises(BadInput):
            signatures.check(said.pop("record"), **said)
    drawn = signatures.picture(record)
    assert drawn == signatures.picture(record)
    picture = Image.open(io.BytesIO(drawn))
    assert picture.mode == "RGBA" and picture.width > picture.height > 10
