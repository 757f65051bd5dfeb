"""Pages and API of both sides: written by plain forms, sent, seen at the desk, told."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from harness import people

from appraisal.reverse_clues.models import ReverseClue
from audit.move import move
from audit.trail import Actor
from evidence.services import make_views
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from provinces import context
from provinces.seats import BRANDS
from tenants.clues import hooks
from tenants.clues.models import BrandReport, Clue, Telling


def typed(world, **more):
    """What 沈专员 types on the page of a draft."""
    return {
        "title": "民族大道烟酒店售假", "content": "购得假酒", "subject_kind": "shop", "subject_name": "百顺烟酒",
        "address_raw": "南宁市青秀区民族大道 1 号", "place_role": "shop", "channel": "offline", "chain_stage": "retail",
        "violations": ["counterfeit_trademark"], "products": [str(world.lan.product.pk)],
        "to-level": "county", **more,
    }  # fmt: skip


def test_a_draft_is_saved_by_every_button_sent_by_one_and_answered_on_its_page(world, client_for):
    """C-03 by plain forms, and back: question, answer, supplement, withdrawal, the desk's pages."""
    shen = client_for("brands", user=world.shen)
    page = shen.get("/reverse-clues/new/").content.decode()
    assert "维权 shen" in page and "提交线索" in page
    with context.seat(BRANDS):
        mark = str(world.lan.authorisations["lin"].trademarks.get().pk)
    said = typed(world, trademarks=[mark])
    made = shen.post("/reverse-clues/new/", said | {"verb": "save"})
    here = made["Location"]
    photo = SimpleUploadedFile("门头.jpg", people.jpeg("门头"), "image/jpeg")
    shen.post(here, said | {"verb": "photos", "photos": [photo], "buy-order_no": "D-1"})
    refused = shen.post(here, said | {"verb": "addressee", "to-province_code": "gx", "to-place": "没有这个地方"})
    assert refused.status_code == 400 and "没有读出" in refused.content.decode()
    shen.post(here, said | {"verb": "addressee", "to-province_code": "gx", "to-place": "南宁市青秀区"})
    waiting = shen.post(here, said | {"verb": "send"}).content.decode()
    assert "照片还在处理" in waiting
    with context.seat(BRANDS):
        clue = ReverseClue.objects.get()
        make_views(clue.files.get().exhibit_id)
        assert clue.purchases.count() == 1
    assert shen.post(here, said | {"verb": "send"}).status_code == 302
    deliver_everywhere()
    page = shen.get(here).content.decode()
    assert "gx市监线索" in page and "已登记" in page
    meng = client_for("gx", user=world.meng)
    with context.province("gx"):
        report = BrandReport.objects.get()
    detail = meng.get(f"/clues/{report.clue_id}/").content.decode()
    for words in ("维权 shen", "12345678", "D-1", "问来源一个问题"):
        assert words in detail
    meng.post(f"/clues/reports/{report.pk}/ask/", {"text": "店主是谁？"})
    deliver_everywhere()
    page = shen.get(here).content.decode()
    assert "店主是谁？" in page
    question = page.split("/reverse-clues/questions/")[1].split("/")[0]
    shen.post(f"/reverse-clues/questions/{question}/", {"text": "姓王"})
    shen.post(here, {"verb": "supplement", "text": "又见一家"})
    shen.post(f"{here}withdraw/", {"reason": "已和解"})
    deliver_everywhere()
    detail = meng.get(f"/clues/{report.clue_id}/").content.decode()
    for words in ("姓王", "又见一家", "已和解"):
        assert words in detail
    fang = client_for("brands", user=world.fang)
    assert fang.get(here).status_code == 404
    lin = client_for("brands", user=world.lan.lin)
    assert lin.get(here).status_code == 404
    assert "维权人员" in lin.get("/reverse-clues/").content.decode()
    for path in ("", "?state=draft", "?state=ended", "?state=all&q=百顺"):
        assert shen.get(f"/reverse-clues/{path}").status_code == 200


