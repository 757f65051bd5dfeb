"""Background work of the installation itself."""

from __future__ import annotations

from celery import shared_task

from runtime.sandbox import making


@shared_task(name="runtime.sandbox_mind")
def sandbox_mind() -> str:
    """Make the sandbox, or make it anew; see `runtime.sandbox.making.mind`."""
    return making.mind()
