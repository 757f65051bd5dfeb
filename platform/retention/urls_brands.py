"""Pages at the brands's host."""

from django.urls import URLPattern

app_name = "retention"
urlpatterns: list[URLPattern] = []
