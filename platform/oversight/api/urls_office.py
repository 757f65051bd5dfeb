"""API at the office's host."""

from oversight.api.operations import urlpatterns

__all__ = ["urlpatterns"]
