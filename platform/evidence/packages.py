"""证据包: exhibits of one matter with their manifest, sealed. One more photo is a new version; the old seal stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import log, verify
from audit.models import LogEntry
from audit.verify import Link
from evidence import custody, kinds, matters
from evidence.matters import Matter
from evidence.models import Exhibit, Package, PackageItem
from kernel import clock
from kernel.canonical import canonical_json, instant, sha256_hex, sm3_hex
from kernel.errors import BadInput, Conflict, NotFound404
from kernel.ids import uuid7
from provinces.context import required
from provinces.hosts import DIRECTORY

MOST_ITEMS = 500
FORMS = {
    "photo": gettext_lazy("照片"),
    "video": gettext_lazy("录像"),
    "clip": gettext_lazy("录像分段"),
    "waybill": gettext_lazy("快递单"),
    "record": gettext_lazy("电子数据提取笔录"),
    "document": gettext_lazy("文件"),
    "file": gettext_lazy("附件"),
    "redacted_copy": gettext_lazy("遮盖副本"),
}
WRITTEN = frozenset({kinds.Kind.WAYBILL, kinds.Kind.RECORD, kinds.Kind.VIDEO})
"""Exhibits whose original is the canonical JSON of what was written."""
ORIGINAL, COPY = "original", "copy"
SEALED = "package.sealed"
"""Kind of the log's entries of packages."""


def seal(
    *,
    matter: Matter,
    exhibit_ids: Sequence[UUID],
    title: str,
    by: User,
    after: Package | None = None,
) -> Package:
    """Seal a package of these exhibits, in this order; the files of a waybill, record or video come along.

    after: the version this one follows; what it held comes first. Raises
    BadInput; NotFound404 for an exhibit that is not the matter's; Conflict when that version has a later one already.
    """
    ids = list(dict.fromkeys([*(after.items.values_list("exhibit_id", flat=True) if after else ()), *exhibit_ids]))
    if not ids or (after is not None and not set(exhibit_ids) - set(after.items.values_list("exhibit_id", flat=True))):
        raise BadInput(_("请至少选一件证据放入证据包。"), code="package_empty")
    rows = _rows(matter, ids, kept=set(after.items.values_list("exhibit_id", flat=True)) if after else set())
    if len(rows) > MOST_ITEMS:
        raise BadInput(_("一个证据包最多 {most} 件。请分成几个。"), code="package_too_large", most=MOST_ITEMS)
    package = Package(
        id=uuid7(),
        version=after.version + 1 if after else 1,
        matter_kind=matter.kind,
        matter_id=matter.id,
        title=(title.strip() or (after.title if after else "") or matter.title)[:120],
        sealed_at=clock.now(),
        by_id=by.pk,
        by_name=by.display_name,
        unit_id=by.unit_id,
    )
    package.series_id = after.series_id if after else package.pk
    package.manifest = _manifest(package, matter, rows, after=after)
    body = canonical_json(package.manifest)
    package.sha256, package.sm3 = sha256_hex(body), sm3_hex(body)
    try:
        with transaction.atomic():
            package.save(force_insert=True)
            PackageItem.objects.bulk_create(
                PackageItem(package=package, position=position, exhibit=row) for position, row in enumerate(rows, 1)
            )
            log.append(SEALED, package.pk, leaf_of(package))
            for row in rows:
                custody.record(
                    row, custody.Act.PACKAGED, by=by,
                    data={"package": str(package.pk), "version": package.version, "package_sha256": package.sha256},
                )  # fmt: skip
    except IntegrityError as error:
        words = _("这个证据包刚有了新的版本。请刷新页面，在最新版本上再加。")
        raise Conflict(words, code="package_version") from error
    return package


