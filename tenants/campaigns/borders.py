"""Rows of the province that are never changed: who was rung and answered, who said received and in place."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("campaigns.UrgentLine"),
    InsertOnly("campaigns.TargetMark"),
]
