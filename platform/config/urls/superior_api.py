"""`/api/v1/` of the common superior's host."""

from accounts.api import urlpatterns as people
from federation.broker.api.urls_superior import urlpatterns as broker
from federation.heads.api import urlpatterns as sealed_log
from federation.office.letter_api import urlpatterns as letters
from gateway.urls import api
from notify.api import urlpatterns as notices
from oversight.api.urls_province import urlpatterns as oversight

urlpatterns = api([*people, *notices, *letters, *sealed_log, *broker, *oversight])
