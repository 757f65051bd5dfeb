"""Operations at the office's host."""

from webhooks.api.operations import urlpatterns

__all__ = ["urlpatterns"]
