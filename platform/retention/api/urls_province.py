"""API at the province's host."""

from retention.api.operations import urlpatterns

__all__ = ["urlpatterns"]
