"""Addresses of one kind of host."""

from django.urls import include, path

urlpatterns = [
    path("", include("notify.urls_door")),
    path("accounts/", include("allauth.urls")),
]
