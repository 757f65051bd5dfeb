"""API at the office's host."""

from watching.api.operations import office_urlpatterns as urlpatterns

__all__ = ["urlpatterns"]
