"""Operations at the brands's host."""

from connections.api.operations import urlpatterns

__all__ = ["urlpatterns"]
