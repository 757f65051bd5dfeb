"""Pages at the province's host."""

from django.urls import path

from billing_free.quotas import views

app_name = "quotas"
urlpatterns = [path("usage/limits/", views.limits, name="limits")]
