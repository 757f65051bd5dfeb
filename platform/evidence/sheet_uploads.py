"""What a resumable upload to a sheet, or to a matter's documents, becomes. Large files never pass through memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from evidence import matters, selectors, sheets
from evidence.hooks import Arrived, UploadTarget
from evidence.models import Exhibit, Sheet
from kernel.errors import Conflict


def _check_sheet(person: User, args: Mapping[str, Any], query: Mapping[str, str]) -> None:
    sheet, _matter = selectors.access_sheet(person, args["sheet_id"], write=True)
    if sheet.state != Sheet.State.OPEN:
        raise Conflict(code="sheet_sealed")


def _take_for_sheet(arrived: Arrived) -> dict[str, Any]:
    sheet, _matter = selectors.access_sheet(arrived.person, arrived.args["sheet_id"], write=True)
    with _file(arrived).open("rb") as file:
        row = sheets.add_file(sheet, file, by=arrived.person, fields=arrived.fields, digests=arrived.digests)
    return told(row.exhibit) | {"position": row.position}


def _check_documents(person: User, args: Mapping[str, Any], query: Mapping[str, str]) -> None:
    matters.access(person, args["matter_kind"], args["matter_id"], write=True)


def _take_document(arrived: Arrived) -> dict[str, Any]:
    matter = matters.access(arrived.person, arrived.args["matter_kind"], arrived.args["matter_id"], write=True)
    with _file(arrived).open("rb") as file:
        exhibit = sheets.add_document(
            file, matter=matter, by=arrived.person, fields=arrived.fields, digests=arrived.digests
        )
    return told(exhibit)


def _file(arrived: Arrived) -> Any:
    if arrived.file is None:
        raise TypeError("this page takes files")
    return arrived.file


def told(exhibit: Exhibit) -> dict[str, Any]:
    """What the device is told of a file that was taken in."""
    return {
        "exhibit_id": str(exhibit.pk),
        "sha256": exhibit.sha256,
        "sm3": exhibit.sm3,
        "size_bytes": exhibit.size_bytes,
        "file_name": exhibit.file_name,
    }


FILES = UploadTarget(check=_check_sheet, take=_take_for_sheet, kind="file")
DOCUMENTS = UploadTarget(check=_check_documents, take=_take_document, kind="file")
