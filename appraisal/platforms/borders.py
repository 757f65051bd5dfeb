"""Who may touch the tables of fast appraisals: the brands host; of asks the office sees counts, never the listing."""

from provinces.declarations import BRANDS, OFFICE, Grant, InsertOnly

_KEPT = "SELECT, INSERT, UPDATE"
INSERT_ONLY = [
    InsertOnly("platforms.FastAnswer"),
    InsertOnly("platforms.FastAnswerRecall"),
    InsertOnly("platforms.FastOpinion"),
    InsertOnly("platforms.FastOpinionWithdrawal"),
]
COUNTED = ("id", "platform_id", "holder_id", "state", "asked_at", "due_at", "answered_at")
RIGHTS = [
    Grant("platforms.PlatformLimit", to=OFFICE, rights=_KEPT),
    Grant("platforms.PlatformLimit", to=BRANDS, rights="SELECT"),
    Grant("platforms.HolderTerms", to=BRANDS, rights=_KEPT),
    Grant("platforms.HolderTerms", to=OFFICE, rights="SELECT"),
    Grant("platforms.PlatformTerms", to=BRANDS, rights=_KEPT),
    Grant("platforms.FastAsk", to=BRANDS, rights=_KEPT),
    Grant("platforms.FastAsk", to=OFFICE, rights="SELECT", columns=COUNTED),
    Grant("platforms.AskPicture", to=BRANDS, rights="SELECT, INSERT"),
    Grant("platforms.FastTask", to=BRANDS, rights=_KEPT),
    Grant("platforms.FastTaskPicture", to=BRANDS, rights="SELECT, INSERT"),
    *(Grant(rule.model, to=BRANDS, rights="SELECT, INSERT") for rule in INSERT_ONLY),
]
