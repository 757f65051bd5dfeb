"""Pages at the brands' host."""

from django.urls import URLPattern

app_name = "matching"
urlpatterns: list[URLPattern] = []
