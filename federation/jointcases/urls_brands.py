"""Pages at the brands' host."""

from django.urls import URLPattern

app_name = "jointcases"
urlpatterns: list[URLPattern] = []
