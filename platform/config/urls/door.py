"""Addresses of one kind of host."""

from django.urls import include, path

handler500 = "watching.pages.server_error"
urlpatterns = [
    path("", include("webui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("runtime.door.urls")),
    path("", include("notify.urls_door")),
    path("", include("watching.urls_door")),
    path("", include("appraisal.issuing.check.urls")),
    path("accounts/", include("allauth.urls")),
]
