"""Addresses of one kind of host."""

from django.urls import include, path

from gateway.urls import mounted

handler500 = "watching.pages.server_error"
urlpatterns = [
    mounted("config.urls.office_api"),
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
    path("", include("connections.urls_office")),
    path("", include("webhooks.urls_office")),
    path("", include("billing_free.usage.urls_office")),
    path("", include("billing_free.quotas.urls_office")),
    path("", include("retention.urls_office")),
    path("", include("oversight.urls_office")),
    path("", include("watching.urls_office")),
    path("", include("workdays.urls")),
    path("", include("backups.urls")),
    path("", include("appraisal.platforms.urls_office")),
    path("", include("federation.office.urls")),
]
