"""`/api/v1/` of the office's host."""

from accounts.api import own_urlpatterns as own
from billing_free.quotas.api.urls_office import urlpatterns as quotas
from billing_free.usage.api.urls_office import urlpatterns as usage
from connections.api.urls_office import urlpatterns as connections
from federation.agreements.api.urls_office import urlpatterns as agreements
from federation.broker.api.urls_office import urlpatterns as broker
from federation.grants.api.urls_office import urlpatterns as grants
from federation.heads.api import urlpatterns as sealed_log
from federation.jointcases.api.urls_office import urlpatterns as jointcases
from federation.matching.api.urls_office import urlpatterns as matching
from federation.office.api import urlpatterns as office
from federation.office.letter_urls_api import office_urlpatterns as letters
from federation.peers.api.urls_office import urlpatterns as peers
from gateway.urls import api
from notify.api import urlpatterns as notices
from oversight.api.urls_office import urlpatterns as oversight
from retention.api.urls_office import urlpatterns as retention
from watching.api.urls_office import urlpatterns as watching
from webhooks.api.urls_office import urlpatterns as webhooks
from workdays.api import office_urlpatterns as workdays

urlpatterns = api(
    [
        *office, *letters, *sealed_log, *own, *notices, *agreements, *grants, *broker, *matching, *jointcases, *peers,
        *connections, *webhooks,
        *usage, *quotas, *retention, *oversight, *watching, *workdays,
    ]
)  # fmt: skip
