"""Rows of clues, a module a matter. All live in the province's schema."""

from tenants.clues.models.clue import Clue, ClueFile, ClueMatter, ClueProduct, ClueSource
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
    "Clue",
    "ClueAlarm",
    "ClueAsk",
    "ClueExtension",
    "ClueFile",
    "ClueMatter",
    "CluePause",
    "ClueProduct",
    "ClueSource",
    "ClueTerms",
    "Competence",
    "CompetenceSuggestion",
    "Dispatch",
    "Dispute",
    "Feedback",
    "JurisdictionDecision",
    "PanelMember",
    "Supervision",
    "Verifier",
]
