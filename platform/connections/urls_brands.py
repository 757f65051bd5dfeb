"""Pages at the brands's host."""

from connections.urls_shared import app_name, urlpatterns

__all__ = ["app_name", "urlpatterns"]
