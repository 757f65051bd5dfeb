"""Opinion letters on the brand's side: shared layer, the brands' seat. Doors part the organisations.

Nothing here points to a province's row: UUIDs came by letter. Certificate alone can be read by anybody.
"""

from appraisal.issuing.models.asked import Notice, Objection, Sample, SampleEvent, SamplePhoto
from appraisal.issuing.models.letters import (
    Certificate,
    LetterApproval,
    LetterFile,
    LetterFinding,
    LetterHolder,
    LetterItem,
    Mailing,
    OpinionLetter,
)
from appraisal.issuing.models.reuse import ReuseItem, ReuseOffer
from appraisal.issuing.models.signing import IssuingSettings, SigningCertificate

__all__ = [
    "Certificate",
    "IssuingSettings",
    "LetterApproval",
    "LetterFile",
    "LetterFinding",
    "LetterHolder",
    "LetterItem",
    "Mailing",
    "Notice",
    "Objection",
    "OpinionLetter",
    "ReuseItem",
    "ReuseOffer",
    "Sample",
    "SampleEvent",
    "SamplePhoto",
    "SigningCertificate",
]
