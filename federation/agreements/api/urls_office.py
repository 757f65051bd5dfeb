"""Operations at the office's host."""

from federation.agreements.api.operations import office_urlpatterns as urlpatterns

__all__ = ["urlpatterns"]
