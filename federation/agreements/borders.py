"""The office keeps a register of its own in `public`, which the brands' login does not read. What was said stays."""

from provinces.declarations import OFFICE, InsertOnly, Policy

_REGISTER = ("Agreement", "Revision", "Recognition", "Answer", "Entry", "Departure", "Meeting", "Seat", "Minutes",
             "Action")  # fmt: skip
POLICIES = [
    Policy(f"agreements.{model}", "agreements_office", "ALL", using="true", check="true", to=OFFICE)
    for model in _REGISTER
]
INSERT_ONLY = [
    InsertOnly("agreements.Answer"),
    InsertOnly("agreements.Entry"),
    InsertOnly("agreements.Departure"),
    InsertOnly("agreements.Minutes"),
]
