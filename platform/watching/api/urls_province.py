"""API at the province's host."""

from watching.api.operations import own_urlpatterns as urlpatterns

__all__ = ["urlpatterns"]
