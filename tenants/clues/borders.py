"""Rows of the province that are never changed: where a clue came from, what was decided on it, what was answered."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("clues.CluePlace"),
    InsertOnly("clues.FieldReport"),
    InsertOnly("clues.ClueAlarm"),
    InsertOnly("clues.TermCorrection"),
    InsertOnly("clues.ClueExtension"),
    InsertOnly("clues.ClueSource"),
    InsertOnly("clues.JurisdictionDecision"),
    InsertOnly("clues.ReportAddition"),
]
