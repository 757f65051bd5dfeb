"""Addresses under /accounts/, one pair for each that is set up."""

from django.urls import path

from signon.dingtalk import views

urlpatterns = [
    path("dingtalk/<slug:provider_id>/login/", views.login, name="dingtalk_login"),
    path("dingtalk/<slug:provider_id>/login/callback/", views.callback, name="dingtalk_callback"),
]
