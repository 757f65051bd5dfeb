"""Operations at the province's host."""

from federation.agreements.api.operations import province_urlpatterns as urlpatterns

__all__ = ["urlpatterns"]
