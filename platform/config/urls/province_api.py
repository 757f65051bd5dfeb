"""`/api/v1/` of a province's host."""

from accounts.api import urlpatterns as people
from appraisal.catalogue.api import province_urlpatterns as catalogue
from appraisal.requests.api.urls import urlpatterns as requests
from federation.office.letter_api import urlpatterns as letters
from gateway.urls import api
from notify.api import urlpatterns as notices
from tenants.inspections.api.urls import urlpatterns as inspections

urlpatterns = api([*requests, *inspections, *catalogue, *people, *notices, *letters])
