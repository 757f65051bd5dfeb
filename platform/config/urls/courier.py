"""Addresses of one kind of host."""

from django.urls import include, path

handler500 = "watching.pages.server_error"
urlpatterns = [path("courier/v1/", include("federation.peers.urls_courier"))]
