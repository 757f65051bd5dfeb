"""Pages at the office's host."""

from connections.urls_shared import app_name, urlpatterns

__all__ = ["app_name", "urlpatterns"]
