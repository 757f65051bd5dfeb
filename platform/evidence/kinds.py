"""What exhibits are, which of the eight legal kinds each is filed under, and what was odd about it on arrival."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evidence.intake import media_type_of
from evidence.models import Exhibit

Kind, LegalKind = Exhibit.Kind, Exhibit.LegalKind

DEFAULT_LEGAL_KIND: dict[str, str] = {
    Kind.PHOTO: LegalKind.ELECTRONIC,
    Kind.VIDEO: LegalKind.AUDIO_VISUAL,
    Kind.CLIP: LegalKind.AUDIO_VISUAL,
    Kind.WAYBILL: LegalKind.DOCUMENTARY,
    Kind.RECORD: LegalKind.ELECTRONIC,
    Kind.DOCUMENT: LegalKind.DOCUMENTARY,
    Kind.FILE: LegalKind.ELECTRONIC,
}
"""What a new exhibit is filed under until a person says otherwise."""

PARTS = frozenset({Kind.CLIP, Kind.FILE})
"""Exhibits that are shown within the one they belong to, not by themselves."""

FLAGS: dict[str, str | Promise] = {
    "clock_1970": _("设备时间是 1970 年前后，设备没有对时"),
    "clock_off": _("设备时钟与服务器相差较大"),
    "captured_later": _("设备记的拍摄时间晚于收到时间"),
    "arrived_late": _("拍摄一天以后才收到"),
    "position_zero": _("定位为 0 度经线与赤道的交点，通常是设备没有定位"),
    "position_elsewhere": _("定位不在本省"),
    "position_sea": _("定位在海上"),
    "position_mock": _("定位可能由模拟程序提供"),
    "position_old": _("定位早于拍摄"),
    "position_coarse": _("定位精度低"),
    "not_live": _("不是现场拍摄"),
    "not_live_unexplained": _("不是现场拍摄，没有说明原因"),
}
"""Codes in `Exhibit.flags`, and those found when the page is made."""

CLOCK_TOLERANCE = timedelta(minutes=2)
LATE = timedelta(days=1)
OLD_FIX_S = 120
COARSE_M = 500

_OFFICE_SUFFIXES = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "wps": "application/vnd.ms-works",
    "et": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "ofd": "application/ofd",
}
_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "application/json": "json",
    "application/pdf": "pdf",
}
_UNKNOWN = "application/octet-stream"
_BAD_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def legal_kind_of(kind: str) -> str:
    """Under which legal kind a new exhibit of this kind is filed."""
    return DEFAULT_LEGAL_KIND[kind]


def file_type(head: bytes, name: str) -> str:
    """The media type of any file by its first bytes, and where those leave it open by its name. Nothing is opened.

    What is not known is `application/octet-stream`.
    """
    image = media_type_of(head)
    if image is not None:
        return image
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:10] == b"qt" else "video/mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if PurePosixPath(name).suffix.lower() == ".webm" else "video/x-matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "video/x-msvideo"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return _OFFICE_SUFFIXES.get(PurePosixPath(name).suffix.lower().lstrip("."), _UNKNOWN)
    return _UNKNOWN


def is_video(media_type: str) -> bool:
    """Whether a part of a video may be of this type."""
    return media_type.startswith("video/")


def is_document(media_type: str) -> bool:
    """Whether it is a PDF or an office file."""
    return media_type == "application/pdf" or media_type in _OFFICE_SUFFIXES.values()


def is_image(media_type: str) -> bool:
    """Whether intake can make a view of it."""
    return media_type.startswith("image/")


def safe_name(name: str) -> str:
    """A file's name as the device gave it, without folders and without what no file system takes."""
    return _BAD_IN_NAMES.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")[:200]


@dataclass(frozen=True)
class Flag:
    """Something odd that a reader should know."""

    code: str
    words: str


def flags_of(exhibit: Exhibit) -> list[Flag]:
    """What was found odd on arrival, and what the rows themselves say. Shown, never corrected."""
    if exhibit.kind != Kind.PHOTO or exhibit.source in (Exhibit.Source.LETTER, Exhibit.Source.MADE):
        return _worded(exhibit.flags)
    codes = list(exhibit.flags)
    codes += _clock_flags(exhibit.captured_at, exhibit.received_at, exhibit.device_clock_offset_s)
    if exhibit.latitude == 0 and exhibit.longitude == 0:
        codes.append("position_zero")
    if (exhibit.position_age_s or 0) > OLD_FIX_S:
        codes.append("position_old")
    if (exhibit.accuracy_m or 0) > COARSE_M:
        codes.append("position_coarse")
    if exhibit.source == Exhibit.Source.ALBUM:
        codes.append("not_live" if exhibit.kept_reason else "not_live_unexplained")
    return _worded(codes)


def _clock_flags(captured_at: datetime | None, received_at: datetime, offset_s: int | None) -> list[str]:
    found = []
    if offset_s is not None and abs(offset_s) > CLOCK_TOLERANCE.total_seconds():
        found.append("clock_off")
    if captured_at is None:
        return found
    if captured_at.year < 1990:
        return [*found, "clock_1970"]
    if captured_at > received_at + CLOCK_TOLERANCE:
        found.append("captured_later")
    elif received_at - captured_at > LATE:
        found.append("arrived_late")
    return found


def _worded(codes: Iterable[str]) -> list[Flag]:
    return [Flag(code, str(FLAGS.get(code, code))) for code in dict.fromkeys(codes)]


def download_name(exhibit: Exhibit) -> str:
    """What an original is called where it is downloaded: its own name, or its id with a fitting suffix."""
    return exhibit.file_name or f"{exhibit.pk}.{_SUFFIXES.get(exhibit.media_type, 'bin')}"


def form_of(exhibit: Exhibit) -> str:
    """形式 of a line in a manifest: what the exhibit is, in a code. A covered copy says that it is one."""
    return "redacted_copy" if exhibit.redacted_from_id else str(exhibit.kind)


def name_of(exhibit: Exhibit, names: Mapping[object, str] | None = None) -> str:
    """What to call an exhibit on a page: its title, the name its matter gives it, or what it is."""
    if exhibit.redacted_from_id:
        base = exhibit.title or (names or {}).get(exhibit.redacted_from_id, "")
        return str(_("{name}（遮盖副本）")).format(name=base or Kind.PHOTO.label)
    return exhibit.title or (names or {}).get(exhibit.pk, "") or exhibit.file_name or str(exhibit.get_kind_display())
