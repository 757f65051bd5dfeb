"""Operations at the province's host."""

from connections.api.operations import urlpatterns

__all__ = ["urlpatterns"]
