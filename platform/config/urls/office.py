"""Addresses of one kind of host."""

from django.urls import include, path

urlpatterns = [
    path("", include("webui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("runtime.door.urls_hosts")),
    path("", include("appraisal.issuing.check.urls_hosts")),
    path("", include("evidence.urls")),
    path("", include("notify.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls_shared")),
    path("", include("federation.office.urls_letters")),
    path("", include("federation.heads.urls")),
    path("", include("federation.agreements.urls_office")),
    path("", include("federation.grants.urls_office")),
    path("", include("federation.broker.urls_office")),
    path("", include("federation.matching.urls_office")),
    path("", include("federation.jointcases.urls_office")),
    path("", include("federation.peers.urls_office")),
    path("api/v1/", include("config.urls.office_api")),
    path("", include("federation.office.urls")),
]
