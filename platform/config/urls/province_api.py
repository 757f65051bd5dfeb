"""`/api/v1/` of a province's host."""

from appraisal.requests.api import urlpatterns as requests
from gateway.urls import api

urlpatterns = api(requests)
