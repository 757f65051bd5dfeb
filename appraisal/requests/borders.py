"""Rows of the province that are never changed: what a brand concluded, signed, and took back."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("requests.Opinion"),
    InsertOnly("requests.Verdict"),
    InsertOnly("requests.VerdictWithdrawal"),
    InsertOnly("requests.SceneSignature"),
]
