"""Rows of reverse clues on the brands host: what was reported to whom, and what came back."""

from appraisal.reverse_clues.models.addressees import Addressee, Question, StateLine
from appraisal.reverse_clues.models.clue import ClueFile, ClueProduct, Purchase, ReverseClue, Supplement

__all__ = [
    "Addressee",
    "ClueFile",
    "ClueProduct",
    "Purchase",
    "Question",
    "ReverseClue",
    "StateLine",
    "Supplement",
]
