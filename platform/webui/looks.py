"""Which tone and shape a word wears. A tone is never alone: each has a shape beside its word.

Seal red is kept for counterfeit, overdue and signed.
"""

from typing import Final

#: tone -> the shape it wears unless told otherwise (names of symbols in `icons.svg`).
SHAPES: Final = {"neutral": "ring", "accent": "half", "good": "tick", "wait": "clock", "seal": "seal"}

#: verdict value -> (tone, shape); the values are those of the appraisal verdict.
VERDICT_LOOKS: Final = {
    "genuine": ("good", "check-seal"),
    "counterfeit": ("seal", "seal-cross"),
    "refilled_or_reassembled": ("seal", "seal-cross"),
    "licensed_or_authorised": ("good", "tick"),
    "grey_market": ("wait", "diamond"),
    "not_our_product_line": ("neutral", "ring"),
    "cannot_tell_need_photos": ("wait", "camera"),
    "cannot_tell_need_sample": ("wait", "question"),
    "suspected_counterfeit": ("wait", "warning"),
    "nothing_suspicious": ("neutral", "ring"),
    "cannot_tell_from_listing": ("wait", "question"),
}
