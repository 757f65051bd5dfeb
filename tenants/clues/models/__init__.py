"""Rows of clues, a module a matter. All live in the province's schema."""

from tenants.clues.models.clue import Clue, ClueFile, ClueMatter, ClueProduct, ClueSource
from tenants.clues.models.work import (
    Assessment,
    ClueExtension,
    CluePause,
    Dispatch,
    Feedback,
    JurisdictionDecision,
    PanelMember,
    Supervision,
    Verifier,
)

__all__ = [
    "Assessment",
    "Clue",
    "ClueExtension",
    "ClueFile",
    "ClueMatter",
    "CluePause",
    "ClueProduct",
    "ClueSource",
    "Dispatch",
    "Feedback",
    "JurisdictionDecision",
    "PanelMember",
    "Supervision",
    "Verifier",
]
