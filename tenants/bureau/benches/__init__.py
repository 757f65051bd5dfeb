"""Benches of whole journeys, over all floors. Found by name, see `runtime.bench`."""

from tenants.bureau.benches import capture_weight, check_page, ledger, main_job, page_weight

__all__ = ["capture_weight", "check_page", "ledger", "main_job", "page_weight"]
