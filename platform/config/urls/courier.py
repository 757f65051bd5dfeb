"""Addresses of one kind of host."""

from django.urls import include, path

urlpatterns = [path("courier/v1/", include("federation.peers.urls_courier"))]
