"""API at the province's host."""

from billing_free.quotas.api.operations import urlpatterns

__all__ = ["urlpatterns"]
