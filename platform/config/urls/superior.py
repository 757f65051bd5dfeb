"""Addresses of the common superior's host (总局): its own page, its people, its log, its letters."""

from django.urls import include, path

from gateway.urls import mounted

handler500 = "watching.pages.server_error"
urlpatterns = [
    mounted("config.urls.superior_api"),
    path("", include("webui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("runtime.door.urls_hosts")),
    path("", include("appraisal.issuing.check.urls_hosts")),
    path("", include("evidence.urls")),
    path("", include("notify.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("federation.office.urls_stuck")),
    path("", include("federation.heads.urls")),
    path("", include("watching.urls_province")),
    path("", include("backups.urls")),
    path("", include("federation.broker.urls_superior")),
    path("", include("oversight.urls_province")),
]
