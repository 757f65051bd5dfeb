"""Operations at the office's host."""

from connections.api.operations import urlpatterns

__all__ = ["urlpatterns"]
