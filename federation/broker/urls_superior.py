"""Pages at the common superior's host."""

from django.urls import URLPattern

app_name = "broker"
urlpatterns: list[URLPattern] = []