def _rows(matter: Matter, ids: Sequence[UUID], *, kept: set[UUID]) -> list[Exhibit]:
    """The exhibits in order, each followed by its files. What was withdrawn is refused, unless sealed in before."""
    usable = {row.pk: row for row in matters.exhibits(matter)}
    known = {row.pk: row for row in Exhibit.objects.filter(pk__in=kept)} | usable
    rows: dict[UUID, Exhibit] = {}
    for pk in ids:
        row = known.get(pk)
        if row is None:
            raise NotFound404()
        if row.withdrawn_at and pk not in kept:
            raise BadInput(_("“{name}”已撤回，不能放入证据包。"), code="exhibit_withdrawn", name=kinds.name_of(row))
        if row.state == Exhibit.State.REFUSED:
            raise BadInput(_("“{name}”打不开，不能放入证据包。"), code="exhibit_refused", name=kinds.name_of(row))
        rows[pk] = row
        sheet = getattr(row, "sheet", None)
        if sheet is not None:
            rows |= {file.exhibit_id: file.exhibit for file in sheet.files.select_related("exhibit")}
    return list(rows.values())


def holder() -> str:
    """Who has the originals: the bureau of this seat, by its own title."""
    seat = required()
    return next((host.title for host in DIRECTORY.provinces() if host.seat == seat), "") or seat.name


def _manifest(package: Package, matter: Matter, rows: Sequence[Exhibit], *, after: Package | None) -> dict[str, Any]:
    """What is sealed. Fields follow the evidence manifest of letters: item, hash, form, original or copy, holder."""
    names, here = matters.names(matter), holder()
    return {
        "type": "evidence.package",
        "format": 1,
        "package": str(package.pk),
        "series": str(package.series_id),
        "version": package.version,
        "previous_sha256": after.sha256 if after else "",
        "title": package.title,
        "matter": {"kind": matter.kind, "id": str(matter.id), "number": matter.number},
        "sealed_at": instant(package.sealed_at),
        "sealed_by": {"id": str(package.by_id), "name": package.by_name},
        "items": [_line(position, row, names, here) for position, row in enumerate(rows, 1)],
    }


def _line(position: int, row: Exhibit, names: dict[UUID, str], here: str) -> dict[str, Any]:
    copied = row.view_only or row.redacted_from_id is not None
    return {
        "position": position,
        "exhibit": str(row.pk),
        "item": kinds.name_of(row, names),
        "form": kinds.form_of(row),
        "original_or_copy": COPY if copied else ORIGINAL,
        "holder": here,
        "legal_kind": row.legal_kind,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "sha256": row.sha256,
        "sm3": row.sm3,
        "captured_at": instant(row.captured_at) if row.captured_at else "",
        "received_at": instant(row.received_at),
        "captured_by": row.by_name,
        "redacted_from": str(row.redacted_from_id or ""),
    }


def leaf_of(package: Package) -> dict[str, Any]:
    """What the log seals of a package."""
    return {
        "package": package.pk,
        "series": package.series_id,
        "version": package.version,
        "sha256": package.sha256,
        "sm3": package.sm3,
        "items": len(package.manifest["items"]),
        "sealed_at": package.sealed_at,
        "by": package.by_id,
        "by_name": package.by_name,
    }


def still_sealed(package: Package) -> bool:
    """Whether the manifest is what was sealed, by both digests."""
    body = canonical_json(package.manifest)
    return (sha256_hex(body), sm3_hex(body)) == (package.sha256, package.sm3)


@verify.describes(SEALED)
def describe(entry: LogEntry) -> str:
    """A package for people: what it is called and which version."""
    package = Package.objects.filter(pk=entry.record_id).first()
    if package is None:
        return _("证据包 {id}").format(id=str(entry.record_id)[-12:])
    return _("证据包 {title}，第 {n} 版").format(title=package.title, n=package.version)


@verify.checks(SEALED)
def check(entries: Sequence[LogEntry], files: bool) -> Iterator[Link]:
    """Each package against what was sealed of it, and its manifest against its digests."""
    rows = Package.objects.in_bulk([entry.record_id for entry in entries])
    for entry in entries:
        package = rows.get(entry.record_id)
        if package is None:
            yield entry, "record_gone", {"what": describe(entry)}
        elif json.loads(canonical_json(leaf_of(package))) != entry.content or not still_sealed(package):
            yield entry, "record_differs", {"what": describe(entry)}
