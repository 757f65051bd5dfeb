"""Rows of the province that are never changed: what a phone said, and where a lot was moved."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("inspections.CountOperation"),
    InsertOnly("inspections.LotMove"),
]
