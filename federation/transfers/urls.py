"""Addresses of evidence transfers, on a province's host."""

from django.urls import path

from federation.transfers import views

app_name = "transfers"
urlpatterns = [
    path("transfers/", views.transfers, name="list"),
    path("transfers/<uuid:transfer_id>/", views.transfer, name="transfer"),
    path("packages/<uuid:package_id>/transfer/", views.send, name="send"),
]
