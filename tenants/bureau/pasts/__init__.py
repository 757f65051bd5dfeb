"""Requests of the past as rows: for each what the services of both sides would have written, letters and receipts.

Only the sample story uses this (`tenants.bureau.sample`): some nine hundred requests through the services would take
minutes. A test plays one request both ways and compares. No photographs: each item says of one shot that it is absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tenants.bureau.pasts.book import Book, Facts
from tenants.bureau.pasts.tale import Past


def write(stage: Any, stories: Sequence[Any]) -> None:
    """Write these requests, province by province, each side in one transaction. What is there stays."""
    facts = Facts(stage)
    for code in stage.cast.PROVINCES:
        book = Book(stage, facts, code)
        for row in stories:
            if row.province == code:
                Past(book, row).tell()
        book.keep()
