"""Addresses where a party mends its stuck letters."""

from django.urls import path

from federation.office import letter_views as views

app_name = "letters"
urlpatterns = [
    path("letters/stuck/", views.stuck, name="stuck"),
    path("letters/stuck/<uuid:delivery_id>/", views.stuck_letter, name="stuck_letter"),
    path("letters/stuck/<uuid:delivery_id>/retry/", views.retry, name="retry"),
]
