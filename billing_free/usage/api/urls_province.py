"""API at the province's host."""

from billing_free.usage.api.operations import urlpatterns

__all__ = ["urlpatterns"]
