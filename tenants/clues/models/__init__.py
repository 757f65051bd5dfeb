"""Rows of clues, a module a matter. All live in the province's schema."""

from tenants.clues.models.answers import BrandReport, ReportAddition, SourceQuestion, Telling
from tenants.clues.models.clue import Clue, ClueFile, ClueMatter, ClueProduct, ClueSource
from tenants.clues.models.intake import (
    ClueImport,
    ClueImportFile,
    ClueImportRow,
    CluePlace,
    FieldCode,
    FieldReport,
    ImportColumns,
    PriorityCriterion,
)
from tenants.clues.models.routing import ClueTerms, Competence, CompetenceSuggestion
from tenants.clues.models.work import (
    Assessment,
    ClueAlarm,
    ClueAsk,
    ClueExtension,
    CluePause,
    Dispatch,
    Dispute,
    Feedback,
    JurisdictionDecision,
    PanelMember,
    Supervision,
    Verifier,
)

__all__ = [
    "Assessment",
    "BrandReport",
    "Clue",
    "ClueAlarm",
    "ClueAsk",
    "ClueExtension",
    "ClueFile",
    "ClueImport",
    "ClueImportFile",
    "ClueImportRow",
    "ClueMatter",
    "CluePause",
    "CluePlace",
    "ClueProduct",
    "ClueSource",
    "ClueTerms",
    "Competence",
    "CompetenceSuggestion",
    "Dispatch",
    "Dispute",
    "Feedback",
    "FieldCode",
    "FieldReport",
    "ImportColumns",
    "JurisdictionDecision",
    "PanelMember",
    "ReportAddition",
    "SourceQuestion",
    "PriorityCriterion",
    "Supervision",
    "Telling",
    "Verifier",
]
