"""All of them under `/api/v1/`."""

from tenants.campaigns.api.actions import urlpatterns as actions
from tenants.campaigns.api.bundles import urlpatterns as bundles
from tenants.campaigns.api.duty import urlpatterns as duty

urlpatterns = [*duty, *actions, *bundles]
