"""`/api/v1/` of the brands host."""

from accounts.api import own_urlpatterns as own
from appraisal.catalogue.api import brands_urlpatterns as catalogue
from appraisal.desk.api import urlpatterns as desk
from appraisal.desk.posting_api import urlpatterns as postings
from appraisal.issuing.api import urlpatterns as issuing
from appraisal.recognition.api.urls import urlpatterns as library
from appraisal.reverse_clues.api import urlpatterns as reverse_clues
from divisions.api import urlpatterns as divisions
from evidence.seal_views import api_urlpatterns as seals
from federation.grants.api.urls_brands import urlpatterns as grants
from federation.jointcases.api.urls_brands import urlpatterns as jointcases
from federation.matching.api.urls_brands import urlpatterns as matching
from federation.office.letter_api import urlpatterns as letters
from federation.parties.api import urlpatterns as parties
from gateway.urls import api
from notify.api import urlpatterns as notices

urlpatterns = api(
    [
        *desk, *postings, *catalogue, *parties, *own, *notices, *letters, *seals, *divisions, *library, *issuing,
        *reverse_clues, *grants, *matching, *jointcases,
    ]
)  # fmt: skip
