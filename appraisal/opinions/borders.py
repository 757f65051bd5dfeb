"""Rows of the province that are never changed: pauses of clocks, conclusions, returns, reliance, tellings, files."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("opinions.ClockEvent"),
    InsertOnly("opinions.HeldItem"),
    InsertOnly("opinions.LetterReturn"),
    InsertOnly("opinions.Reliance"),
    InsertOnly("opinions.Telling"),
    InsertOnly("opinions.ObjectionFile"),
    InsertOnly("opinions.SamplePhoto"),
]
