"""平台快速鉴定: what platforms ask (`asking`), what right holders answer (`answering`), and how much of it (`limits`).

All rows lie in the shared layer. A platform's rows and a right holder's rows do not point to each other: what one knows
of the other came by letter.
"""

from appraisal.platforms.models.answering import FastOpinion, FastOpinionWithdrawal, FastTask, FastTaskPicture
from appraisal.platforms.models.asking import SEARCHED, AskPicture, FastAnswer, FastAnswerRecall, FastAsk
from appraisal.platforms.models.limits import HolderTerms, PlatformLimit, PlatformTerms

__all__ = [
    "SEARCHED",
    "AskPicture",
    "FastAnswer",
    "FastAnswerRecall",
    "FastAsk",
    "FastOpinion",
    "FastOpinionWithdrawal",
    "FastTask",
    "FastTaskPicture",
    "HolderTerms",
    "PlatformLimit",
    "PlatformTerms",
]
