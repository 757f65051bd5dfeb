"""What officers do with what recognition says."""

from appraisal.hints.services.answering import decide, read_look_back
from appraisal.hints.services.coding import say_code, type_code
from appraisal.hints.services.offering import offer_goods, share_find

__all__ = ["decide", "offer_goods", "read_look_back", "say_code", "share_find", "type_code"]
