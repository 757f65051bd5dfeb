"""API at the brands's host."""

from oversight.api.operations import urlpatterns

__all__ = ["urlpatterns"]
