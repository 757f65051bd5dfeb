"""Waybills, electronic-data records, videos and documents: written, given their files, sealed.

A sealed sheet is one exhibit. Its original is the canonical JSON of what was written and of the digests of its files,
so it stands by its own hash and time though a page is gone or a waybill is torn. Nothing is ever filled in by us.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from evidence import custody, kinds, matters, services, uploads
from evidence.errors import EmptyFile
from evidence.kinds import Kind
from evidence.matters import Matter
from evidence.models import Carton, CartonWaybill, Exhibit, Sheet, SheetFile
from evidence.store import StoredObject
from kernel import clock
from kernel.canonical import canonical_json, digests_of, instant
from kernel.errors import BadInput, Conflict

SHEET_KINDS = (Kind.WAYBILL, Kind.RECORD, Kind.VIDEO)

WAYBILL_FIELDS: dict[str, str | Promise] = {
    "carrier": _("快递公司"),
    "number": _("运单号"),
    "sender": _("寄件人"),
    "sender_phone": _("寄件电话"),
    "receiver": _("收件人"),
    "receiver_phone": _("收件电话"),
    "sent_on": _("寄件日期"),
}
EMPTY_REASONS: dict[str, str | Promise] = {
    "torn": _("面单破损"),
    "unreadable": _("字迹不清"),
    "masked": _("隐私面单，已隐去"),
    "absent": _("面单上没有"),
    "other": _("其他原因"),
}
"""Why a field of a waybill is empty."""

SUBJECTS: dict[str, str | Promise] = {
    "page": _("网页"),
    "account": _("账号"),
    "live": _("直播"),
    "chat": _("聊天记录"),
    "other": _("其他"),
}
METHODS: dict[str, str | Promise] = {
    "screenshot": _("截屏"),
    "recording": _("录屏"),
    "download": _("下载保存"),
    "export": _("从设备或平台导出"),
    "photographed": _("对屏幕拍照"),
    "other": _("其他"),
}
RECORD_FIELDS: dict[str, str | Promise] = {
    "subject": _("提取对象"),
    "platform": _("平台或软件"),
    "address": _("网址"),
    "account": _("账号"),
    "method": _("提取方法"),
    "started_at": _("开始时间"),
    "ended_at": _("结束时间"),
    "place": _("提取地点"),
    "note": _("提取过程"),
    "officer_1": _("执法人员一"),
    "officer_1_cert": _("执法证号一"),
    "officer_2": _("执法人员二"),
    "officer_2_cert": _("执法证号二"),
}
VIDEO_FIELDS: dict[str, str | Promise] = {"title": _("名称"), "note": _("说明")}
FIELDS: dict[str, dict[str, str | Promise]] = {
    Kind.WAYBILL: WAYBILL_FIELDS,
    Kind.RECORD: RECORD_FIELDS,
    Kind.VIDEO: VIDEO_FIELDS,
}
LONGEST: dict[str, int] = {"address": 100_000, "note": 20_000}
_LONGEST_OTHER = 300
_FILES_AT_MOST = 200
_NUL = re.compile(r"[\x00]")


class UnsupportedFile(BadInput):
    """A file of a kind that this place does not take. Data: name."""

    code = "unsupported_file"
    sentence = _("“{name}”不是这里能收的文件。录像收 MP4、MOV、WebM、MKV、AVI；文件收 PDF 和办公文档。")


class SheetNotFinished(BadInput):
    """Something a sealed sheet must have is missing. Data: fields, a mapping of name to sentence."""

    code = "sheet_not_finished"
    sentence = _("还不能封存：{what}")


def open_sheet(*, kind: str, matter: Matter, by: User, fields: Mapping[str, Any] | None = None) -> Sheet:
    """Begin a waybill, a record or a video in a matter. Who may write to the matter is for the caller to have asked."""
    if kind not in SHEET_KINDS:
        raise BadInput(_("没有这种记录。请从证据页重新进入。"), code="sheet_kind")
    sheet = Sheet(
        kind=kind,
        matter_kind=matter.kind,
        matter_id=matter.id,
        by_id=by.pk,
        by_name=by.display_name,
        unit_id=by.unit_id,
    )
    sheet.fields = read_fields(kind, fields or {})
    sheet.save(force_insert=True)
    return sheet


def write(sheet: Sheet, fields: Mapping[str, Any]) -> Sheet:
    """Set what is written, while the sheet is open; fields not named stay. Raises Conflict once it is sealed."""
    with transaction.atomic():
        held = _held(sheet)
        held.fields = {**held.fields, **read_fields(held.kind, fields)}
        held.save(update_fields=["fields"])
    return held


def read_fields(kind: str, said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Name -> {"value", "reason"} of the known fields among `said`; a plain text is a value. As typed, trimmed only.

    Raises BadInput for what is too long; unknown names are left out.
    """
    found = {}
    for name in FIELDS[kind]:
        if name not in said:
            continue
        given = said[name]
        value, reason = (given.get("value", ""), given.get("reason", "")) if isinstance(given, Mapping) else (given, "")
        value = _NUL.sub("", str(value or "")).strip()
        if len(value) > LONGEST.get(name, _LONGEST_OTHER):
            label = FIELDS[kind][name]
            raise BadInput(_("“{label}”太长，请缩短后再保存。"), code="field_too_long", label=str(label), field=name)
        reason = _NUL.sub("", str(reason or "")).strip()[:_LONGEST_OTHER]
        found[name] = {"value": value} if value else {"value": "", "reason": reason}
    return found


