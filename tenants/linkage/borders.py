"""Rows of the province that are never changed: what happened to a referral, and who was told of its terms."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("linkage.ReferralStep"),
    InsertOnly("linkage.Reminder"),
]
