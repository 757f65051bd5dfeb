"""`/api/v1/` of the brands host."""

from accounts.api import own_urlpatterns as own
from appraisal.catalogue.api import brands_urlpatterns as catalogue
from appraisal.desk.keeping_api import urlpatterns as desk
from appraisal.desk.posting_api import urlpatterns as postings
from appraisal.issuing.api import urlpatterns as issuing
from appraisal.platforms.api.urls_brands import urlpatterns as platforms
from appraisal.recognition.api.urls import urlpatterns as library
from appraisal.reverse_clues.api import urlpatterns as reverse_clues
from billing_free.quotas.api.urls_brands import urlpatterns as quotas
from billing_free.usage.api.urls_brands import urlpatterns as usage
from connections.api.urls_brands import urlpatterns as connections
from divisions.api import urlpatterns as divisions
from evidence.seal_views import api_urlpatterns as seals
from federation.grants.api.urls_brands import urlpatterns as grants
from federation.jointcases.api.urls_brands import urlpatterns as jointcases
from federation.matching.api.urls_brands import urlpatterns as matching
from federation.office.letter_api import urlpatterns as letters
from federation.parties.keeping_api import urlpatterns as parties
from gateway.urls import api
from notify.api import urlpatterns as notices
from oversight.api.urls_brands import urlpatterns as oversight
from retention.api.urls_brands import urlpatterns as retention
from watching.api.urls_brands import urlpatterns as watching
from webhooks.api.urls_brands import urlpatterns as webhooks
from workdays.api import urlpatterns as workdays

urlpatterns = api(
    [
        *desk, *postings, *catalogue, *parties, *own, *notices, *letters, *seals, *divisions, *library, *issuing,
        *reverse_clues, *grants, *matching, *jointcases,
        *connections, *webhooks, *platforms,
        *usage, *quotas, *retention, *oversight, *watching, *workdays,
    ]
)  # fmt: skip
