"""API at the province's host."""

from oversight.api.operations import urlpatterns

__all__ = ["urlpatterns"]
