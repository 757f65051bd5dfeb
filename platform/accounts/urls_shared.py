"""Addresses of every host where people sign in."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/forget-password/", views.forget_password, name="forget_password"),
    path("dev/codes/", views.shown_codes, name="shown_codes"),
]
