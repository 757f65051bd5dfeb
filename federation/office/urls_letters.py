"""Addresses of the office: everybody's letters, what is on its way, the map, the figures, the ledgers."""

from django.urls import path

from federation.office import flight_views as flight
from federation.office import letter_views as views
from federation.office.urls_stuck import stuck

app_name = "letters"
urlpatterns = [
    *stuck,
    path("letters/", views.in_flight, name="in_flight"),
    path("letters/official/", flight.official, name="official"),
    path("letters/official/<uuid:delivery_id>/remind/", flight.remind, name="remind"),
    path("letters/map/", flight.flow_map, name="map"),
    path("letters/pace/", flight.pace_page, name="pace"),
    path("letters/ledgers/", views.ledgers, name="ledgers"),
]
