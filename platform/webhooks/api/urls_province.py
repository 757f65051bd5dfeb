"""Operations at the province's host."""

from webhooks.api.operations import urlpatterns

__all__ = ["urlpatterns"]