def test_who_has_no_account_is_told_from_the_list_and_numbers_are_shown(world, client_for):
    with context.province("gx"):
        from accounts.models import Unit
        from tenants.clues.services.arriving import arrived
        from tenants.clues.services.registering import NewClue, Source

        source = Source(kind="report", name="王女士", ref="J-9")
        desk = Unit.objects.get(parent=None)
        clue = arrived(
            NewClue(source=source, desk=desk, content="某店售假", secrecy="reporter_protected"), by=world.meng
        )
        with transaction.atomic():
            move(clue, "end", by=Actor(None, "x"), result="true", outcome="filed", ended_at=clock.now())
            hooks.changed(clue, "end")
        telling = Telling.objects.get()
    meng = client_for("gx", user=world.meng)
    page = meng.get("/clues/feedback/").content.decode()
    assert "J-9" in page and "已立案" in page
    assert "王女士" not in page, "C edge 13: who must be protected has no name here"
    meng.post(f"/clues/feedback/{telling.pk}/", {"way": "unreachable"})
    assert "待告知" in meng.get("/clues/feedback/").content.decode()
    meng.post(f"/clues/feedback/{telling.pk}/", {"way": "phone", "note": "上午告知"})
    assert "上午告知" in meng.get("/clues/feedback/?state=told").content.decode()
    world.sent("gx")
    party = meng.get("/api/v1/clue-sources/quality/").json()[0]["party"]
    page = meng.get("/clues/brands/", {"brand": party}).content.decode()
    assert "岚壑春酒业" in page and "民族大道烟酒店售假" in page
    assert meng.get("/api/v1/clue-sources/open/").json()[0]["clue_ids"]
    assert meng.get("/api/v1/clue-tellings/?state=told").json()["results"][0]["way"] == "phone"
    with context.province("gx"):
        brand_clue = Clue.objects.get(source_kind="brand")
    heard = meng.get(f"/api/v1/clues/{brand_clue.pk}/feedback/").json()
    assert heard[0]["shown"].keys() == {"state", "number", "result", "outcome", "ended_on"}
    assert meng.get(f"/api/v1/clues/{brand_clue.pk}/reports/").json()[0]["basis"]["person"]["name"] == "shen某"


def test_a_program_reports_and_follows(world, client_for):
    shen = client_for("brands", user=world.shen)

    def post(path, **data):
        return shen.post(f"/api/v1/{path}", data, content_type="application/json")

    made = post("reverse-clues/", title="某店售假", content="购得假酒", violations=["fake_shoddy"], address_raw="某路",
                products=[{"product_id": str(world.lan.product.pk)}])  # fmt: skip
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert made.json()["missing"] == ["提交给哪个省份的哪一级机关"]
    assert post(f"reverse-clues/{pk}/send/").json()["code"] == "clue_incomplete"
    to = post(f"reverse-clues/{pk}/addressees/", province_code="gx", level="provincial")
    assert to.status_code == 201
    recording = SimpleUploadedFile("page.pdf", b"%PDF-1.7 page", "application/pdf")
    sealed = shen.post(f"/api/v1/reverse-clues/{pk}/recordings/", {"file": recording, "form": "page"})
    assert sealed.status_code == 201 and len(sealed.json()["sha256"]) == 64
    assert post(f"reverse-clues/{pk}/purchases/", order_no="D-9").status_code == 201
    assert post(f"reverse-clues/{pk}/send/").status_code == 200
    deliver_everywhere()
    (row,) = shen.get(f"/api/v1/reverse-clues/{pk}/").json()["addressees"]
    assert row["state"] == "registered" and row["number"].startswith("gx市监线索")
    assert "clue" not in row and "unit" not in str(row.keys())
    assert shen.get("/api/v1/reverse-clues/?state=open").json()["results"][0]["id"] == pk
    assert shen.get("/api/v1/reverse-clues/figures/").json()["sent"] == 1
    assert any(each["code"] == "gx" for each in shen.get("/api/v1/reverse-clues/provinces/").json())
    assert post(f"reverse-clues/{pk}/supplements/", text="更正门牌").status_code == 201
    assert post(f"reverse-clues/{pk}/withdraw/", reason="误报").json()["addressees"][0]["withdrawn_at"]
