"""Addresses of a province: its stuck letters, what it was reminded of, how long it takes, what it says of answers."""

from django.urls import path

from federation.office import flight_views as flight
from federation.office.urls_stuck import urlpatterns as stuck

app_name = "letters"
urlpatterns = [
    *stuck,
    path("letters/pace/", flight.pace_page, name="pace"),
    path("letters/pace/<uuid:delivery_id>/rate/", flight.rate, name="rate"),
]
