"""What every installation begins with: categories, without which no brand could add a product."""

from __future__ import annotations

from appraisal.catalogue import services


def begin() -> None:
    """Runs as the owner, at each release. Safe to run again."""
    services.load_categories()
