"""Operations at the brands' host."""

from federation.matching.api.brands import urlpatterns

__all__ = ["urlpatterns"]
