"""Rows of the province that are never changed: what a phone said, where a lot was moved, what was
decided about a seizure, and through whose hands the goods went."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("inspections.CountOperation"),
    InsertOnly("inspections.LotMove"),
    InsertOnly("inspections.SeizureDecision"),
    InsertOnly("inspections.GoodsHandover"),
]
