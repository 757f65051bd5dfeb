"""What an appraiser does. Each outermost call is one transaction; letters leave with its commit.

One module a matter. What others call is offered here by name; `steps` is for this package and the receivers.
"""

from appraisal.desk.services.answering import ItemAnswer, answer, decimal_mark, withdraw
from appraisal.desk.services.finding import fill_search_text
from appraisal.desk.services.kept import drop_filter, drop_template, keep_filter, keep_template
from appraisal.desk.services.onsite import answer_onsite, arrive, offer_onsite
from appraisal.desk.services.outside import answer_assistance, say_in_consultation
from appraisal.desk.services.posting import candidates, send_nobody, send_people
from appraisal.desk.services.ringing import mind_the_clock, ring, ring_now
from appraisal.desk.services.signing import sign_scene
from appraisal.desk.services.steps import AlreadyClaimed
from appraisal.desk.services.taking import claim, open_task, release
from appraisal.desk.services.talking import ask_again, photo_settled, say, say_enough

__all__ = [
    "AlreadyClaimed",
    "ItemAnswer",
    "answer",
    "answer_assistance",
    "answer_onsite",
    "arrive",
    "ask_again",
    "candidates",
    "claim",
    "decimal_mark",
    "drop_filter",
    "drop_template",
    "fill_search_text",
    "keep_filter",
    "keep_template",
    "mind_the_clock",
    "offer_onsite",
    "open_task",
    "photo_settled",
    "release",
    "ring",
    "ring_now",
    "say",
    "say_enough",
    "say_in_consultation",
    "send_nobody",
    "send_people",
    "sign_scene",
    "withdraw",
]
