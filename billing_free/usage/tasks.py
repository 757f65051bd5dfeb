"""One service call each."""

from __future__ import annotations

from celery import shared_task

from billing_free.usage import keys, services


@shared_task(name="usage.nightly")  # type: ignore[untyped-decorator]
def nightly() -> int:
    """Count the last days, then issue the statements that are due. Returns how many rows changed."""
    changed = services.nightly()
    services.issue_due()
    return changed


@shared_task(name="usage.keep_keys")  # type: ignore[untyped-decorator]
def keep_keys() -> int:
    """Write what calls with personal keys were counted in passing. Returns how many."""
    return keys.keep()
