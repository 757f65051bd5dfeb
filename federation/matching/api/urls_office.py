"""Operations at the office's host."""

from federation.matching.api.office import urlpatterns

__all__ = ["urlpatterns"]