def add_file(
    sheet: Sheet,
    file: BinaryIO,
    *,
    by: User,
    fields: Mapping[str, str],
    device_note: str = "",
    digests: StoredObject | None = None,
) -> SheetFile:
    """One more file, after those that are there; the same file twice is one.

    fields: what the device said, by the names of `evidence.uploads`. digests: when they were made and compared already.
    A picture becomes a photo with a view; anything else is kept as it is and never opened. Raises UnsupportedFile,
    Conflict, and what `services.receive` and `services.compare` raise.
    """
    if sheet.state != Sheet.State.OPEN:
        raise _sealed_already()
    exhibit = _keep(sheet, file, by=by, fields=fields, device_note=device_note, digests=digests)
    with transaction.atomic():
        held = _held(sheet)
        there = held.files.filter(exhibit=exhibit).first()
        if there is not None:
            return there
        last = held.files.order_by("-position").values_list("position", flat=True).first() or 0
        if last >= _FILES_AT_MOST:
            raise BadInput(
                _("一份记录最多 {most} 个文件。请先封存，再另开一份。"), code="too_many_files", most=_FILES_AT_MOST
            )
        return SheetFile.objects.create(sheet=held, position=last + 1, exhibit=exhibit)


def _keep(
    sheet: Sheet,
    file: BinaryIO,
    *,
    by: User,
    fields: Mapping[str, str],
    device_note: str,
    digests: StoredObject | None,
) -> Exhibit:
    file.seek(0)
    head = file.read(64)
    if not head:
        raise EmptyFile()
    name = kinds.safe_name(fields.get("filename", ""))
    media_type = kinds.file_type(head, name)
    if kinds.is_image(media_type) and sheet.kind != Kind.VIDEO:
        file.seek(0)
        return uploads.received(file, fields=fields, by=by, device_note=device_note)
    if sheet.kind == Kind.WAYBILL or (sheet.kind == Kind.VIDEO and not kinds.is_video(media_type)):
        raise UnsupportedFile(name=name or media_type)
    kind = Kind.CLIP if kinds.is_video(media_type) else Kind.FILE
    return keep_file(
        file,
        kind=kind,
        media_type=media_type,
        name=name,
        by=by,
        fields=fields,
        device_note=device_note,
        digests=digests,
    )


def keep_file(
    file: BinaryIO,
    *,
    kind: str,
    media_type: str,
    name: str,
    by: User,
    fields: Mapping[str, str],
    device_note: str = "",
    digests: StoredObject | None = None,
) -> Exhibit:
    """Seal a file that is no picture. It is stored as it is, and nothing of it is ever opened here."""
    if digests is None:
        digests = services.compare(
            file, declared_sha256=fields.get("sha256", ""), by=by, limit_bytes=settings.MAX_FILE_BYTES
        )
    owner = services.own_prefix()
    known = Exhibit.objects.filter(owner=owner, sha256=digests.sha256, view_only=False).first()
    if known is not None:
        return known
    key = services.keep_original(file, owner=owner, digests=digests, media_type=media_type)
    return _new_exhibit(
        by=by,
        owner=owner,
        kind=kind,
        digests=digests,
        media_type=media_type,
        original_key=key,
        source=Exhibit.Source.FILE,
        file_name=name,
        title="",
        captured_at=uploads.captured_at(fields),
        device_note=device_note[:200],
    )


