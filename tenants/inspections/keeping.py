"""Inspections with what was counted, seized and signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Subject
from papers.keeping import OF_MATTERS

_PARTS = (
    *OF_MATTERS,
    "matching.Holding",
    *(
        "inspections.InspectionOfficer",
        "inspections.JoinCode",
        "inspections.PresentPerson",
        "inspections.Notice",
        "inspections.Lot",
        "inspections.CountOperation",
        "inspections.LotMove",
        "inspections.LotPhoto",
        "inspections.LotQuestion",
        "inspections.Seizure",
        "inspections.SeizureDecision",
        "inspections.PropertyList",
        "inspections.PropertyListRow",
        "inspections.Seal",
        "inspections.GoodsHandover",
        "inspections.SeizurePause",
        "inspections.SeizureExtension",
        "inspections.SeizureAlarm",
    ),
)
KINDS = [
    Kind(
        code="inspections",
        title=_("现场检查（没有立案的）"),
        model="inspections.Inspection",
        date_of="started_at",
        only={"state__in": ("signed", "cancelled")},
        parts=_PARTS,
        carries=("evidence.Exhibit", "inspections.MarketEntity", "requests.Site"),
        is_case=True,
        note=_("已用于线索或案件的检查不清理，随它们一起。"),
    ),
]


def _inspection(by: Any, record_id: UUID) -> tuple[str, str] | None:
    from kernel.errors import NotFound404
    from tenants.inspections.selectors import access_inspection

    try:
        row = access_inspection(by, record_id)
    except NotFound404:
        return None
    return row.number, f"/inspections/{row.pk}/"


SUBJECTS = [Subject(kind="inspection", title=_("现场检查"), model="inspections.Inspection", find=_inspection)]
