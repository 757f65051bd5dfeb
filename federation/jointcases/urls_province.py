"""Pages at the province's host."""

from django.urls import URLPattern

app_name = "jointcases"
urlpatterns: list[URLPattern] = []
