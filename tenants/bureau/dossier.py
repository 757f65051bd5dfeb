"""Of the sample story: a waybill, an electronic-data record and a package in its second version, on one request.

All of it is invented. The pictures are plain sheets of paper that say so.
"""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

from accounts.models import User
from appraisal.requests.models import AppraisalRequest, ItemPhoto
from evidence import matters, packages, services, sheets
from evidence.models import Exhibit, Package, Sheet
from kernel import clock
from runtime.sample import papers

WAYBILL = {
    "carrier": "样张快递",
    "number": "DEMO 2026 0001",
    "sender": "某商行（化名）",
    "sender_phone": "138****0000",
    "receiver": "某门店（化名）",
    "receiver_phone": {"value": "", "reason": "masked"},
    "sent_on": {"value": "", "reason": "unreadable"},
}
RECORD = {
    "subject": "page",
    "platform": "样张商城",
    "address": "https://shop.example/item?id=20261121&from=sample",
    "account": "样张旗舰店",
    "method": "download",
    "place": "本局办公室",
    "note": "用办公电脑打开商品页，核对网址后保存整页，两人在场。",
}
PAGE = "<!doctype html><meta charset=utf-8><title>演示样张</title><p>演示样张 无法律效力</p>"


def fill(stage: Any, shown: list[Any]) -> None:
    """Add them to the last answered request of the story's first province that was told with photographs."""
    row = next((each for each in reversed(shown) if each.province == "gx" and each.first("answered")), None)
    if row is None:
        return
    with stage.enter(row.province):
        officer = User.objects.get(username=row.officers[0])
        photo = ItemPhoto.objects.filter(item__request__officer=officer, item__request__sent_at=row.sent_at).first()
        if photo is None or Package.objects.exists():
            return
        request = AppraisalRequest.objects.get(items__photos=photo)
        matter = matters.access(officer, "request", request.pk)
        with clock.frozen(row.sent_at + timedelta(minutes=20)):
            first = packages.seal(matter=matter, exhibit_ids=[photo.exhibit_id], title="商品照片", by=officer)
            paper = _waybill(officer, matter)
            record = _record(officer, matter)
        with clock.frozen(row.sent_at + timedelta(minutes=50)):
            packages.seal(matter=matter, exhibit_ids=[paper.pk, record.pk], title="", by=officer, after=first)


def _waybill(officer: User, matter: matters.Matter) -> Exhibit:
    sheet = sheets.open_sheet(kind="waybill", matter=matter, by=officer, fields=WAYBILL)
    data = papers.paper("样张快递", ["DEMO 2026 0001", "寄件 某商行 138****0000", "收件 某门店"])
    services.make_views(_add(sheet, data, officer, name="waybill.jpg"))
    return _sealed(sheet, officer, matter, ["1 号箱", "2 号箱"])


def _record(officer: User, matter: matters.Matter) -> Exhibit:
    begun = clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    officers = {
        "officer_1": officer.name,
        "officer_1_cert": officer.officer_cert_no or "DEMO-1",
        "officer_2": "同事（化名）",
        "officer_2_cert": "DEMO-2",
    }
    sheet = sheets.open_sheet(
        kind="record", matter=matter, by=officer, fields=RECORD | officers | {"started_at": begun}
    )
    _add(sheet, PAGE.encode(), officer, name="商品页.html")
    return _sealed(sheet, officer, matter, [])


def _add(sheet: Sheet, data: bytes, officer: User, *, name: str) -> Any:
    said = {"sha256": hashlib.sha256(data).hexdigest(), "filename": name, "source": "camera"}
    return sheets.add_file(sheet, io.BytesIO(data), by=officer, fields=said).exhibit_id


def _sealed(sheet: Sheet, officer: User, matter: matters.Matter, cartons: list[str]) -> Exhibit:
    exhibit = sheets.seal(sheet, by=officer, matter=matter)
    if cartons:
        sheets.mark_cartons(exhibit, cartons, matter=matter, by=officer)
    return exhibit
