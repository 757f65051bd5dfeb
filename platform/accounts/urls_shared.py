"""Addresses of every host where people sign in."""

from django.urls import path

from accounts import proving, views

app_name = "accounts"
urlpatterns = [
    path("standing/", views.standing, name="standing"),
    path("me/", views.me, name="me"),
    path("me/prove/", proving.prove, name="prove"),
    path("me/tokens/", views.my_tokens, name="tokens"),
    path("me/tokens/<uuid:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("me/forget-password/", views.forget_password, name="forget_password"),
    path("dev/codes/", views.shown_codes, name="shown_codes"),
]
