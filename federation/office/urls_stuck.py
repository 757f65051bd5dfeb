"""Addresses where a party mends its stuck letters and reads what it was reminded of."""

from django.urls import path

from federation.office import flight_views as flight
from federation.office import letter_views as views

app_name = "letters"
stuck = [
    path("letters/stuck/", views.stuck, name="stuck"),
    path("letters/stuck/<uuid:delivery_id>/", views.stuck_letter, name="stuck_letter"),
    path("letters/stuck/<uuid:delivery_id>/retry/", views.retry, name="retry"),
]
urlpatterns = [*stuck, path("letters/reminders/", flight.chased, name="reminders")]
