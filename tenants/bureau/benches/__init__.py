"""Benches of whole journeys, over all floors. Found by name, see `runtime.bench`."""

from tenants.bureau.benches import main_job, page_weight

__all__ = ["main_job", "page_weight"]
