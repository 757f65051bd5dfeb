"""What an officer does with a request. Each outermost call is one transaction; letters leave with its commit.

One module a matter. What others call is offered here by name; `steps` is for this package and the receivers.
"""

from appraisal.requests.services.drafting import (
    Place,
    add_product,
    add_unlisted,
    correct_site,
    describe_item,
    fill_search_text,
    open_site,
    set_violation,
    write_question,
)
from appraisal.requests.services.fanout import Goods, GoodsPhoto, ask_about
from appraisal.requests.services.onsite import answer_onsite, ask_onsite
from appraisal.requests.services.outside import ask_assistance, consult, say_in_consultation
from appraisal.requests.services.photos import (
    add_photo,
    decline_supplement,
    mark_absent,
    photo_ready,
    photo_refused,
    remove_photo,
)
from appraisal.requests.services.sending import PROMISE, cancel, give_up_overdue, hand_to, send, send_site
from appraisal.requests.services.talking import say

__all__ = [
    "PROMISE",
    "Goods",
    "GoodsPhoto",
    "Place",
    "add_photo",
    "add_product",
    "add_unlisted",
    "answer_onsite",
    "ask_about",
    "ask_assistance",
    "ask_onsite",
    "cancel",
    "consult",
    "correct_site",
    "decline_supplement",
    "describe_item",
    "fill_search_text",
    "give_up_overdue",
    "hand_to",
    "mark_absent",
    "open_site",
    "photo_ready",
    "photo_refused",
    "remove_photo",
    "say",
    "say_in_consultation",
    "send",
    "send_site",
    "set_violation",
    "write_question",
]
