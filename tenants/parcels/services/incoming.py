"""A file that came in: kept, checked at once or by a worker, left aside, and deleted when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from connections import selectors as connections
from connections.models import Connection
from evidence.store import make_key, store
from kernel import clock
from kernel.errors import BadInput, Conflict, TooLarge
from kernel.ids import uuid7
from provinces.context import required
from tenants.parcels import selectors
from tenants.parcels.models import Report
from tenants.parcels.services.checking import check
from tenants.parcels.services.taking import enqueue, take_rows

AT_ONCE_BYTES = 1_000_000
"""A file up to so large is checked while the person waits; a larger one goes to a worker."""
KEPT = timedelta(days=30)
_STUCK_AFTER = timedelta(minutes=5)


def bring(*, by: User, connection: Connection, stream: BinaryIO, file_name: str, size_bytes: int) -> Report:
    """Keep a file and check it: a small one at once, a long one by a worker. The same file again is the same report.

    by: a carrier, or the service account of the connection. Raises NotAllowed, BadInput `file_empty`, TooLarge,
    Conflict `connection_off`.
    """
    if not by.is_service:
        selectors.require_carrier(by)
    if connections.active(connection.pk) is None:
        raise Conflict(_("这个对接没有启用，不能交换文件。请安全管理员启用后再试。"), code="connection_off")
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(
            _("文件超过 {limit_mb} MB。请分成几包。"),
            code="file_too_large",
            limit_mb=settings.MAX_UPLOAD_BYTES // 1_000_000,
        )
    if not size_bytes:
        raise BadInput(_("文件是空的。请重新选择文件。"), code="file_empty")
    report_id = uuid7()
    key = make_key(required().name, "parcel", report_id)
    digests = store().put(key, stream, "application/octet-stream")
    try:
        with transaction.atomic():
            report = Report.objects.create(
                pk=report_id,
                connection_id=connection.pk,
                connection_name=connection.name,
                file_name=file_name[:200],
                object_key=key,
                sha256=digests.sha256,
                size_bytes=digests.size_bytes,
                by_id=by.pk,
                by_name=by.display_name,
            )
            trail.record(report, "bring", by=by, data={"sha256": digests.sha256})
    except IntegrityError:
        store().delete(key)
        return _same_file(connection.pk, digests.sha256)
    if digests.size_bytes <= AT_ONCE_BYTES:
        return check(report.pk)
    enqueue(report.pk)
    return report


def _same_file(connection_id: UUID, sha256: str) -> Report:
    """What became of the same bytes before. What came to nothing may be brought again."""
    return Report.objects.filter(connection_id=connection_id, sha256=sha256).order_by("-pk")[0]


def go_on(report_id: UUID) -> Report:
    """Do what a report waits for. For a worker."""
    report = Report.objects.get(pk=report_id)
    return check(report_id) if report.state == Report.State.CHECKING else take_rows(report_id)


def drop(*, by: User, report: Report, why: str = "") -> Report:
    """Leave a checked file aside."""
    selectors.require_carrier(by)
    return move(report, "drop", by=by, why=why.strip())


def sweep() -> int:
    """Take up what a worker left lying; delete files that are over. Returns how many files went."""
    moment, gone = clock.now(), 0
    for report in Report.objects.filter(state__in=Report.MOVING, touched_at__lt=moment - _STUCK_AFTER)[:20]:
        Report.objects.filter(pk=report.pk).update(touched_at=moment)
        enqueue(report.pk)
    over = Report.objects.filter(touched_at__lt=moment - KEPT).exclude(object_key="").exclude(state__in=Report.MOVING)
    for report in over.exclude(state=Report.State.CHECKED)[:100]:
        store().delete(report.object_key)
        Report.objects.filter(pk=report.pk).update(object_key="")
        gone += 1
    return gone
