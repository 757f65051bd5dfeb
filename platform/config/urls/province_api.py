"""`/api/v1/` of a province's host."""

from accounts.api import urlpatterns as people
from appraisal.catalogue.api import province_urlpatterns as catalogue
from appraisal.hints.api import urlpatterns as hints
from appraisal.opinions.api.urls import urlpatterns as opinions
from appraisal.requests.api.urls import urlpatterns as requests
from billing_free.quotas.api.urls_province import urlpatterns as quotas
from billing_free.usage.api.urls_province import urlpatterns as usage
from connections.api.urls_province import urlpatterns as connections
from divisions.api import urlpatterns as divisions
from evidence.exhibit_api import urlpatterns as exhibits
from evidence.seal_views import api_urlpatterns as seals
from federation.agreements.api.urls_province import urlpatterns as agreements
from federation.broker.api.urls_province import urlpatterns as broker
from federation.grants.api.urls_province import urlpatterns as grants
from federation.heads.api import urlpatterns as sealed_log
from federation.jointcases.api.urls_province import urlpatterns as jointcases
from federation.matching.api.urls_province import urlpatterns as matching
from federation.office.letter_urls_api import province_urlpatterns as letters
from federation.transfers.api import urlpatterns as transfers
from gateway.urls import api
from notify.api import urlpatterns as notices
from oversight.api.urls_province import urlpatterns as oversight
from papers.api import urlpatterns as papers
from retention.api.urls_province import urlpatterns as retention
from scim.api.urls_province import urlpatterns as people_sync
from signon.api.urls_province import urlpatterns as signon
from tenants.bundles.api import urlpatterns as bundles
from tenants.campaigns.api.urls import urlpatterns as campaigns
from tenants.cases.api import urlpatterns as cases
from tenants.clues.api.urls import urlpatterns as clues
from tenants.correspondence.api.urls_province import urlpatterns as correspondence
from tenants.embedding.api.urls_province import urlpatterns as embedding
from tenants.inspections.api.urls import urlpatterns as inspections
from tenants.inspections.seizure_api import urlpatterns as seizures
from tenants.linkage.api.urls_province import urlpatterns as linkage
from tenants.parcels.api.urls_province import urlpatterns as parcels
from watching.api.urls_province import urlpatterns as watching
from webhooks.api.urls_province import urlpatterns as webhooks
from workdays.api import urlpatterns as workdays

urlpatterns = api(
    [
        *requests, *inspections, *exhibits, *transfers, *catalogue, *people, *notices, *letters, *seals, *sealed_log,
        *bundles, *papers, *seizures, *cases, *divisions, *hints, *opinions, *clues, *campaigns, *agreements, *grants,
        *broker, *matching, *jointcases, *correspondence,
        *connections, *webhooks, *signon, *people_sync, *embedding, *parcels, *linkage,
        *usage, *quotas, *retention, *oversight, *watching, *workdays,
    ]
)  # fmt: skip
