"""The good rows of a checked file are written, by a person, each in a transaction of its own.

One cut off goes on where it stopped, and the same row never becomes two records.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from connections import selectors as connections
from connections.models import Connection
from kernel import clock
from kernel.errors import Conflict, Problem
from kernel.soon import soon
from notify.services import tell
from provinces.alone import alone
from tenants.parcels import kinds as registry
from tenants.parcels import selectors
from tenants.parcels.kinds import RecordKind, Taken
from tenants.parcels.models import Report, ReportRow, TakenRecord
from tenants.parcels.packing import Package
from tenants.parcels.services.checking import given_of, rejected
from tenants.parcels.services.opening import package_of
from tenants.parcels.services.settings import living_keys

logger = logging.getLogger(__name__)
AT_ONCE_ROWS = 100
"""Up to so many rows are written while the person waits; more go to a worker."""
_CHUNK = 500
Effect = ReportRow.Effect


def take(*, by: User, report: Report) -> Report:
    """Take the good rows in, by a person: a few at once, many by a worker. Again is no harm.

    Raises NotAllowed, Conflict (`connection_off`, `key_ended`, `sequence_used`), MoveRefused.
    """
    selectors.require_carrier(by)
    if report.state == Report.State.TAKEN:
        return report
    if connections.active(report.connection_id) is None:
        raise Conflict(_("这个对接没有启用，不能交换文件。请安全管理员启用后再试。"), code="connection_off")
    living = {key.fingerprint for key in living_keys(report.connection_id)}
    if report.state == Report.State.CHECKED and report.signed and report.key_fingerprint not in living:
        raise Conflict(
            _("签这个包的密钥在检查以后停用了，不能收入。请放弃这一份，请对方用现用的密钥重新签名后再发。"),
            code="key_ended",
        )
    fields: dict[str, Any] = {} if report.taken_by_id else {"taken_by_id": by.pk, "taken_by_name": by.display_name}
    try:
        with transaction.atomic():
            report = move(report, "take", by=by, touched_at=clock.now(), **fields)
    except IntegrityError as error:
        raise Conflict(
            _("第 {sequence} 包已收过另一份。请与对方核对哪一份是对的。"),
            code="sequence_used",
            sequence=report.sequence,
        ) from error
    if report.lines.filter(effect__in=[Effect.NEW, Effect.CHANGE]).count() <= AT_ONCE_ROWS:
        return take_rows(report.pk)
    enqueue(report.pk)
    return report


def enqueue(report_id: UUID) -> None:
    """Hand it to a worker; the sweep finds it where no broker is."""
    from tenants.parcels.tasks import go_on

    soon(go_on, str(report_id))


def lock_of(connection_id: UUID) -> UUID:
    """What keeps two files of a connection from being written at once: both may bring the same record."""
    return uuid5(connection_id, "taking")


def take_rows(report_id: UUID) -> Report:
    """Write what is left to write. Safe to run twice; one file of a connection at a time, the next one follows."""
    report = Report.objects.get(pk=report_id)
    with alone(lock_of(report.connection_id)) as is_alone:
        if is_alone:
            report = _write(report)
    if is_alone and report.state == Report.State.TAKEN:
        waiting = Report.objects.filter(connection_id=report.connection_id, state=Report.State.TAKING)
        for pk in waiting.order_by("pk").values_list("pk", flat=True)[:1]:
            enqueue(pk)
    return report


def _write(report: Report) -> Report:
    report.refresh_from_db()  # another may have done it meanwhile
    connection = connections.active(report.connection_id)
    by = User.objects.filter(pk=report.taken_by_id, is_active=True).first()
    if report.state != Report.State.TAKING or connection is None or by is None:
        return report
    known = {each.name: each for each in registry.kinds_of(connection, incoming=True)}
    with package_of(report) as package:
        while rows := list(report.lines.filter(effect__in=[Effect.NEW, Effect.CHANGE])[:_CHUNK]):
            for row in rows:
                _take_one(row, report, connection, by, known.get(row.kind), package)
            left = report.lines.filter(effect__in=[Effect.NEW, Effect.CHANGE]).count()
            Report.objects.filter(pk=report.pk).update(rows_done=report.rows - left, touched_at=clock.now())
    for kind in known.values():
        if kind.finish is not None:
            _told(kind, report, connection, by)
    return _finish(report, by)


def _told(kind: RecordKind, report: Report, connection: Connection, by: User) -> None:
    made = report.lines.filter(kind=kind.name, effect=Effect.MADE).order_by("line", "pk")
    if kind.finish is not None and made:
        kind.finish(connection, by, [Taken(said=each.said, record_id=each.record_id) for each in made])


def _take_one(
    row: ReportRow, report: Report, connection: Connection, by: User, kind: RecordKind | None, package: Package | None
) -> None:
    try:
        if kind is None or kind.take is None:
            raise Conflict(_("这种记录现在不收。请联系系统管理员。"), code="kind_gone")
        if kind.keep is not None:
            kind.keep(given_of(row, connection, by, package, None))
        with transaction.atomic():
            known = TakenRecord.objects.filter(connection_id=connection.pk, kind=row.kind, ref=row.ref).first()
            if known is not None and known.digest == row.digest:
                row.effect, row.record_id = Effect.SAME, known.record_id
            else:
                made = kind.take(given_of(row, connection, by, package, known))
                row.effect = Effect.CHANGED if made.changed else Effect.MADE
                row.record_id, row.url, row.title = made.record_id, made.url[:200], (made.title or row.title)[:200]
                TakenRecord.objects.update_or_create(
                    connection_id=connection.pk,
                    kind=row.kind,
                    ref=row.ref,
                    defaults={"digest": row.digest, "record_id": made.record_id, "report_id": report.pk},
                )
            row.save(update_fields=["effect", "record_id", "url", "title"])
    except Problem as problem:
        rejected(row, "refused", why=problem.detail)
        row.save(update_fields=["effect", "code", "data"])
    except IntegrityError:
        logger.warning("row %s of parcel report %s was refused by the database", row.line, report.pk, exc_info=True)
        rejected(row, "refused", why=str(_("与已有的记录冲突。请核对后重发这一条。")))
        row.save(update_fields=["effect", "code", "data"])


def _finish(report: Report, by: User) -> Report:
    found = report.lines.values("effect").order_by().annotate(n=Count("pk"))
    counts = {**dict.fromkeys(Effect.values, 0), **{row["effect"]: row["n"] for row in found}}
    with transaction.atomic():
        done = move(report, "finish", by=by, taken_at=clock.now(), counts=counts, rows_done=report.rows)
        if report.rows > AT_ONCE_ROWS:
            tell(
                to=[by.pk],
                code="parcel_taken",
                title=_("数据包收入完成"),
                body=f"{report.connection_name} · {report.file_name}",
                url=f"/parcels/in/{report.pk}/",
            )
    return done
