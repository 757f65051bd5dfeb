"""Addresses of one kind of host."""

from django.urls import include, path

from gateway.urls import mounted

handler500 = "watching.pages.server_error"
urlpatterns = [
    mounted("config.urls.brands_api"),
    path("", include("webui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("runtime.door.urls_hosts")),
    path("", include("appraisal.issuing.check.urls_hosts")),
    path("", include("evidence.urls")),
    path("", include("evidence.urls_exhibits_brands")),
    path("", include("notify.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls_shared")),
    path("", include("divisions.urls")),
    path("", include("federation.office.urls_stuck")),
    path("", include("federation.parties.urls")),
    path("", include("appraisal.catalogue.urls_brands")),
    path("", include("appraisal.desk.urls")),
    path("", include("appraisal.recognition.urls")),
    path("", include("appraisal.issuing.urls")),
    path("", include("appraisal.reverse_clues.urls")),
    path("", include("federation.grants.urls_brands")),
    path("", include("federation.matching.urls_brands")),
    path("", include("federation.jointcases.urls_brands")),
    path("", include("connections.urls_brands")),
    path("", include("webhooks.urls_brands")),
    path("", include("billing_free.usage.urls_brands")),
    path("", include("billing_free.quotas.urls_brands")),
    path("", include("retention.urls_brands")),
    path("", include("oversight.urls_brands")),
    path("", include("watching.urls_brands")),
    path("", include("workdays.urls")),
    path("", include("appraisal.platforms.urls_brands")),
]
