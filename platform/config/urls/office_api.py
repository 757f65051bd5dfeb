"""`/api/v1/` of the office's host."""

from accounts.api import own_urlpatterns as own
from federation.heads.api import urlpatterns as sealed_log
from federation.office.api import urlpatterns as office
from federation.office.letter_api import office_urlpatterns as letters
from gateway.urls import api
from notify.api import urlpatterns as notices

urlpatterns = api([*office, *letters, *sealed_log, *own, *notices])
