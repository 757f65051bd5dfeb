"""Operations at the province's host."""

from federation.matching.api.province import urlpatterns

__all__ = ["urlpatterns"]
