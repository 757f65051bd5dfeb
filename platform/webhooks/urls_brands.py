"""Pages at the brands's host."""

from webhooks.pages import urlpatterns

app_name = "webhooks"
__all__ = ["app_name", "urlpatterns"]
