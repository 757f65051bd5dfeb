"""回执 by file: what became here of each record that came in, and there of each that went out.

A receipt is never answered by a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.canonical import instant
from tenants.parcels.kinds import Checked, Column, Given, Link, Made, Record, RecordKind, register
from tenants.parcels.models import Parcel, ParcelReceipt, Report, ReportRow
from tenants.parcels.services import receipts
from tenants.parcels.services.receipts import Said

KIND, FORMAT = "receipt", "chazhenjia.receipt/1"
_OUT_EFFECTS = {str(value): words for value, words in ReportRow.Effect.choices}
_IN_EFFECTS = {str(value): words for value, words in ParcelReceipt.Effect.choices}
COLUMNS = (
    Column(name="parcel", label=_("我方包号"), kind="number", needed=True),
    Column(name="record_kind", label=_("记录种类"), longest=40, hint=_("数据包里记录的 kind；说的是整包，不填。")),
    Column(name="record_id", label=_("我方记录编号"), longest=120, hint=_("数据包里记录的 id。")),
    Column(name="effect", label=_("处理"), needed=True, choices=_IN_EFFECTS),
    Column(name="code", label=_("原因代码"), longest=40),
    Column(name="reason", label=_("原因"), longest=1000, hint=_("退回的写明原因。")),
)
OUT_COLUMNS = (
    Column(name="parcel", label=_("贵方包号")),
    Column(name="file", label=_("文件")),
    Column(name="kind", label=_("记录种类")),
    Column(name="id", label=_("贵方记录编号")),
    Column(name="line", label=_("行号")),
    Column(name="effect", label=_("处理"), choices=_OUT_EFFECTS),
    Column(name="code", label=_("原因代码")),
    Column(name="reason", label=_("原因")),
    Column(name="record_id", label=_("我方记录编号")),
)


def out(connection: Link, since: datetime, until: datetime) -> Iterator[Record]:
    """Each row of the files that were taken in during this time, and each file that was refused whole."""
    mine = Report.objects.filter(connection_id=connection.id).order_by("pk")
    for report in mine.filter(state=Report.State.REFUSED, touched_at__gte=since, touched_at__lt=until):
        whole = {"effect": "rejected", "code": report.refused, "reason": report.refused_words}
        yield _record(report, report.pk, report.touched_at, whole)
    for report in mine.filter(state=Report.State.TAKEN, taken_at__gte=since, taken_at__lt=until):
        assert report.taken_at is not None
        for row in report.lines.exclude(kind=KIND):
            said: dict[str, Any] = {
                "kind": row.kind,
                "id": "" if row.ref.startswith("#") else row.ref,
                "line": row.line,
                "effect": str(row.effect),
                "code": row.code,
                "reason": row.words,
                "record_id": str(row.record_id) if row.record_id else "",
            }
            yield _record(report, row.pk, report.taken_at, said)


def _record(report: Report, pk: Any, at: datetime, said: dict[str, Any]) -> Record:
    whole = {
        "format": FORMAT,
        "parcel": report.sequence,
        "file": report.file_name,
        "sha256": report.sha256,
        "at": instant(at),
        **{name: said.get(name, "") for name in ("kind", "id", "line", "effect", "code", "reason", "record_id")},
    }
    return Record(id=pk, at=at, said={**whole, "parcel": report.sequence or ""}, whole=whole)


def _parcel(given: Given) -> Parcel | None:
    number = Decimal(given.said["parcel"])
    if number != number.to_integral_value() or not 0 < number < 2**31:
        return None
    return Parcel.objects.filter(connection_id=given.connection.id, sequence=int(number)).first()


def _said(given: Given) -> Said:
    said = given.said
    return Said(
        effect=said["effect"],
        kind=said.get("record_kind", ""),
        id=said.get("record_id", ""),
        code=said.get("code", ""),
        reason=said.get("reason", ""),
    )


def check(given: Given) -> Checked:
    """Whether there is such a parcel with such records, and whether it says anything new, by whichever way."""
    parcel, said = _parcel(given), _said(given)
    if parcel is None:
        return Checked(effect="rejected", code="parcel_unknown", column="parcel")
    if said.kind and said.kind not in parcel.counts:
        return Checked(effect="rejected", code="kind_not_sent", column="record_kind")
    known = receipts.standing(parcel, said)
    if known is None:
        return Checked(effect="new", record_id=parcel.pk)
    return Checked(effect="same" if receipts.says_the_same(known, said) else "change", record_id=parcel.pk)


def take(given: Given) -> Made:
    """Keep it with the parcel."""
    parcel, said = _parcel(given), _said(given)
    assert parcel is not None
    changed = receipts.standing(parcel, said) is not None
    [row] = receipts.acknowledge(by=given.by, parcel=parcel, said=[said])
    words = f"{parcel.sequence} {said.kind} {said.id} {row.get_effect_display()}"
    return Made(record_id=row.pk, title=" ".join(words.split()), url=f"/parcels/out/{parcel.pk}/", changed=changed)


def register_all() -> None:
    """Offer the kind to every connection."""
    register(
        RecordKind(
            name=KIND,
            label=_("回执"),
            columns=COLUMNS,
            out_columns=OUT_COLUMNS,
            out=out,
            check=check,
            take=take,
            rewritable=True,
            title="parcel",
        )
    )
