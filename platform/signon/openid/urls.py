"""Addresses under /accounts/, one pair for each provider that is set up."""

from django.urls import path

from signon.openid import views

urlpatterns = [
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