def add_document(
    file: BinaryIO,
    *,
    matter: Matter,
    by: User,
    fields: Mapping[str, str],
    title: str = "",
    device_note: str = "",
    digests: StoredObject | None = None,
) -> Exhibit:
    """A PDF or an office file as an exhibit of a matter. Raises UnsupportedFile, and what `services.compare` raises."""
    file.seek(0)
    head = file.read(64)
    name = kinds.safe_name(fields.get("filename", ""))
    media_type = kinds.file_type(head, name)
    if not kinds.is_document(media_type):
        raise UnsupportedFile(name=name or media_type)
    exhibit = keep_file(
        file, kind=Kind.DOCUMENT, media_type=media_type, name=name, by=by, fields=fields, device_note=device_note,
        digests=digests,
    )  # fmt: skip
    matters.put(exhibit, matter, by=by)
    return exhibit


def _new_exhibit(*, by: Any, kind: str, digests: StoredObject, original_key: str, **fields: Any) -> Exhibit:
    owner = fields["owner"]
    try:
        with transaction.atomic():
            exhibit = Exhibit.objects.create(
                state=Exhibit.State.READY,
                kind=kind,
                legal_kind=kinds.legal_kind_of(kind),
                sha256=digests.sha256,
                sm3=digests.sm3,
                size_bytes=digests.size_bytes,
                original_key=original_key,
                by_id=by.pk,
                by_name=by.display_name,
                unit_id=getattr(by, "unit_id", None),
                **fields,
            )
            custody.sealed(exhibit, by=by)
    except IntegrityError:  # the same file came at the same moment
        return Exhibit.objects.get(owner=owner, sha256=digests.sha256, view_only=False)
    return exhibit


def missing(sheet: Sheet) -> dict[str, str]:
    """What a sheet still needs before it can be sealed: field name, or "files", to a sentence."""
    fields = sheet.fields
    has_files = sheet.files.exists()
    found: dict[str, str] = {}
    if sheet.kind == Kind.WAYBILL:
        found = _missing_of_waybill(fields, has_files)
    elif sheet.kind == Kind.RECORD:
        found = _missing_of_record(fields, has_files)
    elif not has_files:
        found["files"] = str(_("至少上传一段录像。"))
    return found


def _missing_of_waybill(fields: Mapping[str, Any], has_files: bool) -> dict[str, str]:
    found = {}
    for name, label in WAYBILL_FIELDS.items():
        said = fields.get(name, {})
        if not said.get("value") and not said.get("reason"):
            found[name] = str(_("“{label}”没有填，请填写，或选为什么空着。")).format(label=label)
    sent_on = fields.get("sent_on", {}).get("value")
    if sent_on and not _is_day(sent_on):
        found["sent_on"] = str(_("寄件日期要写成 2026-11-21 的样子；看不清就空着并选原因。"))
    if not has_files:
        found["files"] = str(_("至少要有一张面单照片。"))
    return found


def _missing_of_record(fields: Mapping[str, Any], has_files: bool) -> dict[str, str]:
    def value(name: str) -> str:
        return str(fields.get(name, {}).get("value", ""))

    found = {}
    for name in ("subject", "method", "started_at", "officer_1", "officer_1_cert", "officer_2", "officer_2_cert"):
        if not value(name):
            found[name] = str(_("“{label}”没有填。")).format(label=RECORD_FIELDS[name])
    if not (value("address") or value("account")):
        found["address"] = str(_("网址和账号至少填一项。"))
    for name in ("started_at", "ended_at"):
        if value(name) and _moment(value(name)) is None:
            found[name] = str(_("“{label}”要写日期和时间，如 2026-11-21T10:30。")).format(label=RECORD_FIELDS[name])
    begun, ended = _moment(value("started_at")), _moment(value("ended_at"))
    if begun and ended and ended < begun:
        found["ended_at"] = str(_("结束时间早于开始时间。"))
    if value("officer_1") and value("officer_1") == value("officer_2"):
        found["officer_2"] = str(_("须由两名执法人员提取，两人不能相同。"))
    if value("officer_1_cert") and value("officer_1_cert") == value("officer_2_cert"):
        found["officer_2_cert"] = str(_("两名执法人员的证号不能相同。"))
    if not has_files:
        found["files"] = str(_("至少上传一个提取到的文件，如截图、录屏或保存的网页。"))
    return found


