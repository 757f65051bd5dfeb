"""Waybills, records, videos and documents; photos withdrawn and covered; packages and their versions."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, transaction
from harness import people
from PIL import Image

from appraisal.desk.models import DeskTask
from appraisal.requests import services as requests
from audit.models import LogEntry
from evidence import custody, kinds, matters, packages, redactions, sheets, withdrawals
from evidence.errors import DigestDiffers
from evidence.models import CartonWaybill, Exhibit, Sheet
from evidence.services import make_views
from evidence.sheets import SheetNotFinished, UnsupportedFile
from evidence.store import store
from federation.letters.delivery import deliver_everywhere
from kernel.canonical import canonical_json, sha256_hex, sm3_hex
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from provinces import context
from provinces.seats import BRANDS

PDF = b"%PDF-1.7 a decision"
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 100
WAYBILL = {
    "carrier": "顺丰",
    "number": "SF1234567890",
    "sender": "某商行",
    "receiver": "某门店",
    "sent_on": "2026-11-20",
}
EMPTY_PHONES = {name: {"value": "", "reason": "masked"} for name in ("sender_phone", "receiver_phone")}
RECORD = {
    "subject": "page", "platform": "某电商", "address": "https://shop.example/item?id=1", "method": "screenshot",
    "started_at": "2026-11-21T10:30", "officer_1": "陈某", "officer_1_cert": "桂A1", "officer_2": "李某",
    "officer_2_cert": "桂A2",
}  # fmt: skip


def fields_of(data: bytes, name: str = "") -> dict[str, str]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "filename": name, "source": "camera"}


@pytest.fixture
def office(border):
    """陈队长 with one sent request, in the province's seat; 韦处 and 黄管理员 beside."""
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        chen = bureau.chen
        site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号"))
        item = requests.add_product(by=chen, site=site, product_id=house.product.pk)
        photo = people.sealed_photo(chen, "front")
        requests.add_photo(by=chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
        request = requests.send(by=chen, request_id=item.request_id)
        matter = matters.access(chen, "request", request.pk)
        yield SimpleNamespace(
            bureau=bureau, house=house, chen=chen, wei=bureau.wei, huang=bureau.huang, request=request, site=site,
            item=item, photo=photo, matter=matter,
        )  # fmt: skip


def waybill(office, label: str = "one", **fields: object) -> Exhibit:
    sheet = sheets.open_sheet(
        kind="waybill", matter=office.matter, by=office.chen, fields=WAYBILL | EMPTY_PHONES | fields
    )
    data = people.jpeg(f"waybill {label}")
    sheets.add_file(sheet, io.BytesIO(data), by=office.chen, fields=fields_of(data, "a.jpg"))
    return sheets.seal(sheet, by=office.chen, matter=office.matter)


# Edge case 3 ----------------------------------------------------------------------------------------------------------


def test_edge_3_a_photo_older_than_the_visit_is_kept_as_not_live_with_its_reason(office):
    chen = office.chen
    data = people.jpeg("old")
    from evidence import uploads

    said = fields_of(data) | {
        "source": "album", "captured_at": (office.site.opened_at - timedelta(days=3)).isoformat(),
        "kept_reason": "三天前在另一处拍的同批货",
    }  # fmt: skip
    old = uploads.received(io.BytesIO(data), fields=said, by=chen)
    assert not old.live and old.kept_reason and "not_live" in [flag.code for flag in kinds.flags_of(old)]
    unexplained = people.jpeg("older")
    other = uploads.received(
        io.BytesIO(unexplained), fields=said | fields_of(unexplained) | {"source": "album", "kept_reason": ""}, by=chen
    )
    assert [flag.code for flag in kinds.flags_of(other)][-1] == "not_live_unexplained"


# Edge cases 9 and 10: waybills ---------------------------------------------------------------------------------------


def test_edge_9_a_torn_waybill_says_why_a_field_is_empty_and_masked_digits_stay_masked(office):
    torn = waybill(
        office,
        number={"value": "", "reason": "torn"},
        sender_phone="138****1234",
        receiver_phone={"value": "", "reason": "masked"},
    )
    assert torn.content["fields"]["number"] == {"value": "", "reason": "torn"}
    assert torn.content["fields"]["sender_phone"] == {"value": "138****1234"}, "as it stands on the paper"
    assert torn.kind == "waybill" and torn.legal_kind == "documentary"
    with store().open(torn.original_key) as stream:
        sealed = stream.read()
    assert sealed == canonical_json(torn.content) and torn.sha256 == sha256_hex(sealed) and torn.sm3 == sm3_hex(sealed)


def test_edge_9_an_empty_field_without_a_reason_and_a_waybill_without_a_photo_are_not_sealed(office):
    sheet = sheets.open_sheet(kind="waybill", matter=office.matter, by=office.chen, fields={"carrier": "顺丰"})
    with pytest.raises(SheetNotFinished) as refused:
        sheets.seal(sheet, by=office.chen, matter=office.matter)
    assert set(refused.value.data["fields"]) == set(sheets.WAYBILL_FIELDS) - {"carrier"} | {"files"}
    assert not Exhibit.objects.filter(kind="waybill").exists()


def test_edge_10_one_waybill_stands_for_many_cartons_and_one_carton_has_several(office):
    first, second = waybill(office, "first"), waybill(office, "second", number="YT99")
    sheets.mark_cartons(first, ["1", "2", "2"], matter=office.matter, by=office.chen)
    sheets.mark_cartons(second, ["2", "3"], matter=office.matter, by=office.chen)
    pairs = set(CartonWaybill.objects.values_list("carton__label", "exhibit_id"))
    assert pairs == {("1", first.pk), ("2", first.pk), ("2", second.pk), ("3", second.pk)}


# Edge case 11: withdrawal --------------------------------------------------------------------------------------------


def test_edge_11_a_private_photo_is_hidden_with_reason_and_approval_and_nothing_is_deleted(office, client_for):
    deliver_everywhere()
    with context.province("gx"):
        row = withdrawals.ask(office.photo, by=office.chen, reason="误传了家人的照片")
        with pytest.raises(Conflict):
            withdrawals.ask(office.photo, by=office.chen, reason="再来一次")
        with pytest.raises(NotAllowed):
            withdrawals.decide(row, by=office.chen, approve=True)
        withdrawals.decide(row, by=office.wei, approve=True, answer="同意")
        hidden = Exhibit.objects.get(pk=office.photo.pk)
        assert hidden.state == "withdrawn" and hidden.withdrawn_at
        assert store().exists(hidden.original_key) and store().digests(hidden.original_key).sha256 == hidden.sha256
        assert custody.of(hidden).last().act == "withdrawn" and custody.of(hidden).last().purpose == "误传了家人的照片"
        assert LogEntry.objects.filter(record_id=hidden.pk, kind="exhibit.sealed").exists()
        with pytest.raises(ProgrammingError), transaction.atomic():
            Exhibit.objects.filter(pk=hidden.pk)._raw_delete("default")
    chen = client_for("gx", user=office.chen)
    assert chen.get(f"/photo/{hidden.pk}/view").status_code == 410
    page = chen.get(f"/exhibits/{hidden.pk}/")
    assert page.status_code == 200 and f"/photo/{hidden.pk}/view" not in page.text and hidden.sha256 in page.text
    assert chen.post(f"/exhibits/{hidden.pk}/export/", {"purpose": "看看"}).status_code in (404, 410)


def test_edge_11_a_withdrawn_photo_is_hidden_at_the_brand_by_letter(office, client_for):
    deliver_everywhere()
    with context.province("gx"):
        row = withdrawals.ask(office.photo, by=office.chen, reason="误传")
        withdrawals.decide(row, by=office.huang, approve=True)
    deliver_everywhere()
    with context.seat(BRANDS):
        task = DeskTask.objects.get(request_id=office.request.pk)
        shown = Exhibit.objects.get(pk=task.items.get().photos.get().exhibit_id)
        assert shown.state == "withdrawn" and custody.of(shown).last().act == "withdrawn"
        assert task.lines.filter(kind="photo_withdrawn").count() == 1
    lin = client_for("brands", user=office.house.lin)
    assert lin.get(f"/photo/{shown.pk}/view").status_code == 410
    assert lin.get(f"/desk/{task.pk}/").status_code == 200


# Edge case 12: electronic data ---------------------------------------------------------------------------------------


def test_edge_12_a_record_with_a_long_address_stands_by_its_own_hash_when_the_page_is_gone(office):
    address = "https://shop.example/?" + "q" * 5000
    sheet = sheets.open_sheet(kind="record", matter=office.matter, by=office.chen, fields=RECORD | {"address": address})
    page = b"<html>saved page</html>"
    sheets.add_file(sheet, io.BytesIO(page), by=office.chen, fields=fields_of(page, "page.mhtml"))
    record = sheets.seal(sheet, by=office.chen, matter=office.matter)
    assert record.content["fields"]["address"]["value"] == address
    (file,) = record.content["files"]
    assert file["sha256"] == sha256_hex(page) and file["file_name"] == "page.mhtml"
    assert record.sha256 == sha256_hex(canonical_json(record.content)) and record.legal_kind == "electronic"
    assert sheets.seal(Sheet.objects.get(pk=sheet.pk), by=office.chen, matter=office.matter) == record, "twice is once"
    with pytest.raises(Conflict):
        sheets.write(sheet, {"address": "https://elsewhere.example"})


@pytest.mark.parametrize("same", [{"officer_2": "陈某"}, {"officer_2_cert": "桂A1"}, {"officer_2": ""}])
def test_a_record_needs_two_officers_with_numbers_of_their_own(office, same):
    sheet = sheets.open_sheet(kind="record", matter=office.matter, by=office.chen, fields=RECORD | same)
    data = people.jpeg("screen")
    sheets.add_file(sheet, io.BytesIO(data), by=office.chen, fields=fields_of(data))
    with pytest.raises(SheetNotFinished):
        sheets.seal(sheet, by=office.chen, matter=office.matter)


# Edge case 13: video -------------------------------------------------------------------------------------------------


def test_edge_13_a_video_is_sealed_of_ordered_parts_and_the_request_did_not_wait_for_it(office):
    assert office.request.state == "sent"
    sheet = sheets.open_sheet(kind="video", matter=office.matter, by=office.chen, fields={"title": "开箱"})
    parts = [MP4 + bytes([number]) * 50 for number in range(3)]
    for number, part in enumerate(parts):
        sheets.add_file(sheet, io.BytesIO(part), by=office.chen, fields=fields_of(part, f"{number}.mp4"))
    assert sheets.add_file(sheet, io.BytesIO(parts[0]), by=office.chen, fields=fields_of(parts[0])).position == 1
    video = sheets.seal(sheet, by=office.chen, matter=office.matter)
    assert [file["sha256"] for file in video.content["files"]] == [sha256_hex(part) for part in parts]
    assert video.legal_kind == "audio_visual" and not video.view_key, "no picture of it is made"
    with pytest.raises(UnsupportedFile):
        other = sheets.open_sheet(kind="video", matter=office.matter, by=office.chen)
        sheets.add_file(other, io.BytesIO(PDF), by=office.chen, fields=fields_of(PDF, "a.mp4"))


def test_edge_13_parts_come_by_resumable_upload_and_go_on_where_they_broke(office, client_for):
    import base64

    sheet = sheets.open_sheet(kind="video", matter=office.matter, by=office.chen, fields={"title": "开箱"})
    data = MP4 + b"x" * 300_000
    chen = client_for("gx", user=office.chen)
    said = fields_of(data, "part.mp4") | {"target": f"/sheets/{sheet.pk}/files/"}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
    tus = {"HTTP_TUS_RESUMABLE": "1.0.0"}
    made = chen.generic(
        "POST", "/uploads/", b"", **tus, HTTP_UPLOAD_LENGTH=str(len(data)), HTTP_UPLOAD_METADATA=metadata
    )
    assert made.status_code == 201, made.content

    def patch(offset: int, piece: bytes):
        return chen.patch(
            made["Location"], piece, content_type="application/offset+octet-stream", **tus,
            HTTP_UPLOAD_OFFSET=str(offset),
        )  # fmt: skip

    assert patch(0, data[:200_000]).status_code == 204
    offset = int(chen.head(made["Location"], **tus)["Upload-Offset"])
    done = patch(offset, data[offset:])
    assert done.status_code == 200 and done.json()["sha256"] == sha256_hex(data) and done.json()["position"] == 1


# Edge case 14: packages ----------------------------------------------------------------------------------------------


def test_edge_14_one_more_photo_makes_version_2_and_the_first_seal_stays(office):
    first = packages.seal(matter=office.matter, exhibit_ids=[office.photo.pk], title="移送", by=office.chen)
    paper = waybill(office)
    second = packages.seal(matter=office.matter, exhibit_ids=[paper.pk], title="", by=office.chen, after=first)
    assert (second.version, second.series_id) == (2, first.series_id)
    assert second.manifest["previous_sha256"] == first.sha256
    items = second.manifest["items"]
    assert [item["form"] for item in items] == ["photo", "waybill", "photo"], "the waybill's own photo comes along"
    assert items[0] | {"position": 1} == first.manifest["items"][0]
    for package in (first, second):
        package.refresh_from_db()
        assert packages.still_sealed(package)
        sealed = LogEntry.objects.get(record_id=package.pk, kind="package.sealed").content
        assert sealed["sha256"] == package.sha256 == sha256_hex(canonical_json(package.manifest))
    assert items[0]["original_or_copy"] == "original" and items[0]["holder"] and items[0]["sm3"] == office.photo.sm3
    with pytest.raises(Conflict):
        third = people.sealed_photo(office.chen, "third")
        matters.put(third, office.matter, by=office.chen)
        packages.seal(matter=office.matter, exhibit_ids=[third.pk], title="", by=office.chen, after=first)


def test_a_package_takes_only_exhibits_of_its_matter_and_none_that_was_withdrawn(office):
    stranger = people.sealed_photo(office.chen, "not of this matter")
    with pytest.raises(NotFound404):
        packages.seal(matter=office.matter, exhibit_ids=[stranger.pk], title="", by=office.chen)
    withdrawals.decide(withdrawals.ask(office.photo, by=office.chen, reason="误传"), by=office.wei, approve=True)
    with pytest.raises(BadInput, match="exhibit_withdrawn"):
        packages.seal(matter=office.matter, exhibit_ids=[office.photo.pk], title="", by=office.chen)


def test_verification_walks_sheets_packages_and_withdrawn_photos_and_names_a_changed_manifest(office, database):
    from evidence import sealing
    from evidence.models import Package

    paper = waybill(office)
    package = packages.seal(matter=office.matter, exhibit_ids=[office.photo.pk, paper.pk], title="移送", by=office.chen)
    withdrawals.decide(withdrawals.ask(office.photo, by=office.chen, reason="误传"), by=office.wei, approve=True)
    for exhibit in (paper, office.photo):
        assert sealing.check(Exhibit.objects.get(pk=exhibit.pk)).holds
    entry = LogEntry.objects.get(record_id=package.pk, kind=packages.SEALED)
    assert not list(packages.check([entry], True))
    with context.owner("gx"):
        changed = Package.objects.get(pk=package.pk).manifest | {"title": "另一个"}
        Package.objects.filter(pk=package.pk).update(manifest=changed)
    with context.province("gx"):
        assert [code for _entry, code, _data in packages.check([entry], True)] == ["record_differs"]


# Covered copies, documents, legal kinds ------------------------------------------------------------------------------


def test_a_covered_copy_is_a_new_exhibit_in_which_what_was_covered_is_gone(office):
    row = redactions.ask(office.photo, boxes=[(0, 0, 0.5, 0.5)], purpose="向外单位通报", by=office.chen)
    copy = redactions.make(row.pk).copy
    assert copy.redacted_from_id == office.photo.pk and copy.sha256 != office.photo.sha256
    assert redactions.make(row.pk).copy == copy, "twice is once"
    with store().open(copy.original_key) as stream, Image.open(io.BytesIO(stream.read())) as picture:
        assert max(max(pixel) for pixel in picture.crop((0, 0, 310, 230)).getdata()) < 30
        assert max(picture.getpixel((500, 400))) > 60 and not picture.getexif()
    ready = make_views(copy.pk)
    assert ready.state == "ready" and "遮盖副本" in kinds.name_of(ready)
    event = custody.of(office.photo).filter(act="redacted").get()
    assert event.purpose == "向外单位通报" and event.data["copy_sha256"] == copy.sha256
    with pytest.raises(BadInput):
        redactions.ask(office.photo, boxes=[(0.5, 0.5, 2, 2)], purpose="通报", by=office.chen)


def test_a_document_is_kept_as_it_came_and_offered_as_a_download_alone(office, client_for):
    made = sheets.add_document(
        io.BytesIO(PDF), matter=office.matter, by=office.chen, fields=fields_of(PDF, "../决定书.pdf")
    )
    assert (made.kind, made.file_name, made.state) == ("document", "决定书.pdf", "ready")
    with pytest.raises(UnsupportedFile):
        sheets.add_document(
            io.BytesIO(b"MZ program"), matter=office.matter, by=office.chen, fields=fields_of(b"MZ program", "a.pdf")
        )
    with pytest.raises(DigestDiffers):
        sheets.add_document(
            io.BytesIO(PDF + b"!"), matter=office.matter, by=office.chen, fields=fields_of(PDF, "a.pdf")
        )
    chen = client_for("gx", user=office.chen)
    assert chen.get(f"/photo/{made.pk}/view").status_code == 404
    refused = chen.post(f"/exhibits/{made.pk}/export/", {"purpose": " "})
    assert refused.status_code == 403
    answer = chen.post(f"/exhibits/{made.pk}/export/", {"purpose": "入卷"})
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert custody.of(made).last().act == "exported" and custody.of(made).last().purpose == "入卷"


def test_an_exhibit_is_filed_under_one_of_eight_kinds_and_a_change_leaves_a_trail(office):
    from audit.models import Trail
    from evidence import exhibits

    assert office.photo.legal_kind == "electronic"
    exhibits.file_under(office.photo, "physical", by=office.chen, why="实物照片")
    assert Exhibit.objects.get(pk=office.photo.pk).legal_kind == "physical"
    assert Trail.objects.get(record_id=office.photo.pk, verb="file_under").data == {
        "from": "electronic",
        "to": "physical",
    }
    with pytest.raises(BadInput):
        exhibits.file_under(office.photo, "rumour", by=office.chen)


# Pages and rights ----------------------------------------------------------------------------------------------------


def test_the_pages_of_exhibits_are_for_those_of_the_matter_and_opening_one_is_noted(office, client_for):
    paper = waybill(office)
    package = packages.seal(matter=office.matter, exhibit_ids=[office.photo.pk], title="移送", by=office.chen)
    chen, huang = client_for("gx", user=office.chen), client_for("gx", user=office.huang)
    matter = f"/exhibits/in/request/{office.request.pk}/"
    for address in (
        "/exhibits/", matter, f"/exhibits/{paper.pk}/", f"/exhibits/{office.photo.pk}/", f"/packages/{package.pk}/",
        f"{matter}package/", f"{matter}documents/", f"/exhibits/{office.photo.pk}/redact/", "/exhibits/?kind=waybill",
    ):  # fmt: skip
        assert chen.get(address).status_code == 200, address
    assert huang.get(f"/exhibits/{paper.pk}/").status_code == 404, "an administrator reads no case contents"
    assert huang.get("/exhibits/withdrawals/").status_code == 200
    assert chen.get("/exhibits/withdrawals/").status_code == 404
    with context.province("gx"):
        assert [event.act for event in custody.of(paper)][-1] == "viewed"
        before = custody.of(office.photo).count()
    chen.get(f"/photo/{office.photo.pk}/thumb")
    chen.get(f"/photo/{office.photo.pk}/view")
    chen.get(f"/photo/{office.photo.pk}/view")
    with context.province("gx"):
        assert custody.of(office.photo).count() == before + 1, "a thumbnail is no view, and again is the same view"
    manifest = chen.get(f"/packages/{package.pk}/manifest.json").content
    assert sha256_hex(manifest) == package.sha256


def test_a_brand_sees_of_an_exhibit_its_view_and_digests_and_its_own_custody_alone(office, client_for):
    deliver_everywhere()
    with context.seat(BRANDS):
        shown = DeskTask.objects.get(request_id=office.request.pk).items.get().photos.get().exhibit
    page = client_for("brands", user=office.house.lin).get(f"/exhibits/{shown.pk}/")
    assert page.status_code == 200 and office.photo.sha256 in page.text and office.photo.sm3 in page.text
    assert office.request.number not in page.text and "导出原件" not in page.text and "陈队长" not in page.text
    assert client_for("brands", user=office.house.lin).get(f"/exhibits/{office.photo.pk}/").status_code == 404
    assert client_for("gx", user=office.chen).get(f"/exhibits/{shown.pk}/").status_code == 404


def test_a_waybill_is_entered_on_the_page_in_few_steps_and_says_what_is_missing(office, client_for):
    chen = client_for("gx", user=office.chen)
    begun = chen.post(f"/exhibits/in/request/{office.request.pk}/add/", {"kind": "waybill"})
    data = people.jpeg("on the page")
    file = io.BytesIO(data)
    file.name = "waybill.jpg"
    assert chen.post(begun["Location"] + "files/", {"file": file}).status_code == 302
    said = {name: value for name, value in WAYBILL.items()}
    refused = chen.post(begun["Location"], said | {"sender_phone": "", "receiver_phone": "", "then": "seal"})
    assert refused.status_code == 400 and "寄件电话" in refused.text and "SF1234567890" in refused.text
    sealed = chen.post(
        begun["Location"],
        said | {"sender_phone": "138****0000", "receiver_phone": "", "reason_receiver_phone": "masked", "then": "seal"},
    )
    assert sealed.status_code == 302, sealed.text[:2000]
    assert "138****0000" in chen.get(sealed["Location"]).text
