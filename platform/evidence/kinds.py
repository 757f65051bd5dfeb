"""What exhibits are, which of the eight legal kinds each is filed under, and what was odd about it on arrival."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from evidence.facts import FLAGS
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

UNEXPLAINED = "not_live_unexplained"
"""Beside the flags of arrival: an older photo from the album ought to come with a reason."""
_UNEXPLAINED_WORDS = _("不是现场拍摄，也没有说明原因")

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
    """What was found odd on arrival (`evidence.facts`), for people. Shown, never corrected."""
    codes = list(exhibit.flags)
    if exhibit.source == Exhibit.Source.ALBUM and not exhibit.kept_reason and exhibit.kind == Kind.PHOTO:
        codes = [code for code in codes if code != "not_live"] + [UNEXPLAINED]
    words = {**FLAGS, UNEXPLAINED: _UNEXPLAINED_WORDS}
    return [Flag(code, str(words.get(code, code))) for code in dict.fromkeys(codes)]


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
