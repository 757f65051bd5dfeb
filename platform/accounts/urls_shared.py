"""Addresses of every host where people sign in."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("dev/codes/", views.shown_codes, name="shown_codes"),
]
