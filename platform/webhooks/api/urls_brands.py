"""Operations at the brands's host."""

from webhooks.api.operations import urlpatterns

__all__ = ["urlpatterns"]