def seal(sheet: Sheet, *, by: User, matter: Matter) -> Exhibit:
    """Turn a finished sheet into one exhibit. Sealing twice gives the same one. Raises SheetNotFinished, Conflict."""
    if sheet.state == Sheet.State.SEALED and sheet.exhibit:
        return sheet.exhibit
    if faults := missing(sheet):
        raise SheetNotFinished(what="".join(faults.values()), fields=faults)
    now = clock.now()
    content = _content(sheet, matter, by=by, at=now)
    body = canonical_json(content)
    digests = digests_of(io.BytesIO(body))
    owner = services.own_prefix()
    # Before the transaction: an object that nobody names hurts nobody, a row without its object does.
    key = services.keep_original(io.BytesIO(body), owner=owner, digests=digests, media_type="application/json")
    with transaction.atomic():
        held = _held(sheet)
        if held.fields != sheet.fields or held.files.count() != len(content["files"]):
            raise Conflict()
        exhibit = _new_exhibit(
            by=by,
            owner=owner,
            kind=sheet.kind,
            digests=digests,
            media_type="application/json",
            original_key=key,
            source=Exhibit.Source.MADE,
            title=_title(sheet),
            file_name="",
            content=content,
            captured_at=_captured(sheet, now),
        )
        move(held, "seal", by=by, exhibit=exhibit)
        matters.put(exhibit, matter, by=by)
    sheet.refresh_from_db()
    return exhibit


def drop(sheet: Sheet, *, by: User, why: str) -> None:
    """Give an open sheet up, with the reason. Its files stay as they were sealed."""
    if not why.strip():
        raise BadInput(_("作废要写明原因。请填写原因后再提交。"), code="reason_missing")
    move(sheet, "drop", by=by, why=why[:500])


def _content(sheet: Sheet, matter: Matter, *, by: User, at: datetime) -> dict[str, Any]:
    """What is sealed of a sheet. Source for records: official form 12 (its inner layout is each bureau's)."""
    return {
        "type": f"evidence.{sheet.kind}",
        "version": 1,
        "id": str(sheet.pk),
        "matter": {"kind": matter.kind, "id": str(matter.id), "number": matter.number},
        "fields": sheet.fields,
        "files": [
            {
                "position": row.position,
                "exhibit": str(row.exhibit_id),
                "file_name": row.exhibit.file_name,
                "media_type": row.exhibit.media_type,
                "size_bytes": row.exhibit.size_bytes,
                "sha256": row.exhibit.sha256,
                "sm3": row.exhibit.sm3,
            }
            for row in sheet.files.select_related("exhibit")
        ],
        "opened_at": instant(sheet.opened_at),
        "sealed_at": instant(at),
        "sealed_by": {"id": str(by.pk), "name": by.display_name},
    }


def _title(sheet: Sheet) -> str:
    def value(name: str) -> str:
        return str(sheet.fields.get(name, {}).get("value", ""))

    if sheet.kind == Kind.WAYBILL:
        said = " ".join(part for part in (value("carrier"), value("number")) if part)
    elif sheet.kind == Kind.RECORD:
        said = " ".join(part for part in (value("platform"), value("account") or value("address")) if part)
    else:
        said = value("title")
    return said[:200]


def _captured(sheet: Sheet, now: datetime) -> datetime:
    begun = _moment(str(sheet.fields.get("started_at", {}).get("value", "")))
    first = sheet.files.select_related("exhibit").first()
    return begun or (first.exhibit.captured_at if first else None) or now


def _moment(text: str) -> datetime | None:
    """A moment as a form gives it; without an offset it is China's time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1970 <= found.year < 2200:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _held(sheet: Sheet) -> Sheet:
    held = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if held.state != Sheet.State.OPEN:
        raise _sealed_already()
    return held


def _sealed_already() -> Conflict:
    return Conflict(_("这份记录已经封存或作废，不能再改。需要补充的，另开一份。"), code="sheet_sealed")


# Cartons --------------------------------------------------------------------------------------------------------------


def mark_cartons(waybill: Exhibit, labels: list[str], *, matter: Matter, by: User) -> list[Carton]:
    """This waybill was on these cartons; cartons that are new to the matter are added. Said twice is once."""
    if waybill.kind != Kind.WAYBILL:
        raise BadInput(_("只有快递单能对应箱号。"), code="not_a_waybill")
    wanted = list(dict.fromkeys(label.strip()[:60] for label in labels if label.strip()))
    if not wanted:
        raise BadInput(_("请填写至少一个箱号。"), code="carton_missing")
    found = []
    with transaction.atomic():
        for label in wanted:
            carton, _made = Carton.objects.get_or_create(
                matter_kind=matter.kind,
                matter_id=matter.id,
                label=label,
                defaults={"by_id": by.pk, "by_name": by.display_name},
            )
            _link, made = CartonWaybill.objects.get_or_create(
                carton=carton, exhibit=waybill, defaults={"by_name": by.display_name}
            )
            if made:
                trail.record(waybill, "put_on_carton", by=by, data={"carton": label})
            found.append(carton)
    return found
