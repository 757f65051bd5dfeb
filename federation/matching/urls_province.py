"""Pages at the province's host."""

from django.urls import URLPattern

app_name = "matching"
urlpatterns: list[URLPattern] = []
