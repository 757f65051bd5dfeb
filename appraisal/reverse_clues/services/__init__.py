"""Everything that is written about reverse clues on the brands host, a module a matter."""

from appraisal.reverse_clues.services.drafting import (
    add_addressee,
    add_purchase,
    drop,
    remove_addressee,
    remove_file,
    remove_purchase,
    start,
    write,
)
from appraisal.reverse_clues.services.filing import add_photo, add_recording, name_recording
from appraisal.reverse_clues.services.following import answer, supplement, withdraw
from appraisal.reverse_clues.services.listings import from_listing
from appraisal.reverse_clues.services.sending import missing, send

__all__ = [
    "add_addressee",
    "add_photo",
    "add_purchase",
    "add_recording",
    "answer",
    "drop",
    "from_listing",
    "missing",
    "name_recording",
    "remove_addressee",
    "remove_file",
    "remove_purchase",
    "send",
    "start",
    "supplement",
    "withdraw",
    "write",
]
