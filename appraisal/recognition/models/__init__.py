"""Rows of the known-fake library. `library`: entries and finds; `owner`: what their owner decides; `time`: use."""

from appraisal.recognition.models.library import (
    CODE_FIELDS,
    KEY_SEARCHED,
    SHARES,
    CodeAlert,
    CodeReading,
    CodeSighting,
    EntryPhoto,
    Find,
    GuidePrice,
    Hint,
    HintDecision,
    IndexState,
    ItemNote,
    LibraryEntry,
    LookBack,
    PhotoLook,
    RunLink,
    SharedCode,
)
from appraisal.recognition.models.owner import BandLimits, Elsewhere, LibraryChoice
from appraisal.recognition.models.time import ProvinceDay

__all__ = [
    "KEY_SEARCHED",
    "CODE_FIELDS",
    "SHARES",
    "BandLimits",
    "CodeAlert",
    "CodeReading",
    "CodeSighting",
    "Elsewhere",
    "EntryPhoto",
    "Find",
    "GuidePrice",
    "Hint",
    "HintDecision",
    "IndexState",
    "ItemNote",
    "LibraryChoice",
    "LibraryEntry",
    "LookBack",
    "PhotoLook",
    "ProvinceDay",
    "RunLink",
    "SharedCode",
]
