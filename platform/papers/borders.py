"""Rows of the province that are never changed: what was signed, refused, scanned back and handed out."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("papers.PaperSignature"),
    InsertOnly("papers.PaperAbsence"),
    InsertOnly("papers.PaperScan"),
    InsertOnly("papers.PaperDelivery"),
]
