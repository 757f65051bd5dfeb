"""Counting, and the statements made of it."""

from billing_free.usage.services.counting import count, count_now, nightly
from billing_free.usage.services.statements import amend, arrived, issue_due, issue_last_month, lines_of, totals

__all__ = ["amend", "arrived", "count", "count_now", "issue_due", "issue_last_month", "lines_of", "nightly", "totals"]
