"""What is done with a seizure, each call one transaction. Who may do it is decided by the doors."""

from tenants.inspections.seizure_services.deciding import (
    LEGAL_BASIS,
    LIST_WORD,
    WORDS,
    carry_out,
    carry_out_at_once,
    decide,
    propose,
    report,
    withdraw,
)
from tenants.inspections.seizure_services.ending import raise_alarms, release
from tenants.inspections.seizure_services.keeping import apply_seal, end_seal, hand_over
from tenants.inspections.seizure_services.lasting import ask_extension, decide_extension, pause, resume
from tenants.inspections.seizure_services.listing import Taken, change_list, draft_seizure, price_of
from tenants.inspections.seizure_services.steps import plain, read_quantity, total_by_unit

__all__ = [
    "LEGAL_BASIS",
    "LIST_WORD",
    "Taken",
    "WORDS",
    "apply_seal",
    "ask_extension",
    "carry_out",
    "carry_out_at_once",
    "change_list",
    "decide",
    "decide_extension",
    "draft_seizure",
    "end_seal",
    "hand_over",
    "pause",
    "plain",
    "price_of",
    "propose",
    "raise_alarms",
    "read_quantity",
    "release",
    "report",
    "resume",
    "total_by_unit",
    "withdraw",
]
