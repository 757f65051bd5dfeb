"""Which tone and shape each state wears."""

from __future__ import annotations

from appraisal.opinions.models import HeldLetter, Mailing, Notice, Objection, ReuseOffer, Review, Sample

NOTICE = {
    Notice.State.DRAFT: ("neutral", "ring"),
    Notice.State.CHECKING: ("wait", "half"),
    Notice.State.TO_ISSUE: ("wait", "half"),
    Notice.State.ISSUED: ("accent", "send"),
    Notice.State.ANSWERED: ("good", "tick"),
    Notice.State.RETURNED: ("seal", "warning"),
    Notice.State.WITHDRAWN: ("neutral", "cross"),
}
LETTER = {
    HeldLetter.State.PRELIMINARY: ("wait", "half"),
    HeldLetter.State.FORMAL: ("good", "seal"),
    HeldLetter.State.WITHDRAWN: ("seal", "warning"),
    HeldLetter.State.SUPERSEDED: ("neutral", "cross"),
}
REVIEW = {
    Review.State.OPEN: ("wait", "half"),
    Review.State.ACCEPTED: ("good", "tick"),
    Review.State.REFUSED: ("neutral", "cross"),
}
OBJECTION = {
    Objection.State.RECEIVED: ("wait", "warning"),
    Objection.State.FORWARDED: ("accent", "send"),
    Objection.State.ANSWERED: ("wait", "half"),
    Objection.State.UPHELD: ("neutral", "tick"),
    Objection.State.DISMISSED: ("neutral", "cross"),
}
SAMPLE = {
    Sample.State.SENT: ("accent", "send"),
    Sample.State.AT_BRAND: ("accent", "half"),
    Sample.State.OPENED: ("accent", "half"),
    Sample.State.ON_WAY_BACK: ("accent", "send"),
    Sample.State.BACK: ("good", "tick"),
    Sample.State.LOST: ("seal", "warning"),
}
MAILING = {
    Mailing.State.SENT: ("accent", "send"),
    Mailing.State.RECEIVED: ("good", "tick"),
    Mailing.State.RETURNED: ("wait", "warning"),
    Mailing.State.FAILED: ("neutral", "cross"),
}
OFFER = {
    ReuseOffer.State.OFFERED: ("neutral", "clock"),
    ReuseOffer.State.CONFIRMED: ("wait", "half"),
    ReuseOffer.State.ACCEPTED: ("good", "tick"),
    ReuseOffer.State.REFUSED: ("neutral", "cross"),
    ReuseOffer.State.DECLINED: ("neutral", "cross"),
    ReuseOffer.State.LAPSED: ("seal", "warning"),
}
_ALL = {Notice: NOTICE, HeldLetter: LETTER, Review: REVIEW, Objection: OBJECTION, Sample: SAMPLE, Mailing: MAILING,
        ReuseOffer: OFFER}  # fmt: skip


def chip(row: object) -> dict[str, str]:
    """The state of a row as a word with a shape."""
    looks = _ALL[type(row)]
    state = row.state  # type: ignore[attr-defined]
    tone, shape = looks[state]  # type: ignore[index]
    return {"label": str(row.get_state_display()), "tone": tone, "shape": shape}  # type: ignore[attr-defined]
