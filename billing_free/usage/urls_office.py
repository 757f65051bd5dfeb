"""Pages at the office's host."""

from billing_free.usage.pages import urlpatterns

app_name = "usage"
__all__ = ["app_name", "urlpatterns"]
