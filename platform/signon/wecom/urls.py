"""Addresses under /accounts/, one pair for each that is set up."""

from django.urls import path

from signon.wecom import views

urlpatterns = [
    path("wecom/<slug:provider_id>/login/", views.login, name="wecom_login"),
    path("wecom/<slug:provider_id>/login/callback/", views.callback, name="wecom_callback"),
]
