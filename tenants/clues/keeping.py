"""Clues with all that was done with them; files of imports and exports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Link, Subject
from papers.keeping import OF_MATTERS

_OWN = _("本局或本人的设置，不含案件内容。")
_PARTS = (
    *OF_MATTERS,
    "matching.Holding",
    *(
        "clues.ClueSource",
        "clues.ClueProduct",
        "clues.ClueFile",
        "clues.ClueMatter",
        "clues.Assessment",
        "clues.PanelMember",
        "clues.Dispatch",
        "clues.Verifier",
        "clues.CluePause",
        "clues.ClueExtension",
        "clues.ClueAsk",
        "clues.Dispute",
        "clues.ClueAlarm",
        "clues.TermCorrection",
        "clues.JurisdictionDecision",
        "clues.Supervision",
        "clues.Feedback",
        "clues.BrandReport",
        "clues.ReportAddition",
        "clues.SourceQuestion",
        "clues.Telling",
        "clues.CluePlace",
        "clues.FieldReport",
        "clues.BatchRow",
        "clues.Merge",
        "clues.NotSame",
        "clues.TargetLink",
        "clues.ClueImportRow",
    ),
    "campaigns.CampaignClue",
    "campaigns.UrgentCall",
    "campaigns.UrgentLine",
)
KINDS = [
    Kind(
        code="clues",
        title=_("线索（没有立案的）"),
        model="clues.Clue",
        date_of="ended_at",
        only={"state__in": ("ended", "merged")},
        parts=_PARTS,
        carries=("evidence.Exhibit", "clues.Target"),
        is_case=True,
        note=_("已用于案件、来函或联合行动的线索不清理，随它们一起。"),
    ),
    Kind(
        code="clue_imports",
        title=_("线索导入文件"),
        model="clues.ClueImport",
        date_of="finished_at",
        parts=("clues.ClueImportFile", "clues.ClueImportRow"),
        default_days=90,
        note=_("导入的表格里有举报人和商户的信息。"),
    ),
    Kind(
        code="clue_exports",
        title=_("线索台账导出文件"),
        model="clues.ClueExport",
        date_of="expires_at",
        default_days=3,
        own_task="clues.ledger_sweep",
    ),
    Kind(
        code="clue_batches",
        title=_("线索批量办理记录"),
        model="clues.BatchRun",
        date_of="at",
        parts=("clues.BatchRow",),
    ),
]
KEPT = {
    **{
        f"clues.{name}": _OWN
        for name in (
            "PriorityCriterion",
            "ImportColumns",
            "FieldCode",
            "LedgerView",
            "LedgerTaste",
            "Competence",
            "CompetenceSuggestion",
            "ClueTerms",
        )
    },
}
LINKS = [Link("clues.ClueMatter", "record_id")]


def _clue(by: Any, record_id: UUID) -> tuple[str, str] | None:
    from tenants.clues.selectors import clues_seen_by

    row = clues_seen_by(by).filter(pk=record_id).first()
    return (row.number, f"/clues/{row.pk}/") if row else None


SUBJECTS = [Subject(kind="clue", title=_("线索"), model="clues.Clue", find=_clue)]
