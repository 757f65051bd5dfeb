"""Addresses of the office: everybody's stuck letters, what is on its way, the ledgers."""

from django.urls import path

from federation.office import letter_views as views
from federation.office.urls_stuck import urlpatterns as stuck

app_name = "letters"
urlpatterns = [
    *stuck,
    path("letters/", views.in_flight, name="in_flight"),
    path("letters/ledgers/", views.ledgers, name="ledgers"),
]
