"""Pages of the brand's side: a letter from tap to paper without a script, and every page opens."""

from __future__ import annotations

from appraisal.issuing import selectors
from appraisal.issuing.models import OpinionLetter, SigningCertificate
from provinces import context
from provinces.seats import BRANDS


def test_a_letter_goes_from_one_tap_to_paper_by_plain_forms(world, client_for):
    task = world.answered(world.ask(), secret=True)
    lin = client_for("brands", user=world.house.lin)
    page = lin.get(f"/desk/{task.pk}/")
    assert f"/opinions/make/{task.pk}/" in page.content.decode()
    made = lin.post(f"/opinions/make/{task.pk}/")
    letter_page = made["Location"]
    page = lin.get(letter_page)
    assert page.status_code == 200
    form = page.context["draft"]
    said = {name: str(form.whole[name].value() or "") for name in form.whole.fields}
    for name in ("exam_began_at", "exam_ended_at"):
        said[name] = "2026-01-05T09:00"
    said |= {"i1-seal_no": "", "i1-statement": "", "i1-price_yuan": "", "i1-price_basis": ""}
    said |= {"i1-f0-grade": "annex", "i1-f0-feature": "瓶盖", "i1-f0-difference": "齿数不同"}
    part = lin.post(letter_page, said, headers={"HX-Request": "true"})
    assert "还没有一条印出的理由" in part.content.decode()
    assert "<html" not in part.content.decode()
    lin.post(letter_page, said | {"i1-f0-grade": "printed"})
    assert "要件齐全" in lin.get(letter_page).content.decode()
    lin.post(f"{letter_page}do/submit/")
    assert "去登记" in lin.get(letter_page).content.decode()
    lin.post("/opinions/signing/", {"step": "demonstration"})
    lin.post(f"{letter_page}do/sign/")
    page = lin.get(letter_page).content.decode()
    assert "正式意见书" in page
    paper = lin.get(f"{letter_page}file/paper/")
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")
    sent = {"courier": "顺丰", "waybill_no": "SF100", "sent_on": "2026-01-06"}
    lin.post(f"{letter_page}do/mail/", sent)
    page = lin.get(letter_page).content.decode()
    assert "SF100" in page
    with context.seat(BRANDS):
        letter = OpinionLetter.objects.get()
        mailing = letter.mailings.get()
        assert SigningCertificate.objects.get().is_demo
        assert selectors.counts(world.acting())["letters"] == 0
    lin.post(f"/opinions/mailings/{mailing.pk}/failed/", {"reason": "丢失"})
    for name in ("", "notices/", "samples/", "objections/", "reuse/", "signing/", "?state=formal", "?q=没有"):
        assert lin.get(f"/opinions/{name}").status_code == 200
    new = lin.post(f"{letter_page}renew/", {"reason": "数量更正"})["Location"]
    page = lin.get(new).content.decode()
    assert letter.number in page
    lin.post(f"{letter_page}do/withdraw/", {"reason": "样品混淆"})
    assert "样品混淆" in lin.get(letter_page).content.decode()
