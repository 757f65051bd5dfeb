"""Official letters in a province's schema."""

from tenants.correspondence.models.assistance import (
    Assistance,
    AssistanceAnswer,
    AssistanceDraft,
    AssistanceExtension,
    AssistanceQuestion,
    RegionalDay,
)
from tenants.correspondence.models.course import BulletinCopy, CourseStep, LetterResult
from tenants.correspondence.models.handover import (
    CarriedTerm,
    CaseTransfer,
    CertifiedCopy,
    ClaimsSettled,
    EvidenceBeside,
    FilingClaim,
)
from tenants.correspondence.models.letter import LetterApproval, LetterFile, LetterItem, OfficialLetter
from tenants.correspondence.models.partner import Partner
from tenants.correspondence.models.seal import UnitSeal

__all__ = [
    "Assistance",
    "AssistanceAnswer",
    "AssistanceDraft",
    "AssistanceExtension",
    "AssistanceQuestion",
    "BulletinCopy",
    "CarriedTerm",
    "CaseTransfer",
    "CertifiedCopy",
    "ClaimsSettled",
    "CourseStep",
    "EvidenceBeside",
    "FilingClaim",
    "LetterApproval",
    "LetterFile",
    "LetterItem",
    "LetterResult",
    "OfficialLetter",
    "Partner",
    "RegionalDay",
    "UnitSeal",
]
