"""`/api/v1/` of the office's host."""

from accounts.api import own_urlpatterns as own
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

urlpatterns = api(
    [
        *office, *letters, *sealed_log, *own, *notices, *agreements, *grants, *broker, *matching, *jointcases, *peers,
    ]
)  # fmt: skip
