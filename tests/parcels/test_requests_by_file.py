"""鉴定申请 and 回执 by file: asked once whichever way it comes, answered row by row. B-05, B-07."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from harness import people
from harness.partner import Partner, clue, connect

from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem
from evidence.store import store
from kernel.ids import uuid7
from kernel.tables import Sheet, book, read_sheets
from notify.models import Notice
from tenants.embedding.models import Matter, MatterLink, MatterPhoto
from tenants.embedding.services import matters
from tenants.parcels import services
from tenants.parcels.models import Parcel, ParcelReceipt

CASE = "南市监案〔2026〕31号"


@pytest.fixture(autouse=True)
def places(database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The county is one that is known, before any seat is taken."""
    people.divisions()
    monkeypatch.setattr(matters, "_county", lambda said, unit: "450103")  # places are the launch's own tests
    yield
    connection.set_seat(None)
    database.empty_what_was_empty()


def picture(words: str) -> tuple[str, dict[str, bytes]]:
    """(digest, the file as a package holds it)."""
    data = people.jpeg(words)
    digest = hashlib.sha256(data).hexdigest()
    return digest, {f"attachments/{digest}.jpg": data}


def asked(ref: str, **said: Any) -> dict[str, Any]:
    data = {"case_number": CASE, "officer": "chen", "brand": "清溪", "product": "清溪老窖", "quantity": 6, **said}
    return {"kind": "request", "id": ref, "data": {name: value for name, value in data.items() if value is not None}}


def rows(report: Any) -> list[tuple[str, str]]:
    return [(str(row.effect), row.code) for row in report.lines.order_by("line")]


def test_b07_requests_come_in_under_their_case_with_photos_and_go_out_with_their_state(
    bureau: Any, partner: Partner
) -> None:
    """Nothing is written before a person takes it in; rows of one case make one visit; bad rows say why."""
    digest, files = picture("one")
    sent = [
        asked("r-1", photos=[digest], send=True, question="是否正品"),
        asked("r-2", officer=None),
        asked("r-3", brand=None, product=None),
        asked("r-4", photos=["0" * 64]),
        asked("r-5", product="清溪特曲", send=True),
        asked("r-6", product="清溪特曲", no_photo="已封存", send=True, batch_no="20260901"),
    ]
    content = partner.pack(sent, attachments=files)
    report = partner.bring(bureau.meng, content)
    assert rows(report) == [
        ("new", ""), ("rejected", "case_unknown"), ("rejected", "goods_missing"), ("rejected", "file_not_here"),
        ("rejected", "photos_needed"), ("new", ""),
    ]  # fmt: skip
    assert not Matter.objects.exists() and not RequestItem.objects.exists()
    taken = services.take(by=bureau.meng, report=report)
    assert taken.counts["made"] == 2, [row.words for row in taken.lines.all()]
    first, second = RequestItem.objects.order_by("position")
    request = AppraisalRequest.objects.get()
    assert (request.officer, request.state, request.question) == (bureau.chen, "unserved", "是否正品")
    assert (first.quantity, second.batch_no, second.absent_shots.get().absent_reason) == (6, "20260901", "已封存")
    assert ItemPhoto.objects.get().exhibit.sha256 == digest
    matter = Matter.objects.get()
    assert matter.case_number == CASE and matter.photos.get().state == MatterPhoto.State.KEPT
    assert set(matter.links.values_list("kind", flat=True)) == {MatterLink.Kind.SITE, MatterLink.Kind.REQUEST}
    assert partner.bring(bureau.meng, content).pk == report.pk, "the same package is the same report"
    again = partner.bring(bureau.meng, partner.pack(sent[:1], attachments=files))
    assert rows(again) == [("same", "")], "the same number of a record in another package is left out"
    bureau.tick(timedelta(minutes=1))
    parcel = services.write(partner.connection, by=bureau.meng, kinds=["request", "receipt"])
    assert parcel.counts == {"request": 1, "receipt": 6}


def test_b05_what_came_by_link_is_not_made_twice_by_file(bureau: Any, partner: Partner) -> None:
    """Known by the id that the other side chose, or by a photo under that case; goods join the visit of the launch."""
    services.take(by=bureau.meng, report=partner.bring(bureau.meng, partner.pack([asked("r-1")])))
    matter, site = Matter.objects.get(), AppraisalRequest.objects.get().site
    draft = Notice.objects.get(user_id=bureau.chen.pk, code="parcel_requests")
    assert str(AppraisalRequest.objects.get().pk) in draft.url, "left as a draft, its officer is told"
    chosen, digest, files = uuid7(), *picture("two")
    item = requests.add_unlisted(by=bureau.chen, site=site, brand_name="岚", item_id=chosen)
    exhibit = people.sealed_photo(bureau.chen, "two")
    requests.add_photo(by=bureau.chen, item_id=item.pk, exhibit=exhibit, shot_code="front_label", source="camera")
    sent = [asked(str(chosen), officer=None), asked("r-9", photos=[digest], officer=None), asked("r-10", officer=None)]
    report = partner.bring(bureau.meng, partner.pack(sent, attachments=files))
    assert [(row.effect, row.record_id) for row in report.lines.order_by("line")] == [
        ("same", item.pk), ("same", item.pk), ("new", None),
    ]  # fmt: skip
    services.take(by=bureau.meng, report=report)
    assert matter.links.filter(kind=MatterLink.Kind.SITE).count() == 1
    assert set(AppraisalRequest.objects.values_list("site_id", flat=True)) == {site.pk}
    other = Partner(connect(bureau.huang, name="另一系统"), by=bureau.huang)
    stolen = other.bring(bureau.meng, other.pack([asked("x", photos=[digest])]))
    assert rows(stolen) == [("rejected", "file_not_here")], "no digest opens another case's photo"


