"""The bureau's side of opinion letters. All rows live in the province's schema."""

from appraisal.opinions.models.letters import HeldItem, HeldLetter, LetterReturn, Mailing, Reliance, WithdrawalAlert
from appraisal.opinions.models.notices import ClockEvent, Notice, NoticeItem, OpinionPolicy
from appraisal.opinions.models.objections import Objection, ObjectionFile, Telling
from appraisal.opinions.models.reuse import ReuseOffer
from appraisal.opinions.models.reviews import Review, ReviewItem
from appraisal.opinions.models.samples import Sample, SamplePhoto

__all__ = [
    "ClockEvent",
    "HeldItem",
    "HeldLetter",
    "LetterReturn",
    "Mailing",
    "Notice",
    "NoticeItem",
    "Objection",
    "ObjectionFile",
    "OpinionPolicy",
    "Reliance",
    "ReuseOffer",
    "Review",
    "ReviewItem",
    "Sample",
    "SamplePhoto",
    "Telling",
    "WithdrawalAlert",
]
