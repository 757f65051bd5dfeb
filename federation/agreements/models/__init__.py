"""Rows of agreements and of their meetings, one copy at each party that knows of them."""

from federation.agreements.models.agreement import Agreement, Answer, Departure, Entry, Recognition, Revision
from federation.agreements.models.meeting import Action, Meeting, Minutes, Seat

__all__ = [
    "Action", "Agreement", "Answer", "Departure", "Entry", "Meeting", "Minutes", "Recognition", "Revision", "Seat",
]  # fmt: skip