def test_b07_requests_are_filled_in_by_hand_and_come_back_with_reasons(bureau: Any, partner: Partner) -> None:
    """The sheet of the template; what went back is brought again once it is mended."""
    header = ["编号", "案号", "承办人", "品牌", "数量", "没有照片的原因"]
    body = [["a", CASE, "chen", "清溪", "3", "已封存"], ["b", CASE, "chen", "", "1", ""]]
    report = partner.bring(bureau.meng, book([Sheet(title="鉴定申请", header=header, rows=body)]), "申请.xlsx")
    assert rows(report) == [("new", ""), ("rejected", "goods_missing")]
    services.take(by=bureau.meng, report=report)
    assert AppraisalRequest.objects.get().state == "draft"
    bureau.tick(timedelta(minutes=1))
    parcel = services.write(partner.connection, by=bureau.meng, kinds=["receipt"])
    with store().open(parcel.object_key) as stream, ZipFile(io.BytesIO(stream.read())) as packed:
        sheets = dict(read_sheets(packed.read("records.xlsx")))
    told = [cells for _number, cells in sheets["回执"]]
    effect, code = told[0].index("处理"), told[0].index("原因代码")
    assert [(row[effect], row[code]) for row in told[1:]] == [("已新增", ""), ("退回", "goods_missing")]


def test_b07_receipts_of_the_other_side_are_kept_once_by_file_and_by_link(
    bureau: Any, partner: Partner, client_for: Any
) -> None:
    """Of a record or of the whole parcel; a refusal reaches who made the parcel; a later word takes the place."""
    services.take(by=bureau.meng, report=partner.bring(bureau.meng, partner.pack([clue("A-1")])))
    bureau.tick(timedelta(minutes=10))
    parcel = services.write(partner.connection, by=bureau.meng, kinds=["clue", "receipt"])
    assert parcel.counts["receipt"] == 1

    def receipt(ref: str, **said: Any) -> dict[str, Any]:
        data = {"parcel": parcel.sequence, "record_kind": "clue", "record_id": "c-1", "effect": "made", **said}
        return {"kind": "receipt", "id": ref, "data": data}

    sent = [
        receipt("1"),
        receipt("2", record_id="c-2", effect="rejected", code="no_such", reason="案号不存在"),
        receipt("3", parcel=99),
        receipt("4", record_kind="result"),
        receipt("5", effect="lost"),
    ]
    report = partner.bring(bureau.meng, partner.pack(sent))
    assert rows(report) == [
        ("new", ""), ("new", ""), ("rejected", "parcel_unknown"), ("rejected", "kind_not_sent"),
        ("rejected", "unknown_value"),
    ]  # fmt: skip
    assert not ParcelReceipt.objects.exists()
    services.take(by=bureau.meng, report=report)
    assert Notice.objects.filter(user_id=bureau.meng.pk, code="parcel_rejected").count() == 1
    meng = client_for("gx", user=bureau.meng)
    here = f"/api/v1/parcels/{parcel.pk}/receipts/"
    mended = {"receipts": [{"kind": "clue", "id": "c-2", "effect": "made"}, {"effect": "made"}]}
    for _ in range(2):
        assert meng.post(here, mended, content_type="application/json").status_code == 200
    said = {(each["kind"], each["id"]): each["effect"] for each in meng.get(here).json()["results"]}
    assert said == {("clue", "c-1"): "made", ("clue", "c-2"): "made", ("", ""): "made"}
    wrong = {"receipts": [{"kind": "result", "id": "x", "effect": "made"}]}
    assert meng.post(here, wrong, content_type="application/json").json()["code"] == "kind_not_sent"
    later = partner.bring(bureau.meng, partner.pack([receipt("6", record_id="c-2"), receipt("7", record_id="c-1")]))
    assert rows(later) == [("same", ""), ("same", "")], "it came by link already"
    assert "对方回执" in meng.get(f"/parcels/out/{parcel.pk}/").content.decode()
    bureau.tick(timedelta(minutes=1))
    assert services.write(partner.connection, by=bureau.meng, kinds=["receipt"]).counts == {"receipt": 0}, (
        "receipts are not answered"
    )
    assert Parcel.objects.count() == 2
    huang = client_for("gx", user=bureau.huang)
    assert huang.post(here, mended, content_type="application/json").status_code == 403
