"""`/api/v1/` of the brands host."""

from appraisal.desk.api import urlpatterns as desk
from gateway.urls import api

urlpatterns = api(desk)
