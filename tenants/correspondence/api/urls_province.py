"""Operations at the province's host."""

from tenants.correspondence.api.letters import urlpatterns

__all__ = ["urlpatterns"]
