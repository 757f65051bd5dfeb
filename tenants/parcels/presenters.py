"""Parcels as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connections.models import Connection
from tenants.parcels import kinds as registry
from tenants.parcels import selectors, sheets
from tenants.parcels.models import Parcel, ParcelReceipt, Report, ReportRow
from tenants.parcels.reasons import sentence

Effect = ReportRow.Effect
MOST_REFUSED = 200
LOOKS = {
    Effect.NEW: ("accent", "half"),
    Effect.CHANGE: ("accent", "half"),
    Effect.SAME: ("neutral", ""),
    Effect.REJECTED: ("seal", "cross"),
    Effect.MADE: ("good", "tick"),
    Effect.CHANGED: ("good", "tick"),
}
SHOWN_COUNTS: dict[str, tuple[tuple[str, str | Promise], ...]] = {
    Report.State.CHECKED: (
        ("new", _("将新增")),
        ("change", _("将更新")),
        ("same", _("已收过")),
        ("rejected", _("退回")),
    ),
    Report.State.TAKEN: (
        ("made", _("已新增")),
        ("changed", _("已更新")),
        ("same", _("已收过")),
        ("rejected", _("退回")),
    ),
}


def connection_line(connection: Connection) -> dict[str, Any]:
    """A connection in the carriers' list."""
    last = Parcel.objects.filter(connection_id=connection.pk, sequence__isnull=False).first()
    return {
        "connection": connection,
        "last": last,
        "waiting": selectors.waiting_reports(connection.pk),
        "missing": selectors.missing_numbers(connection.pk),
    }


def numbers(report: Report) -> list[tuple[Any, int]]:
    """How many rows stand at what: what would be done, or what was."""
    wanted = SHOWN_COUNTS.get(report.state, SHOWN_COUNTS[Report.State.CHECKED])
    return [(words, report.counts.get(name, 0)) for name, words in wanted] if report.counts else []


def counts_of(connection: Connection, parcel: Parcel) -> list[tuple[Any, int]]:
    """How many records of each kind a parcel holds."""
    return [
        (kind.label, parcel.counts[kind.name]) for kind in registry.kinds_of(connection) if kind.name in parcel.counts
    ]


def rows(connection: Connection, lines: Iterable[ReportRow]) -> list[dict[str, Any]]:
    """Rows with the words for kind and column."""
    kinds = {each.name: each for each in registry.kinds_of(connection, incoming=True)}
    found = []
    for line in lines:
        kind = kinds.get(line.kind)
        labels = {each.name: each.label for each in sheets.in_columns(kind)} if kind else {}
        tone, shape = LOOKS[Effect(line.effect)]
        found.append(
            {
                "line": line,
                "kind": kind.label if kind else line.kind,
                "column": labels.get(line.column, line.column),
                "tone": tone,
                "shape": shape,
                "ref": "" if line.ref.startswith("#") else line.ref,
            }
        )
    return found


def returned(connection: Connection, report: Report) -> bytes:
    """The rows that go back, as a workbook."""
    found = []
    lines = list(selectors.rows_of(report, Effect.REJECTED))
    for kind in registry.kinds_of(connection, incoming=True):
        mine = [
            sheets.Returned(line.raw, line.line, sentence(line.code, **line.data))
            for line in lines
            if line.kind == kind.name
        ]
        if mine:
            found.append((kind, mine))
    return sheets.returned(found)


def receipts(connection: Connection, parcel: Parcel) -> dict[str, Any]:
    """What the other side said of a parcel: how many at what, and what it sent back."""
    kinds = {each.name: each.label for each in registry.kinds_of(connection)}
    found = dict(selectors.receipts_of(parcel).order_by().values_list("effect").annotate(n=Count("pk")))
    refused = selectors.receipts_of(parcel, ParcelReceipt.Effect.REJECTED)[:MOST_REFUSED]
    return {
        "numbers": [(words, found[value]) for value, words in ParcelReceipt.Effect.choices if value in found],
        "refused": [(kinds.get(each.record_kind, each.record_kind), each) for each in refused],
    }
