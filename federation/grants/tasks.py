"""Background work of grants, in every seat."""

from __future__ import annotations

from celery import shared_task

from federation.grants import services


@shared_task(name="grants.tell_uses")  # type: ignore[untyped-decorator]
def tell_uses() -> int:
    """Tell givers who looked."""
    return services.tell_uses()


@shared_task(name="grants.mind")  # type: ignore[untyped-decorator]
def mind() -> int:
    """Warn before the end, take away after it."""
    return services.mind()
