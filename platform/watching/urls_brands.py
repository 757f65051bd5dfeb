"""Pages at the brands's host."""

from django.urls import URLPattern

app_name = "watching"
urlpatterns: list[URLPattern] = []
