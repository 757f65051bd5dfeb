"""Official letters in a province's schema."""

from tenants.correspondence.models.course import BulletinCopy, CourseStep, LetterResult
from tenants.correspondence.models.letter import LetterApproval, LetterFile, LetterItem, OfficialLetter
from tenants.correspondence.models.partner import Partner
from tenants.correspondence.models.seal import UnitSeal

__all__ = [
    "BulletinCopy",
    "CourseStep",
    "LetterApproval",
    "LetterFile",
    "LetterItem",
    "LetterResult",
    "OfficialLetter",
    "Partner",
    "UnitSeal",
]
