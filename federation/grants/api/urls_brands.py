"""Operations at this host: the same at every one."""

from federation.grants.api.operations import urlpatterns

__all__ = ["urlpatterns"]
