"""What platforms, right holders and the office do about fast appraisals. Each outermost call is one transaction."""

from appraisal.platforms.services.answering import answer, claim, release, report, withdraw_answer
from appraisal.platforms.services.asking import (
    MOST_ROWS,
    Listing,
    ask,
    ask_many,
    hand_in,
    picture_settled,
    too_many_rows,
    withdraw_ask,
)
from appraisal.platforms.services.terms import set_limit, set_platform_terms, set_terms

__all__ = [
    "MOST_ROWS",
    "Listing",
    "answer",
    "ask",
    "ask_many",
    "claim",
    "hand_in",
    "picture_settled",
    "release",
    "report",
    "set_limit",
    "set_platform_terms",
    "set_terms",
    "too_many_rows",
    "withdraw_answer",
    "withdraw_ask",
]
