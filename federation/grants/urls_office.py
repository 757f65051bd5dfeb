"""Pages at this host: the same at every one."""

from federation.grants.urls import app_name, urlpatterns

__all__ = ["app_name", "urlpatterns"]
