"""API at the brands's host."""

from billing_free.usage.api.operations import urlpatterns

__all__ = ["urlpatterns"]
