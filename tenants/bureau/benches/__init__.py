"""Benches of whole journeys, over all floors. Found by name, see `runtime.bench`."""

from tenants.bureau.benches import (
    api_calls,
    capture_weight,
    check_page,
    ledger,
    load,
    main_job,
    page_weight,
    soak,
    stored,
)

__all__ = ["api_calls", "capture_weight", "check_page", "ledger", "load", "main_job", "page_weight", "soak", "stored"]
